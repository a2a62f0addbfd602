"""The bracket of a tournament as one is told of it, event by event, and what stands in it."""

import asyncio
from collections.abc import Callable
from typing import Final

from matchpoint.v1.frames_pb2 import (
    Event,
    Follow,
    Frame,
    Position,
)
from matchpoint.v1.pong_pb2 import Side
from matchpoint.v1.tournament_pb2 import (
    Pairing,
    PairingSide,
    PairingState,
    Scoreboard,
    TournamentState,
)

BRACKET: Final = 0


class Bracket:
    """A person's knowledge of a tournament, folded from topic 0 over any number of connections."""

    def __init__(self) -> None:
        self.epoch = 0
        self.seq = 0
        self.state = TournamentState()
        self.scoreboard = Scoreboard()
        #: Events that were told one by one, and snapshots that were held against them.
        self.told = 0
        self.proven = 0
        #: Changes of the epoch that were seen.
        self.tenures = 0
        self._changed = asyncio.Event()

    @property
    def over(self) -> bool:
        """The result is known."""
        return self.state.HasField("result")

    @property
    def place(self) -> Follow:
        """Request for all that came after what is known."""
        return Follow(topic=BRACKET, after=Position(epoch=self.epoch, seq=self.seq) if self.epoch else None)

    async def seen(self, wanted: Callable[[TournamentState], bool]) -> None:
        """Returns when the tournament is as wanted; another task has to read."""
        while not wanted(self.state):
            await self._changed.wait()

    def see(self, frame: Frame) -> None:
        """Takes a frame of topic 0. Raises AssertionError for a gap, or a snapshot that the events do not lead to."""
        assert frame.epoch >= self.epoch, f"the epoch fell: {self.epoch}, then {frame.epoch}"
        whole = frame.snapshot.tournament if frame.HasField("snapshot") else None
        if self.epoch:
            missed = frame.seq - len(frame.events) - self.seq
            assert missed == 0, f"{missed} events are missing between {self.seq} and {frame.seq}"
            self.tenures += frame.epoch > self.epoch
            for event in frame.events:
                self._fold(event)
            if whole is not None:
                assert without_scores(whole) == self.state, "the snapshot is not what the events have led to"
                self.proven += 1
        else:
            assert whole is not None, "a view begins with a snapshot"
            assert not frame.events, "to somebody new nothing is told that the snapshot has"
            self.state = without_scores(whole)
        self.epoch, self.seq = frame.epoch, frame.seq
        self._change()

    def begin_again(self) -> None:
        """From here on it is seen as spectators do, later: another numbering, which begins with a snapshot."""
        self.epoch = self.seq = 0

    def conclude(self, state: TournamentState) -> None:
        """It is over, and was read from its record instead."""
        self.state = without_scores(state)
        self._change()

    def _change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _fold(self, event: Event) -> None:
        state = self.state
        self.told += 1
        kind = event.WhichOneof("body")
        if kind == "status":
            state.status.CopyFrom(event.status)
        elif kind == "entrant":
            known = [entrant for entrant in state.entrants if entrant.entrant == event.entrant.entrant]
            (known[0] if known else state.entrants.add()).CopyFrom(event.entrant)
        elif kind == "draw":
            for seed, number in enumerate(event.draw.entrants, 1):
                state.entrants[number].seed = seed
        elif kind == "pairing":
            pairings = [pairing for pairing in state.pairings if pairing.pairing == event.pairing.pairing]
            (pairings[0] if pairings else state.pairings.add()).CopyFrom(event.pairing)
        elif kind == "standings":
            state.standings.CopyFrom(event.standings)
        else:
            assert kind == "tournament_result", f"{kind} has no place on topic 0"
            state.result.CopyFrom(event.tournament_result)


def without_scores(state: TournamentState) -> TournamentState:
    """All of it that is numbered."""
    numbered = TournamentState()
    numbered.CopyFrom(state)
    numbered.ClearField("scoreboard")
    return numbered


def side_of(side: PairingSide) -> int | None:
    """The entrant on a side of a pairing, once they are known."""
    return side.entrant if side.HasField("entrant") else None


def sides_of(pairing: Pairing) -> tuple[int | None, int | None]:
    """Both."""
    return side_of(pairing.left), side_of(pairing.right)


def decided(state: TournamentState) -> list[Pairing]:
    """The pairings that were decided."""
    return [pairing for pairing in state.pairings if pairing.state == PairingState.PAIRING_STATE_DECIDED]


def unbeaten(state: TournamentState) -> set[int]:
    """Entrants who have lost nothing so far."""
    return {entrant.entrant for entrant in state.entrants} - {
        loser for pairing in decided(state) for loser in losers(pairing)
    }


def losers(pairing: Pairing) -> set[int]:
    """Losers of a decided pairing: none in a bye, both in a double forfeit."""
    sides = dict(zip((Side.SIDE_LEFT, Side.SIDE_RIGHT), sides_of(pairing), strict=True))
    return {entrant for side, entrant in sides.items() if entrant is not None and side != pairing.winner}


def entrants_playing(state: TournamentState) -> set[int]:
    """Players."""
    pairings = [pairing for pairing in state.pairings if pairing.state == PairingState.PAIRING_STATE_PLAYING]
    return {side for pairing in pairings for side in sides_of(pairing) if side is not None}
