"""The promise of sessions: nothing follows from a record that is not in the journal."""

import asyncio

import pytest

from gameserver.contract.specs import filled
from gameserver.streaming.topic import Place
from tests.support.harnesses.gameserver import SESSION, duel
from tests.support.harnesses.sessions import RegistryHarness

pytestmark = pytest.mark.anyio


async def test_a_create_is_answered_after_the_journal_is_durable() -> None:
    setting = RegistryHarness()
    setting.disk.may_sync.clear()
    creating = asyncio.create_task(setting.registry.create(SESSION, filled(duel())))
    await asyncio.sleep(0)
    assert not creating.done()
    assert setting.disk.records
    setting.disk.may_sync.set()
    await creating
    assert setting.disk.synced == len(setting.disk.records)
    await setting.registry.close()


async def test_a_disk_that_takes_no_journal_refuses_the_session_and_keeps_its_room() -> None:
    setting = RegistryHarness()
    setting.disk.full = True
    with pytest.raises(Exception, match="SERVER_UNAVAILABLE"):
        await setting.registry.create(SESSION, filled(duel()))
    assert (len(setting.dispatcher.running), setting.registry.places) == (0, 0)
    setting.disk.full = False
    await setting.registry.create(SESSION, filled(duel()))
    await setting.registry.close()


async def test_a_result_is_announced_and_reported_only_when_it_is_durable() -> None:
    setting = RegistryHarness()
    await setting.registry.create(SESSION, filled(duel()))
    session = setting.live()
    setting.disk.may_sync.clear()
    seq = session.topic.seq
    session.end(setting.now)
    setting.dispatcher.flush(setting.now)
    await asyncio.sleep(0)
    assert session.since(None, setting.now) is None
    assert (session.topic.seq, session.over, setting.outbox.ended) == (seq, False, [])
    ending = asyncio.create_task(setting.registry.end(SESSION))
    await asyncio.sleep(0)
    setting.disk.may_sync.set()
    await ending
    assert setting.disk.synced == len(setting.disk.records)
    assert session.topic.seq > seq
    assert len(setting.outbox.ended) == 1
    await setting.registry.close()


async def test_while_the_disk_is_full_nothing_that_matters_is_announced_and_then_all_of_it_is() -> None:
    setting = RegistryHarness()
    await setting.registry.create(SESSION, filled(duel(bots=2)))
    session = setting.live()
    setting.disk.full = True
    before, written = session.topic.here, len(setting.disk.records)
    for _ in range(20):
        setting.now += 500_000
        setting.dispatcher.settle(setting.now)
    assert session.topic.here == before
    setting.disk.full = False
    session.dirty = False
    session.on_due(setting.now)
    setting.dispatcher.flush(setting.now)
    assert len(setting.disk.records) > written
    frames = session.since(Place(before.epoch, before.seq), setting.now)
    assert frames
    assert session.topic.seq > before.seq
    await setting.registry.close()


async def test_a_snapshot_and_the_numbering_agree_in_the_middle_of_a_batch() -> None:
    setting = RegistryHarness()
    await setting.registry.create(SESSION, filled(duel(bots=2)))
    session = setting.live()
    setting.now += 10_000_000
    session.match.advance(setting.now)  # happened, not yet flushed
    session.since(None, setting.now)
    assert session.topic.seq == session.match.state.seq
    await setting.registry.close()
