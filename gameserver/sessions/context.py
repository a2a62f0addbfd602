"""The surroundings of every session of this process."""

from dataclasses import dataclass, field

from gameserver.domain.pong.randomness import SecretSource
from gameserver.domain.timing import STANDARD, Timing
from gameserver.sessions.dispatcher import Dispatcher
from gameserver.sessions.ports import Codec, JournalStore, Outbox, RoundDrawer, WallClock
from gameserver.sessions.round_draw import draw_at_once
from gameserver.streaming.ports import Clock
from gameserver.streaming.scheduler import Scheduler


@dataclass(slots=True)
class GatewayPresence:
    """The gateways as far as this server knows: without one no player can come."""

    reachable: bool = False
    """A gateway is here."""
    cut_off: bool = False
    """The last gateway has failed, with players on it, and none has come since."""


@dataclass(frozen=True, slots=True)
class SessionContext:
    """Everything that a session needs of its process. It holds no session, and does not know the registry."""

    dispatcher: Dispatcher
    journals: JournalStore
    codec: Codec
    outbox: Outbox
    wall_ms: WallClock
    fresh: SecretSource
    """Makes secrets, from which the chance of a match or of its bots follows. Only a simulation may foretell them."""
    draw_round: RoundDrawer = draw_at_once
    timing: Timing = STANDARD
    """Waits for people's sake; the codec reads journals with the same."""
    gateways: GatewayPresence = field(default_factory=GatewayPresence)

    @property
    def clock(self) -> Clock:
        """The server's monotonic clock, µs."""
        return self.dispatcher.clock

    @property
    def scheduler(self) -> Scheduler:
        """The timers of all sessions."""
        return self.dispatcher.scheduler
