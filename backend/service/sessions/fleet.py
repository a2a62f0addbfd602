"""The game servers that are here now: how loaded each is, and whether it still lives."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from backend.core.fleet import AllFull, Load, NoServer, least_loaded, places_left
from backend.service.models import GameServer, SigningKey
from backend.service.ports import Clock, Store
from wire.refusal import Reason, Refused

HEARTBEAT_MS: Final = 1_000
LEASE_S: Final = 10.0
"""A game server that is silent for this long is taken for gone, and its sessions for lost."""
PATIENCE_S: Final = 3.0
"""Seconds for which a start waits for a game server: one that is restarted is back by then."""

UNAVAILABLE: Final = "No game server can take a match right now; try again soon."


class NoServerAccepting(Refused):
    """Refusal: no game server takes sessions now, since none is registered or all are being restarted."""

    def __init__(self) -> None:
        super().__init__(Reason.REASON_SERVER_UNAVAILABLE, UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class SessionBrief:
    """Score and viewers of a session."""

    session_id: str
    left: int = 0
    right: int = 0
    viewers: int = 0


@dataclass(frozen=True, slots=True)
class ServerHello:
    """First word of a game server. `incarnation` tells its processes apart, `address` is host:port."""

    server: str
    address: str
    capacity: int
    incarnation: int = 0
    session_ids: Sequence[str] = ()
    """Sessions that it has."""


@dataclass(frozen=True, slots=True)
class ServerHeartbeat:
    """Sign of life of a game server. `briefs` has public sessions, those of which something has changed."""

    sessions: int = 0
    draining: bool = False
    briefs: Sequence[SessionBrief] = ()


@dataclass(slots=True, eq=False)
class Registration:
    """One game server for as long as its Register stream lasts."""

    server: str
    address: str
    capacity: int
    sessions: int
    heard_s: float
    draining: bool = False
    briefs: dict[str, SessionBrief] = field(default_factory=dict)


class Fleet:
    """Registered game servers. Their hellos rebuild it after a restart of the backend."""

    def __init__(self, store: Store, clock: Clock, patience_s: float = PATIENCE_S) -> None:
        self._store = store
        self._clock = clock
        self.patience_s = patience_s
        self._arrived = asyncio.Event()
        """Set, and replaced, whenever a game server arrives."""
        self._registrations: dict[str, Registration] = {}
        self._heard_s: dict[str, float] = {}
        self._secret = b""

    async def open(self) -> None:
        """Reads the key of the servers' credentials, or makes it."""
        async with self._store.write() as unit:
            keys = await unit.keys.of("fleet")
            if not keys:
                key = SigningKey("fleet", "fleet", secrets.token_bytes(32), self._clock.unix_ms())
                await unit.keys.add(key)
                keys = [key]
        self._secret = keys[0].secret

    async def hello(self, hello: ServerHello) -> tuple[Registration, bool]:
        """Registers a server. Returns also whether it is another process than before. Raises Refused."""
        _check(hello)
        server = GameServer(hello.server, hello.address, hello.incarnation)
        async with self._store.write() as unit:
            before = await unit.directory.server(hello.server)
            await unit.directory.add_server(server)
        now_s = self._clock.monotonic_s()
        registration = Registration(hello.server, hello.address, hello.capacity, len(hello.session_ids), now_s)
        # A newer stream of the same server takes over; the older one is on its way to its end.
        self._registrations[hello.server] = registration
        self._heard_s[hello.server] = now_s
        arrived, self._arrived = self._arrived, asyncio.Event()
        arrived.set()
        return registration, before is not None and before.incarnation != hello.incarnation

    def heartbeat(self, registration: Registration, heartbeat: ServerHeartbeat) -> list[str]:
        """Renews a server's lease. Returns the sessions that it has not spoken of before."""
        registration.heard_s = self._heard_s[registration.server] = self._clock.monotonic_s()
        registration.sessions = heartbeat.sessions
        registration.draining = heartbeat.draining
        new = [brief.session_id for brief in heartbeat.briefs if brief.session_id not in registration.briefs]
        for brief in heartbeat.briefs:
            registration.briefs.pop(brief.session_id, None)
            registration.briefs[brief.session_id] = brief
        # A brief may come after its session's report; those unchanged for longest are forgotten first.
        while len(registration.briefs) > 2 * registration.capacity:
            del registration.briefs[next(iter(registration.briefs))]
        return new

    def leave(self, registration: Registration) -> None:
        """Removes a server whose stream has ended."""
        if self._registrations.get(registration.server) is registration:
            del self._registrations[registration.server]

    async def wait_until_accepting(self, server: str = "") -> None:
        """Returns once a game server takes sessions (that one, if it is named), and after the patience in any case."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.patience_s):
                while not any(
                    not registration.draining and server in ("", registration.server) for registration in self._fresh()
                ):
                    await self._arrived.wait()

    def choose(self, places: int = 1) -> str:
        """Chooses the server for the next session and counts its places. Raises NoServerAccepting or Refused (full)."""
        try:
            server = least_loaded(self.loads(), places)
        except NoServer:
            raise NoServerAccepting from None
        except AllFull:
            raise full() from None
        self._registrations[server].sessions += places
        return server

    def left(self) -> tuple[int, int]:
        """Free places, and all places. Raises NoServerAccepting: then neither is known."""
        free, capacity = places_left(self.loads())
        if not capacity:
            raise NoServerAccepting
        return free, capacity

    def address(self, server: str) -> str | None:
        """Address (host:port) of a registered server; None for any other."""
        registration = self._registrations.get(server)
        return registration.address if registration else None

    def briefs(self) -> Mapping[str, SessionBrief]:
        """Scores and viewers of public sessions, by session id."""
        return {
            key: brief for registration in self._registrations.values() for key, brief in registration.briefs.items()
        }

    def forget(self, session_id: str) -> None:
        """Drops the brief of a session that is over."""
        for registration in self._registrations.values():
            registration.briefs.pop(session_id, None)

    def silent(self, servers: Iterable[str], since_s: float) -> list[str]:
        """Servers whose lease has run out. One never heard of counts as heard at `since_s`."""
        now_s = self._clock.monotonic_s()
        return [server for server in servers if now_s - self._heard_s.get(server, since_s) > LEASE_S]

    def credential(self, server: str) -> str:
        """A server's own credential. It follows from its name, so that reports are good across restarts."""
        mark = hmac.new(self._secret, server.encode(), hashlib.sha256).hexdigest()
        return f"{server}.{mark}"

    def network_key(self, account_id: str, network: str) -> str:
        """Name of (account, network) in records, from which the network does not follow."""
        return hmac.new(self._secret, f"line {account_id} {network}".encode(), hashlib.sha256).hexdigest()[:16]

    def server_of(self, credential: str) -> str:
        """Name of the server that holds the credential. Raises Refused."""
        server = credential.partition(".")[0]
        if not credential or not hmac.compare_digest(self.credential(server).encode(), credential.encode()):
            raise Refused(
                Reason.REASON_UNAUTHENTICATED, "Only a registered game server may report; register to get a credential."
            )
        return server

    def loads(self) -> list[Load]:
        """Lists how loaded each game server is that was heard of lately."""
        return [
            Load(registration.server, registration.sessions, registration.capacity, registration.draining)
            for registration in self._fresh()
        ]

    def _fresh(self) -> list[Registration]:
        now_s = self._clock.monotonic_s()
        return [
            registration for registration in self._registrations.values() if now_s - registration.heard_s <= LEASE_S
        ]


def unavailable() -> Refused:
    return Refused(Reason.REASON_SERVER_UNAVAILABLE, UNAVAILABLE)


def full() -> Refused:
    return Refused(Reason.REASON_SERVER_FULL, "Every game server is full; try again when a match has ended.")


def _check(hello: ServerHello) -> None:
    if not set(hello.server) <= set("abcdefghijklmnopqrstuvwxyz0123456789-"):
        raise Refused(Reason.REASON_INVALID_FIELD, "server has to be of a-z, 0-9 and -.", field="hello.server")
    host, colon, port = hello.address.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise Refused(Reason.REASON_INVALID_FIELD, "address has to be host:port.", field="hello.address")
    if hello.capacity < 1:
        raise Refused(Reason.REASON_INVALID_FIELD, "capacity has to be at least 1.", field="hello.capacity")
