"""Agreement of both sides under any order of requests, answers, removals and blocks."""

from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from backend.core import friends
from backend.core.friends import BLOCKS, FRIENDS, REQUESTS, Bond, Counts, FriendRefused, RefusalCode, Stance, Standing

NOBODY = Counts()
PEOPLE = ("ada", "bob", "eve")
PAIRS = st.permutations(PEOPLE).map(lambda people: (people[0], people[1]))


class ThreePeople(RuleBasedStateMachine):
    """Each pair has one bond, kept as the first of the two by name sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.bonds: dict[tuple[str, str], Bond] = {}

    def seen_by(self, me: str, other: str) -> Bond:
        if me < other:
            return self.bonds.get((me, other), Bond())
        return self.bonds.get((other, me), Bond()).turned

    def keep(self, me: str, other: str, bond: Bond) -> None:
        self.bonds[min(me, other), max(me, other)] = bond if me < other else bond.turned

    @rule(pair=PAIRS)
    def ask(self, pair: tuple[str, str]) -> None:
        me, other = pair
        before = self.seen_by(me, other)
        if Stance.BLOCKS in (before.mine, before.theirs):
            # Who is blocked learns no more than about a name that nobody has.
            expected = RefusalCode.BLOCKED if before.mine is Stance.BLOCKS else RefusalCode.UNKNOWN
            assert why(friends.ask, before, NOBODY, NOBODY) is expected
            return
        self.keep(me, other, friends.ask(before, NOBODY, NOBODY))
        after = self.seen_by(me, other)
        assert after.standing in (Standing.ASKED, Standing.FRIEND)
        if before.theirs is Stance.WANTS:
            assert after.standing is after.turned.standing is Standing.FRIEND

    @rule(pair=PAIRS, accept=st.booleans())
    def answer(self, pair: tuple[str, str], accept: bool) -> None:
        me, other = pair
        before = self.seen_by(me, other)
        if before.standing is not Standing.ASKS:
            assert why(friends.answer, before, accept, NOBODY, NOBODY) is RefusalCode.NOT_ASKED
            return
        self.keep(me, other, friends.answer(before, accept, NOBODY, NOBODY))
        after = self.seen_by(me, other)
        assert after.standing is (Standing.FRIEND if accept else None)
        if not accept:
            assert after.turned.standing is before.turned.standing, "who is declined is not told"

    @rule(pair=PAIRS)
    def remove(self, pair: tuple[str, str]) -> None:
        me, other = pair
        before = self.seen_by(me, other)
        self.keep(me, other, friends.remove(before))
        if before.standing in (Standing.FRIEND, Standing.ASKED):
            assert self.seen_by(me, other) == Bond()
        else:
            assert self.seen_by(me, other) == before

    @rule(pair=PAIRS)
    def block(self, pair: tuple[str, str]) -> None:
        me, other = pair
        blocked_too = self.seen_by(me, other).theirs is Stance.BLOCKS
        self.keep(me, other, friends.block(self.seen_by(me, other), NOBODY))
        assert self.seen_by(me, other).standing is Standing.BLOCKED
        assert self.seen_by(other, me).standing is (Standing.BLOCKED if blocked_too else None)

    @rule(pair=PAIRS)
    def unblock(self, pair: tuple[str, str]) -> None:
        me, other = pair
        before = self.seen_by(me, other)
        self.keep(me, other, friends.unblock(before))
        assert self.seen_by(me, other).theirs is before.theirs
        assert self.seen_by(me, other).mine is not Stance.BLOCKS

    @invariant()
    def both_see_the_same(self) -> None:
        sees: dict[Standing | None, set[Standing | None]] = {
            Standing.FRIEND: {Standing.FRIEND},
            Standing.ASKS: {Standing.ASKED},
            Standing.ASKED: {Standing.ASKS, None},
            Standing.BLOCKED: {Standing.BLOCKED, None},
            None: {Standing.ASKED, Standing.BLOCKED, None},
        }
        for bond in self.bonds.values():
            assert bond.turned.turned == bond
            assert bond.turned.standing in sees[bond.standing]

    @invariant()
    def who_blocks_stands_in_no_other_way(self) -> None:
        for bond in self.bonds.values():
            if Stance.BLOCKS in (bond.mine, bond.theirs):
                assert {bond.mine, bond.theirs} <= {Stance.BLOCKS, Stance.NONE}


TestThreePeople = ThreePeople.TestCase
TestThreePeople.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)

NONE = Bond()
ASKED = Bond(mine=Stance.WANTS)
ASKS = ASKED.turned


def why(wish: Callable[..., Bond], *arguments: object) -> RefusalCode:
    """Code with which a change is refused."""
    with pytest.raises(FriendRefused) as caught:
        wish(*arguments)
    assert caught.value.sentence.endswith(".") or caught.value.code is RefusalCode.UNKNOWN
    return caught.value.code


def test_nobody_has_more_friends_than_the_limit_on_either_side() -> None:
    full, room = Counts(friends=FRIENDS), Counts(friends=FRIENDS - 1)
    for mine, theirs in ((full, room), (room, full)):
        assert why(friends.ask, ASKS, mine, theirs) is RefusalCode.TOO_MANY
        assert why(friends.answer, ASKS, True, mine, theirs) is RefusalCode.TOO_MANY
        assert friends.answer(ASKS, False, mine, theirs).standing is None
    assert friends.answer(ASKS, True, room, room).standing is Standing.FRIEND


def test_open_requests_are_limited_each_way() -> None:
    assert why(friends.ask, NONE, Counts(asked=REQUESTS), NOBODY) is RefusalCode.TOO_MANY
    assert why(friends.ask, NONE, NOBODY, Counts(asks=REQUESTS)) is RefusalCode.TOO_MANY
    # Answering one is no new one, and asking again is none either.
    assert friends.ask(ASKS, Counts(asked=REQUESTS), NOBODY).standing is Standing.FRIEND
    assert friends.ask(ASKED, Counts(asked=REQUESTS), Counts(asks=REQUESTS)) == ASKED


def test_blocks_are_limited_but_one_more_time_costs_nothing() -> None:
    assert why(friends.block, NONE, Counts(blocked=BLOCKS)) is RefusalCode.TOO_MANY
    blocked = Bond(mine=Stance.BLOCKS)
    assert friends.block(blocked, Counts(blocked=BLOCKS)) == blocked


def test_counts_are_by_how_the_others_stand_to_me() -> None:
    bonds = [ASKED, ASKS, ASKS, Bond(Stance.WANTS, Stance.WANTS), Bond(mine=Stance.BLOCKS), Bond(Stance.DECLINES)]
    assert Counts.of(bonds) == Counts(friends=1, asked=1, asks=2, blocked=1)


def test_who_declined_may_think_better_of_it() -> None:
    declined = friends.answer(ASKS, False, NOBODY, NOBODY)
    assert friends.ask(declined, NOBODY, NOBODY).standing is Standing.FRIEND
    assert friends.remove(declined.turned) == NONE, "who asked may take it back, and ask again"
