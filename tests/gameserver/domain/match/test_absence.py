"""An absence never helps: what flies toward a side that is gone is decided, and only then does the match freeze."""

from hypothesis import given, settings
from hypothesis import strategies as st

from gameserver.domain.match.deadlines import SILENCE
from gameserver.domain.match.records import PAUSES, Cause, Clock, Decided
from gameserver.domain.match.verify import verify
from gameserver.domain.pong.events import Goal, Volley
from gameserver.domain.pong.intents import DOWN, STILL, UP
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.timing import STANDARD
from gameserver.domain.values import NOBODY, SIDES
from tests.support.harnesses.driven_match import DrivenMatch, verify_so_far
from tests.support.harnesses.match import duel

COUNTDOWN = STANDARD.countdown_us

MS = 1_000


def in_flight() -> tuple[DrivenMatch, int]:
    """A match whose first serve is in the air, and the side that it flies to."""
    court = DrivenMatch().start()
    volley = court.match.state.game.volley
    court.go(court.now + volley.t0 + 10 * MS)
    return court, 1 if volley.vx > 0 else 0


def test_what_flies_toward_a_side_that_closes_its_socket_is_decided_and_then_the_match_freezes() -> None:
    court, to = in_flight()
    due = court.match.state.game.due
    assert due is not None
    court.match.lose(court.now, to)
    court.drain()
    assert court.cause == "START"
    court.go(court.now + 3_000 * MS)
    (crossing, goal) = (r for r in court.records if isinstance(r, Decided))
    assert crossing.t1 == due.t
    assert [event.scorer for event in court.of(Goal) if isinstance(event, Goal)] == [1 - to]
    assert (court.cause, court.clock.match_t, court.clock.absent) == ("PAUSE", goal.t1, to)
    assert court.match.state.pauses[to] == PAUSES - 1
    assert verify_so_far(court)


def test_the_paddle_of_a_side_that_is_gone_goes_on_as_it_was_steered_last() -> None:
    court, to = in_flight()
    court.send(to, (1, court.t, DOWN))
    court.match.lose(court.now, to)
    due = court.match.state.game.due
    assert due is not None
    left_at, y = court.t, court.match.state.game.paddle(to, court.t)
    court.go(court.now + 100 * MS)
    assert court.match.state.game.paddle(to, left_at + 100 * MS) == y + 9_000


def test_a_ball_that_is_returned_by_a_side_that_is_gone_freezes_as_it_flies_away() -> None:
    court, to = in_flight()
    game = court.match.state.game
    due = game.due
    assert due is not None
    target = game.volley.y0 + game.volley.vy * (due.t - game.volley.t0) // 1_000_000
    gap = target - 45_000
    court.send(to, (1, court.t, DOWN if gap > 0 else UP))
    court.go(court.now + min(abs(gap) * 1_000_000 // 90_000, due.t - court.t - 20 * MS))
    court.send(to, (2, court.t, STILL))
    court.match.lose(court.now, to)
    court.drain()
    court.go(court.now + 3_000 * MS)
    assert court.of(Goal) == []
    assert (court.cause, court.clock.match_t) == ("PAUSE", due.t)
    assert game.flies_to(due.t) == 1 - to


def test_a_ball_that_flies_away_from_a_side_that_goes_freezes_at_once() -> None:
    court, to = in_flight()
    t = court.t
    court.match.lose(court.now, 1 - to)
    court.drain()
    assert (court.cause, court.clock.match_t, court.clock.absent) == ("PAUSE", t, 1 - to)


def test_a_serve_that_is_not_launched_and_a_countdown_freeze_at_once() -> None:
    court = DrivenMatch().start()
    court.match.lose(court.now, 0)
    court.drain()
    assert court.cause == "PAUSE"
    court.come(0)
    court.go(court.now + COUNTDOWN // 2)
    court.match.lose(court.now, 1)
    court.drain()
    assert (court.cause, court.clock.match_t) == ("PAUSE", 0)


def test_a_side_that_is_silent_loses_what_flies_toward_it_and_then_the_match_freezes() -> None:
    court = DrivenMatch().start()
    volley = court.match.state.game.volley
    to = 1 if volley.vx > 0 else 0
    court.go(court.now + volley.t0 + 10 * MS - SILENCE)
    court.send(to)
    court.go(court.now + SILENCE + 20 * MS, awake=[1 - to])
    assert not court.match.state.present(to)
    assert court.cause == "START"
    court.go(court.now + 3_000 * MS, awake=[1 - to])
    assert len(court.of(Goal)) == 1
    assert court.cause == "PAUSE"


def test_who_is_back_before_the_ball_has_come_has_had_no_pause_and_may_save_it() -> None:
    for comes_back in ("a new connection", "a word on the old one"):
        court, to = in_flight()
        due = court.match.state.game.due
        assert due is not None
        court.match.lose(court.now, to)
        court.drain()
        court.go(court.now + 100 * MS)
        if comes_back == "a new connection":
            court.come(to)
        court.send(to, (1, court.t, DOWN))
        assert court.match.state.present(to)
        court.go(court.now + due.t - court.t + 200 * MS)
        assert court.cause == "START"
        assert court.match.state.pauses == [PAUSES, PAUSES]
        assert not court.match.state.game.still(to)


def test_who_goes_while_a_contact_is_not_known_yet_gets_no_time_to_think_about_it() -> None:
    """The return is decided up to a grace after the contact: who went then would find it standing in the air."""
    court, to = in_flight()
    game = court.match.state.game
    due = game.due
    assert due is not None
    gap = game.volley.y0 + game.volley.vy * (due.t - game.volley.t0) // 1_000_000 - 45_000
    court.send(to, (1, court.t, DOWN if gap > 0 else UP))
    court.go(court.now + min(abs(gap) * 1_000_000 // 90_000, due.t - court.t - 20 * MS))
    court.send(to, (2, court.t, STILL))
    court.go(court.now + due.t + 5 * MS - court.t)
    court.match.lose(court.now, 1 - to)
    court.drain()
    assert court.cause == "START"
    court.send(to, mark=due.t)
    returned = court.of(Volley)[-1]
    assert isinstance(returned, Volley)
    assert (returned.t0, court.cause) == (due.t, "START")
    court.go(court.now + returned.t1 - court.t + 3_000 * MS)
    assert court.cause == "PAUSE"
    assert [r.t1 for r in court.records if isinstance(r, Decided)][1] == returned.t1


def test_an_outage_of_ours_freezes_at_once_whatever_flies() -> None:
    court, to = in_flight()
    t = court.t
    court.match.lose(court.now, to, outage=True)
    court.drain()
    assert (court.cause, court.clock.match_t) == ("RESTORE", t)


def test_when_both_have_gone_each_has_what_flew_toward_it_decided_and_then_it_freezes() -> None:
    court, to = in_flight()
    court.match.lose(court.now, to)
    court.match.lose(court.now, 1 - to)
    court.drain()
    court.go(court.now + 5_000 * MS)
    assert court.cause == "PAUSE"
    assert court.match.state.pauses == [PAUSES - 1, PAUSES - 1]
    assert len(court.of(Goal)) == 1


@given(seed=st.integers(0, 2**32 - 1), side=st.sampled_from(SIDES), at=st.integers(1_600_000, 12_000_000))
@settings(max_examples=25, deadline=None)
def test_no_pause_begins_while_a_ball_flies_toward_a_side_that_is_not_there(seed: int, side: int, at: int) -> None:
    world = duel(seed, 40_000, 40_000, ruleset=Ruleset(points_to_win=1))
    world.run(until=lambda world: world.match.match_t(world.now) >= at)
    if world.match.result:
        return
    world.people[side].there = False
    world.match.lose(world.now, side)
    world.carry_out()
    frozen = False

    def paused(_: object) -> bool:
        nonlocal frozen
        state = world.match.state
        if state.clock.cause == Cause.PAUSE:
            frozen = True
            t = state.clock.match_t
            game = state.game
            assert game.due is None or game.flies_to(t) in (1 - side, NOBODY)
        return frozen or state.result is not None

    world.run(until=paused, most=10_000_000)
    assert frozen or world.match.result
    world.people[side].there = True
    world.match.connect(world.now, side, 40_000)
    world.run()
    assert verify(world.records) == world.result
    assert isinstance(next(event for event in world.events if isinstance(event, Clock)), Clock)
