"""A game server on a real port that only does what a test tells it."""

import asyncio
from typing import Any

from matchpoint.v1 import session_pb2, session_pb2_grpc, tournament_pb2, tournament_pb2_grpc
from matchpoint.v1.refusal_pb2 import Reason

from tests.support.harnesses.backend import SERVICE_TOKEN
from wire.refusal import Refused
from wire.server import Server


class FakeGameServer(session_pb2_grpc.SessionServiceServicer, tournament_pb2_grpc.TournamentServiceServicer):
    """Takes sessions by the real contract, unless told to be full, to say no, or to let the answer get lost."""

    def __init__(self) -> None:
        self.sessions: dict[str, session_pb2.SessionSpec] = {}
        self.tournaments: dict[str, tournament_pb2.TournamentState] = {}
        self.acts: list[tournament_pb2.ActRequest] = []
        self.refuses: Refused | None = None
        self.full = False
        self.answers_lost = 0
        self.requests = 0
        self._server = Server(SERVICE_TOKEN, None)
        session_pb2_grpc.add_SessionServiceServicer_to_server(self, self._server.grpc)
        tournament_pb2_grpc.add_TournamentServiceServicer_to_server(self, self._server.grpc)
        self.address = ""

    async def start(self) -> None:
        port = await self._server.start(
            "127.0.0.1:0", ["matchpoint.v1.SessionService", "matchpoint.v1.TournamentService"]
        )
        self.address = f"127.0.0.1:{port}"

    async def stop(self) -> None:
        await self._server.stop(0)

    async def CreateSession(self, request: Any, context: Any) -> session_pb2.CreateSessionResponse:
        self.requests += 1
        if self.full:
            raise Refused(Reason.REASON_SERVER_FULL, "Full.")
        if self.refuses is not None:
            raise self.refuses
        known = self.sessions.setdefault(request.session_id, request.spec)
        if known != request.spec:
            raise Refused(Reason.REASON_SESSION_EXISTS, "Other contents.")
        if self.answers_lost:
            self.answers_lost -= 1
            await asyncio.Event().wait()
        return session_pb2.CreateSessionResponse(session=session_pb2.Session(session_id=request.session_id))

    async def GetSession(self, request: Any, context: Any) -> session_pb2.GetSessionResponse:
        if request.session_id not in self.sessions:
            raise Refused(Reason.REASON_SESSION_UNKNOWN, "Unknown.")
        spec = self.sessions[request.session_id]
        return session_pb2.GetSessionResponse(session=session_pb2.Session(session_id=request.session_id, spec=spec))

    async def GetTournament(self, request: Any, context: Any) -> tournament_pb2.GetTournamentResponse:
        if request.session_id not in self.tournaments:
            raise Refused(Reason.REASON_TOURNAMENT_UNKNOWN, "Unknown.")
        return tournament_pb2.GetTournamentResponse(state=self.tournaments[request.session_id])

    async def Act(self, request: Any, context: Any) -> tournament_pb2.ActResponse:
        if self.refuses is not None:
            raise self.refuses
        self.acts.append(request)
        return tournament_pb2.ActResponse()
