"""Sessions of a game server without a network."""

from gameserver.contract.codec import ProtobufCodec
from gameserver.domain.pong.randomness import SecretSource
from gameserver.sessions.context import SessionContext
from gameserver.sessions.dispatcher import Dispatcher
from gameserver.sessions.ports import JournalStore, Outbox, WallClock
from gameserver.sessions.registry import SessionRegistry
from gameserver.streaming.ports import Clock


def registry_with(
    journals: JournalStore,
    outbox: Outbox,
    clock: Clock,
    capacity: int,
    wall_ms: WallClock,
    fresh: SecretSource = lambda: bytes(32),
    *,
    unjoined: int = 0,
) -> SessionRegistry:
    """A registry without a network. Needs a running event loop."""
    context = SessionContext(Dispatcher(clock), journals, ProtobufCodec(), outbox, wall_ms, fresh)
    return SessionRegistry(context, capacity, unjoined=unjoined)
