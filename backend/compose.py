"""Composition of the backend: the only place that knows every part."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from backend.adapters.account_service import AccountServicer
from backend.adapters.clock import SystemClock
from backend.adapters.directory_service import DirectoryServicer
from backend.adapters.entry_service import EntryServicer
from backend.adapters.fleet_service import FleetServicer
from backend.adapters.friend_service import FriendServicer
from backend.adapters.game_servers import GrpcGameServers
from backend.adapters.lobby_service import LobbyServicer
from backend.adapters.passwords import ArgonPasswords
from backend.adapters.report_service import ReportServicer
from backend.adapters.services import SERVICES, register
from backend.adapters.sql.database import WAIT_S, Database
from backend.adapters.sql.store import SqlStore
from backend.adapters.stats_service import StatsServicer
from backend.config import Config
from backend.contract.records import replay_message
from backend.contract.rulesets import usual_ruleset
from backend.contract.session_specs import tournament_terms
from backend.service.accounts.accounts import Accounts
from backend.service.accounts.credentials import REGISTRATIONS, TRIES_PER_ADDRESS, Credentials
from backend.service.accounts.devices import Devices
from backend.service.accounts.sign_ins import SignIns
from backend.service.bus import Bus
from backend.service.completion import CompletionRunner
from backend.service.periodic_jobs import PeriodicJobs
from backend.service.ports import Clock, GameServers, Passwords, Store
from backend.service.privacy.deletion import Deletion
from backend.service.privacy.erasing import Erasing
from backend.service.privacy.exports import PAGE_SIZE, Exports
from backend.service.privacy.retention import Retention
from backend.service.reports.reconciler import SessionReconciler
from backend.service.reports.records import PAGE_ROWS_MAX, Records
from backend.service.rooms.announcements import RoomAnnouncer
from backend.service.rooms.limits import RoomLimits
from backend.service.rooms.lobby import Lobby
from backend.service.rooms.rooms import Rooms
from backend.service.rooms.session_lifecycle import SessionLifecycle
from backend.service.rooms.transitions import RoomTransitions
from backend.service.sessions.directory import Directory
from backend.service.sessions.fleet import PATIENCE_S, Fleet
from backend.service.sessions.invitations import Invitations
from backend.service.sessions.showcase import ShowcaseMatch
from backend.service.sessions.tickets import Tickets
from backend.service.sessions.tournaments import Tournaments
from backend.service.social.friend_feed import INTERVAL_S, RETRY_S, FriendFeed
from backend.service.social.friends import Friends
from backend.service.social.presence import Presence
from wire.server import Server

GRACE_S: Final = 1.5
"""Seconds for which calls that are running at the end may go on."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """Values that are no settings of an operator: tests have less time than people, and smaller lists."""

    database_wait_s: float = WAIT_S
    """Longest wait for a connection, the other writers, or an answer of the database; then the call is refused."""
    game_server_wait_s: float = PATIENCE_S
    """Longest wait for a game server that accepts sessions; then a start is refused."""
    friend_lists_s: float = INTERVAL_S
    """Time in which changes of friend lists are combined."""
    friend_lists_retry_s: float = RETRY_S
    """Wait after friend lists could not be read."""
    tries_per_address: int = TRIES_PER_ADDRESS
    """Passwords that may be tried at once from one address."""
    registrations: int = REGISTRATIONS
    """Accounts that may be made at once from one address."""
    page_rows_max: int = PAGE_ROWS_MAX
    """Rows that are looked at for one page of matches."""
    export_page_size: int = PAGE_SIZE
    """Matches of one page of an export."""


USUAL: Final = Tuning()


class Services:
    """Use cases of one backend, wired together over a store: everything but the database and the port.

    A running backend and the tests are composed here, so that they cannot drift apart.
    """

    def __init__(
        self,
        config: Config,
        store: Store,
        clock: Clock,
        game_servers: GameServers,
        passwords: Passwords,
        tuning: Tuning = USUAL,
    ) -> None:
        limits = config.limits
        self.store = store
        self.bus = Bus()
        self.run_to_completion = run_to_completion = CompletionRunner()
        self.tickets = Tickets(store, clock)
        self.fleet = Fleet(store, clock, tuning.game_server_wait_s)
        self.sign_ins = SignIns(store, clock, config.lifetimes)
        self.devices = Devices(store, clock)
        self.accounts = Accounts(store, clock, self.bus, self.sign_ins, limits)
        self.credentials = Credentials(
            store,
            clock,
            self.accounts,
            passwords,
            self.sign_ins,
            self.devices,
            tuning.tries_per_address,
            tuning.registrations,
        )
        self.directory = Directory(
            store, clock, self.fleet, game_servers, self.tickets, self.accounts, self.bus, run_to_completion, limits
        )
        self.invitations = Invitations(store, clock, self.bus)
        self.tournaments = Tournaments(store, clock, self.fleet, game_servers, self.invitations)
        announcer = RoomAnnouncer(store, clock, self.bus)
        transitions = RoomTransitions(store, announcer, self.tournaments)
        room_limits = RoomLimits(limits, clock)
        self.rooms = Rooms(store, clock, self.bus, transitions, announcer, room_limits)
        self.lifecycle = SessionLifecycle(
            store, clock, self.bus, transitions, announcer, room_limits, self.directory, self.tickets, tournament_terms
        )
        self.presence = Presence(clock, self.bus)
        self.friends = Friends(store, clock, self.bus, self.presence, limits)
        self.friend_feed = FriendFeed(
            store, self.bus, self.presence, self.friends, tuning.friend_lists_s, tuning.friend_lists_retry_s
        )
        self.lobby = Lobby(
            self.accounts,
            self.sign_ins,
            self.rooms,
            self.lifecycle,
            self.friends,
            self.friend_feed,
            self.invitations,
            self.presence,
            self.bus,
            clock,
            run_to_completion,
            limits,
        )
        self.records = Records(
            store,
            clock,
            self.fleet,
            self.lifecycle,
            self.directory,
            self.invitations,
            run_to_completion,
            replay_message,
            tuning.page_rows_max,
        )
        self.deletion = Deletion(
            store, clock, self.bus, self.accounts, self.credentials, self.rooms, self.tournaments, self.lobby
        )
        self.exports = Exports(
            store, clock, self.accounts, self.sign_ins, self.friends, self.records, tuning.export_page_size
        )
        self.erasing = Erasing(store, clock)
        self.retention = Retention(store, clock, self.bus, self.lobby.connected, config.keep_unplayed_days)
        self.showcase = ShowcaseMatch(store, self.directory, usual_ruleset())
        self.reconciler = SessionReconciler(store, clock, self.fleet, game_servers, self.directory, self.lifecycle)
        self.periodic_jobs = PeriodicJobs(
            self.presence.sweep,
            self.accounts.refresh_voided_tickets,
            self.sign_ins.write_uses,
            self.lobby.end_old_sign_ins,
            self.rooms.sweep,
            self.lifecycle.start_due,
            self.reconciler.lose_silent,
            self.tickets.rotate,
            self.erasing.step,
            self.retention.step,
            *((self.showcase.ensure,) if config.house_match else ()),
        )

    async def open(self) -> None:
        """Reads the state that is kept in memory, before the first call. Raises SQLAlchemyError or Refused."""
        await self.tickets.open()
        await self.accounts.refresh_voided_tickets()
        await self.fleet.open()
        await self.rooms.drop_everybody()


class Backend:
    """A whole backend in this process: a database, the services over it, and a gRPC port."""

    def __init__(self, config: Config, tuning: Tuning = USUAL) -> None:
        self._config = config
        self._database = Database(config.database_url, tuning.database_wait_s)
        self._game_servers = GrpcGameServers(config.service_token)
        self._passwords = ArgonPasswords()
        self.services = services = Services(
            config, SqlStore(self._database), SystemClock(), self._game_servers, self._passwords, tuning
        )
        self._fleet_servicer = FleetServicer(services.fleet, services.accounts, services.tickets, services.reconciler)
        self._server = Server(config.service_token, services.sign_ins)
        register(
            self._server.grpc,
            AccountServicer(
                services.accounts,
                services.credentials,
                services.sign_ins,
                services.devices,
                services.deletion,
                services.exports,
                services.lobby,
                services.run_to_completion,
            ),
            DirectoryServicer(services.directory, services.tournaments),
            EntryServicer(services.directory, services.tickets, services.accounts),
            self._fleet_servicer,
            FriendServicer(services.friends, services.run_to_completion),
            LobbyServicer(services.lobby),
            ReportServicer(services.records, services.fleet),
            StatsServicer(services.records),
        )
        self._jobs: asyncio.Task[None] | None = None
        self.calls = self._server.calls
        self.database_durations = self._database.durations

    async def start(self) -> int:
        """Returns the port. Raises OSError (port, folder) or SQLAlchemyError (database)."""
        await self._database.open()
        await self._passwords.open()
        await self.services.open()
        port = await self._server.start(f"{self._config.host}:{self._config.port}", SERVICES)
        self._jobs = asyncio.create_task(self.services.periodic_jobs.run())
        return port

    async def stop(self) -> None:
        """Ends the streams, lets running calls come to their end, and closes the database."""
        if self._jobs is not None:
            self._jobs.cancel()
            with suppress(asyncio.CancelledError):
                await self._jobs
        await self._server.drain()
        await self.services.friend_feed.stop()
        self.services.lobby.stop()
        self._fleet_servicer.stop()
        await self._server.stop(GRACE_S)
        await self.services.run_to_completion.settled()
        self._passwords.close()
        await self._game_servers.close()
        await self._database.close()
