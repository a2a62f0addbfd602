"""Pending erasures of deleted accounts, in SQL."""

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.adapters.sql.directory import ON
from backend.adapters.sql.tables import erasures, journals, match_sides, matches, session_seats, sessions, tournaments
from backend.contract.erasure import erased_journal, erased_spec, erased_state
from backend.contract.records import champion_of


class SqlErasures:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, account_id: str, now_ms: int) -> None:
        await self.done(account_id)
        await self._connection.execute(insert(erasures).values(account_id=account_id, since_ms=now_ms))

    async def next(self) -> str | None:
        query = select(erasures.c.account_id).order_by(erasures.c.since_ms, erasures.c.account_id).limit(1)
        found = await self._connection.scalar(query)
        return None if found is None else str(found)

    async def done(self, account_id: str) -> None:
        await self._connection.execute(delete(erasures).where(erasures.c.account_id == account_id))

    async def awaits_more(self, account_id: str) -> bool:
        seats = select(session_seats.c.session_id).join(sessions)
        query = seats.where(session_seats.c.account_id == account_id, sessions.c.stage.in_(ON)).limit(1)
        return await self._connection.scalar(query) is not None

    async def erase_matches(self, account_id: str, limit: int) -> int:
        query = (
            select(matches.c.match_id, matches.c.spec, journals.c.body)
            .join(match_sides, match_sides.c.match_id == matches.c.match_id)
            .join(journals, journals.c.match_id == matches.c.match_id)
            .where(match_sides.c.account_id == account_id)
            .order_by(matches.c.match_id)
            .limit(limit)
        )
        rows = (await self._connection.execute(query)).all()
        for row in rows:
            spec, journal = erased_spec(row.spec, account_id), erased_journal(bytes(row.body), account_id)
            await self._save_match(row.match_id, account_id, spec, journal)
        return len(rows)

    async def _save_match(self, match_id: int, account_id: str, spec: bytes, journal: bytes) -> None:
        condition = matches.c.match_id == match_id
        await self._connection.execute(update(matches).where(condition).values(spec=spec, journal_digest=b""))
        await self._connection.execute(update(journals).where(journals.c.match_id == match_id).values(body=journal))
        side = (match_sides.c.match_id == match_id) & (match_sides.c.account_id == account_id)
        await self._connection.execute(delete(match_sides).where(side))

    async def erase_sessions(self, account_id: str, limit: int) -> int:
        query = (
            select(sessions.c.session_id, sessions.c.spec, tournaments.c.state)
            .join(session_seats, session_seats.c.session_id == sessions.c.session_id)
            .outerjoin(tournaments, tournaments.c.session_id == sessions.c.session_id)
            .where(session_seats.c.account_id == account_id, sessions.c.stage.not_in(ON))
            .order_by(sessions.c.session_id)
            .limit(limit)
        )
        rows = (await self._connection.execute(query)).all()
        for row in rows:
            await self._save_session(row.session_id, account_id, erased_spec(row.spec, account_id))
            if row.state is not None:
                state = erased_state(row.state, account_id)
                change = update(tournaments).where(tournaments.c.session_id == row.session_id)
                values = {"state": state.SerializeToString(), "champion": champion_of(state)}
                await self._connection.execute(change.values(**values))
        return len(rows)

    async def _save_session(self, session_id: str, account_id: str, spec: bytes) -> None:
        condition = sessions.c.session_id == session_id
        await self._connection.execute(update(sessions).where(condition).values(spec=spec))
        started = condition & (sessions.c.account_id == account_id)
        await self._connection.execute(update(sessions).where(started).values(account_id=""))
        seat = (session_seats.c.session_id == session_id) & (session_seats.c.account_id == account_id)
        await self._connection.execute(delete(session_seats).where(seat))
