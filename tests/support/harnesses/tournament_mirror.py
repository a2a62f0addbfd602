"""A viewer of a tournament in a test, who keeps the last event of each kind."""

from collections.abc import Sequence

from gameserver.domain.tournament.pairings import Stage
from gameserver.domain.tournament.records import (
    EntrantLine,
    PairingLine,
    Seeds,
    StandingsTable,
    Status,
    TournamentEvent,
    TournamentResult,
)
from gameserver.domain.tournament.state import TournamentSnapshot


class Mirror:
    """State of such a viewer, to be held against snapshots."""

    def __init__(self) -> None:
        self.status: Status | None = None
        self.seeds: tuple[int, ...] = ()
        self.entrants: dict[int, EntrantLine] = {}
        self.pairings: dict[int, PairingLine] = {}
        self.table: StandingsTable = StandingsTable(())
        self.result: TournamentResult | None = None

    def see(self, events: Sequence[TournamentEvent]) -> None:
        for event in events:
            assert self.result is None, "the result is the last event"
            if isinstance(event, Status):
                self.status = event
                gone = [
                    number
                    for number, line in self.pairings.items()
                    if line.pairing.stage == Stage.SWISS and line.pairing.round > event.rounds_drawn
                ]
                for number in gone:
                    del self.pairings[number]
            elif isinstance(event, Seeds):
                self.seeds = event.entrants
            elif isinstance(event, EntrantLine):
                self.entrants[event.entrant] = event
            elif isinstance(event, PairingLine):
                self.pairings[event.pairing.number] = event
            elif isinstance(event, StandingsTable):
                self.table = event
            else:
                self.result = event

    def check(self, snapshot: TournamentSnapshot) -> None:
        assert self.status == snapshot.status
        seeds = list(self.seeds)
        seeds += [
            line.entrant for line in sorted(self.entrants.values(), key=lambda e: e.seed) if line.seed > len(seeds)
        ]
        assert tuple(seeds) == snapshot.seeds
        assert tuple(self.entrants[n] for n in sorted(self.entrants)) == snapshot.entrants
        assert tuple(self.pairings[n] for n in sorted(self.pairings)) == snapshot.pairings
        assert self.table.lines == snapshot.table
        assert self.result == snapshot.result
