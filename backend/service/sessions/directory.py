"""The session directory: starts sessions, says where they are, and who may enter."""

from collections.abc import Awaitable, Callable, Mapping
from heapq import nsmallest
from typing import TypeVar

from matchpoint.v1.directory_pb2 import (
    Entry,
    ListSessionsResponse,
    LiveSession,
    LocateSessionResponse,
    StartSessionRequest,
)
from matchpoint.v1.frames_pb2 import Occupant
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec

from backend.core.admission import Most, NotAdmitted, Why, admit
from backend.service.accounts import tokens
from backend.service.accounts.accounts import Accounts, clean_name
from backend.service.completion import Uninterrupted
from backend.service.limits import Allowance, Limits
from backend.service.models import Account, Placement, Stage
from backend.service.page_tokens import key_of, token_of
from backend.service.ports import Bus, CannotCreate, Clock, GameServers, Store, Unit
from backend.service.sessions.fleet import Fleet, NothingTakes, full, unavailable
from backend.service.sessions.latency_history import Line, known_lines
from backend.service.sessions.session_spec import BOT_NAMES, bot_seat, session_spec
from backend.service.sessions.tickets import Tickets, seats_of
from backend.service.sessions.tournament_spec import local_tournament
from backend.service.sessions.tournaments import organiser
from wire.capacity import matches_at_once
from wire.limits import Buckets
from wire.ranges import check, fill_ruleset
from wire.refusal import Refused

T = TypeVar("T")

PAGE = 20
STARTS_AT_ONCE = 20
STARTS_PER_S = 0.5
ACCOUNTS = 4_096
"""Sessions without a room that one account may start at once, and in the long run; how many accounts are remembered."""
DEFAULT_RIGHT_NAME = "Player 2"
REFUSALS = {
    Why.ACCOUNT: (
        Reason.REASON_TOO_MANY,
        "You have as many matches on as one person may; finish one of them, or wait until it is let go.",
    ),
    Why.ADDRESS: (
        Reason.REASON_TOO_MANY,
        "As many matches are on from your network as may be; try again when one of them has ended.",
    ),
    Why.SHORT: (
        Reason.REASON_SERVER_FULL,
        "The game servers are nearly full, and what is left is for people who have no match yet; try again later.",
    ),
}


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
        to_the_end: Uninterrupted,
        limits: Limits,
    ) -> None:
        self._store = store
        self._clock = clock
        self._fleet = fleet
        self._game_servers = game_servers
        self._tickets = tickets
        self._accounts = accounts
        self._bus = bus
        self._to_the_end = to_the_end
        self._starts = Buckets(STARTS_AT_ONCE, STARTS_PER_S, ACCOUNTS)
        self._starts_from = Allowance(
            limits.starts_per_address,
            clock,
            "Many matches were started from your network just now; wait a few seconds and try again.",
        )
        self._most = Most(limits.sessions_per_account, limits.places_per_address)

    async def start_session(self, account_id: str, request: StartSessionRequest, address: str = "") -> Entry:
        """A session against a bot, or of two people at one keyboard. Raises Refused."""
        check(request)
        if not self._starts.take(account_id, self._clock.monotonic_s()):
            raise Refused(Reason.REASON_TOO_MANY, "You have started many matches at once; play one of them first.")
        self.count_start(address)
        account = await self._accounts.get(account_id)
        spec = _spec(account, request)
        local = spec.origin == Origin.ORIGIN_LOCAL
        placement = await self.once_possible(
            lambda: self._to_the_end(self._start_own(spec, account_id, address, listed=not local))
        )
        return self._tickets.entry(placement, account_id, account.name)

    async def _start_own(self, spec: SessionSpec, account_id: str, address: str, *, listed: bool) -> Placement:
        async with self._store.write() as unit:
            await self.admit(unit, spec, account_id, address)
            placement = self.placement(spec, listed=listed, account_id=account_id, address=address)
            await unit.directory.add(placement)
        await self.create(placement)
        return placement

    async def lines(self, addresses: Mapping[str, str]) -> dict[str, Line]:
        """How long the lines of those who are about to play are believed to be, by account."""
        async with self._store.read() as unit:
            return await known_lines(unit, addresses, self._fleet.line, self._clock.unix_ms())

    async def admit(self, unit: Unit, spec: SessionSpec, account_id: str, address: str) -> None:
        """Returns when the account may have places for this session, in the transaction that adds it. Raises Refused.

        Entrants of a tournament bring their own: what counts for who starts it are the places beyond theirs.
        """
        people = len({seat.account_id for seat in spec.seats if seat.account_id})
        wanted = max(1, matches_at_once(spec) - people // 2) if spec.HasField("tournament") else 1
        try:
            admit(await unit.directory.held_by(account_id, address), wanted, self._most, *self._fleet.left())
        except NotAdmitted as refused:
            raise Refused(*REFUSALS[refused.why]) from None

    def count_start(self, address: str) -> None:
        """A session is to be started from there. Raises Refused (TOO_MANY)."""
        self._starts_from.take(address)

    async def once_possible(self, start: Callable[[], Awaitable[T]]) -> T:
        """What `start` returns, which is called when a game server takes sessions: one is waited for a moment.

        The last one may stop taking any before `start` has come to its choice; then it is waited for once more.
        """
        await self._fleet.until_taking()
        try:
            return await start()
        except NothingTakes:
            await self._fleet.until_taking()
            return await start()

    def placement(
        self,
        spec: SessionSpec,
        *,
        listed: bool,
        account_id: str = "",
        room_code: str = "",
        session_id: str = "",
        address: str = "",
    ) -> Placement:
        """A new session on the least loaded game server, not yet committed. Raises Refused when none takes it."""
        spec.public = listed
        return Placement(
            session_id=session_id or tokens.new_session_id(),
            server=self._fleet.choose(matches_at_once(spec)),
            spec=spec,
            listed=listed,
            open_view=True,
            account_id=account_id,
            room_code=room_code,
            created_ms=self._clock.unix_ms(),
            address=address,
        )

    async def start(self, placement: Placement) -> None:
        """Commits a placement and has it created. Raises Refused; then it is closed as lost."""
        await self._to_the_end(self._start(placement))

    async def _start(self, placement: Placement) -> None:
        async with self._store.write() as unit:
            await unit.directory.add(placement)
        await self.create(placement)

    async def create(self, placement: Placement) -> None:
        """Has a committed placement created on its game server. Raises Refused; then it is closed as lost.

        A server that is being restarted is waited for, and gets the same request again.
        """
        try:
            try:
                await self._ask(placement)
            except CannotCreate as cannot:
                if cannot.full:
                    raise
                await self._fleet.until_taking(placement.server)
                await self._ask(placement)
        except CannotCreate as cannot:
            await self._move(placement, Stage.LOST)
            raise (full() if cannot.full else unavailable()) from None
        except Refused:
            await self._move(placement, Stage.LOST)
            raise
        await self._move(placement, Stage.LIVE)

    async def _ask(self, placement: Placement) -> None:
        address = self._fleet.address(placement.server)
        if address is None:
            raise CannotCreate(full=False)
        await self._game_servers.create(address, placement.session_id, placement.spec)

    async def locate(self, session_id: str) -> LocateSessionResponse:
        """Raises Refused when there never was such a session."""
        async with self._store.read() as unit:
            placement = await unit.directory.get(session_id)
            server = await unit.directory.server(placement.server) if placement else None
            organised = placement is not None and placement.tournament and placement.on and placement.room_code
            room = await unit.rooms.get(placement.room_code) if placement and organised else None
        if placement is None or server is None:
            raise unknown_session()
        return LocateSessionResponse(
            server=placement.server,
            address=server.address,
            epoch=placement.epoch,
            over=not placement.on,
            public=placement.open_view,
            tournament=placement.tournament,
            organiser_account_id=organiser(placement, room) if placement.tournament else "",
        )

    async def issue_ticket(self, account_id: str, session_id: str) -> Entry:
        """A new ticket for somebody with a seat, or who organises the tournament. Raises Refused."""
        async with self._store.read() as unit:
            placement = await unit.directory.get(session_id)
            account = await unit.accounts.get(account_id)
            room = await unit.rooms.get(placement.room_code) if placement and placement.room_code else None
        if placement is None or account is None:
            raise unknown_session()
        if not placement.on:
            raise Refused(Reason.REASON_SESSION_OVER, "It is over; look at its result.", session_id=session_id)
        organises = placement.tournament and account_id == organiser(placement, room)
        if not seats_of(placement, account_id) and not organises:
            raise Refused(Reason.REASON_NOT_ALLOWED, "You have no seat here; you can watch it.", session_id=session_id)
        return self._tickets.entry(placement, account_id, account.name, organises=organises)

    async def list_live(self, page_size: int, page_token: str = "") -> ListSessionsResponse:
        """Those with most viewers first, then the newest; the house match last. Raises Refused for a bad token.

        What its game server has not spoken of was perhaps not joined yet, and comes behind what was.
        """
        size, after = page_size or PAGE, key_of(page_token, int, int, int, str)
        briefs = self._fleet.briefs()

        def order(listed: tuple[str, int, int]) -> tuple[int, int, int, str]:
            session_id, origin, created_ms = listed
            brief = briefs.get(session_id)
            viewers = brief.viewers if brief else -1
            return int(origin == Origin.ORIGIN_HOUSE), -viewers, -created_ms, session_id

        async with self._store.read() as unit:
            keys = map(order, await unit.directory.listed())
            page = nsmallest(size + 1, (key for key in keys if after is None or key > after))
            shown = [session_id for *_, session_id in page[:size]]
            placements = {placement.session_id: placement for placement in await unit.directory.several(shown)}
        found = ListSessionsResponse(next_page_token=token_of(page[size - 1]) if len(page) > size else "")
        for session_id in shown:
            placement = placements[session_id]
            live = LiveSession(
                session_id=placement.session_id,
                origin=placement.spec.origin,
                left=occupant(placement.spec, 0),
                right=occupant(placement.spec, 1),
                ruleset=placement.spec.ruleset,
                created_unix_ms=placement.created_ms,
            )
            if brief := briefs.get(placement.session_id):
                live.left_score, live.right_score, live.viewers = brief.left, brief.right, brief.viewers
            found.sessions.append(live)
        return found

    async def _move(self, placement: Placement, stage: Stage) -> None:
        async with self._store.write() as unit:
            await unit.directory.move(placement.session_id, stage)
        self.touch(placement)

    def touch(self, placement: Placement) -> None:
        """Those with a seat are in a match now, or not any more."""
        self._bus.touch(seat.account_id for seat in placement.spec.seats if seat.account_id)


def unknown_session() -> Refused:
    return Refused(Reason.REASON_SESSION_UNKNOWN, "There is no such match; check the link.", field="session_id")


def occupant(spec: SessionSpec, seat: int) -> Occupant:
    """Who has a seat."""
    for found in spec.seats:
        if found.seat == seat:
            return Occupant(account_id=found.account_id, name=found.name, bot=found.bot)
    return Occupant()


def _spec(account: Account, request: StartSessionRequest) -> SessionSpec:
    ruleset = fill_ruleset(request.ruleset).SerializeToString()
    if request.HasField("bot"):
        bot = request.bot
        if bot.strength not in (0, *BOT_NAMES):
            raise Refused(
                Reason.REASON_INVALID_FIELD, "There is no such bot; choose easy, medium or hard.", field="bot.strength"
            )
        mine = SeatSpec(seat=0, account_id=account.account_id, name=account.name)
        return session_spec(Origin.ORIGIN_BOT, ruleset, (mine, bot_seat(1, bot.strength, bot.reaction_ms)))
    if request.HasField("local"):
        left = clean_name(request.local.left_name, "local.left_name") if request.local.left_name else account.name
        right = clean_name(request.local.right_name or DEFAULT_RIGHT_NAME, "local.right_name")
        mine = SeatSpec(seat=0, account_id=account.account_id, name=left)
        return session_spec(Origin.ORIGIN_LOCAL, ruleset, (mine, SeatSpec(seat=1, name=right)))
    if request.HasField("local_tournament"):
        return local_tournament(account.account_id, request.local_tournament, ruleset)
    raise Refused(
        Reason.REASON_INVALID_FIELD, "Say what kind of session: bot, local or local tournament.", field="kind"
    )
