"""TournamentService over gRPC."""

from typing import Any, Final

import grpc
from matchpoint.v1.tournament_pb2 import (
    DESCRIPTOR,
    ActRequest,
    ActResponse,
    GetTournamentRequest,
    GetTournamentResponse,
)

from gameserver.contract.replay import taken
from gameserver.contract.tournament_messages import put_entrant, tournament_message, warmed
from gameserver.contract.tournament_specs import act_of
from gameserver.sessions.registry import SessionRegistry
from gameserver.sessions.tournament.session import TournamentSession
from wire import ranges
from wire.refusal import Reason, Refused

SERVICE: Final = DESCRIPTOR.services_by_name["TournamentService"].full_name

Context = grpc.aio.ServicerContext[Any, Any]


class TournamentService:
    """Tournaments, for the backend."""

    def __init__(self, registry: SessionRegistry) -> None:
        self._registry = registry

    def add_to(self, server: grpc.aio.Server) -> None:
        """Register the methods."""
        handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
            "GetTournament": grpc.unary_unary_rpc_method_handler(
                self.get_tournament, GetTournamentRequest.FromString, GetTournamentResponse.SerializeToString
            ),
            "Act": grpc.unary_unary_rpc_method_handler(self.act, ActRequest.FromString, ActResponse.SerializeToString),
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))

    async def get_tournament(self, request: GetTournamentRequest, context: Context) -> GetTournamentResponse:
        ranges.check(request)
        await self._registry.ready(request.session_id)
        tournament = self._tournament(request.session_id)
        await taken(warmed(tournament.pairings(live=request.live)))
        return GetTournamentResponse(state=tournament_message(tournament.state(live=request.live)))

    async def act(self, request: ActRequest, context: Context) -> ActResponse:
        ranges.check(request)
        await self._registry.ready(request.session_id)
        tournament = self._tournament(request.session_id)
        line = await tournament.act(request.by_account_id, act_of(request.act))
        response = ActResponse()
        if line is not None:
            put_entrant(response.entrant, line)
        return response

    def _tournament(self, session_id: str) -> TournamentSession:
        session = self._registry.sessions.get(session_id)
        if isinstance(session, TournamentSession):
            return session
        if session is None and self._registry.knows(session_id):
            raise Refused(
                Reason.REASON_TOURNAMENT_OVER,
                "This tournament is over; its record is with the backend.",
                session_id=session_id,
            )
        raise Refused(
            Reason.REASON_TOURNAMENT_UNKNOWN, "There is no such tournament on this game server.", field="session_id"
        )
