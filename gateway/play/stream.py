"""Play streams: one to each game server, shared by all players of this gateway whose sessions are there.

A gRPC write costs the same whatever it carries. So messages of players are collected and written once a window, which
grows with the number of players from nothing to 16 ms, one picture of a display at 60 Hz.
"""

import asyncio
import random
import time
from collections.abc import Iterator
from typing import Final, Protocol

import grpc
import structlog
from matchpoint.internal.v1.play_pb2 import Inbound, Join, Leave, Link, PlayRequest
from matchpoint.internal.v1.raw_pb2 import RawPlayResponse
from matchpoint.v1.frames_pb2 import Position, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason

from gateway.backend_client.errors import refusal_from_rpc_error, session_over
from gateway.backend_client.locations import SILENCE_MAX_S, SessionLocations
from gateway.websocket.encoding import inbound, socket_frame
from gateway.websocket.messages import FRAME_TAG, JOINED_TAG, SEATED_TAG, VIEW_TAG
from wire.channel import Metadata, connect, with_request_id
from wire.constants import GATEWAY_CONNECTION
from wire.refusal import Refused, internal_error
from wire.request_ids import shared_context
from wire.settings import LARGE_MESSAGE

log = structlog.get_logger("play_stream")

PlayCall = grpc.aio.StreamStreamMultiCallable[bytes, bytes]

PLAY: Final = "/matchpoint.internal.v1.PlayService/Play"
WINDOW_PER_PLAYER_S: Final = 40e-6
WINDOW_MAX_S: Final = 0.016
BATCH_BYTES_MAX: Final = 48 * 1024
"""Size of one PlayRequest: below the 64 KiB that a game server accepts."""
OUTBOX_MAX: Final = 20_000
"""Messages that wait for the stream. A player that would add to a full outbox is closed with 1013."""
BACKOFF_S: Final = (0.1, 0.5)
"""First and longest pause between attempts to open a stream."""
IDLE_CLOSE_S: Final = 30.0
"""Time after which a stream without players is closed."""


class Player(Protocol):
    """A connection that plays."""

    ticket: str
    rtt_us: int
    after: Position | None
    """The position that the browser named when it came."""
    last_frame: bytes
    """The last message with a frame, b"" before the first: the player resumes from there on another stream."""

    @property
    def session_id(self) -> str:
        """The session that is played."""
        ...

    def join_through(self, stream: "GameServerStream", after: Position | None = None) -> None:
        """Joins the session by another stream, since it has moved."""

    def deliver(self, frame: bytes) -> None:
        """Writes a WebSocket frame."""

    def placed(self, message: bytes) -> None:
        """Reads a Joined, a Seated or a View, which was just delivered."""

    def closed_by_server(self, code: int) -> None:
        """Closes the connection as the game server wants."""

    def refuse(self, refused: Refused) -> None:
        """Sends the refusal, and closes the connection."""


class GameServerStream:
    """A stream that is reopened when it is lost; then every player joins again with the same ticket."""

    def __init__(self, address: str, pool: "StreamPool") -> None:
        self.address = address
        self.delivered = 0
        """Messages written to players since the stream was made."""
        self._pool = pool
        self._players: dict[int, Player] = {}
        self._last_number = 0
        self._outbox: list[bytes] = []
        self._is_up = True
        self._has_output = asyncio.Event()
        self._expiry: asyncio.TimerHandle | None = None
        self._task = asyncio.create_task(self._run(), context=shared_context())

    # From players.

    def join(self, player: Player, after: Position | None) -> int:
        """Asks for the seats of the player's ticket. Returns the connection number in this stream."""
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        self._last_number += 1
        self._players[self._last_number] = player
        if self._is_up:
            self._enqueue(_join(self._last_number, player, after))
        return self._last_number

    def send_seat_message(self, head: bytes, body: bytes) -> None:
        """Passes on a SeatMessage: `head` from `seat_head`, `body` its length and bytes.

        While the stream is down it is dropped: the match stands still, and the player joins again afterwards.
        Raises Refused: REASON_SERVER_FULL when the outbox is full.
        """
        if not self._is_up:
            return
        if len(self._outbox) >= OUTBOX_MAX:
            raise Refused(Reason.REASON_SERVER_FULL, "The server has more to do than it can; come again in a moment.")
        self._outbox.append(inbound(head, body))
        self._has_output.set()

    def send_rtt(self, number: int, rtt_us: int) -> None:
        """Passes on the round-trip time that the kernel measured."""
        if self._is_up and len(self._outbox) < OUTBOX_MAX:
            self._enqueue(Inbound(connection=number, link=Link(rtt_us=rtt_us)))

    def leave(self, number: int) -> None:
        """Reports a connection that is gone, also to a full outbox: there is one report for each at most."""
        if self._players.pop(number, None) is not None and self._is_up:
            self._enqueue(Inbound(connection=number, leave=Leave()))
        if not self._players and self._expiry is None:
            self._expiry = asyncio.get_running_loop().call_later(IDLE_CLOSE_S, self._expire)

    def announce_shutdown(self) -> bool:
        """Has the matches of all players stand still. Returns whether there are any."""
        if self._players and self._is_up:
            self._enqueue(Inbound(connection=GATEWAY_CONNECTION, leave=Leave()))
            return True
        return False

    def _enqueue(self, message: Inbound) -> None:
        self._outbox.append(PlayRequest(inbound=[message]).SerializeToString())
        self._has_output.set()

    def _expire(self) -> None:
        self._pool.discard(self)
        self._task.cancel()

    # The stream.

    async def _run(self) -> None:
        channel = connect(self.address, receive=LARGE_MESSAGE)
        call: PlayCall = channel.stream_stream(PLAY, None, None)
        lost_at: float | None = None
        delay = BACKOFF_S[0]
        try:
            while True:
                stream = call(metadata=with_request_id(self._pool.metadata))
                writing = asyncio.create_task(self._write(stream))
                refused = Refused(Reason.REASON_SERVER_UNAVAILABLE, "The game server has ended the stream.")
                try:
                    async for payload in stream:
                        lost_at, delay = None, BACKOFF_S[0]
                        self._deliver(payload)
                except grpc.aio.AioRpcError as error:
                    refused = refusal_from_rpc_error(error)
                finally:
                    stream.cancel()
                    writing.cancel()
                    await asyncio.gather(writing, return_exceptions=True)
                self._mark_down()
                log.warning("play stream lost", server=self.address, reason=refused.sentence)
                if lost_at is None:
                    lost_at = time.monotonic()
                else:
                    await self._relocate()
                if time.monotonic() - lost_at > self._pool.give_up_s:
                    self._refuse_all(Refused(Reason.REASON_SERVER_UNAVAILABLE, refused.sentence))
                await asyncio.sleep(delay * random.uniform(0.5, 1.0))
                delay = min(2 * delay, BACKOFF_S[1])
                self._rejoin()
        except Exception:
            # A message that cannot be parsed would not be the next time either.
            log.exception("play stream broke", server=self.address)
            self._pool.discard(self)
            self._refuse_all(internal_error())
        finally:
            await channel.close()

    def _mark_down(self) -> None:
        self._is_up = False
        self._outbox.clear()

    async def _relocate(self) -> None:
        """Looks up every session. Players of moved ones join there, players of finished ones are closed."""
        for number, player in list(self._players.items()):
            try:
                async with asyncio.timeout(SILENCE_MAX_S):
                    location = await self._pool.locations.locate(player.session_id, fresh=True)
            except TimeoutError:
                # Looking up the others would only take time: all players stay here.
                return
            except Refused as refused:
                if refused.reason == Reason.REASON_SERVER_UNAVAILABLE:
                    return
                if number in self._players:
                    player.refuse(refused)
                continue
            if number not in self._players:
                continue
            if location.over:
                player.refuse(session_over())
            elif location.address != self.address:
                del self._players[number]
                player.join_through(self._pool.stream_to(location.address), resume_position(player))

    def _rejoin(self) -> None:
        self._is_up = True
        for number, player in self._players.items():
            self._enqueue(_join(number, player, resume_position(player)))

    async def _write(self, stream: grpc.aio.StreamStreamCall[bytes, bytes]) -> None:
        while True:
            await self._has_output.wait()
            window = min(WINDOW_MAX_S, WINDOW_PER_PLAYER_S * len(self._players))
            if window >= 0.001:
                # Timers here have whole milliseconds.
                await asyncio.sleep(window)
            self._has_output.clear()
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

    def _refuse_all(self, refused: Refused) -> None:
        self._mark_down()
        for player in list(self._players.values()):
            player.refuse(refused)

    async def close(self) -> None:
        """Ends the stream."""
        if self._expiry is not None:
            self._expiry.cancel()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class StreamPool:
    """The Play streams of this gateway, one for each game server address."""

    def __init__(self, locations: SessionLocations, metadata: Metadata, *, give_up_s: float) -> None:
        self.locations = locations
        self.metadata = metadata
        self.give_up_s = give_up_s
        """Time after which the players of a lost stream are refused."""
        self._streams: dict[str, GameServerStream] = {}
        self._delivered_by_closed = 0

    def stream_to(self, address: str) -> GameServerStream:
        """The stream to a game server, opened if need be."""
        if address not in self._streams:
            self._streams[address] = GameServerStream(address, self)
        return self._streams[address]

    def discard(self, stream: GameServerStream) -> None:
        """Forgets a stream that is being closed; does nothing for a forgotten one."""
        if self._streams.get(stream.address) is stream:
            del self._streams[stream.address]
            self._delivered_by_closed += stream.delivered

    @property
    def streams(self) -> int:
        """Number of open streams."""
        return len(self._streams)

    @property
    def delivered(self) -> int:
        """Messages written to players since the start."""
        return self._delivered_by_closed + sum(stream.delivered for stream in self._streams.values())

    def announce_shutdown(self) -> bool:
        """Has all matches of this gateway's players stand still. Returns whether there are any."""
        announced = [stream.announce_shutdown() for stream in self._streams.values()]
        return any(announced)

    async def close(self) -> None:
        """Ends every stream."""
        for stream in list(self._streams.values()):
            await stream.close()


def batches(messages: list[bytes], size: int = BATCH_BYTES_MAX) -> Iterator[bytes]:
    """Joins the messages, in order, into batches of at most `size` bytes (or one message)."""
    begin, total = 0, 0
    for index, message in enumerate(messages):
        if total and total + len(message) > size:
            yield b"".join(messages[begin:index])
            begin, total = index, 0
        total += len(message)
    if total:
        yield b"".join(messages[begin:])


def resume_position(player: Player) -> Position | None:
    """The position of the last event that a player has; None for one that has none."""
    if not player.last_frame:
        return player.after
    frame = ServerMessage.FromString(player.last_frame).frame
    return Position(epoch=frame.epoch, seq=frame.seq)


def _join(number: int, player: Player, after: Position | None) -> Inbound:
    return Inbound(connection=number, join=Join(ticket=player.ticket, after=after, rtt_us=player.rtt_us))
