"""Sessions of a game server without a network."""

import asyncio
from collections.abc import Sequence
from typing import Any

from gameserver.contract.codec import ProtobufCodec
from gameserver.domain.pong.randomness import SecretSource
from gameserver.sessions.context import SessionContext
from gameserver.sessions.dispatcher import Dispatcher
from gameserver.sessions.duel import DuelSession
from gameserver.sessions.ports import Journal, JournalStore, Key, Outbox, Report, Seal, WallClock
from gameserver.sessions.registry import SessionRegistry
from gameserver.sessions.runner import MatchRunner
from gameserver.streaming.ports import Clock
from tests.support.harnesses.gameserver import SESSION


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


class FakeJournalStore:
    """A journal store in memory whose disk can be full, or slow to sync."""

    def __init__(self) -> None:
        self.full = False
        self.records: list[bytes] = []
        self.synced = 0
        self.may_sync = asyncio.Event()
        self.may_sync.set()

    def create(self, key: Key) -> "FakeJournalStore":
        if self.full:
            raise OSError("no space")
        return self

    def append(self, records: Sequence[bytes]) -> None:
        if self.full:
            raise OSError("no space")
        self.records += records

    async def sync(self) -> None:
        await self.may_sync.wait()
        self.synced = len(self.records)

    def content(self, key: Key | None = None) -> bytes | None:
        return None

    def seal(self, more: Sequence[bytes] = ()) -> Seal:
        return Seal(bytes(32), 0)

    def retire(self, *, keep: bool) -> None: ...

    def set_aside(self) -> None: ...

    def cut(self, whole: int) -> None: ...

    def close(self) -> None: ...

    def reopen(self, key: Key) -> "FakeJournalStore":
        return self

    def unreported(self) -> Sequence[Key]:
        return ()


class KeptReports:
    """An outbox that only remembers."""

    def __init__(self) -> None:
        self.ended: list[Report] = []

    def add(self, key: Key, report: Report, journal: Journal, wait_s: float = 0) -> None:
        self.ended.append(report)


class RegistryHarness:
    """A registry with a clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1_000_000
        self.disk = FakeJournalStore()
        self.outbox = KeptReports()
        store: Any = self.disk
        wall_ms = lambda: self.now // 1_000  # noqa: E731
        self.registry = registry_with(store, self.outbox, lambda: self.now, 10, wall_ms)
        self.dispatcher = self.registry.dispatcher

    def live(self) -> MatchRunner:
        duel = self.registry.sessions[SESSION]
        assert isinstance(duel, DuelSession)
        return duel.runner
