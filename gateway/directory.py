"""What the backend knows about sessions and tickets, remembered for a moment."""

import asyncio
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

import grpc
from matchpoint.v1.directory_pb2 import GetTicketKeysRequest, LocateSessionRequest, LocateSessionResponse
from matchpoint.v1.directory_pb2_grpc import DirectoryServiceStub
from matchpoint.v1.refusal_pb2 import Reason

from wire.channel import Metadata
from wire.refusal import Refused, from_rpc_error
from wire.settings import UNARY_DEADLINE_S
from wire.tickets import Ticket, TicketExpired, TicketInvalid, TicketVerifier

if TYPE_CHECKING:
    from matchpoint.v1.directory_pb2_grpc import DirectoryServiceAsyncStub

LOCATION_GOOD_FOR_S = 2.0
LOCATIONS = 4_096
"""Locations that are remembered; past that the oldest is forgotten."""
KEYS_AT_MOST_EVERY_S = 3.0
SESSION_ID_LENGTH = range(16, 65)


class Directory:
    """Locates sessions and checks tickets. Calls the backend at most once at a time for one session."""

    def __init__(self, channel: grpc.aio.Channel, metadata: Metadata) -> None:
        self._stub: DirectoryServiceAsyncStub = DirectoryServiceStub(channel)
        self._metadata = metadata
        self._locations: OrderedDict[str, tuple[float, asyncio.Task[LocateSessionResponse]]] = OrderedDict()
        self._verifier = TicketVerifier()
        self._keys_asked_at = float("-inf")
        self._keys_lock = asyncio.Lock()

    async def locate(self, session_id: str, *, fresh: bool = False) -> LocateSessionResponse:
        """Where a session is; `fresh` asks again even when it was asked a moment ago.

        Raises Refused: REASON_SESSION_UNKNOWN, or REASON_SERVER_UNAVAILABLE when the backend cannot be reached.
        """
        if len(session_id) not in SESSION_ID_LENGTH:
            raise Refused(Reason.REASON_SESSION_UNKNOWN, "There is no such session; check the link.")
        now = time.monotonic()
        known = self._locations.get(session_id)
        if known is None or fresh or now - known[0] > LOCATION_GOOD_FOR_S:
            known = (now, asyncio.create_task(self._locate(session_id)))
            self._locations[session_id] = known
            self._locations.move_to_end(session_id)
            if len(self._locations) > LOCATIONS:
                self._locations.popitem(last=False)
        try:
            return await asyncio.shield(known[1])
        except Refused:
            # A failure is not remembered: a session may be there a moment later.
            if self._locations.get(session_id) == known:
                del self._locations[session_id]
            raise

    async def _locate(self, session_id: str) -> LocateSessionResponse:
        try:
            return await self._stub.LocateSession(
                LocateSessionRequest(session_id=session_id), metadata=self._metadata, timeout=UNARY_DEADLINE_S
            )
        except grpc.aio.AioRpcError as error:
            raise refused_by(error) from None

    async def check(self, ticket: str) -> Ticket:
        """What a ticket says. Raises Refused: REASON_TICKET_INVALID or REASON_TICKET_EXPIRED."""
        if not self._verifier.knows(ticket):
            await self._refresh_keys()
        try:
            return self._verifier.verify(ticket, time.time())
        except TicketExpired:
            raise Refused(
                Reason.REASON_TICKET_EXPIRED, "The ticket has run out; ask for a new one.", field="ticket"
            ) from None
        except TicketInvalid:
            raise Refused(
                Reason.REASON_TICKET_INVALID, "The ticket does not hold; enter the session again.", field="ticket"
            ) from None

    async def _refresh_keys(self) -> None:
        """Gets the keys, at most once every few seconds: a made-up key id must not cost the backend anything."""
        async with self._keys_lock:
            if time.monotonic() - self._keys_asked_at < KEYS_AT_MOST_EVERY_S:
                return
            try:
                answer = await self._stub.GetTicketKeys(
                    GetTicketKeysRequest(), metadata=self._metadata, timeout=UNARY_DEADLINE_S
                )
            except grpc.aio.AioRpcError as error:
                raise refused_by(error) from None
            self._keys_asked_at = time.monotonic()
            self._verifier = TicketVerifier((key.kid, key.public_key) for key in answer.keys)

    async def close(self) -> None:
        """Ends what is being asked."""
        for _, task in self._locations.values():
            task.cancel()
        await asyncio.gather(*(task for _, task in self._locations.values()), return_exceptions=True)


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
