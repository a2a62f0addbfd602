"""DirectoryService over gRPC."""

import grpc
from matchpoint.v1 import directory_pb2, directory_pb2_grpc

from backend.contract.directory import live_page_message, tournament_page_message
from backend.contract.session_requests import session_request
from backend.contract.tickets import entry_message
from backend.contract.tournament_acts import tournament_act, tournament_state_message
from backend.service.sessions.directory import Directory
from backend.service.sessions.tournaments import Tournaments
from wire.access import caller
from wire.ranges import check


class DirectoryServicer(directory_pb2_grpc.DirectoryServiceServicer):
    def __init__(self, directory: Directory, tournaments: Tournaments) -> None:
        self._directory = directory
        self._tournaments = tournaments

    async def StartSession(
        self,
        request: directory_pb2.StartSessionRequest,
        context: grpc.aio.ServicerContext[directory_pb2.StartSessionRequest, directory_pb2.StartSessionResponse],
    ) -> directory_pb2.StartSessionResponse:
        check(request)
        who = caller()
        entry = await self._directory.start_session(who.account_id, session_request(request), who.address)
        return directory_pb2.StartSessionResponse(entry=entry_message(entry))

    async def ListSessions(
        self,
        request: directory_pb2.ListSessionsRequest,
        context: grpc.aio.ServicerContext[directory_pb2.ListSessionsRequest, directory_pb2.ListSessionsResponse],
    ) -> directory_pb2.ListSessionsResponse:
        check(request)
        page = await self._directory.list_live(request.page_size, request.page_token)
        return live_page_message(page)

    async def ListTournaments(
        self,
        request: directory_pb2.ListTournamentsRequest,
        context: grpc.aio.ServicerContext[directory_pb2.ListTournamentsRequest, directory_pb2.ListTournamentsResponse],
    ) -> directory_pb2.ListTournamentsResponse:
        check(request)
        page = await self._tournaments.listed(request.page_size, request.page_token)
        return tournament_page_message(page)

    async def ReadTournament(
        self,
        request: directory_pb2.ReadTournamentRequest,
        context: grpc.aio.ServicerContext[directory_pb2.ReadTournamentRequest, directory_pb2.ReadTournamentResponse],
    ) -> directory_pb2.ReadTournamentResponse:
        check(request)
        return directory_pb2.ReadTournamentResponse(
            state=tournament_state_message(await self._tournaments.read(request.session_id))
        )

    async def ActOnTournament(
        self,
        request: directory_pb2.ActOnTournamentRequest,
        context: grpc.aio.ServicerContext[directory_pb2.ActOnTournamentRequest, directory_pb2.ActOnTournamentResponse],
    ) -> directory_pb2.ActOnTournamentResponse:
        invited = await self._tournaments.act(caller().account_id, request.session_id, tournament_act(request.act))
        return directory_pb2.ActOnTournamentResponse(invited=invited)

    async def AnswerInvitation(
        self,
        request: directory_pb2.AnswerInvitationRequest,
        context: grpc.aio.ServicerContext[
            directory_pb2.AnswerInvitationRequest, directory_pb2.AnswerInvitationResponse
        ],
    ) -> directory_pb2.AnswerInvitationResponse:
        check(request)
        account_id = caller().account_id
        await self._tournaments.answer(account_id, request.session_id, accept=request.accept)
        if not request.accept:
            return directory_pb2.AnswerInvitationResponse()
        entry = await self._directory.issue_ticket(account_id, request.session_id)
        return directory_pb2.AnswerInvitationResponse(entry=entry_message(entry))

    async def IssueTicket(
        self,
        request: directory_pb2.IssueTicketRequest,
        context: grpc.aio.ServicerContext[directory_pb2.IssueTicketRequest, directory_pb2.IssueTicketResponse],
    ) -> directory_pb2.IssueTicketResponse:
        entry = await self._directory.issue_ticket(caller().account_id, request.session_id)
        return directory_pb2.IssueTicketResponse(entry=entry_message(entry))
