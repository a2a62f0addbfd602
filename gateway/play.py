"""/ws/play: players."""

import asyncio
import socket as sockets
import struct
import sys
from typing import Any

from matchpoint.v1.frames_pb2 import Follow, Hello, Position, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from starlette.websockets import WebSocket

from gateway.directory import Directory
from gateway.encoding import seat_part, varint
from gateway.link import Links, PlayLink, seat_head
from gateway.organisers import Organisers
from gateway.sockets import SLOW_READER, WRITE_LIMIT, Socket, socket_of
from gateway.upstream import Hub
from gateway.watch import position_of
from gateway.watcher import BRACKET, FINISHED, Watcher
from wire.refusal import Refused
from wire.tickets import Ticket

RTT_EVERY_S = 2.0
_TCP_INFO = 192
_MIN_RTT = struct.Struct("=148xI")
"""`tcpi_min_rtt` of Linux' struct tcp_info: microseconds, the smallest of the kernel's window (5 min)."""


class PlayerConnection(Watcher):
    """A connection that plays: its messages go to the game server as they are.

    In a tournament it watches too: the bracket, and others' matches, live. Its own matches come from the link alone.
    """

    def __init__(self, socket: Socket, hub: Hub, organisers: Organisers, *, messages_per_second: int) -> None:
        super().__init__(socket, hub, json=False, messages_per_second=messages_per_second, live=True)
        self.ticket = ""
        self.account_id = ""
        self.organiser = ""
        self._organisers = organisers
        # Out of the tournament: watches as spectators do.
        self._spectates = False
        self.rtt_us = 0
        self.after: Position | None = None
        self.last_frame = b""
        self._link: PlayLink | None = None
        self._number = 0
        self._head = b""
        self._may_play = False
        # In a tournament: what is to be watched once the game server has let the connection in, and own matches.
        self._wanted: tuple[Follow, ...] = ()
        self._own: set[int] = set()
        self._finishing = False
        self._kernel_socket = socket.transport.get_extra_info("socket")

    def begin(self, hello: Hello, ticket: Ticket, link: PlayLink) -> None:
        """Lets the player in: the game server answers with Joined, or refuses. Raises Refused."""
        if not self.socket.open:
            return
        self.ticket = hello.ticket
        self.session_id, self.account_id = ticket.session_id, ticket.account_id
        self.rtt_us = min_rtt_us(self._kernel_socket)
        self._may_play = ticket.role == "player"
        self._wanted = tuple(hello.follow)
        self.enter(link, position_of(hello.follow[0]) if hello.follow else None)
        self.admit()

    def enter(self, link: PlayLink, after: Position | None = None) -> None:
        """Joins the session through a link: at first, and when the session has moved."""
        self._link, self.after = link, after
        self._number = link.join(self, after)
        self._head = seat_head(self._number)

    def handle(self, message: bytes) -> None:
        """A SeatMessage. Its bytes are not looked into; the game server checks them."""
        if not self._may_play:
            raise Refused(Reason.REASON_NOT_ALLOWED, "A spectator cannot play.")
        body = seat_part(message)
        if body is None:
            parsed = self.parsed(message)
            if parsed.HasField("follow"):
                self._watch(parsed.follow)
                return
            if parsed.HasField("unfollow"):
                self.unfollow(parsed.unfollow.topic)
                return
            if parsed.WhichOneof("body") != "seat":
                raise Refused(Reason.REASON_MALFORMED, "This message has no place here.")
            seat = parsed.seat.SerializeToString()
            body = varint(len(seat)) + seat
        assert self._link is not None
        self._link.seat(self._head, body)

    def measure(self) -> None:
        """Passes the round-trip time on when it has changed."""
        if self._link is not None and self.socket.open:
            rtt_us = min_rtt_us(self._kernel_socket)
            if rtt_us and rtt_us != self.rtt_us:
                self.rtt_us = rtt_us
                self._link.rtt(self._number, rtt_us)

    # The link's Player

    def deliver(self, frame: bytes) -> None:
        """Writes a frame. A player is never sent less than all: one that does not read is cut."""
        # The link knows a player until `lost`, so the connection is open here.
        self.write(frame)
        if self.socket.stalled and self.socket.transport.get_write_buffer_size() > WRITE_LIMIT:
            self.socket.close(SLOW_READER, "too slow")

    def placed(self, message: bytes) -> None:
        """The game server has said that it is let in, or which match of a tournament it plays."""
        said = ServerMessage.FromString(message)
        if said.HasField("view"):
            self._spectates = said.view.delayed
            if self._spectates:
                self._organisers.follow(self)
            else:
                self._organisers.release(self)
            self.organised_by(self.organiser)
        elif said.HasField("seated"):
            self._own.add(said.seated.topic)
            self.unfollow(said.seated.topic)
        elif said.joined.topic == BRACKET:
            self.first = BRACKET
            wanted, self._wanted = self._wanted or (Follow(topic=BRACKET),), ()
            try:
                for follow in wanted:
                    self._watch(follow)
            except Refused as refused:
                self.refused(refused)

    def organised_by(self, account_id: str) -> None:
        """Who organises the tournament now: the organiser sees it without a delay, in it or not."""
        self.organiser = account_id
        try:
            self.see(live=not self._spectates or account_id == self.account_id)
        except Refused as refused:
            self.refused(refused)

    def _watch(self, wanted: Follow) -> None:
        """Begins to watch a topic. Raises Refused."""
        if self.first != BRACKET:
            raise Refused(Reason.REASON_TOPIC_UNKNOWN, "A duel has one topic, and this connection has it.")
        if wanted.topic not in self._own:
            self.follow(wanted.topic, position_of(wanted))

    def over(self, topic: int) -> None:
        """A topic that is watched has ended. When the tournament is over, the game server closes the connection."""
        self._feeds.pop(topic, None)
        if topic == BRACKET and self._finishing:
            self.socket.close(FINISHED)

    def closed_by_server(self, code: int) -> None:
        """The game server wants the connection closed. The end of a bracket that is on its way is waited for."""
        if code == FINISHED and BRACKET in self._feeds:
            self._finishing = True
        else:
            self.socket.close(code)

    def lost(self) -> None:
        """The connection is gone."""
        super().lost()
        self._organisers.release(self)
        link, self._link = self._link, None
        if link is not None:
            link.leave(self._number)


class Players:
    """All players here, for the measurement of their round-trip times: one timer, not one each."""

    def __init__(self) -> None:
        self._players: set[PlayerConnection] = set()
        self._measuring = asyncio.create_task(self._measure())

    def add(self, player: PlayerConnection) -> None:
        """A player is here."""
        self._players.add(player)

    def remove(self, player: PlayerConnection) -> None:
        """A player is gone."""
        self._players.discard(player)

    async def _measure(self) -> None:
        while True:
            await asyncio.sleep(RTT_EVERY_S)
            for player in self._players:
                player.measure()

    async def close(self) -> None:
        """Measures no more."""
        self._measuring.cancel()
        await asyncio.gather(self._measuring, return_exceptions=True)


async def play(
    websocket: WebSocket,
    links: Links,
    hub: Hub,
    players: Players,
    directory: Directory,
    organisers: Organisers,
    *,
    within_s: float,
    rate: int,
) -> None:
    """Serves one player until it is gone."""
    socket = socket_of(websocket.scope)
    player = PlayerConnection(socket, hub, organisers, messages_per_second=rate)
    socket.attach(player)
    await websocket.accept("matchpoint.v1")
    players.add(player)
    try:
        await player.come_in(_enter(player, links, directory, within_s))
        await socket.ended.wait()
    finally:
        players.remove(player)


async def _enter(player: PlayerConnection, links: Links, directory: Directory, within_s: float) -> None:
    """The way in. Raises Refused."""
    hello = await player.hello(within_s)
    if hello is None:
        return
    ticket = await directory.check(hello.ticket)
    if hello.session_id and hello.session_id != ticket.session_id:
        raise Refused(Reason.REASON_TICKET_FOREIGN, "The ticket is for another session.", field="ticket")
    location = await directory.locate_or(directory.address_of(ticket.server), ticket.session_id)
    if location.over:
        raise Refused(Reason.REASON_SESSION_OVER, "The session is over; its result can be read.")
    player.organiser = location.organiser_account_id
    player.begin(hello, ticket, links.to(location.address))


def min_rtt_us(kernel_socket: Any) -> int:
    """The smallest round-trip time that the kernel has seen on a connection, microseconds; 0 where it cannot tell."""
    if sys.platform != "linux":
        return 0
    try:
        measured = kernel_socket.getsockopt(sockets.IPPROTO_TCP, sockets.TCP_INFO, _TCP_INFO)
    except OSError:
        return 0
    if len(measured) < _MIN_RTT.size:
        return 0
    rtt_us: int = _MIN_RTT.unpack_from(measured)[0]
    # All ones: nothing has been measured yet.
    return 0 if rtt_us == 0xFFFFFFFF else rtt_us
