"""Puts the backend together: the only place that knows every part."""

import asyncio
from contextlib import suppress

from matchpoint.v1 import account_pb2, directory_pb2, fleet_pb2, friend_pb2, lobby_pb2, stats_pb2
from matchpoint.v1.account_pb2_grpc import add_AccountServiceServicer_to_server
from matchpoint.v1.directory_pb2_grpc import add_DirectoryServiceServicer_to_server
from matchpoint.v1.fleet_pb2_grpc import add_FleetServiceServicer_to_server
from matchpoint.v1.friend_pb2_grpc import add_FriendServiceServicer_to_server
from matchpoint.v1.lobby_pb2_grpc import add_LobbyServiceServicer_to_server
from matchpoint.v1.stats_pb2_grpc import add_StatsServiceServicer_to_server

from backend.adapters.account_service import AccountServicer
from backend.adapters.bus import LocalBus
from backend.adapters.clock import SystemClock
from backend.adapters.directory_service import DirectoryServicer
from backend.adapters.fleet_service import FleetServicer
from backend.adapters.friend_service import FriendServicer
from backend.adapters.game_servers import GrpcGameServers
from backend.adapters.lobby_service import LobbyServicer
from backend.adapters.passwords import ArgonPasswords
from backend.adapters.presence import LocalPresence
from backend.adapters.sql.database import Database
from backend.adapters.sql.store import SqlStore
from backend.adapters.stats_service import StatsServicer
from backend.config import Config
from backend.service.accounts.accounts import Accounts
from backend.service.accounts.credentials import Credentials
from backend.service.accounts.devices import Devices
from backend.service.accounts.sign_ins import SignIns
from backend.service.completion import CompletionRunner
from backend.service.periodic_jobs import PeriodicJobs
from backend.service.ports import Clock
from backend.service.privacy.deletion import Deletion
from backend.service.privacy.erasing import Erasing
from backend.service.privacy.exports import Exports
from backend.service.privacy.retention import Retention
from backend.service.reports.reconciler import SessionReconciler
from backend.service.reports.records import Records
from backend.service.rooms.lobby import Lobby
from backend.service.rooms.rooms import Rooms
from backend.service.sessions.directory import Directory
from backend.service.sessions.fleet import Fleet
from backend.service.sessions.invitations import Invitations
from backend.service.sessions.showcase import ShowcaseMatch
from backend.service.sessions.tickets import Tickets
from backend.service.sessions.tournaments import Tournaments
from backend.service.social.friend_feed import FriendFeed
from backend.service.social.friends import Friends
from wire.server import Server

GRACE_S = 1.5
"""How long calls that are running at the end may go on."""
SERVICES = tuple(
    module.DESCRIPTOR.services_by_name[name].full_name
    for module, name in (
        (account_pb2, "AccountService"),
        (directory_pb2, "DirectoryService"),
        (fleet_pb2, "FleetService"),
        (friend_pb2, "FriendService"),
        (lobby_pb2, "LobbyService"),
        (stats_pb2, "StatsService"),
    )
)


class Backend:
    """A whole backend in this process."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        self._config = config
        clock = clock or SystemClock()
        self.database = Database(config.database_url)
        self.store = SqlStore(self.database)
        self._game_servers = GrpcGameServers(config.service_token)
        self.bus = LocalBus()
        self._run_to_completion = run_to_completion = CompletionRunner()
        self._tickets = Tickets(self.store, clock)
        self._fleet = Fleet(self.store, clock)
        sign_ins = SignIns(self.store, clock, config.lifetimes)
        self._accounts = accounts = Accounts(self.store, clock, self.bus, sign_ins, config.limits)
        self._passwords = ArgonPasswords()
        devices = Devices(self.store, clock)
        passwords = Credentials(self.store, clock, accounts, self._passwords, sign_ins, devices)
        directory = Directory(
            self.store,
            clock,
            self._fleet,
            self._game_servers,
            self._tickets,
            accounts,
            self.bus,
            run_to_completion,
            config.limits,
        )
        invitations = Invitations(self.store, clock, self.bus)
        tournaments = Tournaments(self.store, clock, self._fleet, self._game_servers, invitations)
        self._rooms = Rooms(self.store, clock, self.bus, directory, self._tickets, tournaments, config.limits)
        presence = LocalPresence(clock, self.bus)
        friends = Friends(self.store, clock, self.bus, presence, config.limits)
        self._rolls = FriendFeed(self.store, self.bus, presence, friends)
        self.lobby = Lobby(
            accounts,
            sign_ins,
            self._rooms,
            friends,
            self._rolls,
            invitations,
            presence,
            self.bus,
            clock,
            run_to_completion,
            config.limits,
        )
        records = Records(self.store, clock, self._fleet, self._rooms, directory, invitations, run_to_completion)
        deletion = Deletion(self.store, clock, self.bus, accounts, passwords, self._rooms, tournaments, self.lobby)
        exports = Exports(self.store, clock, accounts, sign_ins, friends, records)
        reconciler = SessionReconciler(self.store, clock, self._fleet, self._game_servers, directory, self._rooms)
        showcase = (ShowcaseMatch(self.store, directory).ensure,) if config.house_match else ()
        self.periodic_jobs = PeriodicJobs(
            presence.sweep,
            self._accounts.refresh_voided_tickets,
            sign_ins.write_uses,
            self.lobby.end_old_sign_ins,
            self._rooms.sweep,
            self._rooms.start_due,
            reconciler.lose_silent,
            self._tickets.rotate,
            Erasing(self.store, clock).step,
            Retention(self.store, clock, self.bus, self.lobby.connected, config.keep_unplayed_days).step,
            *showcase,
        )
        self._fleet_servicer = FleetServicer(self._fleet, accounts, self._tickets, reconciler)
        self._server = Server(config.service_token, sign_ins)
        grpc = self._server.grpc
        add_AccountServiceServicer_to_server(
            AccountServicer(accounts, passwords, sign_ins, devices, deletion, exports, self.lobby, run_to_completion),
            grpc,
        )
        add_DirectoryServiceServicer_to_server(DirectoryServicer(directory, self._tickets, accounts, tournaments), grpc)
        add_FleetServiceServicer_to_server(self._fleet_servicer, grpc)
        add_FriendServiceServicer_to_server(FriendServicer(friends, run_to_completion), grpc)
        add_LobbyServiceServicer_to_server(LobbyServicer(self.lobby), grpc)
        add_StatsServiceServicer_to_server(StatsServicer(records), grpc)
        self._rounds: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Returns the port. Raises OSError (port, folder) or SQLAlchemyError (database)."""
        await self.database.open()
        await self._passwords.open()
        await self._tickets.open()
        await self._accounts.refresh_voided_tickets()
        await self._fleet.open()
        await self._rooms.drop_everybody()
        port = await self._server.start(f"{self._config.host}:{self._config.port}", SERVICES)
        self._rounds = asyncio.create_task(self.periodic_jobs.run())
        return port

    async def stop(self) -> None:
        """Ends the streams, lets running calls come to their end, and closes the database."""
        if self._rounds is not None:
            self._rounds.cancel()
            with suppress(asyncio.CancelledError):
                await self._rounds
        await self._server.drain()
        await self._rolls.stop()
        self.lobby.stop()
        self._fleet_servicer.stop()
        await self._server.stop(GRACE_S)
        await self._run_to_completion.settled()
        self._passwords.close()
        await self._game_servers.close()
        await self.database.close()
