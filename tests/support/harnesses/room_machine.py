"""A room under any commands in any order, and what holds of it."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from backend.core import rooms
from backend.core.room import CAPACITY, SEATS, LastMatch, Room, RoomRefused, Settings, Step
from backend.core.room_policies import KEEP_MS
from backend.core.serialized import MatchResult, Ruleset

PEOPLE = st.sampled_from([f"p{n}" for n in range(CAPACITY + 2)])


class RoomMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.room: Room | None = rooms.new_room("ABC234", "p0", "P0", Settings(Ruleset(b"0")))
        self.now_ms = 0
        self.sessions = 0
        self.banned: set[str] = set()
        self.lost: tuple[str, set[str]] | None = None

    def apply(self, transition: Callable[[Room], Step]) -> Step | None:
        before = self.room
        assert before is not None
        try:
            step = transition(before)
        except RoomRefused:
            return None
        gone = {out.account_id for out in step.departures}
        assert gone == {m.account_id for m in before.members} - {m.account_id for m in step.room.members}
        assert step.room is before or step.room.revision == before.revision + 1
        self.room = None if step.closed else step.room
        return step

    @precondition(lambda self: self.room is None)
    @rule(who=PEOPLE)
    def open_another(self, who: str) -> None:
        self.room = rooms.new_room("ABC234", who, who.upper(), Settings(Ruleset(b"0")))
        self.banned.clear()

    @precondition(lambda self: self.room)
    @rule(who=PEOPLE)
    def join(self, who: str) -> None:
        if self.apply(lambda room: rooms.join(room, who, who.upper())):
            assert who not in self.banned

    @precondition(lambda self: self.room)
    @rule(who=PEOPLE)
    def leave(self, who: str) -> None:
        self.apply(lambda room: rooms.leave(room, who))

    @precondition(lambda self: self.room)
    @rule(by=PEOPLE, who=PEOPLE)
    def kick(self, by: str, who: str) -> None:
        if self.apply(lambda room: rooms.kick(room, by, who)):
            self.banned.add(who)

    @precondition(lambda self: self.room)
    @rule(who=PEOPLE, ready=st.booleans())
    def set_ready(self, who: str, ready: bool) -> None:
        self.apply(lambda room: rooms.set_ready(room, who, ready))

    def set_ready_of(self, who: str) -> None:
        self.apply(lambda room: rooms.set_ready(room, who, True))

    @precondition(lambda self: self.room)
    @rule()
    def everybody_with_a_seat_is_ready(self) -> None:
        for member in self.room.seated if self.room else ():
            self.set_ready_of(member.account_id)

    @precondition(lambda self: self.room)
    @rule(who=PEOPLE, seated=st.booleans())
    def set_seat(self, who: str, seated: bool) -> None:
        self.apply(lambda room: rooms.set_seat(room, who, seated))

    @precondition(lambda self: self.room)
    @rule(who=PEOPLE, ruleset=st.binary(max_size=1))
    def set_settings(self, who: str, ruleset: bytes) -> None:
        self.apply(lambda room: rooms.set_settings(room, who, Settings(Ruleset(ruleset))))

    @precondition(lambda self: self.room)
    @rule(who=PEOPLE)
    def drop(self, who: str) -> None:
        self.apply(lambda room: rooms.drop(room, who, self.now_ms))

    @precondition(lambda self: self.room)
    @rule()
    def drop_everybody(self) -> None:
        self.apply(lambda room: rooms.drop_everybody(room, self.now_ms))

    @precondition(lambda self: self.room)
    @rule(who=PEOPLE)
    def back(self, who: str) -> None:
        self.apply(lambda room: rooms.back(room, who))

    @precondition(lambda self: self.room)
    @rule(ms=st.sampled_from([1, 1_000, KEEP_MS]))
    def time_passes(self, ms: int) -> None:
        self.now_ms += ms
        self.apply(lambda room: rooms.expire(room, self.now_ms))
        if self.room is not None:
            assert self.room.deadline_ms is None or self.room.deadline_ms > self.now_ms

    @precondition(lambda self: self.room)
    @rule(by=st.one_of(PEOPLE, st.none()))
    def start(self, by: str | None) -> None:
        before = self.room
        assert before is not None
        self.sessions += 1
        step = self.apply(lambda room: rooms.start(room, by or room.host, f"s{self.sessions}"))
        if step:
            assert before.session_id == ""
            assert len(before.seated) == SEATS
            assert all(member.ready and member.connected for member in before.seated)

    @precondition(lambda self: self.room)
    @rule(lost=st.booleans())
    def the_match_ends(self, lost: bool) -> None:
        assert self.room is not None
        session_id = self.room.session_id
        if lost:
            if session_id:
                self.lost = (session_id, {member.account_id for member in self.room.seated})
            self.apply(lambda room: rooms.cancel(room, session_id or "none", self.now_ms))
        else:
            self.apply(lambda room: rooms.finish(room, LastMatch(session_id or "none", MatchResult(b"")), self.now_ms))
        assert self.room is not None
        assert self.room.session_id == ""

    @precondition(lambda self: self.room and self.lost)
    @rule()
    def the_lost_match_is_back(self) -> None:
        before = self.room
        assert before is not None
        assert self.lost is not None
        session_id, players = self.lost
        step = self.apply(lambda room: rooms.reattach(room, session_id, players))
        assert step is not None
        if step.room is not before:
            assert not before.session_id
            assert step.room.session_id == session_id
            assert {member.account_id for member in step.room.seated} == players

    @invariant()
    def promises_hold(self) -> None:
        room = self.room
        if room is None:
            return
        ids = [member.account_id for member in room.members]
        seats = [member.seat for member in room.members if member.seat is not None]
        assert 1 <= len(ids) <= CAPACITY
        assert len(set(ids)) == len(ids)
        assert room.host in ids
        assert len(set(seats)) == len(seats) <= SEATS
        assert set(seats) <= set(range(SEATS))
        assert not self.banned & set(ids)
        for member in room.members:
            assert not member.ready or member.seat is not None
            assert not member.connected or member.away_until_ms is None
            assert room.session_id or member.connected or member.away_until_ms is not None
            assert not member.ready or member.connected
