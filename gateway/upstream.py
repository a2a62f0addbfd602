"""Topics and where they come from: one StreamGameState for each topic that anybody here watches."""

import asyncio
import random
import time

import grpc
import structlog
from matchpoint.v1.frames_pb2 import Position, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import StreamGameStateRequest

from gateway.converter import INLINE, Converter
from gateway.directory import Directory, refused_by
from gateway.encoding import FRAME_TAG, viewers_message
from gateway.fanout import Place, Topic, Viewer
from wire.channel import Metadata, connect
from wire.refusal import Refused
from wire.settings import LARGE_MESSAGE, STREAM_CHANNEL

log = structlog.get_logger("upstream")

OpenStream = grpc.aio.UnaryStreamMultiCallable[StreamGameStateRequest, bytes]
StreamCall = grpc.aio.UnaryStreamCall[StreamGameStateRequest, bytes]

STREAM = "/matchpoint.v1.SessionService/StreamGameState"
COUNT_EVERY_S = 1.0
QUIET_S = 3.0
"""Viewers hear something at least this often, so that a match that is paused does not sound like a dead connection."""
ANSWER_WITHIN_S = 2.0
NEW_FOR_S = 1.0
BACKOFF_S = (0.1, 1.0)
RENEW_AT_MOST_EVERY_S = 5.0
"""The game server learns how many watch through us when a stream is opened. So when that has changed by a quarter or
more, the stream is opened anew, from where it was."""


class Feed:
    """A topic with its stream. It runs until its topic is over, nobody watches, or its server is not found again."""

    def __init__(self, hub: "Hub", session_id: str, number: int, *, live: bool, json: bool) -> None:
        """`live` is without the spectators' delay: those who play or organise. They do not count as viewers.

        `json` is for those who want that: they have a stream of their own, so that nobody else waits for it to be made.
        """
        self.live = live
        self.json = json
        self.topic = Topic(session_id, number)
        # When viewers last heard something, as far as the hub's count has seen.
        self.heard_at = time.monotonic()
        self.heard_ordinal = 0
        self.counted = 0
        """How many viewers they were told that they are."""
        self._begun_at = time.monotonic()
        self._hub = hub
        self._address = ""
        self._call: StreamCall | None = None
        self._renewing = False
        self._opened_at = 0.0
        self._reported = 0
        self._asking: asyncio.Task[None] | None = None
        self._closing: asyncio.TimerHandle | None = None
        self._task = asyncio.create_task(self._run())

    def join(self, viewer: Viewer, after: Position | None) -> None:
        """Adds a viewer."""
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        self.topic.join(viewer, after)
        self.look()

    async def _text(self, payload: bytes) -> bytes | None:
        """The JSON of a message that is long, if this feed is for those who want that. Raises Refused."""
        return await self._hub.as_json(payload) if self.json and len(payload) > INLINE else None

    def leave(self, viewer: Viewer) -> None:
        """Removes a viewer; a while after the last one the stream is closed."""
        self.topic.leave(viewer)
        if not self.topic.viewers and self._closing is None:
            self._closing = asyncio.get_running_loop().call_later(self._hub.linger_s, self._expire)

    def _expire(self) -> None:
        self._hub.forget(self)
        self._task.cancel()

    def resume(self, viewer: Viewer) -> None:
        """A stalled viewer takes frames again."""
        self.topic.resume(viewer)
        self.look()

    def look(self) -> None:
        """Asks the game server for what somebody waits for: a snapshot, or what came since a place."""
        topic = self.topic
        if topic.ordinal and self._asking is None and (topic.wants_snapshot or topic.wanted_place):
            self._asking = asyncio.create_task(self._ask())

    def renew(self, now: float) -> None:
        """Opens the stream anew when the game server's idea of how many are watching is well off."""
        off = abs(len(self.topic.viewers) - self._reported)
        if self._call and off > self._reported // 4 and now - self._opened_at > RENEW_AT_MOST_EVERY_S:
            self._renewing = True
            self._call.cancel()

    async def _ask(self) -> None:
        """Asks until nobody waits, one question at a time."""
        topic = self.topic
        try:
            while topic.wants_snapshot or topic.wanted_place:
                if not await self._answered(None if topic.wants_snapshot else topic.wanted_place):
                    break
        finally:
            self._asking = None

    async def _answered(self, after: Place | None) -> bool:
        """One question, by a short stream beside the long one. Whether the server had an answer."""
        position = None if after is None else Position(epoch=after.epoch, seq=after.seq)
        call = self._hub.stream(self._address, self._request(position, viewers=0))
        heard: list[bytes] = []
        texts: dict[bytes, bytes] = {}
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                async for payload in call:
                    if payload[:1] == FRAME_TAG:
                        heard.append(payload)
                        text = await self._text(payload)
                        if text is not None:
                            texts[payload] = text
                        if self.topic.answer(after, heard, texts):
                            return True
        except (grpc.aio.AioRpcError, TimeoutError) as error:
            # The next frame asks again; a server that is gone is the long stream's business.
            log.info("no answer", session=self.topic.session_id, error=type(error).__name__)
        finally:
            call.cancel()
        return False

    async def _run(self) -> None:
        try:
            await self._follow()
            if self._asking is not None:
                await self._asking
            self.topic.end()
        except Refused as refused:
            self._hub.refuse(self.topic, refused)
        except Exception:
            log.exception("topic broke", session=self.topic.session_id)
            broken = Refused(Reason.REASON_UNSPECIFIED, "Something broke in the server; it has been logged.")
            self._hub.refuse(self.topic, broken)
        finally:
            if self._asking is not None:
                self._asking.cancel()
            self._hub.forget(self)

    async def _follow(self) -> None:
        """Streams until the topic is over. Raises Refused."""
        lost_at: float | None = None
        delay = BACKOFF_S[0]
        over = False
        while True:
            self._call, self._renewing = None, False
            try:
                # What was asked a moment ago is good for the first attempt only.
                location = await self._hub.directory.locate_or(
                    self._address, self.topic.session_id, fresh=delay > BACKOFF_S[0]
                )
                if location.over and not self.topic.ordinal:
                    raise Refused(Reason.REASON_SESSION_OVER, "The session is over; its result can be read.")
                self._address = location.address
                after = Position(epoch=self.topic.epoch, seq=self.topic.seq) if self.topic.ordinal else None
                self._reported, self._opened_at = len(self.topic.viewers), time.monotonic()
                self._call = self._hub.stream(self._address, self._request(after, self._reported))
                async for payload in self._call:
                    lost_at, delay = None, BACKOFF_S[0]
                    over = self.topic.publish(payload, await self._text(payload)) or over
                    self.look()
                # The server ends the stream of a topic that is over, and only that, with OK.
                return
            except asyncio.CancelledError:
                if not self._renewing or self._task.cancelling():
                    raise
                continue
            except grpc.aio.AioRpcError as error:
                if over:
                    return
                refused = refused_by(error)
            except Refused as reason:
                refused = reason
            if refused.reason not in self._passing():
                raise refused
            lost_at = lost_at or time.monotonic()
            if time.monotonic() - lost_at > self._hub.give_up_s:
                raise refused
            log.info("upstream lost", session=self.topic.session_id, reason=refused.sentence)
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))
            delay = min(2 * delay, BACKOFF_S[1])

    def _passing(self) -> tuple["Reason.ValueType", ...]:
        """The reasons for which it is tried again. A session is in the directory before its game server has it."""
        new = not self.topic.ordinal and time.monotonic() - self._begun_at < NEW_FOR_S
        passing = (Reason.REASON_SERVER_UNAVAILABLE, Reason.REASON_UNSPECIFIED)
        return (*passing, Reason.REASON_SESSION_UNKNOWN) if new else passing

    def _request(self, after: Position | None, viewers: int) -> StreamGameStateRequest:
        topic = self.topic
        return StreamGameStateRequest(
            session_id=topic.session_id,
            topic=topic.topic,
            after=after,
            viewers=0 if self.live else viewers,
            live=self.live,
        )

    async def close(self) -> None:
        """Ends the stream."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class Hub:
    """All topics that are watched here."""

    def __init__(
        self, directory: Directory, metadata: Metadata, converter: Converter, *, linger_s: float, give_up_s: float
    ) -> None:
        self.directory = directory
        self._converter = converter
        self.linger_s = linger_s
        self.give_up_s = give_up_s
        self._metadata = metadata
        self._feeds: dict[tuple[str, int, bool, bool], Feed] = {}
        self._channels: dict[str, grpc.aio.Channel] = {}
        self._counting = asyncio.create_task(self._count())
        self.delivered_before = 0

    def feed(self, session_id: str, topic: int, *, live: bool = False, json: bool = False) -> Feed:
        """The feed of a topic, opened if need be."""
        key = (session_id, topic, live, json)
        if key not in self._feeds:
            self._feeds[key] = Feed(self, session_id, topic, live=live, json=json)
        return self._feeds[key]

    def forget(self, feed: Feed) -> None:
        """The feed has ended."""
        key = (feed.topic.session_id, feed.topic.topic, feed.live, feed.json)
        if self._feeds.get(key) is feed:
            del self._feeds[key]
            self.delivered_before += feed.topic.delivered

    def refuse(self, topic: Topic, refused: Refused) -> None:
        """Tells everybody why a topic cannot be watched."""
        for viewer in list(topic.viewers):
            viewer.unwatchable(topic.topic, refused)

    @property
    def streams(self) -> int:
        """Streams that are open."""
        return len(self._feeds)

    @property
    def delivered(self) -> int:
        """Frames written to viewers since the start."""
        return self.delivered_before + sum(feed.topic.delivered for feed in self._feeds.values())

    @property
    def unsent(self) -> int:
        """Bytes that were written to viewers and that the kernel has not taken yet."""
        return sum(viewer.unsent for feed in self._feeds.values() for viewer in feed.topic.viewers)

    async def as_json(self, payload: bytes) -> bytes:
        """A serialized ServerMessage as JSON. Raises Refused."""
        return await self._converter.json(ServerMessage.DESCRIPTOR.full_name, payload, patient=True)

    def stream(self, address: str, request: StreamGameStateRequest) -> StreamCall:
        """A stream of serialized StreamGameStateResponses."""
        channel = self._channels.get(address)
        if channel is None:
            channel = self._channels[address] = connect(address, options=STREAM_CHANNEL, receive=LARGE_MESSAGE)
        call: OpenStream = channel.unary_stream(STREAM, StreamGameStateRequest.SerializeToString, None)
        return call(request, metadata=self._metadata)

    async def _count(self) -> None:
        """Tells viewers how many they are: when it has changed, at most once a second, and when all is quiet."""
        while True:
            await asyncio.sleep(COUNT_EVERY_S)
            now = time.monotonic()
            for feed in self._feeds.values():
                feed.renew(now)
                feed.look()
                topic = feed.topic
                if topic.ordinal != feed.heard_ordinal:
                    feed.heard_ordinal, feed.heard_at = topic.ordinal, now
                if feed.live:
                    continue  # players have pings to hear
                beside = self._feeds.get((topic.session_id, topic.topic, False, not feed.json))
                count = len(topic.viewers) + (len(beside.topic.viewers) if beside else 0)
                if topic.count_changed or count != feed.counted or now - feed.heard_at >= QUIET_S:
                    topic.count_changed, feed.counted = False, count
                    feed.heard_at = now
                    topic.tell(viewers_message(topic.topic, count).SerializeToString())

    async def close(self) -> None:
        """Ends every stream."""
        self._counting.cancel()
        await asyncio.gather(self._counting, return_exceptions=True)
        for feed in list(self._feeds.values()):
            await feed.close()
        for channel in self._channels.values():
            await channel.close()
