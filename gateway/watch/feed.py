"""Feeds of topics from game servers: one StreamGameState for each topic that is watched through this gateway."""

import asyncio
import random
import time
from typing import Final

import grpc
import structlog
from matchpoint.v1.frames_pb2 import Position, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import StreamGameStateRequest

from gateway.backend_client.errors import refusal_from_rpc_error, session_over
from gateway.backend_client.locations import SessionLocations
from gateway.conversion.converter import INLINE_BYTES_MAX, Converter
from gateway.watch.frames import Cursor, Viewer
from gateway.watch.topic import FanoutTopic
from gateway.websocket.messages import FRAME_TAG, viewers_message
from wire.channel import Metadata, connect, with_request_id
from wire.refusal import Refused, internal_error
from wire.request_ids import shared_context
from wire.settings import LARGE_MESSAGE, STREAM_CHANNEL

log = structlog.get_logger("feed")

OpenStream = grpc.aio.UnaryStreamMultiCallable[StreamGameStateRequest, bytes]
StreamCall = grpc.aio.UnaryStreamCall[StreamGameStateRequest, bytes]

STREAM: Final = "/matchpoint.v1.SessionService/StreamGameState"
COUNT_INTERVAL_S: Final = 1.0
"""Time between two looks at the number of viewers."""
QUIET_S: Final = 3.0
"""Longest silence to viewers, so that a match that is paused does not look like a dead connection."""
ANSWER_WITHIN_S: Final = 2.0
"""Time that a game server has to answer for a cursor."""
NEW_SESSION_S: Final = 1.0
"""Time for which a session is retried that its game server does not know: the directory knows it first."""
BACKOFF_S: Final = (0.1, 1.0)
"""First and longest pause between attempts to open a stream."""
REOPEN_INTERVAL_MIN_S: Final = 5.0
"""Least age of a stream that is reopened to report another number of viewers.

A game server learns that number when a stream is opened. So a stream is reopened, from where it was, when the number
has changed by more than a quarter.
"""


class TopicFeed:
    """A topic with its stream. It runs until the topic is over, nobody watches, or its game server is not found."""

    def __init__(self, registry: "FeedRegistry", session_id: str, number: int, *, live: bool, json: bool) -> None:
        """`live` feeds have no spectators' delay; players and organisers watch them, and do not count as viewers.

        `json` feeds are for viewers of the JSON subprotocol: nobody else waits while long messages are converted.
        """
        self.live = live
        self.json = json
        self.topic = FanoutTopic(session_id, number)
        self._registry = registry
        self._address = ""
        self._call: StreamCall | None = None
        self._reopening = False
        self._created_at = time.monotonic()
        self._opened_at = 0.0
        self._reported_viewers = 0
        """Number of viewers that the game server was told."""
        self._announced_viewers = 0
        """Number of viewers that the viewers were told."""
        self._active_at = time.monotonic()
        """Time at which viewers last got a message, to the second."""
        self._active_ordinal = 0
        self._requesting: asyncio.Task[None] | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._context = shared_context()
        self._task = asyncio.create_task(self._run(), context=self._context)

    def join(self, viewer: Viewer, after: Position | None) -> None:
        """Adds a viewer. Raises Refused."""
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        self.topic.join(viewer, after)
        self.request_missing()

    def leave(self, viewer: Viewer) -> None:
        """Removes a viewer. A while after the last one the stream is closed."""
        self.topic.leave(viewer)
        if not self.topic.viewers and self._expiry is None:
            self._expiry = asyncio.get_running_loop().call_later(self._registry.linger_s, self._expire)

    def _expire(self) -> None:
        self._registry.discard(self)
        self._task.cancel()

    def resume(self, viewer: Viewer) -> None:
        """Writes to a stalled viewer again."""
        self.topic.resume(viewer)
        self.request_missing()

    # Snapshots and history that a viewer waits for.

    def request_missing(self) -> None:
        """Asks the game server for what a viewer waits for: a snapshot, or the events after a cursor."""
        topic = self.topic
        if topic.ordinal and self._requesting is None and (topic.needs_snapshot or topic.needed_cursor):
            self._requesting = asyncio.create_task(self._request_all(), context=self._context)

    async def _request_all(self) -> None:
        """Asks until no viewer waits, one question at a time."""
        topic = self.topic
        try:
            while topic.needs_snapshot or topic.needed_cursor:
                if not await self._request_one(None if topic.needs_snapshot else topic.needed_cursor):
                    break
        finally:
            self._requesting = None

    async def _request_one(self, after: Cursor | None) -> bool:
        """Asks by a short stream beside the long one. Returns whether the game server had an answer."""
        position = None if after is None else Position(epoch=after.epoch, seq=after.seq)
        call = self._registry.open_stream(self._address, self._request(position, viewers=0))
        frames: list[bytes] = []
        texts: dict[bytes, bytes] = {}
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                async for payload in call:
                    if payload[:1] == FRAME_TAG:
                        frames.append(payload)
                        text = await self._text(payload)
                        if text is not None:
                            texts[payload] = text
                        if self.topic.take_answer(after, frames, texts):
                            return True
        except (grpc.aio.AioRpcError, TimeoutError) as error:
            # The next frame asks again. The long stream finds out about a game server that is gone.
            log.info("no answer", session_id=self.topic.session_id, error=type(error).__name__)
        finally:
            call.cancel()
        return False

    # The stream.

    async def _run(self) -> None:
        try:
            await self._stream_until_over()
            if self._requesting is not None:
                await self._requesting
            self.topic.end()
        except Refused as refused:
            self._refuse_viewers(refused)
        except Exception:
            log.exception("topic broke", session_id=self.topic.session_id)
            self._refuse_viewers(internal_error())
        finally:
            if self._requesting is not None:
                self._requesting.cancel()
            self._registry.discard(self)

    async def _stream_until_over(self) -> None:
        """Streams until the topic is over, and reopens the stream when it is lost. Raises Refused."""
        lost_at: float | None = None
        delay = BACKOFF_S[0]
        over = False
        while True:
            self._call, self._reopening = None, False
            try:
                # A remembered location is good for the first attempt only.
                location = await self._registry.locations.locate_or_assume(
                    self._address, self.topic.session_id, fresh=delay > BACKOFF_S[0]
                )
                if location.over and not self.topic.ordinal:
                    raise session_over()
                self._address = location.address
                after = Position(epoch=self.topic.epoch, seq=self.topic.seq) if self.topic.ordinal else None
                self._reported_viewers, self._opened_at = len(self.topic.viewers), time.monotonic()
                self._call = self._registry.open_stream(self._address, self._request(after, self._reported_viewers))
                async for payload in self._call:
                    lost_at, delay = None, BACKOFF_S[0]
                    over = self.topic.publish(payload, await self._text(payload)) or over
                    self.request_missing()
                # A game server ends the stream with OK when the topic is over, and only then.
                return
            except asyncio.CancelledError:
                if not self._reopening or self._task.cancelling():
                    raise
                continue
            except grpc.aio.AioRpcError as error:
                if over:
                    return
                refused = refusal_from_rpc_error(error)
            except Refused as reason:
                refused = reason
            if refused.reason not in self._transient_reasons():
                raise refused
            lost_at = lost_at or time.monotonic()
            if time.monotonic() - lost_at > self._registry.give_up_s:
                raise refused
            log.info("upstream lost", session_id=self.topic.session_id, reason=refused.sentence)
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))
            delay = min(2 * delay, BACKOFF_S[1])

    def _transient_reasons(self) -> tuple["Reason.ValueType", ...]:
        """The reasons for which the stream is retried."""
        new = not self.topic.ordinal and time.monotonic() - self._created_at < NEW_SESSION_S
        # Unspecified stands for a reason that is newer than this gateway.
        reasons = (Reason.REASON_SERVER_UNAVAILABLE, Reason.REASON_INTERNAL, Reason.REASON_UNSPECIFIED)
        return (*reasons, Reason.REASON_SESSION_UNKNOWN) if new else reasons

    def _request(self, after: Position | None, viewers: int) -> StreamGameStateRequest:
        topic = self.topic
        return StreamGameStateRequest(
            session_id=topic.session_id,
            topic=topic.topic,
            after=after,
            viewers=0 if self.live else viewers,
            live=self.live,
        )

    async def _text(self, payload: bytes) -> bytes | None:
        """Converts a long message to JSON on a `json` feed; None otherwise. Raises Refused."""
        return await self._registry.to_json(payload) if self.json and len(payload) > INLINE_BYTES_MAX else None

    def _refuse_viewers(self, refused: Refused) -> None:
        for viewer in list(self.topic.viewers):
            viewer.unwatchable(self.topic.topic, refused)

    # The number of viewers.

    def report_viewers(self, now: float) -> None:
        """Reopens the stream when the game server's number of viewers is well off."""
        off = abs(len(self.topic.viewers) - self._reported_viewers)
        if self._call and off > self._reported_viewers // 4 and now - self._opened_at > REOPEN_INTERVAL_MIN_S:
            self._reopening = True
            self._call.cancel()

    def notice_activity(self, now: float) -> None:
        """Takes note of whether frames were published since the last call."""
        if self.topic.ordinal != self._active_ordinal:
            self._active_ordinal, self._active_at = self.topic.ordinal, now

    def announce_viewers(self, now: float, count: int) -> None:
        """Tells viewers how many they are, when that has changed or when they have heard nothing for QUIET_S."""
        topic = self.topic
        if topic.count_changed or count != self._announced_viewers or now - self._active_at >= QUIET_S:
            topic.count_changed, self._announced_viewers = False, count
            self._active_at = now
            topic.broadcast(viewers_message(topic.topic, count).SerializeToString())

    async def close(self) -> None:
        """Ends the stream."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class FeedRegistry:
    """Every feed of this gateway, and a channel to each game server that feeds one."""

    def __init__(
        self,
        locations: SessionLocations,
        metadata: Metadata,
        converter: Converter,
        *,
        linger_s: float,
        give_up_s: float,
    ) -> None:
        self.locations = locations
        self.linger_s = linger_s
        """Time for which a feed without viewers is kept."""
        self.give_up_s = give_up_s
        """Time after which the viewers of a lost stream are refused."""
        self._converter = converter
        self._metadata = metadata
        self._feeds: dict[tuple[str, int, bool, bool], TopicFeed] = {}
        self._channels: dict[str, grpc.aio.Channel] = {}
        self._delivered_by_ended = 0
        self._counting = asyncio.create_task(self._count_viewers())

    def open(self, session_id: str, topic: int, *, live: bool = False, json: bool = False) -> TopicFeed:
        """The feed of a topic, opened if need be."""
        key = (session_id, topic, live, json)
        if key not in self._feeds:
            self._feeds[key] = TopicFeed(self, session_id, topic, live=live, json=json)
        return self._feeds[key]

    def discard(self, feed: TopicFeed) -> None:
        """Forgets a feed that has ended; does nothing for a forgotten one."""
        key = (feed.topic.session_id, feed.topic.topic, feed.live, feed.json)
        if self._feeds.get(key) is feed:
            del self._feeds[key]
            self._delivered_by_ended += feed.topic.delivered

    @property
    def streams(self) -> int:
        """Number of open streams."""
        return len(self._feeds)

    @property
    def delivered(self) -> int:
        """Frames written to viewers since the start."""
        return self._delivered_by_ended + sum(feed.topic.delivered for feed in self._feeds.values())

    @property
    def unsent_bytes(self) -> int:
        """Bytes that were written to viewers and that the kernel has not taken yet."""
        return sum(viewer.unsent_bytes for feed in self._feeds.values() for viewer in feed.topic.viewers)

    async def to_json(self, payload: bytes) -> bytes:
        """Converts a serialized ServerMessage. Raises Refused."""
        return await self._converter.json(ServerMessage.DESCRIPTOR.full_name, payload, patient=True)

    def open_stream(self, address: str, request: StreamGameStateRequest) -> StreamCall:
        """Opens a stream of serialized StreamGameStateResponses."""
        channel = self._channels.get(address)
        if channel is None:
            channel = self._channels[address] = connect(address, options=STREAM_CHANNEL, receive=LARGE_MESSAGE)
        call: OpenStream = channel.unary_stream(STREAM, StreamGameStateRequest.SerializeToString, None)
        return call(request, metadata=with_request_id(self._metadata))

    async def _count_viewers(self) -> None:
        while True:
            await asyncio.sleep(COUNT_INTERVAL_S)
            now = time.monotonic()
            for feed in self._feeds.values():
                feed.report_viewers(now)
                feed.request_missing()
                feed.notice_activity(now)
                if feed.live:
                    continue  # players have pings to hear
                topic = feed.topic
                sibling = self._feeds.get((topic.session_id, topic.topic, False, not feed.json))
                feed.announce_viewers(now, len(topic.viewers) + (len(sibling.topic.viewers) if sibling else 0))

    async def close(self) -> None:
        """Ends every stream."""
        self._counting.cancel()
        await asyncio.gather(self._counting, return_exceptions=True)
        for feed in list(self._feeds.values()):
            await feed.close()
        for channel in self._channels.values():
            await channel.close()
