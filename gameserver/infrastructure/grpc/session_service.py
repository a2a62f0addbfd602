"""SessionService over gRPC: thin, and raw where bytes are only passed on."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import grpc
from matchpoint.v1.raw_pb2 import RawGetReplayResponse, RawPlayRequest
from matchpoint.v1.session_pb2 import (
    DESCRIPTOR,
    CreateSessionRequest,
    CreateSessionResponse,
    EndSessionRequest,
    EndSessionResponse,
    GetReplayRequest,
    GetSessionRequest,
    GetSessionResponse,
    StreamGameStateRequest,
)

from gameserver.contract.replay import replay, taken
from gameserver.contract.sessions import session_message
from gameserver.contract.specs import filled
from gameserver.contract.tournament_messages import warmed
from gameserver.infrastructure.grpc.play_stream import PlayStreams, place_of
from gameserver.infrastructure.grpc.topic_follower import FeaturedFollower, TopicFollower
from gameserver.sessions.registry import SessionRegistry, session_unknown
from gameserver.sessions.session import LiveSession
from gameserver.streaming.connection import GatewayStream, restarting
from wire.access import MALFORMED, malformed, serialized
from wire.constants import BRACKET_TOPIC
from wire.journal_file import JournalUnreadable
from wire.refusal import Reason, Refused

SERVICE: Final = DESCRIPTOR.services_by_name["SessionService"].full_name
SILENCE_MOST_S: Final = 1.0
"""The longest silence of a Play stream, seconds: to a gateway two seconds of it mean that the stream is dead."""

Context = grpc.aio.ServicerContext[Any, Any]


class SessionService:
    """Sessions, for the backend and for gateways."""

    def __init__(
        self, registry: SessionRegistry, play: PlayStreams, created: Callable[[], None] = lambda: None
    ) -> None:
        """`created` is called for each session that was made."""
        self._registry = registry
        self._created = created
        self._play = play
        self._streams: set[asyncio.Event] = set()
        self._ending = False

    def end_streams(self) -> None:
        """End every Play stream with UNAVAILABLE, once its queue is written: gateways attach again."""
        self._ending = True
        for news in self._streams:
            news.set()

    async def keep_alive(self) -> None:
        """Have every Play stream write something every second, if only an empty response, until cancelled."""
        while True:
            await asyncio.sleep(SILENCE_MOST_S)
            for news in self._streams:
                news.set()

    def add_to(self, server: grpc.aio.Server) -> None:
        """Register the methods. Play and StreamGameState write bytes that are serialized already."""
        handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
            "CreateSession": grpc.unary_unary_rpc_method_handler(
                self.create_session,
                CreateSessionRequest.FromString,
                CreateSessionResponse.SerializeToString,
            ),
            "GetSession": grpc.unary_unary_rpc_method_handler(
                self.get_session, GetSessionRequest.FromString, GetSessionResponse.SerializeToString
            ),
            "EndSession": grpc.unary_unary_rpc_method_handler(
                self.end_session, EndSessionRequest.FromString, EndSessionResponse.SerializeToString
            ),
            "GetReplay": grpc.unary_unary_rpc_method_handler(
                self.get_replay, GetReplayRequest.FromString, RawGetReplayResponse.SerializeToString
            ),
            "StreamGameState": grpc.unary_stream_rpc_method_handler(
                self.stream_game_state, StreamGameStateRequest.FromString, None
            ),
            "Play": grpc.stream_stream_rpc_method_handler(self.play, RawPlayRequest.FromString, None),
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))

    async def create_session(self, request: CreateSessionRequest, context: Context) -> CreateSessionResponse:
        spec = filled(request.spec, self._registry.context.timing)
        session = await self._registry.create(request.session_id, spec)
        self._created()
        return CreateSessionResponse(session=session_message(session))

    async def get_session(self, request: GetSessionRequest, context: Context) -> GetSessionResponse:
        await self._registry.ready(request.session_id)
        return GetSessionResponse(session=session_message(self._registry.must_find(request.session_id)))

    async def end_session(self, request: EndSessionRequest, context: Context) -> EndSessionResponse:
        await self._registry.ready(request.session_id)
        return EndSessionResponse(session=session_message(await self._registry.end(request.session_id)))

    async def get_replay(self, request: GetReplayRequest, context: Context) -> RawGetReplayResponse:
        await self._registry.ready(request.session_id)
        try:
            response: RawGetReplayResponse = serialized(
                await taken(replay(self._registry.journal(request.session_id, request.match)))
            )
            return response
        except JournalUnreadable as error:
            raise Refused(Reason.REASON_RECORD_UNKNOWN, "This journal is damaged and cannot be read.") from error

    async def stream_game_state(self, request: StreamGameStateRequest, context: Context) -> None:
        if request.viewers:  # asked by a gateway, and not for debugging
            self._registry.set_reachable(True)
        await self._registry.ready(request.session_id)
        session = self._session(request.session_id)
        if session.spec.is_tournament and request.topic == BRACKET_TOPIC:
            await taken(warmed(session.pairings(live=request.live)))
        watched = session.watchable(request.topic, live=request.live)
        after = place_of(request.after) if request.HasField("after") else None
        following = TopicFollower(watched, request.viewers, after)
        featured = FeaturedFollower(session, request) if request.featured and request.topic == 0 else None
        topic, clock = watched.topic, self._registry.context.clock
        try:
            while True:
                news = topic.news
                if await following.tell(context.write, clock):
                    continue
                if topic.over:
                    return
                # Only now, so that nothing is missed of what was announced before.
                if topic.failed:
                    raise topic.failed
                if featured is None:
                    await news.wait()
                else:
                    await featured.tell_until(news, context.write, clock)
        finally:
            following.close()
            if featured:
                featured.close()

    async def play(self, requests: Any, context: Context) -> None:
        await self._play.can_begin()
        news = asyncio.Event()
        stream = GatewayStream(self._registry.context.codec, lambda: self._registry.dispatcher.wake(news.set))
        self._play.begin(stream)
        reader = asyncio.ensure_future(self._read(stream, context))
        writer = asyncio.ensure_future(self._write(stream, news, context))
        self._streams.add(news)
        if self._ending:
            news.set()
        try:
            await asyncio.wait((reader, writer), return_when=asyncio.FIRST_COMPLETED)
            for task in (reader, writer):
                if task.done():
                    task.result()
        finally:
            self._streams.discard(news)
            reader.cancel()
            writer.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)
            self._play.lose(stream)

    async def _read(self, stream: GatewayStream, context: Context) -> None:
        on_message, clock = self._play.on_message, self._registry.context.clock
        while True:
            request = await context.read()
            if request is grpc.aio.EOF:
                return
            if request is MALFORMED:
                raise malformed()
            on_message(stream, request, clock())

    async def _write(self, stream: GatewayStream, news: asyncio.Event, context: Context) -> None:
        clock = self._registry.context.clock
        while True:
            await news.wait()
            news.clear()
            if stream.overflowed:
                raise Refused(Reason.REASON_TOO_MANY, "The gateway does not read what it is sent; open a new stream.")
            await context.write(stream.take(clock()))
            if self._ending:
                raise restarting()

    def _session(self, session_id: str) -> LiveSession:
        session = self._registry.sessions.get(session_id)
        if session is None:
            if self._registry.knows(session_id):
                sentence = "This session is over; its result is in the records."
                raise Refused(Reason.REASON_SESSION_OVER, sentence, session_id=session_id)
            raise session_unknown(session_id)
        return session
