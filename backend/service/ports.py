"""Ports: interfaces of the store, the clock, the passwords and the game servers."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from backend.service.models import TournamentSnapshot
from backend.service.repositories import (
    AccountRepository,
    DirectoryRepository,
    ErasureRepository,
    FriendRepository,
    InvitationRepository,
    KeyRepository,
    RecordRepository,
    RetentionRepository,
    RoomRepository,
    TournamentRepository,
)
from backend.service.session_specs import SessionSpec
from backend.service.tournament_acts import TournamentAct

ReplayEncoder = Callable[[Sequence[bytes]], bytes]
"""Encodes records of a journal as a part of a replay; parts behind each other are the replay."""


class Unit(Protocol):
    """One transaction."""

    @property
    def accounts(self) -> AccountRepository: ...

    @property
    def friends(self) -> FriendRepository: ...

    @property
    def rooms(self) -> RoomRepository: ...

    @property
    def directory(self) -> DirectoryRepository: ...

    @property
    def records(self) -> RecordRepository: ...

    @property
    def tournaments(self) -> TournamentRepository: ...

    @property
    def invitations(self) -> InvitationRepository: ...

    @property
    def erasures(self) -> ErasureRepository: ...

    @property
    def retention(self) -> RetentionRepository: ...

    @property
    def keys(self) -> KeyRepository: ...


class Store(Protocol):
    """Store of the backend's durable state."""

    def read(self) -> AbstractAsyncContextManager[Unit]:
        """One consistent view, for reading only."""

    def write(self) -> AbstractAsyncContextManager[Unit]:
        """One transaction: committed at the end of the block, undone by an exception."""


class Passwords(Protocol):
    """Hashes passwords, slowly on purpose and a few at a time. Both raise Refused (too many) when too many wait."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password: str, phc: str | None) -> bool:
        """True if it is the password. Against None it takes the same time, and is False."""


class SessionNotCreated(Exception):
    """The game server did not take the session. `full` says why; otherwise it was not reached or is draining."""

    def __init__(self, *, full: bool) -> None:
        super().__init__("full" if full else "not reached")
        self.full = full


class GameServerUnreachable(Exception):
    """The game server did not answer, which says nothing about its sessions."""


class GameServers(Protocol):
    """Calls to game servers."""

    async def create(self, address: str, session_id: str, spec: SessionSpec) -> None:
        """Idempotent by the session id. Raises SessionNotCreated, or Refused for a tournament that cannot be."""

    async def spec_of(self, address: str, session_id: str) -> SessionSpec | None:
        """Spec of the session, or None when the server does not have it. Raises GameServerUnreachable."""

    async def tournament(self, address: str, session_id: str, *, live: bool) -> TournamentSnapshot | None:
        """State of a tournament, or None when the server does not have it. Raises GameServerUnreachable."""

    async def act(self, address: str, session_id: str, by_account_id: str, act: TournamentAct) -> None:
        """Has something done to a tournament. Raises Refused as the server does, and GameServerUnreachable."""


class Clock(Protocol):
    def unix_ms(self) -> int:
        """Wall clock, for what is kept and for people."""

    def monotonic_s(self) -> float:
        """Monotonic clock in seconds, for leases and limits."""
