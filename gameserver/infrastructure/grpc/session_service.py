"""SessionService over gRPC: thin, and raw where bytes are only passed on."""

from collections.abc import Callable
from typing import Any, Final

import grpc
from matchpoint.internal.v1.raw_pb2 import RawGetReplayResponse
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
from gameserver.infrastructure.grpc.play_stream import place_of
from gameserver.infrastructure.grpc.topic_follower import FeaturedFollower, TopicFollower
from gameserver.sessions.registry import SessionRegistry, session_unknown
from gameserver.sessions.session import LiveSession
from wire.access import serialized
from wire.constants import BRACKET_TOPIC
from wire.journal_file import JournalUnreadable
from wire.refusal import Reason, Refused

SERVICE: Final = DESCRIPTOR.services_by_name["SessionService"].full_name

Context = grpc.aio.ServicerContext[Any, Any]


class SessionService:
    """Sessions, for the backend, for gateways, and for operators."""

    def __init__(self, registry: SessionRegistry, created: Callable[[], None] = lambda: None) -> None:
        """`created` is called for each session that was made."""
        self._registry = registry
        self._created = created

    def add_to(self, server: grpc.aio.Server) -> None:
        """Register the methods. StreamGameState writes bytes that are serialized already."""
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

    def _session(self, session_id: str) -> LiveSession:
        session = self._registry.sessions.get(session_id)
        if session is None:
            if self._registry.knows(session_id):
                sentence = "This session is over; its result is in the records."
                raise Refused(Reason.REASON_SESSION_OVER, sentence, session_id=session_id)
            raise session_unknown(session_id)
        return session
