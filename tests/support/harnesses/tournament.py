"""One tournament whose time the test drives."""

from typing import Final, TypeVar

from gameserver.domain.match.records import Result
from gameserver.domain.pong.bots import Strength
from gameserver.domain.tournament.commands import Command
from gameserver.domain.tournament.effects import StartMatch, StopMatch
from gameserver.domain.tournament.engine import Tournament
from gameserver.domain.tournament.formats.swiss_draw import draw
from gameserver.domain.tournament.records import (
    EntrantState,
    PairingLine,
    TournamentEvent,
    TournamentOpened,
    TournamentRecord,
    TournamentResult,
)
from gameserver.domain.tournament.settings import Settings
from gameserver.domain.tournament.spec import Entrant, Spec
from tests.support.harnesses.tournament_simulation import START, won

S: Final = 1_000
HOST: Final = "host"
Kind = TypeVar("Kind")


def people(count: int) -> tuple[Entrant, ...]:
    """Entrants a0, a1 and so on."""
    return tuple(Entrant(f"Player {n}", f"a{n}") for n in range(count))


def bots(count: int) -> tuple[Entrant, ...]:
    """Entrants who are always there."""
    return tuple(Entrant(f"Bot {n}", bot=Strength.EASY) for n in range(count))


def single(*entrants: Entrant, third_place: bool = False, best_of: int = 1) -> Spec:
    """A single elimination. The lower number is the better seed."""
    return Spec(Settings("single_elimination", third_place=third_place, best_of=best_of), entrants, HOST)


class Hall:
    """A tournament, and everything that it had done so far."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.now = START
        self.records: list[TournamentRecord] = []
        self.events: list[TournamentEvent] = []
        self.starts: list[StartMatch] = []
        self.stops: list[StopMatch] = []
        self.tournament = Tournament.open(TournamentOpened(spec, START), START)
        self._drain()

    def _drain(self) -> None:
        effects = self.tournament.drain()
        self.records += effects.records
        self.events += effects.events
        self.starts += effects.starts
        self.stops += effects.stops
        if effects.draw:
            pairs = draw(effects.draw.contenders, effects.draw.rounds_after)
            self.tournament.round_drawn(self.now, effects.draw, pairs)
            self._drain()

    def go(self, ms: int) -> "Hall":
        """Let time pass."""
        until = self.now + ms
        while (due := self.tournament.deadline) is not None and due <= until:
            self.now = max(self.now, due)
            self.tournament.advance(self.now)
            self._drain()
        self.now = until
        return self

    def come(self, *entrants: int) -> "Hall":
        """A connection of each is there."""
        for entrant in entrants:
            self.tournament.present(self.now, entrant, True)
        self._drain()
        return self

    def leave(self, *entrants: int) -> "Hall":
        """No connection of each is there."""
        for entrant in entrants:
            self.tournament.present(self.now, entrant, False)
        self._drain()
        return self

    def cut_off(self, *entrants: int) -> "Hall":
        """No connection of each is there, and that is a fault of ours."""
        for entrant in entrants:
            self.tournament.cut_off(self.now, entrant)
        self._drain()
        return self

    def reachable(self, yes: bool) -> "Hall":
        """Let people come, or let none come at all."""
        self.tournament.reachable(self.now, yes)
        self._drain()
        return self

    def act(self, by: str, act: Command) -> "Hall":
        """Somebody does something."""
        self.tournament.act(self.now, by, act)
        self._drain()
        return self

    def end(self, match: int, result: Result | int) -> "Hall":
        """A match is over; an int is the side that won it."""
        attempt = self.tournament.state.attempts[match]
        self.tournament.match_over(self.now, match, attempt, won(result) if isinstance(result, int) else result)
        self._drain()
        return self

    def restart(self, away_ms: int = 0) -> "Hall":
        """The game server is away for so long; nobody is there afterwards."""
        self.now += away_ms
        self.tournament = Tournament.restore(self.records, self.now)
        self.starts.clear()
        self._drain()
        return self

    def all(self, kind: type[Kind]) -> list[Kind]:
        """The records of a kind."""
        return [record for record in self.records if isinstance(record, kind)]

    def pairing(self, number: int) -> PairingLine:
        """Line of a pairing."""
        return next(line for line in self.tournament.snapshot().pairings if line.pairing.number == number)

    @property
    def on(self) -> list[int]:
        """Matches that are on."""
        return [call.match for call in self.tournament.state.calls.values() if call.begun]

    @property
    def called(self) -> list[int]:
        """Matches to which somebody is called."""
        return [call.match for call in self.tournament.state.calls.values() if not call.begun]

    @property
    def result(self) -> TournamentResult:
        """Result of the tournament."""
        assert self.tournament.state.result is not None
        return self.tournament.state.result


def states(hall: Hall) -> list[EntrantState]:
    """States of the entrants, by their numbers."""
    return [line.state for line in hall.tournament.snapshot().entrants]
