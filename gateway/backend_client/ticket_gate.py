"""Check of tickets at the gateway, with keys and void marks that the backend is asked for again and again.

It keeps bad tickets from game servers, which check every ticket again themselves.
"""

import asyncio
import time
from typing import TYPE_CHECKING, Final, Protocol

import grpc
import structlog
from matchpoint.internal.v1.entry_pb2 import GetTicketKeysRequest
from matchpoint.internal.v1.entry_pb2_grpc import EntryServiceStub
from matchpoint.v1.refusal_pb2 import Reason

from gateway.backend_client.cache import DirectoryCache
from gateway.backend_client.errors import refusal_from_rpc_error
from wire.channel import Metadata
from wire.refusal import Refused
from wire.settings import UNARY_DEADLINE_S
from wire.ticket_gate import TicketGate
from wire.tickets import Ticket, TicketExpired, TicketInvalid

if TYPE_CHECKING:
    # At run time the generated module has no such name.
    from matchpoint.internal.v1.entry_pb2_grpc import EntryServiceAsyncStub

log = structlog.get_logger("ticket_gate")

KEY_REFRESH_INTERVAL_MIN_S: Final = 3.0
"""Least time between requests for keys that tickets cause: a made-up key id must not cost the backend anything."""


class TicketHolder(Protocol):
    """A connection that was let in by a ticket, and that no game server knows of."""

    @property
    def ticket(self) -> Ticket | None:
        """The ticket that let it in."""
        ...

    def refuse(self, refused: Refused) -> None:
        """Sends the refusal, and closes the connection."""


class BackendTicketGate:
    """Checks tickets, and closes connections whose ticket is voided after it let them in."""

    def __init__(
        self, channel: grpc.aio.Channel, metadata: Metadata, cache: DirectoryCache, *, refresh_interval_s: float
    ) -> None:
        self._stub: EntryServiceAsyncStub = EntryServiceStub(channel)
        self._metadata = metadata
        self._cache = cache
        self._gate = TicketGate(cache.keys)
        self._holders: set[TicketHolder] = set()
        self._refresh_interval_s = refresh_interval_s
        self._refreshed_at = float("-inf")
        self._refreshing = asyncio.Lock()
        self._refresh_task = asyncio.create_task(self._refresh_periodically())

    async def check(self, text: str) -> Ticket:
        """Reads a ticket. Raises Refused: REASON_TICKET_INVALID or REASON_TICKET_EXPIRED."""
        if not self._gate.knows_key_of(text):
            async with self._refreshing:
                if time.monotonic() - self._refreshed_at >= KEY_REFRESH_INTERVAL_MIN_S:
                    await self._refresh()
        try:
            return self._gate.check(text, time.time())
        except TicketExpired:
            raise ticket_expired() from None
        except TicketInvalid:
            raise Refused(
                Reason.REASON_TICKET_INVALID, "The ticket does not hold; enter the session again.", field="ticket"
            ) from None

    def hold(self, holder: TicketHolder) -> None:
        """Closes the connection once its ticket is voided. Each call needs one of `release`."""
        self._holders.add(holder)

    def release(self, holder: TicketHolder) -> None:
        """Forgets a connection; does nothing for an unknown one."""
        self._holders.discard(holder)

    async def _refresh(self) -> None:
        """Gets keys and void marks. Raises Refused when the backend does not answer."""
        try:
            answer = await self._stub.GetTicketKeys(
                GetTicketKeysRequest(), metadata=self._metadata, timeout=UNARY_DEADLINE_S
            )
        except grpc.aio.AioRpcError as error:
            raise refusal_from_rpc_error(error) from None
        self._refreshed_at = time.monotonic()
        self._gate.set_voided(answer.voided_until_unix_ms)
        keys = tuple((key.kid, key.public_key) for key in answer.keys)
        if keys != self._cache.keys:
            self._gate.set_keys(keys)
            await self._cache.set_keys(keys)
        for holder in tuple(self._holders):
            if holder.ticket is not None and self._gate.is_void(holder.ticket):
                holder.refuse(ticket_expired())

    async def _refresh_periodically(self) -> None:
        while True:
            try:
                async with self._refreshing:
                    await self._refresh()
                await self._cache.refresh()
            except Refused as refused:
                log.info("no keys", reason=refused.sentence)
            except Exception:
                log.exception("no keys")
            await asyncio.sleep(self._refresh_interval_s)

    async def close(self) -> None:
        """Stops asking the backend."""
        self._refresh_task.cancel()
        await asyncio.gather(self._refresh_task, return_exceptions=True)


def ticket_expired() -> Refused:
    """The refusal for a ticket that has run out, in its time or because its account has signed out."""
    return Refused(Reason.REASON_TICKET_EXPIRED, "The ticket has run out; ask for a new one.", field="ticket")
