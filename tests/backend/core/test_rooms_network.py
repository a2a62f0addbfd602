"""A room whose commands come late, twice, in another order or never; and what becomes of it when that ends."""

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from backend.core import rooms
from backend.core.room import LastMatch, Room, Settings, Step
from backend.core.room_policies import KEEP_MS
from backend.core.serialized import MatchResult, Ruleset
from tests.support.harnesses.room_machine import PEOPLE, RoomMachine

Command = Callable[[Room], Step]
ROUND_MS = 250
"""Milliseconds between two attempts of a person, in the quiet after the storm."""
WITHIN_MS = KEEP_MS + 20 * ROUND_MS
"""By then a match is on: the places of those who are gone are kept no longer than KEEP_MS."""


class NetworkMachine(RoomMachine):
    """The people of `RoomMachine` act at once; these send commands that wait in the network."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Command] = []

    @rule(who=PEOPLE)
    def send_join(self, who: str) -> None:
        self.waiting.append(lambda room: rooms.join(room, who, who.upper()))

    @rule(who=PEOPLE)
    def send_leave(self, who: str) -> None:
        self.waiting.append(lambda room: rooms.leave(room, who))

    @rule(who=PEOPLE, ready=st.booleans())
    def send_ready(self, who: str, ready: bool) -> None:
        self.waiting.append(lambda room: rooms.set_ready(room, who, ready))

    @rule(who=PEOPLE, number=st.integers(1, 5))
    def send_start(self, who: str, number: int) -> None:
        self.waiting.append(lambda room: rooms.start(room, who, f"late{number}"))

    @rule(number=st.integers(1, 5), now_ms=st.integers(0, 5))
    def send_the_end_of_some_match(self, number: int, now_ms: int) -> None:
        self.waiting.append(
            lambda room: rooms.finish(room, LastMatch(f"late{number}", MatchResult(b"")), self.now_ms + now_ms)
        )

    @precondition(lambda self: self.waiting)
    @rule(at=st.integers(0, 99))
    def deliver(self, at: int) -> None:
        """Any of those that wait: in order or not."""
        self._deliver(self.waiting.pop(at % len(self.waiting)))

    @precondition(lambda self: self.waiting)
    @rule(at=st.integers(0, 99))
    def deliver_twice(self, at: int) -> None:
        """The answer was lost, and the sender sent it again."""
        command = self.waiting.pop(at % len(self.waiting))
        self._deliver(command)
        once = self.room
        self._deliver(command)
        if once is not None and self.room is not None:
            # A command that has had its effect has no other one.
            assert (self.room.members, self.room.session_id) == (once.members, once.session_id)

    @precondition(lambda self: self.waiting)
    @rule(at=st.integers(0, 99))
    def lose(self, at: int) -> None:
        self.waiting.pop(at % len(self.waiting))

    def _deliver(self, command: Command) -> None:
        if self.room is not None:
            self.apply(command)

    def teardown(self) -> None:
        """Liveness: the network is quiet, two people want to play, and a match is on within a bound of time."""
        for command in self.waiting:
            self._deliver(command)
        if self.room is not None and self.room.session_id:
            session_id = self.room.session_id
            self.apply(lambda room: rooms.finish(room, LastMatch(session_id, MatchResult(b"")), self.now_ms))
        if self.room is None:
            self.room = rooms.new_room("ABC234", "fresh0", "FRESH0", Settings(Ruleset(b"0")))
        room = self.room
        assert room is not None
        # Everybody else there goes home: their connections end.
        for member in room.members:
            if member.account_id != room.host:
                self._deliver(lambda room, who=member.account_id: rooms.drop(room, who, self.now_ms))  # type: ignore[misc]
        players = (room.host, "fresh1")
        begun = self.now_ms
        while True:
            assert self.now_ms - begun <= WITHIN_MS, f"no match after {WITHIN_MS} ms of quiet: {self.room}"
            for who in players:
                for command in self._wishes(who):
                    self._deliver(command)
            assert self.room is not None
            if self.room.session_id:
                assert {member.account_id for member in self.room.seated} == set(players)
                return
            self.now_ms += ROUND_MS
            self.apply(lambda room: rooms.expire(room, self.now_ms))

    def _wishes(self, who: str) -> list[Command]:
        """Next command of somebody who looks at the room."""
        return [
            lambda room: rooms.join(room, who, who.upper()),
            lambda room: rooms.set_seat(room, who, True),
            lambda room: rooms.set_ready(room, who, True),
            lambda room: rooms.start(room, who, "quiet"),
        ]


TestNetworkMachine = NetworkMachine.TestCase
TestNetworkMachine.settings = settings(max_examples=120, stateful_step_count=50, deadline=None)
