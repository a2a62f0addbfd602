"""A backend that only does what a game server needs of it, and gateways that say what a test tells them: real wires."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import grpc
from matchpoint.internal.v1.entry_pb2 import GetTicketKeysRequest, GetTicketKeysResponse, TicketKey
from matchpoint.internal.v1.entry_pb2_grpc import EntryServiceServicer, add_EntryServiceServicer_to_server
from matchpoint.internal.v1.fleet_pb2 import (
    HeartbeatSeen,
    Registered,
    RegisterRequest,
    RegisterResponse,
    ServerHeartbeat,
    ServerHello,
    VoidedTickets,
)
from matchpoint.internal.v1.fleet_pb2_grpc import FleetServiceServicer, add_FleetServiceServicer_to_server
from matchpoint.internal.v1.play_pb2 import Delivery, Inbound, Join, Leave, Link, PlayRequest, PlayResponse
from matchpoint.internal.v1.play_pb2_grpc import PlayServiceStub
from matchpoint.internal.v1.report_pb2 import ReportStatsRequest, ReportStatsResponse
from matchpoint.internal.v1.report_pb2_grpc import ReportServiceServicer, add_ReportServiceServicer_to_server
from matchpoint.v1.frames_pb2 import Frame, Input, Mark, Ping, Position, SeatMessage, ServerMessage
from matchpoint.v1.pong_pb2 import PongInput
from matchpoint.v1.session_pb2_grpc import SessionServiceStub

from wire.access import caller
from wire.channel import connect, credentials
from wire.refusal import Refused
from wire.server import Server
from wire.tickets import Ticket, TicketSigner, new_private_key

SERVICE_TOKEN = "service-token-of-the-tests-0123456789"
CREDENTIAL = "credential-of-this-game-server"
SERVER = "gameserver-1"
WITHIN_S = 10.0


def _as_it_is(content: bytes) -> bytes:
    return content


class FleetBackend(FleetServiceServicer, ReportServiceServicer, EntryServiceServicer):
    """Registers game servers, signs tickets, and keeps what is reported."""

    def __init__(self) -> None:
        self.signer = TicketSigner("key-1", new_private_key())
        self.hellos: asyncio.Queue[ServerHello] = asyncio.Queue()
        self.heartbeats: asyncio.Queue[ServerHeartbeat] = asyncio.Queue()
        self.reports: asyncio.Queue[ReportStatsRequest] = asyncio.Queue()
        #: What the next reports are answered with, before they are accepted.
        self.voided: list[VoidedTickets] = []
        self.faults: list[Refused | grpc.StatusCode] = []
        self.port = 0
        self._server = Server(SERVICE_TOKEN, None)

    async def start(self) -> None:
        add_FleetServiceServicer_to_server(self, self._server.grpc)
        add_ReportServiceServicer_to_server(self, self._server.grpc)
        add_EntryServiceServicer_to_server(self, self._server.grpc)
        self.port = await self._server.start("127.0.0.1:0", ())

    async def stop(self) -> None:
        await self._server.stop(0)

    async def Register(
        self, request_iterator: AsyncIterator[RegisterRequest], context: Any
    ) -> AsyncIterator[RegisterResponse]:
        async for request in request_iterator:
            if request.HasField("hello"):
                self.hellos.put_nowait(request.hello)
                keys = [TicketKey(kid=self.signer.kid, public_key=self.signer.public_key)]
                registered = Registered(credential=CREDENTIAL, keys=keys, heartbeat_ms=100, voided=self.voided)
                yield RegisterResponse(registered=registered)
            else:
                self.heartbeats.put_nowait(request.heartbeat)
                yield RegisterResponse(seen=HeartbeatSeen(voided=self.voided))

    async def ReportStats(self, request: ReportStatsRequest, context: Any) -> ReportStatsResponse:
        assert caller().server_credential == CREDENTIAL
        if self.faults:
            fault = self.faults.pop(0)
            if isinstance(fault, Refused):
                raise fault
            await context.abort(fault, "as the test wants it")
        self.reports.put_nowait(request)
        return ReportStatsResponse()

    async def GetTicketKeys(self, request: GetTicketKeysRequest, context: Any) -> GetTicketKeysResponse:
        return GetTicketKeysResponse(keys=[TicketKey(kid=self.signer.kid, public_key=self.signer.public_key)])

    def ticket(
        self,
        session_id: str,
        *seats: int,
        server: str = SERVER,
        role: str = "player",
        account_id: str = "account",
        lasts_s: int = 60,
        signer: TicketSigner | None = None,
    ) -> str:
        now_ms = time.time_ns() // 1_000_000
        ticket = Ticket(session_id, server, account_id, "Ann", seats, role, now_ms // 1_000 + lasts_s, now_ms)
        return (signer or self.signer).sign(ticket)


class PlayGateway:
    """One Play stream, with as many browsers on it as a test wants."""

    def __init__(self, port: int) -> None:
        self.channel = connect(f"127.0.0.1:{port}")
        self.stub = SessionServiceStub(self.channel)
        self.play_stub = PlayServiceStub(self.channel)
        self.metadata = credentials(SERVICE_TOKEN)
        self._call = self.play_stub.Play(metadata=self.metadata)
        self._browsers: dict[int, PlayConnection] = {}
        self._writing = asyncio.Lock()
        self._reader = asyncio.create_task(self._read())

    def raw_play(self) -> "grpc.aio.StreamStreamCall[bytes, bytes]":
        """Another Play stream, for bytes that the readable messages cannot carry."""
        method = self.channel.stream_stream(
            "/matchpoint.internal.v1.PlayService/Play", request_serializer=_as_it_is, response_deserializer=_as_it_is
        )
        return method(metadata=self.metadata)

    def browser(self) -> "PlayConnection":
        browser = PlayConnection(self, len(self._browsers) + 1)
        self._browsers[browser.number] = browser
        return browser

    async def send(self, *inbound: Inbound) -> None:
        async with self._writing:
            await self._call.write(PlayRequest(inbound=inbound))

    async def close(self) -> None:
        self._call.cancel()
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self.channel.close()

    async def _read(self) -> None:
        while isinstance(response := await self._call.read(), PlayResponse):
            for delivery in response.deliveries:
                for number in delivery.connections:
                    self._browsers[number].got.put_nowait(delivery)


class PlayConnection:
    """One connection: what it sends, what it got, and the match as it knows it."""

    def __init__(self, gateway: PlayGateway, number: int) -> None:
        self.gateway = gateway
        self.number = number
        self.got: asyncio.Queue[Delivery] = asyncio.Queue()
        self.close_code = 0
        self.clock_epoch = 0
        self.seqs: dict[int, int] = {}

    async def join(self, ticket: str, after: Position | None = None) -> None:
        join = Join(ticket=ticket, rtt_us=20_000)
        if after:
            join.after.CopyFrom(after)
        await self.gateway.send(Inbound(connection=self.number, join=join))

    async def leave(self) -> None:
        await self.gateway.send(Inbound(connection=self.number, leave=Leave()))

    async def link(self, rtt_us: int) -> None:
        await self.gateway.send(Inbound(connection=self.number, link=Link(rtt_us=rtt_us)))

    async def say(self, message: SeatMessage) -> None:
        await self.gateway.send(Inbound(connection=self.number, seat=message))

    async def press(self, t: int, direction: int, seat: int = 0, seq: int | None = None, topic: int = 0) -> None:
        seq = self.seqs[seat] = self.seqs.get(seat, 0) + 1 if seq is None else seq
        item = Input(seat=seat, seq=seq, t=t, pong=PongInput(dir=direction))
        await self.say(SeatMessage(inputs=[item], clock_epoch=self.clock_epoch, topic=topic))

    async def mark(self, t: int, seat: int = 0) -> None:
        await self.say(SeatMessage(marks=[Mark(seat=seat, t=t)], clock_epoch=self.clock_epoch))

    async def ping(self, t0: float) -> None:
        await self.say(SeatMessage(ping=Ping(t0=t0), clock_epoch=self.clock_epoch))

    async def next(self) -> ServerMessage:
        """The next message; remembers the clock's epoch and the close code."""
        async with asyncio.timeout(WITHIN_S):
            delivery = await self.got.get()
        self.close_code = delivery.close_code
        message = delivery.message
        if message.HasField("frame"):
            if message.frame.HasField("snapshot"):
                self.clock_epoch = message.frame.snapshot.clock.epoch
            for event in message.frame.events:
                if event.HasField("clock"):
                    self.clock_epoch = event.clock.epoch
        return message

    async def until(self, kind: str) -> ServerMessage:
        """The next message of a kind; others before it are passed over."""
        while True:
            message = await self.next()
            if message.WhichOneof("body") == kind:
                return message

    async def until_event(self, kind: str) -> Frame:
        """The next frame with such an event."""
        while True:
            message = await self.until("frame")
            if any(event.WhichOneof("body") == kind for event in message.frame.events):
                return message.frame
