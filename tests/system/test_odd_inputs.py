"""Inputs that come late, early, twice or dated wrongly, of somebody who may play: each counts as the rules say."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import pytest
from matchpoint.v1.frames_pb2 import Mark
from matchpoint.v1.result_pb2 import Outcome

from gameserver.domain.values import LEFT, RIGHT
from tests.support.clients.players import Player, away_from_the_ball
from tests.support.clients.site import Site
from tests.support.clients.views import Ending

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

GRACE_AND_CREDIT: Final = 230_000
"""Longest time back at which an input can count, microseconds."""
AHEAD: Final = 60_000
LARGEST: Final = 2**32 - 1


@pytest.fixture
async def player(site: Site) -> AsyncIterator[Player]:
    """Somebody with both seats, whose match runs."""
    _, ticket = await (await site.guest()).start(local={})
    async with site.play(ticket) as player:
        await player.play(until=lambda view: bool(view.clock.rate) and player.t > 300_000)
        yield player


async def moved(player: Player, seq: int, side: int = LEFT) -> int:
    """Time at which the input with this number counts, microseconds of match time."""
    await player.until(lambda view: any(move[:2] == (side, seq) for move in view.moves))
    return next(t for where, number, t in player.view.moves if (where, number) == (side, seq))


def seqs(player: Player, side: int = LEFT) -> list[int]:
    """Inputs that made a difference, in their order. Number 1 was the player's first own."""
    return [number for where, number, _ in player.view.moves if where == side]


async def test_an_input_from_the_future_counts_when_it_arrives(player: Player) -> None:
    for t, seq in ((player.t + 10_000_000, 101), (LARGEST, 102)):
        await player.do(inputs=[player.input(LEFT, seq=seq, t=t, dir=1 if seq % 2 else -1)])
        te = await moved(player, seq)
        assert te <= player.t
    await player.do(inputs=[player.input(LEFT, seq=103, t=player.t, dir=0)])
    assert await moved(player, 103) <= player.t + AHEAD, "what comes after it is not held back"


async def test_an_input_from_the_past_changes_nothing_that_is_decided(player: Player) -> None:
    before = player.t
    await player.do(inputs=[player.input(LEFT, seq=101, t=0, dir=1)])
    assert await moved(player, 101) >= before - GRACE_AND_CREDIT
    assert player.view.game is not None


async def test_inputs_out_of_order_are_dropped_by_their_number_and_held_up_by_their_date(player: Player) -> None:
    now = player.t
    await player.do(inputs=[player.input(LEFT, seq=105, t=now, dir=1)])
    await player.do(inputs=[player.input(LEFT, seq=103, t=now, dir=-1)])
    await player.do(inputs=[player.input(LEFT, seq=106, t=now - 50_000, dir=-1)])
    assert await moved(player, 106) >= await moved(player, 105)
    assert 103 not in seqs(player)


async def test_an_input_counts_once_however_often_it_is_sent(player: Player) -> None:
    twice = player.input(LEFT, seq=101, dir=1)
    await player.do(inputs=[twice, twice])
    await player.do(inputs=[twice])
    await player.do(inputs=[player.input(LEFT, seq=101, dir=-1)])
    await player.do(inputs=[player.input(LEFT, seq=102, dir=0)])
    await moved(player, 102)
    assert [seq for seq in seqs(player) if seq > 100] == [101, 102]


async def test_numbers_beyond_every_range_change_nothing_for_the_other_seat(player: Player) -> None:
    varint = b"\xff" * 9 + b"\x01"
    # An Input whose seq and t are 2**64 - 1, which no generated code would write: field 1.1 with seat 0.
    beyond = b"\x10" + varint + b"\x18" + varint + b"\x22\x02\x08\x02"
    body = b"\x0a" + bytes([len(beyond)]) + beyond + b"\x20" + bytes([player.view.clock.epoch])
    await player.socket.send(b"\x12" + bytes([len(body)]) + body)
    await player.do(marks=[Mark(seat=LEFT, t=LARGEST)])
    await player.do(inputs=[player.input(RIGHT, seq=101, dir=1)])
    assert await moved(player, 101, RIGHT) <= player.t
    assert all(t <= player.t for _, _, t in player.view.moves)


async def test_an_input_dated_by_a_clock_that_is_gone_is_dropped(player: Player) -> None:
    await player.do(clock_epoch=player.view.clock.epoch - 1, inputs=[player.input(LEFT, seq=101, dir=1)])
    await player.do(clock_epoch=player.view.clock.epoch + 1, inputs=[player.input(LEFT, seq=102, dir=1)])
    await player.do(inputs=[player.input(LEFT, seq=103, dir=-1)])
    await moved(player, 103)
    assert [seq for seq in seqs(player) if seq > 100] == [103]


async def test_a_second_connection_takes_the_seat_and_the_first_is_told(site: Site) -> None:
    guest = await site.guest()
    session_id, ticket = await guest.start(
        bot={"strength": "BOT_STRENGTH_EASY"}, ruleset={"pointsToWin": 1, "startSpeed": 200_000}
    )
    async with site.play(ticket) as first:
        await first.play(until=lambda view: len(view.moves) > 0)
        again = (await guest.call("DirectoryService/IssueTicket", {"sessionId": session_id}))["entry"]["ticket"]
        async with site.play(again) as second:
            second.styles[LEFT] = away_from_the_ball
            ending, view = await asyncio.gather(first.ending(), second.play())
            assert ending == Ending("REASON_SEAT_REPLACED", 4502)
            assert view.result is not None
            assert view.result.outcome == Outcome.OUTCOME_PLAYED
            assert view.clock.pauses_left == 2, "the match was not stopped for it"
    assert await second.ending() == Ending("", 1000)
    await site.record(session_id)
    answer = await guest.post("DirectoryService/IssueTicket", {"sessionId": session_id})
    assert answer.refused == "REASON_SESSION_OVER"
