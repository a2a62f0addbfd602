"""State of a tournament, as its records make it. `replay.py` changes it, with the methods that it has for that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from operator import attrgetter
from typing import Any, Final

from gameserver.domain.timing import STANDARD, Timing
from gameserver.domain.tournament.best_of import counts
from gameserver.domain.tournament.formats import FORMATS
from gameserver.domain.tournament.formats.interface import History, Pairs, View
from gameserver.domain.tournament.pairings import NO_SIDE, Outcome, Pairing, Stage
from gameserver.domain.tournament.records import (
    EntrantLine,
    EntrantState,
    PairingLine,
    PairingState,
    Phase,
    PlayedMatch,
    StandingLine,
    StandingsTable,
    Status,
    TournamentEvent,
    TournamentOpened,
    TournamentResult,
)
from gameserver.domain.tournament.spec import Entrant, check
from gameserver.domain.values import LEFT, RIGHT, value

_NOTHING: Final = View((), (), done=False)
_KNOCKOUTS: Final = frozenset((Stage.KNOCKOUT, Stage.WINNERS, Stage.LOSERS, Stage.GRAND_FINAL, Stage.THIRD_PLACE))
"""Stages in which who has nothing left to play is out of the running."""
ACTIVE_STATES: Final = frozenset((EntrantState.WAITING, EntrantState.EXPECTED, EntrantState.IN))
"""Entrants who take part, or still may."""


@value
class Call:
    """A pairing whose sides are called to a match, or are playing it (then `begun`)."""

    pairing: int
    match: int
    attempt: int
    starts_at: int
    deadline: int
    begun: bool = False


@dataclass(frozen=True, slots=True)
class TournamentSnapshot:
    """State of a tournament for a viewer that joins: the spec, the status, and the last of each event."""

    opened: TournamentOpened
    status: Status
    seeds: tuple[int, ...]
    entrants: tuple[EntrantLine, ...]
    pairings: tuple[PairingLine, ...]
    table: tuple[StandingLine, ...]
    result: TournamentResult | None


class TournamentState:
    """State of a tournament. Raises TournamentRefused for a spec that cannot be."""

    def __init__(self, opened: TournamentOpened, timing: Timing = STANDARD) -> None:
        spec = opened.spec
        check(spec)
        self.opened = opened
        self.timing = timing
        self.spec = spec
        self.settings = spec.settings
        self.format = FORMATS[spec.settings.format]
        self.phase = Phase.CHECK_IN
        self.deadline = opened.at + spec.check_in_s * 1000
        """Of the check-in, then of the showing of the draw, then of the review."""
        self.paused_at = 0
        """Since when; 0 while it goes on."""
        self.drawn_at = 0
        self.entrants: list[Entrant] = []
        self.states: list[EntrantState] = []
        self.here: set[int] = set()
        """Entrants who have checked in, or need not."""
        self.numbers: dict[str, int] = {}
        self.seeds: list[int] = []
        """Entrants by seed, and the other way round."""
        self.seed_of: dict[int, int] = {}
        # The history, by seed and pairing.
        self.outcomes: dict[int, Outcome] = {}
        self.out: dict[int, int] = {}
        self.since: dict[int, int] = {}
        self.rounds_drawn: tuple[Pairs, ...] = ()
        self.exhausted = False
        """No further round of a Swiss can be drawn, as those who are left stand."""
        self.rounds = 0
        self._memo: dict[str, Any] = {}
        self.view = _NOTHING
        """View that follows from the history."""
        self.pairings: dict[int, Pairing] = {}
        self.ready: list[Pairing] = []
        """Pairings that can be played and are not called, in the order in which they are to be."""
        self.calls: dict[int, Call] = {}
        """Pairings that are called or on."""
        self.pairing_of: dict[int, int] = {}
        """Pairing of each match that was called, by the match's number."""
        self.games: dict[int, list[PlayedMatch]] = {}
        """Of each pairing: the matches since it was last reopened ..."""
        self.matches: dict[int, list[int]] = {}
        """... and the numbers that its matches have, whatever became of them."""
        self.attempts: dict[int, int] = {}
        self.called: set[int] = set()
        """Pairings that were called, since they were last reopened."""
        self.rested_from: dict[int, int] = {}
        """End of each seed's last match, unix ms."""
        self.called_off = False
        self.result: TournamentResult | None = None
        self.reported = False
        self.stale = False
        self.touched: set[int] = set()
        self.changed: set[int] = set()
        self.status = Status(Phase.CHECK_IN, paused=False, deadline=0, rounds_drawn=0, rounds=0)
        self._shown: dict[int, PairingLine] = {}
        self.table: tuple[StandingLine, ...] = ()
        for number, entrant in enumerate(spec.entrants):
            self.enter(entrant, number < spec.places)
        self.news: Sequence[TournamentEvent] = ()
        """Events of the last record, set by `refresh`."""
        self.refresh()
        self.opening = self.news
        """Events of the opening."""

    # Queries.

    @property
    def history(self) -> History:
        """History as the format may know it."""
        return History(
            len(self.seeds), self.outcomes, self.out, self.since, self.rounds_drawn, self.exhausted, self._memo
        )

    @property
    def over(self) -> bool:
        """True once nothing more will happen."""
        return self.result is not None

    def entrant_of(self, account: str) -> int | None:
        """Return the entrant with that account; None without one."""
        return self.numbers.get(account) if account else None

    def line_of(self, entrant: int) -> EntrantLine:
        """Line of an entrant."""
        return EntrantLine(entrant, self.entrants[entrant], self.seed_of.get(entrant, 0), self.states[entrant])

    def sides(self, pairing: Pairing) -> tuple[int, int]:
        """The entrants of a pairing whose sides are known."""
        return self.seeds[pairing.left - 1], self.seeds[pairing.right - 1]

    def under_way(self, pairing: int) -> bool:
        """Report whether a match of the pairing was begun and the pairing is not decided."""
        return pairing not in self.outcomes and bool(self.games.get(pairing))

    def next_match(self, pairing: Pairing) -> tuple[int, int]:
        """Number and attempt of the match that is to be played next in a pairing."""
        games = self.games.get(pairing.number, ())
        index = sum(1 for game in games if counts(game, pairing))
        numbers = self.matches.get(pairing.number, ())
        match = numbers[index] if index < len(numbers) else len(self.pairing_of) + 1
        return match, self.attempts.get(match, 0) + 1

    def snapshot(self) -> TournamentSnapshot:
        """The full state."""
        return TournamentSnapshot(
            self.opened,
            self.status,
            tuple(self.seeds),
            tuple(map(self.line_of, range(len(self.entrants)))),
            tuple(self._shown[number] for number in sorted(self._shown)),
            self.table,
            self.result,
        )

    # Changes, made by `replay.py` alone.

    def enter(self, entrant: Entrant, has_place: bool) -> int:
        """Enter somebody, or put them on the waiting list; return their number."""
        number = len(self.entrants)
        checked_in = not self.spec.check_in_s or not entrant.account_id
        self.entrants.append(entrant)
        if checked_in:
            self.here.add(number)
        if not has_place:
            self.states.append(EntrantState.WAITING)
        else:
            self.states.append(EntrantState.IN if checked_in else EntrantState.EXPECTED)
        if entrant.key:
            self.numbers[entrant.key] = number
        self.changed.add(number)
        return number

    def stands(self, entrant: int, state: EntrantState) -> None:
        """Set the state of an entrant."""
        if self.states[entrant] != state:
            self.states[entrant] = state
            self.changed.add(entrant)

    def refresh(self, last: Sequence[TournamentEvent] = ()) -> None:
        """Bring view, status and table up to date with the changes since the last call, and forget the changes.

        The events of what is new, then `last`, are in `news` until the next call.
        """
        events: list[TournamentEvent] = []
        if self.stale:
            self._look_again()
        shown = self.phase in (Phase.CHECK_IN, Phase.DRAWN, Phase.REVIEW)
        status = Status(
            self.phase,
            self.paused_at > 0,
            self.deadline if shown else 0,
            len(self.rounds_drawn),
            self.rounds,
        )
        if status != self.status:
            self.status = status
            events.append(status)
        if self.changed:
            events += map(self.line_of, sorted(self.changed))
        for number in sorted(self.touched) if len(self.touched) > 1 else self.touched:
            line = self._pairing_line(number)
            if line and line != self._shown.get(number):
                self._shown[number] = line
                events.append(line)
        if self.stale:
            names = self.format.tiebreaks
            rules = self.settings.tiebreak_rules
            table = tuple(StandingLine(self.seeds[line.seed - 1], line, names, rules) for line in self.view.standings)
            if table != self.table:
                self.table = table
                events.append(StandingsTable(table))
        self.stale = False
        self.touched.clear()
        self.changed.clear()
        events += last
        self.news = events

    def _pairing_line(self, number: int) -> PairingLine | None:
        pairing = self.pairings.get(number)
        if pairing is None:
            return None
        games = self.games.get(number, ())
        call = self.calls.get(number)
        if pairing.skipped:
            state = PairingState.SKIPPED
        elif pairing.outcome:
            state = PairingState.DECIDED
        elif call:
            state = PairingState.PLAYING if call.begun else PairingState.CALLED
        else:
            state = PairingState.READY if pairing.playable else PairingState.OPEN
        waits = call if call and not call.begun else None
        return PairingLine(
            pairing,
            state,
            self.seeds[pairing.left - 1] if pairing.left > 0 else None,
            self.seeds[pairing.right - 1] if pairing.right > 0 else None,
            sum(1 for game in games if game.winner == LEFT) if games else 0,
            sum(1 for game in games if game.winner == RIGHT) if games else 0,
            (*games, PlayedMatch(waits.match, waits.attempt, None, NO_SIDE)) if waits else tuple(games),
            waits.starts_at if waits else 0,
            waits.deadline if waits else 0,
        )

    def _look_again(self) -> None:
        """Ask the format what follows from the history, and what of it is new."""
        before, self.view = self.view.pairings, self.format.view(self.settings, self.history)
        now, calls = self.view.pairings, self.calls
        # Most are the very same ones as before.
        for old, pairing in zip_longest(before, now):
            if old is not pairing:
                if pairing is None:
                    del self.pairings[old.number]
                    self._shown.pop(old.number, None)
                else:
                    self.pairings[pairing.number] = pairing
                    if old != pairing:
                        self.touched.add(pairing.number)
        undecided = [pairing for pairing in now if pairing.outcome is None]
        self.ready = in_call_order(pairing for pairing in undecided if pairing.playable and pairing.number not in calls)
        self._sort_out()

    def _sort_out(self) -> None:
        """Mark entrants eliminated, and bring back those who are not after a correction."""
        knockout, running = False, {self.view.champion}
        for pairing in self.view.pairings:
            knocks_out = pairing.stage in _KNOCKOUTS
            knockout |= knocks_out
            if not pairing.decided:
                if not knocks_out:
                    knockout = False
                    break
                running.add(pairing.left)
                running.add(pairing.right)
        for seed, entrant in enumerate(self.seeds, 1):
            state = self.states[entrant]
            if state in (EntrantState.IN, EntrantState.ELIMINATED):
                lost = knockout and seed not in running
                self.stands(entrant, EntrantState.ELIMINATED if lost else EntrantState.IN)


def in_call_order(pairings: Iterable[Pairing]) -> list[Pairing]:
    """The order in which pairings are called."""
    return sorted(pairings, key=attrgetter("round", "number"))
