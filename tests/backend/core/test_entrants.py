"""The rules of a room for a tournament, one sentence each; and whatever is done in whatever order."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.core import entrants, rooms
from backend.core.entrants import KEEP_MS
from backend.core.room import TOURNAMENT_CAPACITY, LastMatch, RefusalCode, Room, RoomRefused, Settings, Step, Tournament
from backend.core.serialized import MatchResult, Ruleset, TournamentSpec

NOW = 1_000_000


def cup(capacity: int = 4, starts_ms: int = 0) -> Settings:
    return Settings(
        Ruleset(b"classic"), tournament=Tournament(TournamentSpec(b"spec"), capacity, starts_ms, opened_ms=7)
    )


def room_of(*names: str, capacity: int = 4) -> Room:
    room = rooms.new_room("ABC234", names[0], names[0].title(), cup(capacity))
    for name in names[1:]:
        room = rooms.join(room, name, name.title()).room
    return room


def refusal(command: Callable[[], object]) -> RoomRefused:
    with pytest.raises(RoomRefused) as caught:
        command()
    assert caught.value.sentence.endswith(".")
    return caught.value


def seats(room: Room) -> list[tuple[str, int | None]]:
    return [(member.account_id, member.seat) for member in room.members]


def waiting(room: Room) -> list[str]:
    return [member.account_id for member in room.members if member.waiting]


def test_who_comes_takes_part_and_who_comes_too_late_waits() -> None:
    room = room_of("ada", "bob", "eve", capacity=2)
    assert seats(room) == [("ada", 0), ("bob", 1), ("eve", None)]
    assert waiting(room) == ["eve"]


def test_a_place_that_is_free_goes_to_who_has_waited_longest() -> None:
    room = room_of("ada", "bob", "eve", "joe", capacity=2)
    room = rooms.leave(room, "bob").room
    assert seats(room)[:2] == [("ada", 0), ("eve", 1)]
    assert waiting(room) == ["joe"]


def test_who_only_watches_gives_the_place_up_and_enters_again_behind_all_others() -> None:
    room = rooms.set_seat(room_of("ada", "bob", "eve", capacity=2), "ada", False).room
    assert seats(room) == [("bob", 0), ("eve", 1), ("ada", None)]
    assert room.host == "ada"
    room = rooms.set_seat(room, "ada", True).room
    assert waiting(room) == ["ada"]


def test_with_fewer_places_the_last_in_the_ranking_wait_before_those_who_waited() -> None:
    room = room_of("ada", "bob", "eve", "joe", capacity=3)
    room = rooms.set_settings(room, "ada", cup(2)).room
    assert [member.account_id for member in room.seated] == ["ada", "bob"]
    assert waiting(room) == ["eve", "joe"]
    assert room.settings.tournament is not None
    assert room.settings.tournament.opened_ms == 7


def test_the_host_adds_bots_and_puts_them_out() -> None:
    room = room_of("ada")
    for _ in range(2):
        room = entrants.add_bot(room, "ada", "Bot (hard)", 3).room
    assert [(m.account_id, m.name, m.seat, m.bot) for m in room.members[1:]] == [
        ("bot-1", "Bot (hard)", 1, 3),
        ("bot-2", "Bot (hard) 2", 2, 3),
    ]
    room = rooms.kick(room, "ada", "bot-1").room
    assert seats(room) == [("ada", 0), ("bot-2", 1)]
    assert entrants.add_bot(room, "ada", "Bot (hard)", 3).room.members[2].account_id == "bot-1"


def test_bots_never_inherit_a_room_and_do_not_keep_it_open() -> None:
    room = entrants.add_bot(room_of("ada", "bob"), "ada", "Bot", 1).room
    room = entrants.rank(room, "ada", ["bot-1", "ada", "bob"]).room
    step = rooms.leave(room, "ada")
    assert step.room.host == "bob"
    assert not step.closed
    assert rooms.leave(step.room, "bob").closed


def test_the_ranking_is_the_hosts_and_names_every_entrant_once() -> None:
    room = room_of("ada", "bob", "eve", "joe", capacity=3)
    room = entrants.rank(room, "ada", ["eve", "ada", "bob"]).room
    assert seats(room) == [("eve", 0), ("ada", 1), ("bob", 2), ("joe", None)]
    for wrong in (["eve", "ada"], ["eve", "ada", "ada"], ["eve", "ada", "joe"], ["eve", "ada", "bob", "joe"]):
        assert refusal(lambda wrong=wrong: entrants.rank(room, "ada", wrong)).code is RefusalCode.NOT_ALLOWED  # type: ignore[misc]
    assert refusal(lambda: entrants.rank(room, "bob", ["ada", "bob", "eve"])).code is RefusalCode.NOT_HOST


def test_a_place_is_kept_for_31_days_without_a_connection() -> None:
    room = rooms.drop(room_of("ada", "bob"), "bob", NOW).room
    assert not room.member("bob").connected
    assert room.deadline_ms == NOW + KEEP_MS
    assert rooms.expire(room, NOW + KEEP_MS - 1).room is room
    assert rooms.expire(room, NOW + KEEP_MS).room.find("bob") is None
    room = rooms.drop_everybody(entrants.add_bot(room, "ada", "Bot", 1).room, NOW + 1).room
    assert [(m.connected, m.away_until_ms) for m in room.members] == [
        (False, NOW + 1 + KEEP_MS),
        (False, NOW + KEEP_MS),
        (True, None),
    ]
    assert rooms.expire(room, NOW + 1 + KEEP_MS).closed


def test_while_it_is_on_every_place_is_kept() -> None:
    room = rooms.start(rooms.drop(room_of("ada", "bob", "eve"), "bob", NOW).room, "ada", "s").room
    room = rooms.drop_everybody(room, NOW).room
    assert room.deadline_ms is None
    assert rooms.finish(room, LastMatch("s", MatchResult(b"")), NOW).room.deadline_ms == NOW + KEEP_MS


def test_it_starts_with_two_and_nobody_has_to_be_ready() -> None:
    assert refusal(lambda: rooms.set_ready(room_of("ada"), "ada", True)).code is RefusalCode.NOT_ALLOWED
    assert refusal(lambda: rooms.start(room_of("ada"), "ada", "s")).code is RefusalCode.NEEDS_ENTRANTS
    assert refusal(lambda: rooms.start(room_of("ada", "bob"), "bob", "s")).code is RefusalCode.NOT_HOST
    room = rooms.start(replace(room_of("ada", "bob"), settings=cup(starts_ms=NOW)), "ada", "s").room
    assert room.session_id == "s"
    assert room.settings.tournament is not None
    assert room.settings.tournament.starts_ms == 0


def test_while_it_is_on_nobody_comes_in_and_whoever_goes_is_gone() -> None:
    room = rooms.start(room_of("ada", "bob", "eve"), "ada", "s").room
    assert refusal(lambda: rooms.join(room, "joe", "Joe")).session_id == "s"
    assert refusal(lambda: rooms.set_seat(room, "eve", False)).code is RefusalCode.STARTED
    assert refusal(lambda: entrants.add_bot(room, "ada", "Bot", 1)).code is RefusalCode.STARTED
    assert [member.account_id for member in rooms.leave(room, "eve").room.members] == ["ada", "bob"]


def test_after_it_the_room_is_open_for_another_one() -> None:
    room = rooms.start(room_of("ada", "bob"), "ada", "s").room
    room = rooms.finish(rooms.drop(room, "bob", NOW).room, LastMatch("s", MatchResult(b"")), NOW).room
    assert (room.session_id, room.last) == ("", LastMatch("s", MatchResult(b"")))
    assert rooms.start(room, "ada", "t").room.session_id == "t"


def test_a_room_for_duels_takes_nothing_of_a_tournament() -> None:
    room = rooms.new_room("ABC234", "ada", "Ada", Settings(Ruleset(b"classic")))
    assert refusal(lambda: entrants.add_bot(room, "ada", "Bot", 1)).code is RefusalCode.NOT_ALLOWED
    assert refusal(lambda: entrants.rank(room, "ada", ["ada"])).code is RefusalCode.NOT_ALLOWED
    assert refusal(lambda: rooms.set_settings(room, "ada", cup())).code is RefusalCode.NOT_ALLOWED
    assert (
        refusal(lambda: rooms.set_settings(room_of("ada"), "ada", Settings(Ruleset(b"x")))).code
        is RefusalCode.NOT_ALLOWED
    )


def test_it_takes_so_many_members_and_no_more() -> None:
    room = room_of(*(f"a{n}" for n in range(TOURNAMENT_CAPACITY)), capacity=256)
    assert (len(room.seated), len(waiting(room))) == (256, TOURNAMENT_CAPACITY - 256)
    assert refusal(lambda: rooms.join(room, "late", "Late")).code is RefusalCode.FULL
    assert refusal(lambda: entrants.add_bot(room, "a0", "Bot", 1)).code is RefusalCode.FULL


PEOPLE = st.sampled_from([f"p{n}" for n in range(7)])


class TournamentRoomMachine(RuleBasedStateMachine):
    """Seats are given out by one rule under any commands in any order."""

    @initialize(capacity=st.integers(2, 5))
    def begin(self, capacity: int) -> None:
        self.open(capacity)

    @precondition(lambda self: self.closed)
    @rule(capacity=st.integers(2, 5))
    def open_another(self, capacity: int) -> None:
        self.open(capacity)

    def open(self, capacity: int) -> None:
        self.room = rooms.new_room("ABC234", "p0", "P0", cup(capacity))
        self.closed = False

    def apply(self, transition: Callable[[Room], Step]) -> None:
        before = self.room
        try:
            step = transition(before)
        except RoomRefused:
            return
        self.closed = step.closed
        self.room = step.room
        gone = {out.account_id for out in step.departures}
        assert gone == {m.account_id for m in before.members} - {m.account_id for m in step.room.members}

    @precondition(lambda self: not self.closed)
    @rule(
        who=PEOPLE,
        what=st.sampled_from(["join", "leave", "enter", "watch", "drop", "back", "bot", "kick", "kick bot", "start"]),
    )
    def somebody_does(self, who: str, what: str) -> None:
        session_id = self.room.session_id
        bot = next((member.account_id for member in self.room.members if member.bot), "none")
        self.apply(
            {
                "join": lambda room: rooms.join(room, who, who.upper()),
                "leave": lambda room: rooms.leave(room, who),
                "enter": lambda room: rooms.set_seat(room, who, True),
                "watch": lambda room: rooms.set_seat(room, who, False),
                "drop": lambda room: rooms.drop(room, who, NOW),
                "back": lambda room: rooms.back(room, who),
                "bot": lambda room: entrants.add_bot(room, who, "Bot", 2),
                "kick": lambda room: rooms.kick(room, room.host, who),
                "kick bot": lambda room: rooms.kick(room, room.host, bot),
                "start": lambda room: rooms.start(room, who, session_id or "s"),
            }[what]
        )

    @precondition(lambda self: not self.closed)
    @rule(capacity=st.integers(2, 5), starts_ms=st.sampled_from([0, NOW]))
    def the_host_changes_it(self, capacity: int, starts_ms: int) -> None:
        self.apply(lambda room: rooms.set_settings(room, room.host, cup(capacity, starts_ms)))

    @precondition(lambda self: not self.closed)
    @rule(order=st.randoms())
    def the_host_ranks(self, order: object) -> None:
        ids = [member.account_id for member in self.room.seated]
        order.shuffle(ids)  # type: ignore[attr-defined]
        self.apply(lambda room: entrants.rank(room, room.host, ids))

    @precondition(lambda self: not self.closed and self.room.session_id)
    @rule(lost=st.booleans())
    def it_ends(self, lost: bool) -> None:
        if lost:
            self.apply(lambda room: rooms.cancel(room, "s", NOW))
        else:
            self.apply(lambda room: rooms.finish(room, LastMatch("s", MatchResult(b"")), NOW))
        assert not self.room.session_id

    @invariant()
    def promises_hold(self) -> None:
        room = self.room
        if self.closed:
            return
        tournament = room.settings.tournament
        assert tournament is not None
        assert room.host in {member.account_id for member in room.people}
        assert [member.seat for member in room.seated] == list(range(len(room.seated)))
        assert len(room.seated) <= tournament.capacity
        assert not any(m.waiting for m in room.members) or len(room.seated) == tournament.capacity
        assert not any(m.waiting and m.seat is not None for m in room.members)
        order = [0 if m.seat is not None else 1 if m.waiting else 2 for m in room.members]
        assert order == sorted(order)
        assert room.deadline_ms in (None, NOW + KEEP_MS)
        assert not any(m.bot and m.away_until_ms for m in room.members)
        assert not any(m.ready for m in room.members)
        ids = [member.account_id for member in room.members]
        assert len(set(ids)) == len(ids)
        assert not room.session_id or tournament.starts_ms == 0


TestTournamentRoomMachine = TournamentRoomMachine.TestCase
TestTournamentRoomMachine.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
