"""Client of the backend: registration in the fleet, and reports."""

import asyncio
import contextlib
import random
import secrets
from collections.abc import AsyncIterator, Iterable
from typing import Final

import grpc
import structlog
from matchpoint.internal.v1.entry_pb2 import GetTicketKeysRequest, TicketKey
from matchpoint.internal.v1.entry_pb2_grpc import EntryServiceStub
from matchpoint.internal.v1.fleet_pb2 import Registered, RegisterRequest, RegisterResponse, ServerHello, VoidedTickets
from matchpoint.internal.v1.fleet_pb2_grpc import FleetServiceStub
from matchpoint.internal.v1.report_pb2_grpc import ReportServiceStub

from gameserver.contract.sessions import heartbeat_message, report_message
from gameserver.sessions.ports import Report, Unreachable
from gameserver.sessions.registry import SessionRegistry
from gameserver.sessions.reporter import Reporter
from gameserver.streaming.ticket_admission import TicketAdmission
from wire.channel import connect, credentials
from wire.refusal import from_rpc_error
from wire.settings import UNARY_DEADLINE_S

log = structlog.get_logger("backend")

RETRY_FIRST: Final = 0.1
"""Seconds before the second attempt to register: doubled each time, with up to half of it more by chance."""
RETRY_MOST: Final = 2.0
"""The longest time between two attempts, seconds."""
SILENCE_MOST: Final = 5.0
"""Seconds without an answer after which a registration is dead."""
KEY_REFRESH_INTERVAL_S: Final = 30.0
"""Seconds between two requests for the keys of the tickets."""

_PASSING: Final = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNAUTHENTICATED,
)
"""A refusal with one of these may pass: the backend is busy, restarting, or does not know this server yet."""


class BackendClient:
    """One channel to the backend, with this server's own credential once it is registered."""

    def __init__(self, target: str, service_token: str, gate: TicketAdmission) -> None:
        self._channel = connect(target)
        self._service_token = service_token
        self._gate = gate
        self._credential = ""
        self.registered = asyncio.Event()
        """Set at the first registration, and for good: play goes on without the backend."""
        self._now = asyncio.Event()
        self._soon: asyncio.TimerHandle | None = None
        self._reports = ReportServiceStub(self._channel)
        self._fleet = FleetServiceStub(self._channel)
        self._entry = EntryServiceStub(self._channel)

    async def report(self, report: Report, journal: bytes) -> None:
        """Report a result, as a `ResultSink`. Waits for the registration, which gives the credential."""
        await self.registered.wait()
        metadata = credentials(self._service_token, server_credential=self._credential)
        try:
            await self._reports.ReportStats(
                report_message(report, journal), timeout=UNARY_DEADLINE_S, metadata=metadata
            )
        except grpc.aio.AioRpcError as error:
            refused = from_rpc_error(error)
            if refused and refused.status not in _PASSING:
                raise refused from error
            raise Unreachable(f"{error.code().name}: {error.details()}") from error

    async def stay_registered(self, address: str, capacity: int, registry: SessionRegistry, reporter: Reporter) -> None:
        """Announce this server at `address` and send heartbeats, again and again, until cancelled."""
        incarnation = secrets.randbits(32)
        pause = RETRY_FIRST
        while True:
            hello = ServerHello(
                server=self._gate.server,
                address=address,
                capacity=capacity,
                incarnation=incarnation,
                session_ids=[*registry.session_ids(), *reporter.waiting],
            )
            try:
                async for _ in self._registration(hello, registry):
                    pause = RETRY_FIRST
            except grpc.aio.AioRpcError as error:
                log.warning("not registered", cause=f"{error.code().name}: {error.details()}")
            except Exception as error:  # whatever it was: a server that stops trying is lost to the fleet
                log.warning("not registered", cause=str(error) or type(error).__name__)
            await asyncio.sleep(pause * random.uniform(1, 1.5))
            pause = min(RETRY_MOST, 2 * pause)

    def heartbeat_now(self) -> None:
        """Send the next heartbeat at once: it says something that cannot wait."""
        self._now.set()

    def heartbeat_soon(self) -> None:
        """Send a heartbeat within 50 ms: a session was made here, and the directory has to know it. One for many."""
        if self._soon is None or self._soon.when() < asyncio.get_running_loop().time():
            self._soon = asyncio.get_running_loop().call_later(0.05, self._now.set)

    async def refresh_keys(self) -> None:
        """Look for new keys now and then, until cancelled: tickets are signed with another one after a rotation."""
        while True:
            await asyncio.sleep(KEY_REFRESH_INTERVAL_S)
            with contextlib.suppress(grpc.aio.AioRpcError):
                keys = await self._entry.GetTicketKeys(
                    GetTicketKeysRequest(), timeout=UNARY_DEADLINE_S, metadata=credentials(self._service_token)
                )
                self._use(list(keys.keys))

    async def close(self) -> None:
        """Close the channel."""
        await self._channel.close()

    async def _registration(self, hello: ServerHello, registry: SessionRegistry) -> AsyncIterator[RegisterResponse]:
        call = self._fleet.Register(metadata=credentials(self._service_token))
        try:
            await call.write(RegisterRequest(hello=hello))
            answer = await self._answer(call)
            self._welcome(answer.registered)
            yield answer
            every = max(0.1, (answer.registered.heartbeat_ms or 1_000) / 1_000)
            all_briefs = True
            while True:
                heartbeat = heartbeat_message(registry.heartbeat(all_briefs=all_briefs))
                await call.write(RegisterRequest(heartbeat=heartbeat))
                all_briefs = False
                answer = await self._answer(call)
                self._void(answer.seen.voided)
                yield answer
                self._now.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(every):
                        await self._now.wait()
        finally:
            call.cancel()

    async def _answer(self, call: "grpc.aio.StreamStreamCall[RegisterRequest, RegisterResponse]") -> RegisterResponse:
        async with asyncio.timeout(SILENCE_MOST):
            answer = await call.read()
        if not isinstance(answer, RegisterResponse):
            raise TimeoutError("the backend ended the registration")
        return answer

    def _welcome(self, registered: Registered) -> None:
        self._credential = registered.credential
        self._use(list(registered.keys))
        self._void(registered.voided)
        self.registered.set()
        log.info("registered", server=self._gate.server)

    def _void(self, voided: Iterable[VoidedTickets]) -> None:
        for tickets in sorted(voided, key=lambda tickets: tickets.until_unix_ms):
            self._gate.void(tickets.account_id, tickets.until_unix_ms)

    def _use(self, keys: list[TicketKey]) -> None:
        self._gate.use((key.kid, key.public_key) for key in keys)
