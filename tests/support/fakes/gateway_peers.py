"""A backend and a game server that speak the real contract over real sockets, and do only what a test tells them."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import grpc
import jwt
from matchpoint.internal.v1 import entry_pb2, entry_pb2_grpc, play_pb2, play_pb2_grpc
from matchpoint.v1 import (
    account_pb2,
    account_pb2_grpc,
    directory_pb2,
    directory_pb2_grpc,
    lobby_pb2,
    lobby_pb2_grpc,
    session_pb2,
    session_pb2_grpc,
    stats_pb2,
    stats_pb2_grpc,
)
from matchpoint.v1.frames_pb2 import Event, Frame, Joined, Pong, Position, ServerMessage, Snapshot
from matchpoint.v1.pong_pb2 import Goal, PongState, Volley
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Result
from matchpoint.v1.tournament_pb2 import TournamentState

from wire.access import caller
from wire.channel import SET_DEVICE, SET_TOKEN
from wire.refusal import Refused
from wire.request_ids import current_request_id
from wire.server import Server
from wire.tickets import Ticket, TicketSigner, new_private_key

SERVICE_TOKEN = "service-token-of-the-tests-0123456789"
PERSON_TOKEN = "token-of-a-person"
DEVICE = "token-of-a-browser"
SESSION = "session-0123456789abcd"
PRIVATE = "private-0123456789abcd"
OVER = "finished-0123456789abc"
TOURNAMENT = "tournament-0123456789a"
ISSUED_MS = 1_800_000_000_000
DURABLE = ("goal", "result", "pairing", "tournament_result")


class Authenticator:
    """Knows one person."""

    async def account_of(self, token: str) -> str | None:
        return "account-1" if token == PERSON_TOKEN else None


class UpstreamBackend(
    account_pb2_grpc.AccountServiceServicer,
    directory_pb2_grpc.DirectoryServiceServicer,
    entry_pb2_grpc.EntryServiceServicer,
    lobby_pb2_grpc.LobbyServiceServicer,
    stats_pb2_grpc.StatsServiceServicer,
):
    """Accounts, the directory and the lobby."""

    def __init__(self) -> None:
        self.server = Server(SERVICE_TOKEN, Authenticator())
        self.signer = TicketSigner("key-1", new_private_key())
        self.address = ""
        self.game_server_address = "127.0.0.1:1"
        self.located = 0
        self.organiser = "account-1"
        self.keys_asked = 0
        self.voided: dict[str, int] = {}
        self.unknown: set[str] = set()
        self.tournament = TournamentState(session_id=TOURNAMENT)
        self.journal = b""
        self.answers = asyncio.Event()
        self.answers.set()
        self.lobby_calls = 0
        self.peers: list[str] = []
        self.browsers: list[tuple[str, str]] = []
        self.request_ids: list[str] = []
        self.commands: asyncio.Queue[lobby_pb2.ConnectRequest] = asyncio.Queue()

    async def start(self) -> None:
        account_pb2_grpc.add_AccountServiceServicer_to_server(self, self.server.grpc)
        directory_pb2_grpc.add_DirectoryServiceServicer_to_server(self, self.server.grpc)
        entry_pb2_grpc.add_EntryServiceServicer_to_server(self, self.server.grpc)
        lobby_pb2_grpc.add_LobbyServiceServicer_to_server(self, self.server.grpc)
        stats_pb2_grpc.add_StatsServiceServicer_to_server(self, self.server.grpc)
        services = [f"matchpoint.v1.{name}Service" for name in ("Account", "Directory", "Lobby")]
        self.address = f"127.0.0.1:{await self.server.start('127.0.0.1:0', services)}"

    def ticket(
        self,
        session_id: str = SESSION,
        *,
        role: str = "player",
        seats: tuple[int, ...] = (0,),
        expires_in_s: float = 600,
        signer: TicketSigner | None = None,
    ) -> str:
        expires = int(time.time() + expires_in_s)
        seats = seats if role == "player" else ()
        ticket = Ticket(session_id, "gs-1", "account-1", "Mina", seats, role, expires, issued_ms=ISSUED_MS)
        return (signer or self.signer).sign(ticket)

    async def CreateGuest(self, request: Any, context: Any) -> account_pb2.CreateGuestResponse:
        self.peers.append(caller().peer)
        self.browsers.append((caller().agent, caller().device))
        self.request_ids.append(current_request_id())
        if request.name == "taken":
            raise Refused(Reason.REASON_NAME_TAKEN, "Somebody has this name; take another.", field="name")
        await context.send_initial_metadata(((SET_TOKEN, PERSON_TOKEN), (SET_DEVICE, DEVICE)))
        return account_pb2.CreateGuestResponse(account=account_pb2.Account(account_id="account-1", name=request.name))

    async def GetMe(self, request: Any, context: Any) -> account_pb2.GetMeResponse:
        return account_pb2.GetMeResponse(account=account_pb2.Account(account_id=caller().account_id))

    async def SignOut(self, request: Any, context: Any) -> account_pb2.SignOutResponse:
        await context.send_initial_metadata(((SET_TOKEN, ""),))
        return account_pb2.SignOutResponse()

    async def LocateSession(self, request: Any, context: Any) -> entry_pb2.LocateSessionResponse:
        self.located += 1
        self.request_ids.append(current_request_id())
        await self.answers.wait()
        if request.session_id not in {SESSION, PRIVATE, OVER, TOURNAMENT} - self.unknown:
            raise Refused(Reason.REASON_SESSION_UNKNOWN, "There is no such session.")
        return entry_pb2.LocateSessionResponse(
            tournament=request.session_id == TOURNAMENT,
            organiser_account_id=self.organiser if request.session_id == TOURNAMENT else "",
            server="gs-1",
            address=self.game_server_address,
            epoch=1,
            over=request.session_id == OVER,
            public=request.session_id != PRIVATE,
        )

    async def ReadTournament(self, request: Any, context: Any) -> directory_pb2.ReadTournamentResponse:
        if request.session_id != TOURNAMENT:
            raise Refused(Reason.REASON_TOURNAMENT_UNKNOWN, "There is no such tournament.")
        return directory_pb2.ReadTournamentResponse(state=self.tournament)

    async def GetReplay(self, request: Any, context: Any) -> stats_pb2.StatsServiceGetReplayResponse:
        assert request.as_file
        return stats_pb2.StatsServiceGetReplayResponse(journal=self.journal)

    async def GetTicketKeys(self, request: Any, context: Any) -> entry_pb2.GetTicketKeysResponse:
        self.keys_asked += 1
        key = entry_pb2.TicketKey(kid=self.signer.kid, public_key=self.signer.public_key)
        return entry_pb2.GetTicketKeysResponse(keys=[key], voided_until_unix_ms=self.voided)

    async def Connect(
        self, requests: AsyncIterator[lobby_pb2.ConnectRequest], context: Any
    ) -> AsyncIterator[lobby_pb2.ConnectResponse]:
        self.lobby_calls += 1
        account = account_pb2.Account(account_id=caller().account_id)
        yield lobby_pb2.ConnectResponse(welcome=lobby_pb2.Welcome(account=account))
        async for request in requests:
            self.commands.put_nowait(request)
            if request.WhichOneof("command") == "leave_room":
                return
            yield lobby_pb2.ConnectResponse(in_reply_to=request.request_id, done=lobby_pb2.Done())


def volley(number: int) -> Event:
    return Event(volley=Volley(t0=number, x0=80_000, y0=45_000, vx=110_000, vy=number, s=110_000, t1=number + 700_000))


def goal(left: int, right: int) -> Event:
    return Event(goal=Goal(t=1_000_000, left=left, right=right))


class Match:
    """One topic of a session: numbers events as the real one does, keeps its last frames, and gives snapshots."""

    def __init__(self, topic: int = 1) -> None:
        self.topic = topic
        self.epoch = 1
        self.events: list[Event] = []
        self.frames: list[tuple[int, bytes]] = []
        """Frames that are kept, each behind the number of the event before its first."""
        self.subscribers: set[asyncio.Queue[bytes | grpc.StatusCode | None]] = set()
        self.changed = asyncio.Condition()

    @property
    def seq(self) -> int:
        return len(self.events)

    def snapshot(self, *missed: Event) -> bytes:
        score = next((event.goal for event in reversed(self.events) if event.HasField("goal")), Goal())
        state = PongState(left=score.left, right=score.right)
        whole = Snapshot(pong=state) if self.topic else Snapshot(tournament=TournamentState(session_id=TOURNAMENT))
        return self._pack(Frame(topic=self.topic, epoch=self.epoch, seq=self.seq, events=missed, snapshot=whole))

    def tail(self, after: int) -> bytes:
        return self._pack(Frame(topic=self.topic, epoch=self.epoch, seq=self.seq, events=self.events[after:]))

    def since(self, after: Position | None) -> list[bytes]:
        """Frames that a viewer at this position still needs."""
        if after is None:
            return [self.snapshot()]
        if after.epoch == self.epoch and (after.seq == self.seq or any(start == after.seq for start, _ in self.frames)):
            return [frame for start, frame in self.frames if start >= after.seq]
        return [self.snapshot(*(event for event in self.events[after.seq :] if event.WhichOneof("body") in DURABLE))]

    def publish(self, *events: Event) -> None:
        before = self.seq
        self.events += events
        self.frames.append((before, self.tail(before)))
        self.send(self.frames[-1][1])

    def finish(self) -> None:
        self.publish(Event(result=Result(left=11, right=7)))
        self.send(None)

    def send(self, item: bytes | grpc.StatusCode | None) -> None:
        for queue in self.subscribers:
            queue.put_nowait(item)

    async def watched_by(self, streams: int) -> None:
        """Waits until this number of streams is open."""
        async with self.changed:
            await self.changed.wait_for(lambda: len(self.subscribers) == streams)

    async def subscribe(self, queue: asyncio.Queue[Any], *, leave: bool) -> None:
        async with self.changed:
            (self.subscribers.discard if leave else self.subscribers.add)(queue)
            self.changed.notify_all()

    @staticmethod
    def _pack(frame: Frame) -> bytes:
        return session_pb2.StreamGameStateResponse(frame=frame).SerializeToString()


class UpstreamGameServer(play_pb2_grpc.PlayServiceServicer, session_pb2_grpc.SessionServiceServicer):
    """One session; Play answers joins and pings, and keeps everything that arrives."""

    def __init__(self) -> None:
        self.server = Server(SERVICE_TOKEN, None)
        self.match = Match()
        #: The topics of the tournament: its bracket, and matches.
        self.topics = {number: Match(number) for number in range(20)}
        self.unknown: set[str] = set()
        self.streams: list[session_pb2.StreamGameStateRequest] = []
        self.inbound: asyncio.Queue[play_pb2.Inbound] = asyncio.Queue()
        self.play_requests = 0
        self.play_streams = 0
        self.deliveries: asyncio.Queue[play_pb2.Delivery | grpc.StatusCode] = asyncio.Queue()
        self.port = 0

    async def start(self, port: int = 0) -> None:
        play_pb2_grpc.add_PlayServiceServicer_to_server(self, self.server.grpc)
        session_pb2_grpc.add_SessionServiceServicer_to_server(self, self.server.grpc)
        self.port = await self.server.start(f"127.0.0.1:{port}", ["matchpoint.v1.SessionService"])

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def StreamGameState(
        self, request: session_pb2.StreamGameStateRequest, context: Any
    ) -> AsyncIterator[session_pb2.StreamGameStateResponse]:
        if request.session_id not in {SESSION, PRIVATE, TOURNAMENT} - self.unknown:
            raise Refused(Reason.REASON_SESSION_UNKNOWN, "There is no such session here.")
        if request.session_id != TOURNAMENT and request.topic != 1:
            raise Refused(Reason.REASON_TOPIC_UNKNOWN, "A duel has topic 1.")
        if request.session_id == TOURNAMENT and request.topic not in self.topics:
            raise Refused(Reason.REASON_SESSION_OVER, "This match is over.")
        self.streams.append(request)
        match = self.topics[request.topic] if request.session_id == TOURNAMENT else self.match
        queue: asyncio.Queue[Any] = asyncio.Queue()
        for frame in match.since(request.after if request.HasField("after") else None):
            queue.put_nowait(frame)
        await match.subscribe(queue, leave=False)
        try:
            while isinstance(item := await queue.get(), bytes):
                yield session_pb2.StreamGameStateResponse.FromString(item)
            if item is not None:
                await context.abort(item, "as the test wants")
        finally:
            await match.subscribe(queue, leave=True)

    async def Play(
        self, requests: AsyncIterator[play_pb2.PlayRequest], context: Any
    ) -> AsyncIterator[play_pb2.PlayResponse]:
        self.play_streams += 1
        reading = asyncio.create_task(self._read(requests))
        try:
            while isinstance(item := await self.deliveries.get(), play_pb2.Delivery):
                yield play_pb2.PlayResponse(deliveries=[item])
            await context.abort(item, "as the test wants")
        finally:
            reading.cancel()

    async def _read(self, requests: AsyncIterator[play_pb2.PlayRequest]) -> None:
        async for request in requests:
            self.play_requests += 1
            for inbound in request.inbound:
                self._answer(inbound)
                self.inbound.put_nowait(inbound)

    def _answer(self, inbound: play_pb2.Inbound) -> None:
        if inbound.HasField("join"):
            if ticket_session(inbound.join.ticket) == TOURNAMENT:
                self.deliver(
                    inbound.connection, ServerMessage(joined=Joined(session_id=TOURNAMENT, seats=[3], topic=0))
                )
                return
            joined = ServerMessage(joined=Joined(session_id=SESSION, seats=[0], topic=1))
            snapshot = ServerMessage.FromString(self.match.snapshot())
            self.deliver(inbound.connection, joined)
            self.deliver(inbound.connection, snapshot)
        elif inbound.HasField("seat") and inbound.seat.HasField("ping"):
            self.deliver(inbound.connection, ServerMessage(pong=Pong(t0=inbound.seat.ping.t0, t1=1, t2=2)))

    def deliver(self, connection: int, message: ServerMessage, close_code: int = 0) -> None:
        self.deliveries.put_nowait(play_pb2.Delivery(connections=[connection], message=message, close_code=close_code))

    async def next_inbound(self, body: str) -> play_pb2.Inbound:
        """The next thing of a kind; others before it are passed over."""
        while True:
            inbound = await self.inbound.get()
            if inbound.WhichOneof("body") == body:
                return inbound


def ticket_session(ticket: str) -> str:
    """The session that a ticket is for; whether it holds is not this server's business."""
    with contextlib.suppress(jwt.InvalidTokenError):
        return str(jwt.decode(ticket, options={"verify_signature": False}).get("sid", ""))
    return ""


def position(seq: int, epoch: int = 1) -> Position:
    return Position(epoch=epoch, seq=seq)
