"""Records of matches: reports in; totals, lists and replays out."""

import asyncio
import base64
import binascii
import struct
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from backend.core import counting
from backend.core.counting import Played
from backend.core.friends import Standing
from backend.core.privacy import Audience
from backend.service.completion import CompletionRunner
from backend.service.models import (
    Account,
    MatchPage,
    MatchRow,
    Outcome,
    PlayerTotals,
    RecordedResult,
    Report,
    SessionRecord,
    SideRow,
    SideTotals,
    Stage,
    TournamentRow,
)
from backend.service.ports import Clock, ReplayEncoder, Store, Unit
from backend.service.repositories import RoomRevisionConflict
from backend.service.rooms.session_lifecycle import SessionLifecycle
from backend.service.session_specs import Origin, SessionSpec
from backend.service.sessions.directory import Directory, unknown_session
from backend.service.sessions.fleet import Fleet
from backend.service.sessions.invitations import Invitations
from wire.byte_cache import ByteCache
from wire.journal_file import JournalUnreadable, decode
from wire.refusal import Reason, Refused

PAGE: Final = 20
PAGE_ROWS_MAX: Final = 5_000
STEP: Final = 2_000
"""Records of a journal that are read at once: 3 ms."""
REPLAYS_MAX: Final = 32 * 1024 * 1024
"""Bytes of finished replays that are kept."""
TRIES: Final = 5
"""Attempts at a report whose room changes at the same moment."""
_TOKEN: Final = struct.Struct("<Q")


class Records:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        fleet: Fleet,
        lifecycle: SessionLifecycle,
        directory: Directory,
        invitations: Invitations,
        run_to_completion: CompletionRunner,
        encode_replay: ReplayEncoder,
        page_rows_max: int = PAGE_ROWS_MAX,
    ) -> None:
        """`page_rows_max`: rows that are looked at for one page, those that are not shown included."""
        self._store = store
        self._clock = clock
        self._fleet = fleet
        self._lifecycle = lifecycle
        self._directory = directory
        self._invitations = invitations
        self._run_to_completion = run_to_completion
        self._encode_replay = encode_replay
        self._page_rows_max = page_rows_max
        self._replays = ByteCache(REPLAYS_MAX)

    async def report(self, server: str, report: Report) -> bool:
        """Commits the report of a game server: record, journal, statistics, directory and room in one transaction.

        Returns whether it was known before. Raises Refused: unknown session, not its holder, another digest.
        """
        for _ in range(TRIES):
            try:
                return await self._run_to_completion(self._commit(server, report))
            except RoomRevisionConflict:
                continue
        raise Refused(Reason.REASON_ROOM_CHANGED, "The room kept changing; report again.")

    async def _commit(self, server: str, report: Report) -> bool:
        now = self._clock.unix_ms()
        async with self._store.write() as unit:
            session = await unit.directory.get(report.session_id)
            if session is None:
                session = _adopted(server, report, now)
                await unit.directory.add(session)
            if session.server != server:
                raise Refused(Reason.REASON_NOT_HOLDER, "Another game server holds this session.")
            known = await _known(unit, report)
            if known is not None:
                if known != report.digest:
                    raise Refused(Reason.REASON_RESULT_DIFFERS, "This match is recorded with another result.")
                return True
            await _add_record(unit, session, report, now)
            finished = None
            invited: Collection[str] = ()
            if report.session_over:
                invited = await unit.invitations.end(report.session_id)
                await unit.directory.set_stage(report.session_id, Stage.OVER)
                finished = await self._lifecycle.finish_in(unit, session, report.last_result)
            await _erase_who_is_gone(unit, session, now)
        if report.session_over:
            self._fleet.forget(report.session_id)
            self._directory.notify_players(session)
            await self._invitations.tell(invited)
        if finished is not None:
            await self._lifecycle.announce_finished(finished, report.session_id)
        return session.spec.origin is Origin.HOUSE and session.stage is Stage.OVER

    async def player_stats(self, account_id: str, viewer: str = "") -> PlayerTotals:
        """Totals of an account, as the `viewer` sees it ("" for a stranger). Raises Refused: unknown, hidden."""
        async with self._store.read() as unit:
            account = await _history_of(unit, account_id, viewer)
            totals = await unit.records.totals(account_id)
        return PlayerTotals(account_id, account.name, totals)

    async def list_matches(self, account_id: str, page_size: int, page_token: str, viewer: str = "") -> MatchPage:
        """A page of matches, as the `viewer` sees it. Raises Refused: a token that is not ours, unknown, hidden."""
        size, position = page_size or PAGE, _position(page_token)
        async with self._store.read() as unit:
            if account_id:
                await _history_of(unit, account_id, viewer)
            # Hidden matches make a page shorter, or empty, but not dearer: the next goes on where this one stopped.
            down_to = await unit.records.reach(account_id, position, self._page_rows_max)
            rows = await unit.records.page(account_id, position, size + 1, viewer, down_to)
        after = rows[size - 1].position if len(rows) > size else down_to
        return MatchPage(rows[:size], _token(after) if after is not None else "")

    async def get_match(self, session_id: str, match: int, viewer: str = "") -> MatchRow:
        """The record of a match. Raises Refused while there is none that the `viewer` may see."""
        async with self._store.read() as unit:
            row = await unit.records.get(session_id, match or 1)
            shown = await unit.records.shown(session_id, match or 1, viewer)
        if row is None or not shown:
            raise _no_record()
        return row

    async def journal(self, session_id: str, match: int, viewer: str = "") -> bytes:
        """The journal, as its game server wrote it. Raises Refused while there is none that the `viewer` may see."""
        async with self._store.read() as unit:
            shown = await unit.records.shown(session_id, match or 1, viewer)
            journal = await unit.records.journal(session_id, match or 1) if shown else None
        if journal is None:
            raise _no_record()
        return journal

    async def replay(self, session_id: str, match: int, viewer: str = "") -> bytes:
        """The encoded records of the journal. Raises Refused as `journal` does.

        Made in small steps and cached: a long match has 190,000 records, which take 0.3 s.
        """
        journal = await self.journal(session_id, match, viewer)
        # Its end has the digest of the result, and of all before it.
        key = session_id, match or 1, len(journal), journal[-64:]
        return await self._replays.get(key, lambda: _in_steps(journal, self._encode_replay))


async def _in_steps(journal: bytes, encode: ReplayEncoder) -> bytes:
    parts: list[bytes] = []
    at = 0
    try:
        while at < len(journal):
            found = decode(journal, at, STEP)
            parts.append(encode(found.records))
            if found.whole == at or len(found.records) < STEP:
                break
            at = found.whole
            await asyncio.sleep(0)
    except JournalUnreadable:
        raise _no_record() from None
    return b"".join(parts)


async def _erase_who_is_gone(unit: Unit, session: SessionRecord, now_ms: int) -> None:
    """Schedules erasure for players who have deleted their accounts meanwhile."""
    named = {seat.account_id for seat in session.spec.seats if seat.account_id}
    for account_id in named - set(await unit.accounts.names(sorted(named))):
        await unit.erasures.add(account_id, now_ms)


async def _add_record(unit: Unit, session: SessionRecord, report: Report, now_ms: int) -> None:
    """Stores the end of a tournament, or a match that has to be on record. Raises Refused: a duel's match 0."""
    if report.match == 0:
        if not session.tournament:
            raise Refused(Reason.REASON_INVALID_FIELD, "A duel has match 1.", field="match")
        row = TournamentRow(report.session_id, report.digest, report.tournament, report.champion, now_ms)
        await unit.tournaments.end(row)
    elif session.spec.origin is not Origin.HOUSE and not _never_began(report.result):
        spec = _spec_of_match(session, report)
        played = await _played(unit, spec, report.result)
        match = MatchRow(
            session_id=report.session_id,
            match=report.match,
            attempt=report.attempt,
            digest=report.digest,
            spec=spec,
            result=report.result,
            recorded_ms=now_ms,
            listed=session.listed,
            journal_digest=report.journal_digest,
            counted=counting.counts(played),
            rated=await _rated(unit, played, now_ms),
        )
        await unit.records.add(match, sides_of(spec, report.result, counted=match.counted), report.journal)


async def _known(unit: Unit, report: Report) -> bytes | None:
    """The digest on record, or None."""
    if report.match == 0:
        ended = await unit.tournaments.get(report.session_id)
        return ended.digest if ended is not None else None
    row = await unit.records.get(report.session_id, report.match, report.attempt)
    return row.digest if row is not None else None


def _spec_of_match(session: SessionRecord, report: Report) -> SessionSpec:
    """Spec of the match: that of a duel's session, or the report's own for a match of a tournament."""
    if not session.tournament:
        return session.spec
    return replace(report.spec, origin=session.spec.origin, tournament=None)


def _never_began(result: RecordedResult) -> bool:
    """True if it ended before it began and without a winner: there is nothing to record."""
    return result.outcome is Outcome.VOID and result.duration_us == 0


async def _played(unit: Unit, spec: SessionSpec, result: RecordedResult) -> Played:
    people = tuple(seat.account_id for seat in spec.seats if seat.account_id)
    accounts = [await unit.accounts.get(account_id) for account_id in people]
    return Played(
        void=result.outcome is Outcome.VOID,
        local=spec.origin is Origin.LOCAL,
        points=sum(result.points),
        play_us=result.duration_us,
        played_out=result.outcome in (Outcome.PLAYED, Outcome.DRAW),
        people=people,
        guests=any(account is None or account.guest for account in accounts),
    )


async def _rated(unit: Unit, played: Played, now_ms: int) -> bool:
    if not counting.rates(played, 0):
        return False
    one, other = played.people
    return counting.rates(played, await unit.records.rated_between(one, other, now_ms - counting.DAY_MS))


def sides_of(spec: SessionSpec, result: RecordedResult, *, counted: bool) -> list[SideRow]:
    """Statistics of each account, also of a match that does not count."""
    rows = []
    for seat in spec.seats:
        if not seat.account_id:
            continue
        own, other = (0, 1) if seat.seat == 0 else (1, 0)
        side = result.sides[own]
        totals = SideTotals(
            wins=int(result.winner == own),
            losses=int(result.winner == other),
            draws=int(result.winner is None),
            points_for=result.points[own],
            points_against=result.points[other],
            hits=side.hits,
            longest_rally=result.longest_rally,
            top_speed=side.top_speed,
            play_us=result.duration_us,
            distance=side.distance,
        )
        rows.append(SideRow(seat.account_id, seat.seat, counted, totals))
    return rows


def _adopted(server: str, report: Report, now_ms: int) -> SessionRecord:
    """The directory's row of a session that an operator made on a game server, from its report. Raises Refused."""
    if report.spec.origin is not Origin.SERVICE:
        raise unknown_session()
    if not report.session_over:
        # A match of a tournament, of which only the reconciler or its own report can tell. Both are on their way.
        raise Refused(Reason.REASON_SERVER_UNAVAILABLE, "The tournament is not known here yet; report again soon.")
    return SessionRecord.of_operator(report.session_id, server, report.spec, now_ms)


async def _history_of(unit: Unit, account_id: str, viewer: str) -> Account:
    """The account, if it shows the viewer its history. Raises Refused: unknown, hidden."""
    account = await unit.accounts.get(account_id)
    if account is None:
        raise Refused(Reason.REASON_ACCOUNT_UNKNOWN, "There is no such account.", field="account_id")
    friend = False
    if account.history is Audience.FRIENDS and viewer:
        friend = (await unit.friends.between(account_id, viewer)).standing is Standing.FRIEND
    if not account.history.includes(itself=viewer == account_id, friend=friend):
        raise Refused(
            Reason.REASON_HISTORY_HIDDEN, "They show their matches to fewer people; ask them.", field="account_id"
        )
    return account


def _no_record() -> Refused:
    return Refused(Reason.REASON_RECORD_UNKNOWN, "There is no record of this match; it may not be over yet.")


def _token(position: int) -> str:
    return base64.urlsafe_b64encode(_TOKEN.pack(position)).decode().rstrip("=")


def _position(token: str) -> int | None:
    if not token:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        (position,) = _TOKEN.unpack(raw)
    except (binascii.Error, struct.error, ValueError):
        position = 0
    if not 0 < position < 2**63 or _token(position) != token:
        raise Refused(
            Reason.REASON_INVALID_FIELD,
            "page_token has to be the next_page_token of the page before; leave it empty to begin anew.",
            field="page_token",
        )
    return int(position)
