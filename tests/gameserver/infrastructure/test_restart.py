"""A start takes sessions up when somebody asks for them, and the rest in between, from their last checkpoints."""

import asyncio
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from matchpoint.v1.journal_pb2 import JournalRecord
from matchpoint.v1.session_pb2 import GetSessionRequest

from gameserver.contract import match_journal
from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.match_records import MARK
from gameserver.contract.specs import filled
from gameserver.domain.match.records import JournalError, Opened, Record
from gameserver.domain.match.state import replay
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.timing import Timing
from gameserver.infrastructure.journal_files import JournalFolder
from gameserver.sessions.ports import Key
from gameserver.sessions.recovery import Recovery
from tests.support.fakes.gameserver_peers import FleetBackend
from tests.support.harnesses.gameserver import SESSION, GameServerHarness, StartGameServer, duel
from tests.support.harnesses.match import MatchHarness, SimulatedLine
from tests.support.harnesses.match_resuming import everything
from wire.journal_file import HEADER, JournalUnreadable, decode, encode

CODEC = ProtobufCodec()
SECRET = bytes(range(32))


@pytest.fixture(scope="module")
def records() -> list[Record]:
    """A match between two people that is on, with some points behind it."""
    world = MatchHarness(
        5, (SimulatedLine(20_000), SimulatedLine(60_000)), ruleset=Ruleset(points_to_win=21), secret=SECRET
    )
    return world.run(lambda world: sum(world.match.state.game.score) == 4 and len(world.records) % 50 == 0).records


def written(folder: Path, records: list[Record], session_id: str = SESSION) -> Path:
    """The journal as a game server writes it, in three goes."""
    opened, *rest = records
    assert isinstance(opened, Opened)
    store = JournalFolder(folder)
    journal = store.create(Key(session_id))
    encoded = [CODEC.opened(opened, filled(duel()))]
    for number, record in enumerate(rest):
        seal = journal.seal(encoded) if type(record) in CODEC.sealed else None
        encoded.append(CODEC.record(record, 3, seal))
        if number % (len(rest) // 3) == 0:
            journal.append(encoded)
            encoded = []
    journal.append(encoded)
    journal.close()
    store.close()
    return folder / f"{session_id}.1.journal"


@pytest.fixture
def content(tmp_path: Path, records: list[Record]) -> bytes:
    return written(tmp_path / "written", records).read_bytes()


@pytest.fixture
def folds(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Numbers of records of the journals that were folded from their beginning."""
    lengths: list[int] = []

    def counted(records: list[Record], timing: Timing) -> object:
        lengths.append(len(records))
        return replay(records, timing=timing)

    monkeypatch.setattr(match_journal, "replay", counted)
    return iter([lengths])


def test_a_journal_is_read_from_its_last_checkpoint_and_leads_to_the_same(
    content: bytes, records: list[Record], folds: Iterator[list[int]]
) -> None:
    restored = CODEC.restore(content)
    assert next(folds) == [], "nothing was folded from the beginning"
    # The end of a match is not in a checkpoint's state: the contract tells it by the result beside it.
    assert everything(restored.state) == everything(replay(CODEC.read(content).records))
    assert (restored.epoch, restored.spec, restored.whole) == (3, filled(duel()), len(content))
    assert restored.resume_point.durable == replay(records).durable


def test_a_torn_tail_behind_the_last_checkpoint_is_found(content: bytes) -> None:
    restored = CODEC.restore(content + b"\x20\x00\x00")
    assert restored.whole == len(content)


def test_a_byte_that_changed_before_the_last_checkpoint_is_found_too(content: bytes) -> None:
    for at in range(len(HEADER), len(content), 997):
        changed = bytearray(content)
        changed[at] ^= 1
        with pytest.raises(JournalUnreadable):
            CODEC.restore(bytes(changed))


def test_a_record_that_was_changed_with_its_checksum_leaves_no_checkpoint_to_begin_at(
    content: bytes, folds: Iterator[list[int]]
) -> None:
    encoded = list(decode(content).records)
    at = next(i for i, record in enumerate(encoded) if JournalRecord.FromString(record).HasField("grace"))
    message = JournalRecord.FromString(encoded[at])
    message.grace.rtt_us += 1
    encoded[at] = message.SerializeToString()
    with pytest.raises(JournalError, match="figures that the records before it do not give"):
        CODEC.restore(HEADER + encode(encoded))
    assert next(folds) == [len(encoded)]


def test_a_journal_of_an_older_version_is_folded_from_its_beginning(content: bytes, folds: Iterator[list[int]]) -> None:
    encoded = []
    for record in decode(content).records:
        message = JournalRecord.FromString(record)
        if message.HasField("checkpoint"):
            message.checkpoint.ClearField("progress")
            message.checkpoint.ClearField("mark")
        encoded.append(message.SerializeToString())
    old = HEADER + encode(encoded)
    restored = CODEC.restore(old)
    assert next(folds) == [len(encoded)]
    assert everything(restored.state) == everything(CODEC.restore(content).state)


def test_every_checkpoint_holds_the_digest_of_the_file_before_it(content: bytes) -> None:
    at, found = len(HEADER), 0
    for record in decode(content).records:
        message = JournalRecord.FromString(record)
        if message.HasField("checkpoint"):
            found += 1
            assert message.checkpoint.progress.journal_digest == sha256(content[:at]).digest()
            assert message.checkpoint.mark == MARK + at.to_bytes(4, "little")
        at += len(encode([record]))
    assert found == 4


def many(world: GameServerHarness, records: list[Record], count: int) -> list[str]:
    """A number of sessions of the last run."""
    session_ids = [f"left-session-{number:05}" for number in range(count)]
    for session_id in session_ids:
        written(world.journals, records, session_id)
    return session_ids


async def test_who_comes_back_during_a_start_has_the_match_before_the_others_are_taken_up(
    worlds: StartGameServer, backend: FleetBackend, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with worlds() as world:
        session_ids = many(world, records, 3)
    held = asyncio.Event()
    recover_all = Recovery.recover_all

    async def later(recovery: Recovery) -> None:
        await held.wait()
        await recover_all(recovery)

    monkeypatch.setattr(Recovery, "recover_all", later)
    async with worlds() as world:
        registry = world.server.registry
        assert not registry.sessions
        assert set(registry.session_ids()) == set(session_ids), "the backend hears of all of them at once"
        player = world.gateway.browser()
        await player.join(backend.ticket(session_ids[2], 0))
        assert (await player.until("joined")).joined.seats == [0]
        frame = (await player.until("frame")).frame
        assert frame.snapshot.pong.left + frame.snapshot.pong.right == 4
        assert list(registry.sessions) == [session_ids[2]]
        request = GetSessionRequest(session_id=session_ids[1])
        found = await world.gateway.stub.GetSession(request, metadata=world.gateway.metadata)
        assert found.session.epoch == 4
        held.set()
        assert registry.recovering
        await registry.recovering
        assert set(registry.sessions) == set(session_ids)


async def test_who_leaves_before_their_match_is_taken_up_does_not_sit_in_it(
    worlds: StartGameServer, backend: FleetBackend, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with worlds() as world:
        (session_id,) = many(world, records, 1)
    gate = asyncio.Event()
    recover = Recovery._recover

    async def slowly(recovery: Recovery, session_id: str) -> None:
        await gate.wait()
        await recover(recovery, session_id)

    monkeypatch.setattr(Recovery, "_recover", slowly)
    async with worlds() as world:
        first, second = world.gateway.browser(), world.gateway.browser()
        await first.join(backend.ticket(session_id, 0))
        await second.join(backend.ticket(session_id, 1))
        await first.leave()
        play = world.server._play._streams
        async with asyncio.timeout(5):
            while [number for _, number in play._waiting] != [second.number]:  # noqa: ASYNC110  # nothing tells it
                await asyncio.sleep(0.001)
        gate.set()
        await second.until("joined")
        session = world.server.registry.sessions[session_id]
        assert [connection.seats for connection in session.connections] == [(1,)]
        assert first.got.empty()
