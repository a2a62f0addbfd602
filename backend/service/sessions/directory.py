"""The session directory: starts sessions, says where they are, and who may enter."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from typing import Final, TypeVar

from backend.core.admission import AdmissionLimits, NotAdmitted, RefusalCode, admit
from backend.service.accounts import tokens
from backend.service.accounts.accounts import Accounts, clean_name
from backend.service.bus import Bus
from backend.service.completion import CompletionRunner
from backend.service.limits import Allowance, Limits
from backend.service.models import Account, SessionRecord, Stage
from backend.service.page_tokens import key_of, token_of
from backend.service.ports import Clock, GameServers, SessionNotCreated, Store, Unit
from backend.service.session_specs import Origin, SeatSpec, SessionSpec
from backend.service.sessions.fleet import Fleet, NoServerAccepting, SessionBrief, full, unavailable
from backend.service.sessions.latency_history import KnownLatency, known_latencies
from backend.service.sessions.requests import BotDuel, LocalDuel, SessionRequest
from backend.service.sessions.session_spec import bot_seat, session_spec
from backend.service.sessions.tickets import Entry, Tickets, seats_of
from backend.service.sessions.tournament_spec import local_tournament
from backend.service.sessions.tournaments import organiser
from wire.limits import Buckets
from wire.refusal import Reason, Refused

T = TypeVar("T")

PAGE: Final = 20
STARTS_AT_ONCE: Final = 20
STARTS_PER_S: Final = 0.5
ACCOUNTS: Final = 4_096
"""Sessions without a room that one account may start at once, and in the long run; how many accounts are remembered."""
DEFAULT_RIGHT_NAME: Final = "Player 2"
REFUSALS: Final = {
    RefusalCode.ACCOUNT: (
        Reason.REASON_TOO_MANY,
        "You have as many matches on as one person may; finish one of them, or wait until it is let go.",
    ),
    RefusalCode.ADDRESS: (
        Reason.REASON_TOO_MANY,
        "As many matches are on from your network as may be; try again when one of them has ended.",
    ),
    RefusalCode.SHORT: (
        Reason.REASON_SERVER_FULL,
        "The game servers are nearly full, and what is left is for people who have no match yet; try again later.",
    ),
}


@dataclass(frozen=True, slots=True)
class SessionLocation:
    """Game server of a session, and who may enter it."""

    server: str
    address: str
    """host:port."""
    epoch: int
    over: bool
    public: bool
    """True if it may be watched without a ticket."""
    tournament: bool
    organiser_account_id: str


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session in the public list. `brief` is missing until its game server has spoken of it."""

    record: SessionRecord
    brief: SessionBrief | None


@dataclass(frozen=True, slots=True)
class LivePage:
    """A page of the public list; `next_page_token` is empty on the last one."""

    sessions: Sequence[LiveSession]
    next_page_token: str


class Directory:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        fleet: Fleet,
        game_servers: GameServers,
        tickets: Tickets,
        accounts: Accounts,
        bus: Bus,
        run_to_completion: CompletionRunner,
        limits: Limits,
    ) -> None:
        self._store = store
        self._clock = clock
        self._fleet = fleet
        self._game_servers = game_servers
        self._tickets = tickets
        self._accounts = accounts
        self._bus = bus
        self._run_to_completion = run_to_completion
        self._starts = Buckets(STARTS_AT_ONCE, STARTS_PER_S, ACCOUNTS)
        self._starts_from = Allowance(
            limits.starts_per_address,
            clock,
            "Many matches were started from your network just now; wait a few seconds and try again.",
        )
        self._most = AdmissionLimits(limits.sessions_per_account, limits.places_per_address)

    async def start_session(self, account_id: str, request: SessionRequest | Refused, address: str = "") -> Entry:
        """Starts a session against a bot, or of people at one keyboard. Raises Refused, also that of the request."""
        if not self._starts.take(account_id, self._clock.monotonic_s()):
            raise Refused(Reason.REASON_TOO_MANY, "You have started many matches at once; play one of them first.")
        self.count_start(address)
        account = await self._accounts.get(account_id)
        if isinstance(request, Refused):
            raise request
        spec = _spec(account, request)
        local = spec.origin is Origin.LOCAL
        session = await self.when_accepting(
            lambda: self._run_to_completion(self._start_own(spec, account_id, address, listed=not local))
        )
        return self._tickets.entry(session, account_id, account.name)

    async def _start_own(self, spec: SessionSpec, account_id: str, address: str, *, listed: bool) -> SessionRecord:
        async with self._store.write() as unit:
            await self.admit(unit, spec, account_id, address)
            session = self.new_session(spec, listed=listed, account_id=account_id, address=address)
            await unit.directory.add(session)
        await self.create(session)
        return session

    async def latencies(self, addresses: Mapping[str, str]) -> dict[str, KnownLatency]:
        """Latency that is believed of the players-to-be, by account."""
        async with self._store.read() as unit:
            return await known_latencies(unit, addresses, self._fleet.network_key, self._clock.unix_ms())

    async def admit(self, unit: Unit, spec: SessionSpec, account_id: str, address: str) -> None:
        """Returns when the account may have places for this session, in the transaction that adds it. Raises Refused.

        Entrants of a tournament bring their own: what counts for who starts it are the places beyond theirs.
        """
        people = len({seat.account_id for seat in spec.seats if seat.account_id})
        wanted = max(1, spec.matches_at_once - people // 2) if spec.tournament else 1
        try:
            admit(await unit.directory.usage_of(account_id, address), wanted, self._most, *self._fleet.left())
        except NotAdmitted as refused:
            raise Refused(*REFUSALS[refused.code]) from None

    def count_start(self, address: str) -> None:
        """Counts the start of a session from an address. Raises Refused (TOO_MANY)."""
        self._starts_from.take(address)

    async def when_accepting(self, start: Callable[[], Awaitable[T]]) -> T:
        """Calls `start` when a game server accepts sessions, after a short wait if need be, and returns its result.

        The last one may stop taking any before `start` has come to its choice; then it is waited for once more.
        """
        await self._fleet.wait_until_accepting()
        try:
            return await start()
        except NoServerAccepting:
            await self._fleet.wait_until_accepting()
            return await start()

    def new_session(
        self,
        spec: SessionSpec,
        *,
        listed: bool,
        account_id: str = "",
        room_code: str = "",
        session_id: str = "",
        address: str = "",
    ) -> SessionRecord:
        """A new session on the least loaded game server, not yet committed. Raises Refused when none takes it."""
        return SessionRecord(
            session_id=session_id or tokens.new_session_id(),
            server=self._fleet.choose(spec.matches_at_once),
            spec=replace(spec, public=listed),
            listed=listed,
            open_view=True,
            account_id=account_id,
            room_code=room_code,
            created_ms=self._clock.unix_ms(),
            address=address,
        )

    async def start(self, session: SessionRecord) -> None:
        """Commits a session and has it created. Raises Refused; then it is closed as lost."""
        await self._run_to_completion(self._start(session))

    async def _start(self, session: SessionRecord) -> None:
        async with self._store.write() as unit:
            await unit.directory.add(session)
        await self.create(session)

    async def create(self, session: SessionRecord) -> None:
        """Has a committed session created on its game server. Raises Refused; then it is closed as lost.

        A server that is being restarted is waited for, and gets the same request again.
        """
        try:
            try:
                await self._request_session(session)
            except SessionNotCreated as cannot:
                if cannot.full:
                    raise
                await self._fleet.wait_until_accepting(session.server)
                await self._request_session(session)
        except SessionNotCreated as cannot:
            await self._set_stage(session, Stage.LOST)
            raise (full() if cannot.full else unavailable()) from None
        except Refused:
            await self._set_stage(session, Stage.LOST)
            raise
        await self._set_stage(session, Stage.LIVE)

    async def _request_session(self, session: SessionRecord) -> None:
        address = self._fleet.address(session.server)
        if address is None:
            raise SessionNotCreated(full=False)
        await self._game_servers.create(address, session.session_id, session.spec)

    async def locate(self, session_id: str) -> SessionLocation:
        """Looks up the game server of a session. Raises Refused when there never was such a session."""
        async with self._store.read() as unit:
            session = await unit.directory.get(session_id)
            server = await unit.directory.server(session.server) if session else None
            organised = session is not None and session.tournament and session.on and session.room_code
            room = await unit.rooms.get(session.room_code) if session and organised else None
        if session is None or server is None:
            raise unknown_session()
        return SessionLocation(
            server=session.server,
            address=server.address,
            epoch=session.epoch,
            over=not session.on,
            public=session.open_view,
            tournament=session.tournament,
            organiser_account_id=organiser(session, room) if session.tournament else "",
        )

    async def issue_ticket(self, account_id: str, session_id: str) -> Entry:
        """Issues a ticket to a player of the session or the organiser of the tournament. Raises Refused."""
        async with self._store.read() as unit:
            session = await unit.directory.get(session_id)
            account = await unit.accounts.get(account_id)
            room = await unit.rooms.get(session.room_code) if session and session.room_code else None
        if session is None or account is None:
            raise unknown_session()
        if not session.on:
            raise Refused(Reason.REASON_SESSION_OVER, "It is over; look at its result.", session_id=session_id)
        organises = session.tournament and account_id == organiser(session, room)
        if not seats_of(session, account_id) and not organises:
            raise Refused(Reason.REASON_NOT_ALLOWED, "You have no seat here; you can watch it.", session_id=session_id)
        return self._tickets.entry(session, account_id, account.name, organises=organises)

    async def list_live(self, page_size: int, page_token: str = "") -> LivePage:
        """Live sessions, most viewers first, then the newest; the house match last. Raises Refused for a bad token.

        What its game server has not spoken of was perhaps not joined yet, and comes behind what was.
        """
        size, after = page_size or PAGE, key_of(page_token, int, int, int, str)
        briefs = self._fleet.briefs()

        def order(listed: tuple[str, int, int]) -> tuple[int, int, int, str]:
            session_id, origin, created_ms = listed
            brief = briefs.get(session_id)
            viewers = brief.viewers if brief else -1
            return int(origin == Origin.HOUSE), -viewers, -created_ms, session_id

        async with self._store.read() as unit:
            keys = map(order, await unit.directory.listed())
            page = nsmallest(size + 1, (key for key in keys if after is None or key > after))
            shown = [session_id for *_, session_id in page[:size]]
            sessions = {session.session_id: session for session in await unit.directory.several(shown)}
        live = [LiveSession(sessions[session_id], briefs.get(session_id)) for session_id in shown]
        return LivePage(live, token_of(page[size - 1]) if len(page) > size else "")

    async def _set_stage(self, session: SessionRecord, stage: Stage) -> None:
        async with self._store.write() as unit:
            await unit.directory.set_stage(session.session_id, stage)
        self.notify_players(session)

    def notify_players(self, session: SessionRecord) -> None:
        """Notifies the friends of its players that their presence has changed."""
        self._bus.notify_changed(seat.account_id for seat in session.spec.seats if seat.account_id)


def unknown_session() -> Refused:
    return Refused(Reason.REASON_SESSION_UNKNOWN, "There is no such match; check the link.", field="session_id")


def _spec(account: Account, request: SessionRequest) -> SessionSpec:
    mine = SeatSpec(0, account.name, account.account_id)
    if isinstance(request, BotDuel):
        seats = (mine, bot_seat(1, request.strength, request.reaction_ms))
        return session_spec(Origin.BOT, request.ruleset, seats)
    if isinstance(request, LocalDuel):
        if request.left_name:
            mine = replace(mine, name=clean_name(request.left_name, "local.left_name"))
        right = clean_name(request.right_name or DEFAULT_RIGHT_NAME, "local.right_name")
        return session_spec(Origin.LOCAL, request.ruleset, (mine, SeatSpec(1, right)))
    return local_tournament(account.account_id, request)
