"""Records of matches in SQL. Totals are sums over what each side did, so they cannot drift from the matches."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from matchpoint.v1.result_pb2 import Result
from matchpoint.v1.session_pb2 import SessionSpec
from sqlalchemy import ColumnElement, Row, exists, false, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.tables import accounts, journals, match_sides, matches, stances
from backend.contract.records import recorded_result
from backend.contract.session_specs import session_spec, session_spec_message
from backend.core.friends import Stance
from backend.core.privacy import Audience
from backend.service.models import MatchRow, SideRow, SideTotals

SUMS: Final = ("wins", "losses", "draws", "points_for", "points_against", "hits", "play_us", "distance")
MAXIMA: Final = ("longest_rally", "top_speed")


class SqlRecords:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, row: MatchRow, sides: Sequence[SideRow], journal: bytes) -> None:
        match_id = await self._connection.scalar(
            insert(matches)
            .values(
                session_id=row.session_id,
                match=row.match,
                attempt=row.attempt,
                digest=row.digest,
                spec=session_spec_message(row.spec).SerializeToString(),
                result=row.result.document,
                recorded_ms=row.recorded_ms,
                listed=row.listed,
                journal_digest=row.journal_digest,
                counted=row.counted,
                rated=row.rated,
            )
            .returning(matches.c.match_id)
        )
        for side in sides:
            totals = asdict(side.totals)
            del totals["matches"]
            await self._connection.execute(
                insert(match_sides).values(
                    match_id=match_id, side=side.side, account_id=side.account_id, counted=side.counted, **totals
                )
            )
        await self._connection.execute(insert(journals).values(match_id=match_id, body=journal))

    async def get(self, session_id: str, match: int, attempt: int | None = None) -> MatchRow | None:
        query = select(matches).where(matches.c.session_id == session_id, matches.c.match == match)
        if attempt is not None:
            query = query.where(matches.c.attempt == attempt)
        row = (await self._connection.execute(query.order_by(matches.c.attempt.desc()).limit(1))).one_or_none()
        return _match(row) if row else None

    async def journal(self, session_id: str, match: int) -> bytes | None:
        query = select(journals.c.body).join(matches, matches.c.match_id == journals.c.match_id)
        query = query.where(matches.c.session_id == session_id, matches.c.match == match)
        body = await self._connection.scalar(query.order_by(matches.c.attempt.desc()).limit(1))
        return None if body is None else bytes(body)

    async def reach(self, account_id: str, before: int | None, count: int) -> int | None:
        if account_id:
            position = match_sides.c.match_id
            query = select(position).where(match_sides.c.account_id == account_id)
        else:
            position = matches.c.match_id
            query = select(position).where(matches.c.listed)
        if before is not None:
            query = query.where(position < before)
        return await self._connection.scalar(query.order_by(position.desc()).offset(count - 1).limit(1))

    async def page(
        self, account_id: str, before: int | None, limit: int, viewer: str = "", down_to: int | None = None
    ) -> Sequence[MatchRow]:
        query = select(matches).order_by(matches.c.match_id.desc()).limit(limit)
        shown = matches.c.listed & ~_hidden_from(viewer)
        if account_id:
            theirs = select(match_sides.c.match_id).where(match_sides.c.account_id == account_id)
            query = query.where(matches.c.match_id.in_(theirs), shown | _played_by(viewer))
        else:
            query = query.where(shown)
        if before is not None:
            query = query.where(matches.c.match_id < before)
        if down_to is not None:
            query = query.where(matches.c.match_id >= down_to)
        return [_match(row) for row in await self._connection.execute(query)]

    async def shown(self, session_id: str, match: int, viewer: str) -> bool:
        condition = (matches.c.session_id == session_id) & (matches.c.match == match)
        kept_from = select(matches.c.match_id).where(condition, _hidden_from(viewer), ~_played_by(viewer)).limit(1)
        return await self._connection.scalar(kept_from) is None

    async def totals(self, account_id: str) -> SideTotals:
        columns = match_sides.c
        query = select(
            func.count().label("matches"),
            *(func.coalesce(func.sum(columns[name]), 0).label(name) for name in SUMS),
            *(func.coalesce(func.max(columns[name]), 0).label(name) for name in MAXIMA),
        ).where(columns.account_id == account_id, columns.counted)
        row = (await self._connection.execute(query)).one()
        return SideTotals(**{name: int(value) for name, value in row._mapping.items()})

    async def rated_between(self, account_id: str, other_id: str, since_ms: int) -> int:
        mine, theirs = match_sides.alias(), match_sides.alias()
        query = (
            select(func.count())
            .select_from(matches)
            .join(mine, mine.c.match_id == matches.c.match_id)
            .join(theirs, theirs.c.match_id == matches.c.match_id)
            .where(mine.c.account_id == account_id, theirs.c.account_id == other_id)
            .where(matches.c.rated, matches.c.recorded_ms >= since_ms)
        )
        return await self._connection.scalar(query) or 0

    async def balances(self, account_ids: Sequence[str]) -> Mapping[str, int]:
        columns = match_sides.c
        balance = (func.sum(columns.wins) - func.sum(columns.losses)).label("balance")
        query = select(columns.account_id, balance).join(matches, matches.c.match_id == columns.match_id)
        query = query.where(columns.account_id.in_(account_ids), matches.c.rated)
        rows = await self._connection.execute(query.group_by(columns.account_id))
        return {row.account_id: int(row.balance) for row in rows}


def _match(row: Row[Any]) -> MatchRow:
    return MatchRow(
        session_id=row.session_id,
        match=row.match,
        attempt=row.attempt,
        digest=row.digest,
        spec=session_spec(SessionSpec.FromString(row.spec)),
        result=recorded_result(Result.FromString(row.result)),
        recorded_ms=row.recorded_ms,
        position=row.match_id,
        listed=row.listed,
        journal_digest=row.journal_digest,
        counted=row.counted,
        rated=row.rated,
    )


def _played_by(viewer: str) -> ColumnElement[bool]:
    """The match is one that the viewer played."""
    theirs = (match_sides.c.match_id == matches.c.match_id) & (match_sides.c.account_id == viewer)
    return exists().where(theirs) if viewer else false()


def _hidden_from(viewer: str) -> ColumnElement[bool]:
    """Condition: a player of the match does not show the viewer their history (`core.privacy`)."""
    other = match_sides.c.account_id
    shown: ColumnElement[bool] = accounts.c.history == Audience.EVERYBODY.value
    if viewer:
        there, back = stances.alias(), stances.alias()
        wants = Stance.WANTS.value
        friends = exists().where(
            (there.c.account_id == other) & (there.c.other_id == viewer) & (there.c.stance == wants),
            (back.c.account_id == viewer) & (back.c.other_id == other) & (back.c.stance == wants),
        )
        shown = shown | (other == viewer) | ((accounts.c.history == Audience.FRIENDS.value) & friends)
    # Of an account that is no more nothing is shown until its name is out of the record.
    visible = exists().where((accounts.c.account_id == other) & shown).correlate(match_sides)
    return exists().where((match_sides.c.match_id == matches.c.match_id) & ~visible)
