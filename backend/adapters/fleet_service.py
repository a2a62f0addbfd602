"""FleetService over gRPC: one stream per game server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import grpc
import structlog
from matchpoint.internal.v1 import fleet_pb2_grpc
from matchpoint.internal.v1.fleet_pb2 import HeartbeatSeen, Registered, RegisterRequest, RegisterResponse, VoidedTickets
from matchpoint.v1.refusal_pb2 import Reason

from backend.contract.fleet import server_heartbeat, server_hello
from backend.contract.tickets import key_messages
from backend.service.accounts.accounts import Accounts
from backend.service.reports.reconciler import SessionReconciler
from backend.service.sessions.fleet import HEARTBEAT_MS, Fleet
from backend.service.sessions.tickets import Tickets
from wire.constants import TICKET_LIFETIME_S
from wire.ranges import check
from wire.refusal import Refused

log = structlog.get_logger("fleet")

VOIDED_AGAIN_S: Final = 10
"""Voided tickets are said again for this long: heartbeats come each second, and one may be late."""


class FleetServicer(fleet_pb2_grpc.FleetServiceServicer):
    def __init__(self, fleet: Fleet, accounts: Accounts, tickets: Tickets, reconciler: SessionReconciler) -> None:
        self._fleet = fleet
        self._accounts = accounts
        self._tickets = tickets
        self._reconciler = reconciler
        self._streams: set[asyncio.Task[None]] = set()
        self._stopping = False

    # The stubs know generators only; a coroutine keeps what it has to undo in one task.
    async def Register(  # type: ignore[override]
        self,
        request_iterator: AsyncIterator[RegisterRequest],
        context: grpc.aio.ServicerContext[RegisterRequest, RegisterResponse],
    ) -> None:
        stream = asyncio.create_task(self._serve(request_iterator, context))
        self._streams.add(stream)
        try:
            await stream
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        finally:
            self._streams.discard(stream)
            stream.cancel()

    def stop(self) -> None:
        """Ends the streams, which otherwise never end; the servers register again with the next backend."""
        self._stopping = True
        for stream in self._streams:
            stream.cancel()

    async def _serve(
        self,
        requests: AsyncIterator[RegisterRequest],
        context: grpc.aio.ServicerContext[RegisterRequest, RegisterResponse],
    ) -> None:
        first = await anext(requests, None)
        if first is None or first.WhichOneof("body") != "hello":
            raise Refused(Reason.REASON_MALFORMED, "Say hello first.", field="hello")
        check(first)
        hello = server_hello(first.hello)
        registration, restarted = await self._fleet.hello(hello)
        log.info("game server here", server=hello.server, address=hello.address, sessions=len(hello.session_ids))
        registered = Registered(
            credential=self._fleet.credential(hello.server),
            keys=key_messages(self._tickets.keys),
            heartbeat_ms=HEARTBEAT_MS,
            voided=self._voided(TICKET_LIFETIME_S),
        )
        try:
            await context.write(RegisterResponse(registered=registered))
            async with asyncio.TaskGroup() as group:
                # Beside the heartbeats: it may call the server, which answers only once it is registered.
                group.create_task(
                    self._reconciler.reconcile(hello.server, hello.address, hello.session_ids, restarted=restarted)
                )
                async for request in requests:
                    if request.WhichOneof("body") != "heartbeat":
                        raise Refused(Reason.REASON_MALFORMED, "Only heartbeats follow the hello.")
                    if new := self._fleet.heartbeat(registration, server_heartbeat(request.heartbeat)):
                        group.create_task(self._reconciler.adopt(hello.server, hello.address, new))
                    seen = HeartbeatSeen(voided=self._voided(VOIDED_AGAIN_S))
                    await context.write(RegisterResponse(seen=seen))
        except* Refused as refusals:
            raise refusals.exceptions[0] from None
        finally:
            self._fleet.leave(registration)
            log.info("game server gone", server=hello.server)

    def _voided(self, since_s: int) -> list[VoidedTickets]:
        voided = self._accounts.voided_within(since_s)
        return [VoidedTickets(account_id=who, until_unix_ms=until_ms) for who, until_ms in voided.items()]
