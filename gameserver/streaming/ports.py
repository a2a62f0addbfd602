"""Ports of the streaming layer: the clock, and the encoder that makes bytes of events."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from gameserver.domain.match.records import MatchEvent
from gameserver.domain.tournament import records as tournament
from wire.refusal import Refused

Clock = Callable[[], int]
"""The server's monotonic clock, µs. Its zero means nothing."""


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """The numbering of a topic at the end of earlier tenures."""

    seq: int
    """The last number that was given."""
    durable: Sequence[tuple[int, MatchEvent | tournament.TournamentEvent]]
    """The durable events, each with its number."""


class FrameEncoder(Protocol):
    """Events and notices as serialized messages of the contract."""

    durable: Collection[type]
    """Kinds of events that a viewer must not miss: a snapshot does not replace them."""

    def frame(
        self,
        topic: int,
        epoch: int,
        seq: int,
        server_us: int,
        horizon_t: int,
        events: Sequence[MatchEvent | tournament.TournamentEvent],
        snapshot: object | None = None,
    ) -> bytes:
        """Serialize the ServerMessage of one frame; the same bytes are a StreamGameStateResponse.

        `snapshot` is the Snapshot of a match or the TournamentView of a tournament.
        """
        ...

    def connections(self, numbers: Sequence[int]) -> bytes:
        """Encode the recipients of a delivery, as `delivery` takes them."""
        ...

    def delivery(self, connections: bytes, message: bytes, close_code: int = 0) -> bytes:
        """Encode one entry of a PlayResponse, with tag and length: concatenated entries are a PlayResponse."""
        ...

    def refusal(self, refused: Refused) -> bytes:
        """Serialize the ServerMessage of a refusal."""
        ...

    def pong(self, t0_ms: float, t1_ms: float, t2_ms: float) -> bytes:
        """Serialize the answer to a clock question: asked at t0, received at t1, answered at t2."""
        ...

    def draining(self) -> bytes:
        """Serialize the notice that this process is about to end."""
        ...

    def joined(self, session_id: str, seats: Sequence[int], topic: int) -> bytes:
        """Serialize the answer to a ticket that was accepted; `topic` is the first to follow."""
        ...

    def seated(self, topic: int, sides: Sequence[int]) -> bytes:
        """Serialize the sides that a connection plays in the match of a topic."""
        ...

    def view(self, *, delayed: bool) -> bytes:
        """Serialize the view that a connection has of a tournament: live, or with the spectators' delay."""
        ...

    def latency(self, left_ms: int, right_ms: int) -> bytes:
        """Serialize the round-trip times of both players; 0 is not known."""
        ...
