"""One Play stream to one game server, shared by all players of this gateway whose sessions are there.

What a gRPC write costs does not depend on how much it carries. So whatever players send is collected, and written
once a window; the window grows with the number of players, from nothing to 16 ms, a picture of a display at 60 Hz.
"""

import asyncio
import random
import time
from collections.abc import Iterator
from typing import Protocol

import grpc
import structlog
from matchpoint.v1.frames_pb2 import Position, ServerMessage
from matchpoint.v1.raw_pb2 import RawPlayResponse
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Inbound, Join, Leave, Link, PlayRequest

from gateway.directory import SILENT_AFTER_S, Directory, refused_by
from gateway.encoding import FRAME_TAG, JOINED_TAG, SEATED_TAG, VIEW_TAG, inbound, socket_frame, varint
from wire.channel import Metadata, connect
from wire.refusal import Refused
from wire.settings import LARGE_MESSAGE

log = structlog.get_logger("link")

PlayCall = grpc.aio.StreamStreamMultiCallable[bytes, bytes]

PLAY = "/matchpoint.v1.SessionService/Play"
WINDOW_PER_PLAYER_S = 40e-6
WINDOW_S = 0.016
BATCH = 48 * 1024
"""Bytes of one PlayRequest at most: below the 64 KiB that a game server accepts."""
OUTBOX = 20_000
"""Messages that wait for the stream at most. A player that would add to a full one is closed with 1013."""
BACKOFF_S = (0.1, 0.5)
GATEWAY = 0
"""The number of no connection: the gateway itself."""
IDLE_S = 30.0
"""A stream that nobody uses is closed after this long."""


class Player(Protocol):
    """A connection that plays."""

    ticket: str
    session_id: str
    rtt_us: int
    after: Position | None
    """Where it began, as it said itself."""
    last_frame: bytes
    """The last message with a frame, b"" before the first: where it goes on when the stream was lost."""

    def enter(self, link: "PlayLink", after: Position | None = None) -> None:
        """The session is to be played through this link from now on."""

    def deliver(self, frame: bytes) -> None:
        """Writes a WebSocket frame."""

    def placed(self, message: bytes) -> None:
        """What was just delivered is a Joined, a Seated or a View."""

    def closed_by_server(self, code: int) -> None:
        """The game server wants the connection closed."""

    def refused(self, refused: Refused) -> None:
        """The connection cannot go on."""


class PlayLink:
    """The stream, re-attached when it is lost: then every player joins again with the same ticket."""

    def __init__(self, address: str, links: "Links") -> None:
        self.address = address
        self.delivered = 0
        self._links = links
        self._players: dict[int, Player] = {}
        self._last = 0
        self._outbox: list[bytes] = []
        self._up = True
        self._wake = asyncio.Event()
        self._idle: asyncio.TimerHandle | None = None
        self._task = asyncio.create_task(self._run())

    # What players do.

    def join(self, player: Player, after: Position | None) -> int:
        """Asks for the seats of the player's ticket. Returns the connection's number."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        self._last += 1
        self._players[self._last] = player
        if self._up:
            self._push(_join(self._last, player, after))
        return self._last

    def seat(self, head: bytes, body: bytes) -> None:
        """Passes on a SeatMessage: `head` from `seat_head`, `body` its length and bytes. Raises Refused when full.

        While the stream is down it is dropped: the match stands still, and the seat is taken anew afterwards.
        """
        if not self._up:
            return
        if len(self._outbox) >= OUTBOX:
            raise Refused(Reason.REASON_SERVER_FULL, "The server has more to do than it can; come again in a moment.")
        self._outbox.append(inbound(head, body))
        self._wake.set()

    def rtt(self, number: int, rtt_us: int) -> None:
        """Passes on what the kernel measured."""
        if self._up and len(self._outbox) < OUTBOX:
            self._push(Inbound(connection=number, link=Link(rtt_us=rtt_us)))

    def leave(self, number: int) -> None:
        """The connection is gone. There are never more of these than connections, so a full outbox takes them too."""
        if self._players.pop(number, None) is not None and self._up:
            self._push(Inbound(connection=number, leave=Leave()))
        if not self._players and self._idle is None:
            self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._expire)

    def depart(self) -> bool:
        """This gateway is about to end: the matches of its players stand still. Whether it has any."""
        if self._players and self._up:
            self._push(Inbound(connection=GATEWAY, leave=Leave()))
            return True
        return False

    def _push(self, message: Inbound) -> None:
        self._outbox.append(PlayRequest(inbound=[message]).SerializeToString())
        self._wake.set()

    def _expire(self) -> None:
        self._links.forget(self)
        self._task.cancel()

    # What the stream does.

    async def _run(self) -> None:
        channel = connect(self.address, receive=LARGE_MESSAGE)
        call: PlayCall = channel.stream_stream(PLAY, None, None)
        lost_at: float | None = None
        delay = BACKOFF_S[0]
        try:
            while True:
                stream = call(metadata=self._links.metadata)
                writing = asyncio.create_task(self._write(stream))
                refused = Refused(Reason.REASON_SERVER_UNAVAILABLE, "The game server has ended the stream.")
                try:
                    async for payload in stream:
                        lost_at, delay = None, BACKOFF_S[0]
                        self._deliver(payload)
                except grpc.aio.AioRpcError as error:
                    refused = refused_by(error)
                finally:
                    stream.cancel()
                    writing.cancel()
                    await asyncio.gather(writing, return_exceptions=True)
                self._down()
                log.warning("play stream lost", server=self.address, reason=refused.sentence)
                if lost_at is None:
                    lost_at = time.monotonic()
                else:
                    await self._relocate()
                if time.monotonic() - lost_at > self._links.give_up_s:
                    self._close_all(Refused(Reason.REASON_SERVER_UNAVAILABLE, refused.sentence))
                await asyncio.sleep(delay * random.uniform(0.5, 1.0))
                delay = min(2 * delay, BACKOFF_S[1])
                self._rejoin()
        except Exception:
            # What cannot be understood would not be understood the next time either.
            log.exception("play stream broke", server=self.address)
            self._links.forget(self)
            self._close_all(Refused(Reason.REASON_UNSPECIFIED, "Something broke in the server; it has been logged."))
        finally:
            await channel.close()

    def _down(self) -> None:
        self._up = False
        self._outbox.clear()

    async def _relocate(self) -> None:
        """Asks where the sessions are now. Those that are elsewhere go on there, those that are over are closed."""
        for number, player in list(self._players.items()):
            try:
                async with asyncio.timeout(SILENT_AFTER_S):
                    location = await self._links.directory.locate(player.session_id, fresh=True)
            except TimeoutError:
                # Asking for the others would only take time: all go on where they were.
                return
            except Refused as refused:
                if refused.reason == Reason.REASON_SERVER_UNAVAILABLE:
                    return
                if number in self._players:
                    player.refused(refused)
                continue
            if number not in self._players:
                continue
            if location.over:
                player.refused(Refused(Reason.REASON_SESSION_OVER, "The session is over; its result can be read."))
            elif location.address != self.address:
                del self._players[number]
                player.enter(self._links.to(location.address), place_of(player))

    def _rejoin(self) -> None:
        self._up = True
        for number, player in self._players.items():
            self._push(_join(number, player, place_of(player)))

    async def _write(self, stream: grpc.aio.StreamStreamCall[bytes, bytes]) -> None:
        while True:
            await self._wake.wait()
            window = min(WINDOW_S, WINDOW_PER_PLAYER_S * len(self._players))
            if window >= 0.001:
                # Timers here have whole milliseconds.
                await asyncio.sleep(window)
            self._wake.clear()
            waiting, self._outbox = self._outbox, []
            for batch in batches(waiting):
                await stream.write(batch)

    def _deliver(self, payload: bytes) -> None:
        players = self._players
        for delivery in RawPlayResponse.FromString(payload).deliveries:
            message, code = delivery.message, delivery.close_code
            frame = socket_frame(message) if message else b""
            numbered = message[:1] == FRAME_TAG
            for number in delivery.connections:
                player = players.get(number)
                if player is None:
                    continue
                if numbered:
                    player.last_frame = message
                if frame:
                    player.deliver(frame)
                    self.delivered += 1
                if message[:1] in (JOINED_TAG, SEATED_TAG, VIEW_TAG):
                    player.placed(message)
                if code:
                    player.closed_by_server(code)

    def _close_all(self, refused: Refused) -> None:
        self._down()
        for player in list(self._players.values()):
            player.refused(refused)

    async def close(self) -> None:
        """Ends the stream."""
        if self._idle is not None:
            self._idle.cancel()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class Links:
    """The Play streams of this gateway, one for each game server address."""

    def __init__(self, directory: Directory, metadata: Metadata, *, give_up_s: float) -> None:
        self.directory = directory
        self.metadata = metadata
        self.give_up_s = give_up_s
        self._links: dict[str, PlayLink] = {}
        self._delivered_before = 0

    def to(self, address: str) -> PlayLink:
        """The stream to a game server, opened if need be."""
        if address not in self._links:
            self._links[address] = PlayLink(address, self)
        return self._links[address]

    def forget(self, link: PlayLink) -> None:
        """The stream is not used any more."""
        if self._links.get(link.address) is link:
            del self._links[link.address]
            self._delivered_before += link.delivered

    @property
    def streams(self) -> int:
        """Streams that are open."""
        return len(self._links)

    @property
    def delivered(self) -> int:
        """Messages written to players since the start."""
        return self._delivered_before + sum(link.delivered for link in self._links.values())

    def depart(self) -> bool:
        """This gateway is about to end. Whether anybody plays over it."""
        told = [link.depart() for link in self._links.values()]
        return any(told)

    async def close(self) -> None:
        """Ends every stream."""
        for link in list(self._links.values()):
            await link.close()


def seat_head(number: int) -> bytes:
    """What stands before every SeatMessage of a connection in its `inbound`: its number, and the tag of `seat`."""
    return b"\x08" + varint(number) + b"\x1a"


def batches(messages: list[bytes], size: int = BATCH) -> Iterator[bytes]:
    """The messages put together in order, each batch at most `size` bytes (or one message)."""
    begin, total = 0, 0
    for index, message in enumerate(messages):
        if total and total + len(message) > size:
            yield b"".join(messages[begin:index])
            begin, total = index, 0
        total += len(message)
    if total:
        yield b"".join(messages[begin:])


def place_of(player: Player) -> Position | None:
    """The last event that a player has; None for one that has none."""
    if not player.last_frame:
        return player.after
    frame = ServerMessage.FromString(player.last_frame).frame
    return Position(epoch=frame.epoch, seq=frame.seq)


def _join(number: int, player: Player, after: Position | None) -> Inbound:
    return Inbound(connection=number, join=Join(ticket=player.ticket, after=after, rtt_us=player.rtt_us))
