"""Limits and end of a lobby connection."""

from dataclasses import replace

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.refusal_pb2 import Reason

from backend.service.rooms.commands import Heartbeat, LobbyRequest
from backend.service.rooms.lobby import CONNECTIONS_PER_ACCOUNT, OUTGOING
from backend.service.rooms.notifications import ChatLine, RoomState
from tests.support.harnesses.backend import BackendHarness, Tab
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

BEAT = lobby_pb2.Beat()
LINE = ChatLine("ada", "Ada", "x", 1, "ABC234")


async def test_a_beat_is_answered_with_done(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    await ada.do(beat=BEAT)


async def test_a_request_without_a_command_is_malformed(harness: BackendHarness) -> None:
    assert await (await harness.guest("Ada")).refused() == "REASON_MALFORMED"


async def test_a_connection_that_does_not_read_is_ended_and_can_come_back(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    for _ in range(OUTGOING + 1):
        harness.bus.publish((ada.account_id,), LINE)
    with pytest.raises(Refused) as caught:
        await ada.heard()
    assert caught.value.reason == Reason.REASON_TOO_MANY
    await ada.close()
    assert (await (await ada.another()).heard()).HasField("welcome")


async def test_a_room_that_changes_faster_than_it_is_read_is_read_as_it_is_now(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    await ada.do(create_room=lobby_pb2.CreateRoom())
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    for revision in range(2, 3 * OUTGOING):
        harness.bus.publish((ada.account_id,), RoomState(replace(room, revision=revision)))
    harness.bus.publish((ada.account_id,), LINE)
    harness.bus.publish((ada.account_id,), RoomState(replace(room, revision=1_000)))
    assert (await ada.sees(revision=3 * OUTGOING - 1)).revision
    # What was said stays where it was said.
    assert (await ada.heard()).HasField("said")
    assert (await ada.heard()).room.revision == 1_000


async def test_too_many_tabs_of_one_account_are_refused(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    tabs = [await ada.another() for _ in range(CONNECTIONS_PER_ACCOUNT - 1)]
    with pytest.raises(Refused, match="too many tabs"):
        await ada.another()
    await tabs[0].close()
    await ada.another()


async def test_signing_out_ends_the_connections_of_that_token_only(harness: BackendHarness) -> None:
    ada, bob = await harness.guest("Ada"), await harness.guest("Bob")
    await ada.hears("welcome")
    harness.lobby.sign_out(ada.account_id, ada.token)
    with pytest.raises(Refused) as caught:
        await ada.heard()
    assert caught.value.reason == Reason.REASON_UNAUTHENTICATED
    await bob.do(beat=BEAT)


async def test_stopping_ends_every_connection_without_costing_anybody_the_place(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    await ada.do(create_room=lobby_pb2.CreateRoom())
    harness.lobby.stop()
    with pytest.raises(Refused) as caught:
        await ada.hears("nothing more")
    assert caught.value.reason == Reason.REASON_SERVER_UNAVAILABLE
    await ada.close()
    room = await harness.rooms.current(ada.account_id)
    assert room is not None
    assert room.member(ada.account_id).connected


async def test_nothing_is_left_of_a_connection_that_has_ended(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    await ada.close()
    await ada.close()
    assert harness.lobby._connections == {}
    assert harness.bus.quiet
    assert harness.presence.watching(ada.account_id) is None
    await harness.lobby.handle(ada.connection, LobbyRequest(1, Heartbeat()))
    assert isinstance(ada, Tab)
