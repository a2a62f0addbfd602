"""Registration of the servicers with a gRPC server."""

from typing import Final

import grpc
from matchpoint.internal.v1 import entry_pb2, fleet_pb2, report_pb2
from matchpoint.internal.v1.entry_pb2_grpc import add_EntryServiceServicer_to_server
from matchpoint.internal.v1.fleet_pb2_grpc import add_FleetServiceServicer_to_server
from matchpoint.internal.v1.report_pb2_grpc import add_ReportServiceServicer_to_server
from matchpoint.v1 import account_pb2, directory_pb2, friend_pb2, lobby_pb2, stats_pb2
from matchpoint.v1.account_pb2_grpc import add_AccountServiceServicer_to_server
from matchpoint.v1.directory_pb2_grpc import add_DirectoryServiceServicer_to_server
from matchpoint.v1.friend_pb2_grpc import add_FriendServiceServicer_to_server
from matchpoint.v1.lobby_pb2_grpc import add_LobbyServiceServicer_to_server
from matchpoint.v1.stats_pb2_grpc import add_StatsServiceServicer_to_server

from backend.adapters.account_service import AccountServicer
from backend.adapters.directory_service import DirectoryServicer
from backend.adapters.entry_service import EntryServicer
from backend.adapters.fleet_service import FleetServicer
from backend.adapters.friend_service import FriendServicer
from backend.adapters.lobby_service import LobbyServicer
from backend.adapters.report_service import ReportServicer
from backend.adapters.stats_service import StatsServicer

SERVICES: Final = tuple(
    module.DESCRIPTOR.services_by_name[name].full_name
    for module, name in (
        (account_pb2, "AccountService"),
        (directory_pb2, "DirectoryService"),
        (entry_pb2, "EntryService"),
        (fleet_pb2, "FleetService"),
        (friend_pb2, "FriendService"),
        (lobby_pb2, "LobbyService"),
        (report_pb2, "ReportService"),
        (stats_pb2, "StatsService"),
    )
)
"""Full names of the services of the backend."""


def register(
    server: grpc.aio.Server,
    accounts: AccountServicer,
    directory: DirectoryServicer,
    entry: EntryServicer,
    fleet: FleetServicer,
    friends: FriendServicer,
    lobby: LobbyServicer,
    reports: ReportServicer,
    stats: StatsServicer,
) -> None:
    """Adds the servicers to a server that has not started."""
    add_AccountServiceServicer_to_server(accounts, server)
    add_DirectoryServiceServicer_to_server(directory, server)
    add_EntryServiceServicer_to_server(entry, server)
    add_FleetServiceServicer_to_server(fleet, server)
    add_FriendServiceServicer_to_server(friends, server)
    add_LobbyServiceServicer_to_server(lobby, server)
    add_ReportServiceServicer_to_server(reports, server)
    add_StatsServiceServicer_to_server(stats, server)
