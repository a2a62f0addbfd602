"""EntryService over gRPC."""

import grpc
from matchpoint.internal.v1 import entry_pb2, entry_pb2_grpc

from backend.contract.directory import location_message
from backend.contract.tickets import key_messages
from backend.service.accounts.accounts import Accounts
from backend.service.sessions.directory import Directory
from backend.service.sessions.tickets import Tickets
from wire.constants import TICKET_LIFETIME_S


class EntryServicer(entry_pb2_grpc.EntryServiceServicer):
    def __init__(self, directory: Directory, tickets: Tickets, accounts: Accounts) -> None:
        self._directory = directory
        self._tickets = tickets
        self._accounts = accounts

    async def LocateSession(
        self,
        request: entry_pb2.LocateSessionRequest,
        context: grpc.aio.ServicerContext[entry_pb2.LocateSessionRequest, entry_pb2.LocateSessionResponse],
    ) -> entry_pb2.LocateSessionResponse:
        return location_message(await self._directory.locate(request.session_id))

    async def GetTicketKeys(
        self,
        request: entry_pb2.GetTicketKeysRequest,
        context: grpc.aio.ServicerContext[entry_pb2.GetTicketKeysRequest, entry_pb2.GetTicketKeysResponse],
    ) -> entry_pb2.GetTicketKeysResponse:
        return entry_pb2.GetTicketKeysResponse(
            keys=key_messages(self._tickets.keys), voided_until_unix_ms=self._accounts.voided_within(TICKET_LIFETIME_S)
        )
