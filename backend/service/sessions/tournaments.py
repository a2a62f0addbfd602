"""Tournaments as people find them: what there is, how one stands, and what is done to one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from backend.core.bots import BOT_NAMES
from backend.core.entrants import room_key
from backend.core.room import Member, Room
from backend.core.serialized import TournamentState
from backend.service.accounts.accounts import clean_name
from backend.service.models import SessionRecord, Stage, TournamentSnapshot
from backend.service.page_tokens import key_of, token_of
from backend.service.ports import Clock, GameServers, GameServerUnreachable, Store, Unit
from backend.service.session_specs import SeatSpec
from backend.service.sessions.fleet import Fleet, unavailable
from backend.service.sessions.invitations import Invitations, not_invited
from backend.service.sessions.tournament_spec import rating
from backend.service.tournament_acts import AddEntrant, CheckIn, OrganiserAct, TournamentAct, Withdraw
from wire.limits import Buckets
from wire.refusal import Reason, Refused

log = structlog.get_logger("tournaments")

PAGE: Final = 20
OPEN: Final = 0
ON: Final = 1
OVER: Final = 2
"""The parts of the list, in their order."""
ACTS_AT_ONCE: Final = 20
ACTS_PER_S: Final = 2.0
ACCOUNTS: Final = 4_096
"""Acts of one account at once, and per second in the long run; accounts that are remembered."""


@dataclass(frozen=True, slots=True)
class OpenTournament:
    """A room whose tournament is open for entrants, in the public list. `organiser` is a name."""

    room: Room
    organiser: str


@dataclass(frozen=True, slots=True)
class StartedTournament:
    """A tournament that is on or over, in the public list. `organiser` is a name."""

    record: SessionRecord
    organiser: str
    champion: str | None
    """Name, or empty without a champion; None while it is on."""
    viewers: int


@dataclass(frozen=True, slots=True)
class TournamentPage:
    """A page of the public list; `next_page_token` is empty on the last one."""

    tournaments: Sequence[OpenTournament | StartedTournament]
    next_page_token: str


class Tournaments:
    def __init__(
        self, store: Store, clock: Clock, fleet: Fleet, game_servers: GameServers, invitations: Invitations
    ) -> None:
        self._store = store
        self._clock = clock
        self._fleet = fleet
        self._game_servers = game_servers
        self._invitations = invitations
        self._acts = Buckets(ACTS_AT_ONCE, ACTS_PER_S, ACCOUNTS)

    async def read(self, session_id: str) -> TournamentState:
        """State of a tournament: as spectators may know it while it is on, later from its record. Raises Refused."""
        async with self._store.read() as unit:
            session = await _tournament_session(unit, session_id)
            row = await unit.tournaments.get(session_id)
        if row is not None:
            return row.state
        snapshot = await self._read_snapshot(session, live=False)
        if snapshot is None:
            # Just started, its game server may not have it yet.
            raise _no_answer() if session.stage is Stage.CREATING else _unknown()
        return snapshot.state

    async def act(self, account_id: str, session_id: str, act: TournamentAct) -> bool:
        """Has an account do something. Returns whether somebody was invited instead, who has to accept first.

        Raises Refused, and nothing has changed.
        """
        if not self._acts.take(account_id, self._clock.monotonic_s()):
            raise Refused(Reason.REASON_TOO_MANY, "That was a lot at once; wait a few seconds and try again.")
        async with self._store.read() as unit:
            session = await _tournament_session(unit, session_id)
            room = await unit.rooms.get(session.room_code) if session.room_code else None
            if not session.on:
                raise _over(session_id)
            own = isinstance(act, CheckIn | Withdraw)
            if not own and account_id != organiser(session, room):
                raise Refused(Reason.REASON_NOT_ORGANISER, "Only the organiser can do this; ask them.")
            invited = ""
            if isinstance(act, AddEntrant):
                whom = act.account_id
                # An entrant is not invited again: the game server says so.
                if whom and not _has_seat(session, whom) and _asks_first(session, room, account_id, whom):
                    invited = whom
                else:
                    act = await _late_entrant(unit, session, act)
        if invited:
            await self._invitations.invite(session, account_id, invited)
            return True
        if isinstance(act, OrganiserAct) and act.refused is not None:
            raise act.refused
        await self._apply_act(session, account_id if own else "", act)
        if isinstance(act, AddEntrant):
            await self._add_seat(session, act)
        return False

    async def answer(self, account_id: str, session_id: str, *, accept: bool) -> None:
        """Accepts an invitation, and enters the account, or declines it. Raises Refused: not invited, over, late."""
        if not self._acts.take(account_id, self._clock.monotonic_s()):
            raise Refused(Reason.REASON_TOO_MANY, "That was a lot at once; wait a few seconds and try again.")
        if not accept:
            await self._invitations.decline(account_id, session_id)
            return
        if not await self._invitations.is_open(account_id, session_id):
            raise not_invited()
        async with self._store.read() as unit:
            session = await _tournament_session(unit, session_id)
            if not session.on:
                raise _over(session_id)
            act = await _late_entrant(unit, session, AddEntrant(account_id))
        try:
            await self._apply_act(session, "", act)
        except Refused as refused:
            # In already: the answer to it did not arrive here the last time.
            if refused.reason != Reason.REASON_ENTRANT_DUPLICATE:
                raise
        await self._add_seat(session, act)
        await self._invitations.accepted(account_id, session_id)

    async def withdraw(self, session_id: str, member: Member) -> None:
        """Withdraws a member who has left the room. If that fails now, they are walked over when they are called."""
        async with self._store.read() as unit:
            session = await unit.directory.get(session_id)
        if session is None or not session.on:
            return
        for seat in session.spec.seats:
            if (seat.name == member.name and seat.bot) if member.bot else (seat.account_id == member.account_id):
                entrant = seat.seat
                break
        else:
            return  # Only watched.
        try:
            await self._apply_act(session, "", Withdraw(entrant))
        except Refused as refused:
            log.warning("not withdrawn", session_id=session_id, entrant=entrant, sentence=str(refused))

    async def listed(self, page_size: int, page_token: str = "") -> TournamentPage:
        """Lists tournaments: open for entrants, then on, then over. Raises Refused for a bad token."""
        size = page_size or PAGE
        part, *after = key_of(page_token, int, int, int, str) or (OPEN,)
        rooms: list[Room] = []
        started: list[tuple[SessionRecord, str | None]] = []
        keys: list[tuple[int, int, int, str]] = []
        async with self._store.read() as unit:
            if part == OPEN:
                rooms.extend(await unit.rooms.open_for_entrants(size + 1, after))
                keys.extend((OPEN, *room_key(room)) for room in rooms)
            for which in (ON, OVER):
                left = size + 1 - len(keys)
                if which >= part and left > 0:
                    begin = after if which == part else ()
                    for session, champion, when_ms in await unit.tournaments.listed(left, begin, over=which == OVER):
                        started.append((session, champion))
                        keys.append((which, when_ms, 0, session.session_id))
            organisers = {room.host for room in rooms} | {_organiser_id(session) for session, _ in started}
            names = await unit.accounts.names(sorted(organisers - {""}))
        found: list[OpenTournament | StartedTournament] = [
            OpenTournament(room, names.get(room.host, "")) for room in rooms
        ]
        briefs = self._fleet.briefs()
        for session, champion in started:
            brief = briefs.get(session.session_id)
            name = names.get(_organiser_id(session), "")
            found.append(StartedTournament(session, name, champion, brief.viewers if brief else 0))
        return TournamentPage(found[:size], token_of(keys[size - 1]) if len(found) > size else "")

    async def _apply_act(self, session: SessionRecord, by: str, act: TournamentAct) -> None:
        address = self._fleet.address(session.server)
        try:
            if address is None:
                raise GameServerUnreachable
            await self._game_servers.act(address, session.session_id, by, act)
        except GameServerUnreachable:
            raise _no_answer() from None

    async def _read_snapshot(self, session: SessionRecord, *, live: bool) -> TournamentSnapshot | None:
        address = self._fleet.address(session.server)
        try:
            if address is None:
                raise GameServerUnreachable
            return await self._game_servers.tournament(address, session.session_id, live=live)
        except GameServerUnreachable:
            if session.stage is Stage.LOST:
                raise _unknown() from None
            raise _no_answer() from None

    async def _add_seat(self, session: SessionRecord, added: AddEntrant) -> None:
        """Adds the seat of a late entrant, so that tickets can be issued. The game server has numbered it."""
        snapshot = await self._read_snapshot(session, live=True)
        for entrant in snapshot.entrants if snapshot else ():
            if (entrant.account_id, entrant.name) == (added.account_id, added.name):
                seat = SeatSpec(entrant.entrant, entrant.name, entrant.account_id, added.bot)
                async with self._store.write() as unit:
                    fresh = await unit.directory.get(session.session_id)
                    if fresh is not None and all(one.seat != seat.seat for one in fresh.spec.seats):
                        await unit.directory.add_seat(fresh, seat)


def organiser(session: SessionRecord, room: Room | None) -> str:
    """Account id of the organiser: the host of its room, or without that room the one that started it."""
    if room is not None and room.session_id == session.session_id:
        return room.host
    return _organiser_id(session)


def _organiser_id(session: SessionRecord) -> str:
    return session.spec.organiser_account_id


async def _tournament_session(unit: Unit, session_id: str) -> SessionRecord:
    session = await unit.directory.get(session_id)
    if session is None or not session.tournament:
        raise _unknown()
    return session


def _has_seat(session: SessionRecord, account_id: str) -> bool:
    """True if the account is an entrant of the start; the waiting list is not."""
    spec = session.spec
    return any(seat.account_id == account_id and seat.seat < spec.entrants for seat in spec.seats)


def _asks_first(session: SessionRecord, room: Room | None, organiser_id: str, whom: str) -> bool:
    """True if somebody has to accept before they come in: all but the organiser and the waiting list."""
    if whom == organiser_id:
        return False
    if session.local:
        raise Refused(
            Reason.REASON_INVALID_FIELD,
            "At one keyboard only names come in; leave the account empty.",
            field="act.add_entrant.account_id",
        )
    member = room.find(whom) if room is not None and room.session_id == session.session_id else None
    return member is None or not member.waiting


async def _late_entrant(unit: Unit, session: SessionRecord, added: AddEntrant) -> AddEntrant:
    """The act with the name and rating of an account or a bot, whatever the organiser has called it. Raises Refused."""
    if added.account_id:
        account = await unit.accounts.get(added.account_id)
        if account is None:
            raise Refused(
                Reason.REASON_ACCOUNT_UNKNOWN, "There is no such account.", field="act.add_entrant.account_id"
            )
        balances: Mapping[str, int] = await unit.records.balances((account.account_id,))
        return AddEntrant(account.account_id, account.name, rating=rating(balances.get(account.account_id, 0)))
    if added.bot is not None:
        name = _free_name(session, BOT_NAMES[added.bot])
        return AddEntrant(name=name, bot=added.bot, rating=rating(0, added.bot))
    if not session.local:
        raise Refused(
            Reason.REASON_INVALID_FIELD, "Say who comes in: an account or a bot.", field="act.add_entrant.account_id"
        )
    name = clean_name(added.name, "act.add_entrant.name")
    if added.refused is not None:
        raise added.refused
    return AddEntrant(name=name, rating=added.rating)


def _free_name(session: SessionRecord, name: str) -> str:
    taken = {seat.name for seat in session.spec.seats}
    return next(new for n in range(1, len(taken) + 2) if (new := name if n == 1 else f"{name} {n}") not in taken)


def _over(session_id: str) -> Refused:
    return Refused(Reason.REASON_TOURNAMENT_OVER, "The tournament is over; look at its result.", session_id=session_id)


def _unknown() -> Refused:
    return Refused(Reason.REASON_TOURNAMENT_UNKNOWN, "There is no such tournament; check the link.", field="session_id")


def _no_answer() -> Refused:
    refused = unavailable()
    return Refused(refused.reason, "The tournament's game server does not answer right now; try again soon.")
