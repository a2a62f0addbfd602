"""What the backend knows about sessions and tickets, remembered for a moment; and what is done while it is away."""

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import grpc
import structlog
from matchpoint.v1.directory_pb2 import GetTicketKeysRequest, LocateSessionRequest, LocateSessionResponse
from matchpoint.v1.directory_pb2_grpc import DirectoryServiceStub
from matchpoint.v1.refusal_pb2 import Reason

from gateway import notes
from gateway.notes import Known
from wire.channel import Metadata
from wire.refusal import Refused, from_rpc_error
from wire.settings import UNARY_DEADLINE_S
from wire.tickets import Ticket, TicketExpired, TicketInvalid, TicketVerifier

if TYPE_CHECKING:
    from matchpoint.v1.directory_pb2_grpc import DirectoryServiceAsyncStub

log = structlog.get_logger("directory")

LOCATION_GOOD_FOR_S = 2.0
LOCATIONS = 4_096
"""Locations that are remembered; past that the oldest is forgotten."""
SILENT_AFTER_S = 0.1
"""A directory that has not answered by then is not waited for when it is known where the session should be."""
KEYS_AT_MOST_EVERY_S = 3.0
KEYS_EVERY_S = 2.0
NOTED_EVERY_S = 60.0
SERVERS = 256
"""Game servers whose addresses are remembered; past that the oldest is forgotten."""
SESSION_ID = re.compile("[A-Za-z0-9_-]{16,64}")
NEW_AFTER_S = (0.1, 0.3, 0.6)
"""A session that nobody knows is asked for again after these times: it may have been made a moment ago, and then the
directory hears of it within milliseconds, or with the next heartbeat of its game server."""


class Holder(Protocol):
    """A connection that was let in by a ticket, and that no game server knows of."""

    @property
    def admitted_by(self) -> Ticket | None:
        """The ticket."""
        ...

    def refused(self, refused: Refused) -> None:
        """Says why, and closes."""


class Directory:
    """Locates sessions and checks tickets. Calls the backend at most once at a time for one session."""

    def __init__(self, channel: grpc.aio.Channel, metadata: Metadata, noted: Path | None = None) -> None:
        """`noted` is the file of what is kept over a restart; without one nothing is."""
        self._stub: DirectoryServiceAsyncStub = DirectoryServiceStub(channel)
        self._metadata = metadata
        self._locations: OrderedDict[str, tuple[float, asyncio.Task[LocateSessionResponse]]] = OrderedDict()
        self._noted = noted
        self._noted_at = float("-inf")
        self._known = Known()
        if noted:
            notes.sweep(noted)
            self._known = notes.read(noted, time.time())
        self._verifier = TicketVerifier(self._known.keys)
        self._voided: Mapping[str, int] = {}
        self._holders: set[Holder] = set()
        self._keys_asked_at = float("-inf")
        self._keys_lock = asyncio.Lock()
        self._noting = asyncio.Lock()
        self._keeping = asyncio.create_task(self._keep())

    # Where sessions are.

    async def locate(self, session_id: str, *, fresh: bool = False) -> LocateSessionResponse:
        """Where a session is; `fresh` asks again even when it was asked a moment ago.

        Raises Refused: REASON_SESSION_UNKNOWN, or REASON_SERVER_UNAVAILABLE when the backend cannot be reached.
        """
        if not SESSION_ID.fullmatch(session_id):
            raise unknown()
        now = time.monotonic()
        known = self._locations.get(session_id)
        if known is None or fresh or now - known[0] > LOCATION_GOOD_FOR_S:
            known = (now, asyncio.create_task(self._locate(session_id)))
            known[1].add_done_callback(lambda asked: self._forget_failed(session_id, asked))
            self._locations[session_id] = known
            self._locations.move_to_end(session_id)
            if len(self._locations) > LOCATIONS:
                self._locations.popitem(last=False)
        return await asyncio.shield(known[1])

    async def locate_new(self, session_id: str) -> LocateSessionResponse:
        """Where a session is that may have been made a moment ago. Raises Refused as `locate` does, after a second."""
        for wait_s in NEW_AFTER_S if SESSION_ID.fullmatch(session_id) else ():
            try:
                return await self.locate(session_id)
            except Refused as refused:
                if refused.reason != Reason.REASON_SESSION_UNKNOWN:
                    raise
            await asyncio.sleep(wait_s)
        return await self.locate(session_id)

    async def locate_or(self, address: str, session_id: str, *, fresh: bool = False) -> LocateSessionResponse:
        """Where a session is. While the directory is silent it is taken to be on at `address`, if that is not empty.

        Raises Refused as `locate` does. Whoever is sent to the wrong game server is refused there.
        """
        try:
            async with asyncio.timeout(SILENT_AFTER_S if address else None):
                return await self.locate(session_id, fresh=fresh)
        except TimeoutError:
            pass
        except Refused as refused:
            if not address or refused.reason != Reason.REASON_SERVER_UNAVAILABLE:
                raise
        return LocateSessionResponse(address=address)

    def address_of(self, server: str) -> str:
        """Where a game server was when it was last heard of; empty when that is not known."""
        return self._known.servers.get(server, "")

    async def _locate(self, session_id: str) -> LocateSessionResponse:
        try:
            location = await self._stub.LocateSession(
                LocateSessionRequest(session_id=session_id), metadata=self._metadata, timeout=UNARY_DEADLINE_S
            )
        except grpc.aio.AioRpcError as error:
            raise refused_by(error) from None
        if location.address and self._known.servers.get(location.server) != location.address:
            servers = {**self._known.servers, location.server: location.address}
            while len(servers) > SERVERS:
                del servers[next(iter(servers))]
            await self._learn(Known(self._known.keys, servers))
        return location

    def _forget_failed(self, session_id: str, asked: asyncio.Task[LocateSessionResponse]) -> None:
        # A failure is not remembered: a session may be there a moment later.
        failed = asked.cancelled() or asked.exception() is not None
        known = self._locations.get(session_id)
        if failed and known is not None and known[1] is asked:
            del self._locations[session_id]

    # What tickets say.

    async def check(self, ticket: str) -> Ticket:
        """What a ticket says. Raises Refused: REASON_TICKET_INVALID or REASON_TICKET_EXPIRED."""
        if not self._verifier.knows(ticket):
            await self._refresh_keys()
        try:
            read = self._verifier.verify(ticket, time.time())
        except TicketExpired:
            raise expired() from None
        except TicketInvalid:
            raise Refused(
                Reason.REASON_TICKET_INVALID, "The ticket does not hold; enter the session again.", field="ticket"
            ) from None
        if self._is_void(read):
            raise expired()
        return read

    def hold(self, holder: Holder) -> None:
        """Closes the connection when its ticket is voided. Each call needs one of `release`."""
        self._holders.add(holder)

    def release(self, holder: Holder) -> None:
        """The connection is gone."""
        self._holders.discard(holder)

    def _is_void(self, ticket: Ticket) -> bool:
        return ticket.issued_ms <= self._voided.get(ticket.account_id, -1)

    async def _refresh_keys(self) -> None:
        """Gets the keys, at most once every few seconds: a made-up key id must not cost the backend anything."""
        async with self._keys_lock:
            if time.monotonic() - self._keys_asked_at >= KEYS_AT_MOST_EVERY_S:
                await self._ask_keys()

    async def _ask_keys(self) -> None:
        try:
            answer = await self._stub.GetTicketKeys(
                GetTicketKeysRequest(), metadata=self._metadata, timeout=UNARY_DEADLINE_S
            )
        except grpc.aio.AioRpcError as error:
            raise refused_by(error) from None
        self._keys_asked_at = time.monotonic()
        self._voided = answer.voided_until_unix_ms
        keys = tuple((key.kid, key.public_key) for key in answer.keys)
        if keys != self._known.keys:
            self._verifier = TicketVerifier(keys)
            await self._learn(Known(keys, self._known.servers))
        for holder in tuple(self._holders):
            if holder.admitted_by is not None and self._is_void(holder.admitted_by):
                holder.refused(expired())

    # What is kept.

    async def _keep(self) -> None:
        """Hears of new keys and of tickets that are void, and shows that what is noted still holds."""
        while True:
            try:
                async with self._keys_lock:
                    await self._ask_keys()
                if time.monotonic() - self._noted_at > NOTED_EVERY_S:
                    await self._learn(self._known)
            except Refused as refused:
                log.info("no keys", reason=refused.sentence)
            except Exception:
                log.exception("no keys")
            await asyncio.sleep(KEYS_EVERY_S)

    async def _learn(self, known: Known) -> None:
        """The backend has said so."""
        self._known = known
        if self._noted is None:
            return
        async with self._noting:
            self._noted_at = time.monotonic()
            try:
                await asyncio.to_thread(notes.write, self._noted, self._known, time.time())
            except OSError as error:
                log.warning("nothing can be noted", path=self._noted.name, error=error.strerror)

    async def close(self) -> None:
        """Ends what is being asked."""
        tasks = [self._keeping, *(task for _, task in self._locations.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def unknown() -> Refused:
    """There is no such session."""
    return Refused(Reason.REASON_SESSION_UNKNOWN, "There is no such session; check the link.")


def expired() -> Refused:
    """The ticket has run out, in its time or because somebody has signed out."""
    return Refused(Reason.REASON_TICKET_EXPIRED, "The ticket has run out; ask for a new one.", field="ticket")


async def answered(call: Awaitable[Any]) -> Any:
    """The answer of a call. Raises Refused, also when this gateway ends and its channels are closed under the call."""
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        raise refused_by(error) from None
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if current is None or current.cancelling():
            raise
        raise Refused(
            Reason.REASON_SERVER_UNAVAILABLE, "The server is being restarted; try again in a moment."
        ) from None


def refused_by(error: grpc.aio.AioRpcError) -> Refused:
    """Why a call failed, also when the other end said nothing."""
    refused = from_rpc_error(error)
    if refused is not None:
        return refused
    if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED):
        return Refused(Reason.REASON_SERVER_UNAVAILABLE, "The server cannot be reached; it is tried again.")
    if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return Refused(Reason.REASON_TOO_MANY, "That was too much at once; wait a moment and try again.")
    return Refused(Reason.REASON_UNSPECIFIED, "Something broke in the server; it has been logged.")
