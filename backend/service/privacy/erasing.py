"""Erasure of deleted accounts: the name is taken out of records and journals, step by step.

Opponents keep what they played. The journal still plays out to the same result; it is not byte for byte the one that
was recorded any more, so the record has no digest of it from then on.
"""

from typing import Final

from google.protobuf.message import DecodeError
from matchpoint.v1.frames_pb2 import Occupant
from matchpoint.v1.journal_pb2 import JournalRecord
from matchpoint.v1.session_pb2 import SessionSpec
from matchpoint.v1.tournament_pb2 import TournamentState

from backend.service.ports import Clock, Store, Unit
from wire.journal_file import HEADER, JournalUnreadable, encode, first_record

DELETED: Final = "Deleted player"
"""The name that stands in records for one that was taken out. It is reserved."""
MATCHES_AT_ONCE: Final = 10
SESSIONS_AT_ONCE: Final = 20
"""Rows of one step: all calls share the writer, and a journal may have megabytes."""


class Erasing:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def step(self) -> None:
        """Takes a step for the account that was deleted first, if there is one; called once a second."""
        async with self._store.read() as unit:
            if await unit.erasures.next() is None:
                return
        async with self._store.write() as unit:
            account_id = await unit.erasures.next()
            if account_id is not None:
                await _step(unit, account_id, self._clock.unix_ms())


async def _step(unit: Unit, account_id: str, now_ms: int) -> None:
    matches = await unit.erasures.matches_of(account_id, MATCHES_AT_ONCE)
    for match_id, spec, journal in matches:
        erase_from_spec(spec, account_id)
        await unit.erasures.save_match(match_id, account_id, spec, erased_journal(journal, account_id))
    sessions = await unit.erasures.sessions_of(account_id, SESSIONS_AT_ONCE)
    for session_id, spec, state in sessions:
        erase_from_spec(spec, account_id)
        if state is not None:
            erase_from_state(state, account_id)
        await unit.erasures.save_session(session_id, account_id, spec, state, _champion(state))
    if matches or sessions:
        return
    if await unit.erasures.awaits_more(account_id):
        # Of a tournament that is on more will be reported: others have their turn meanwhile.
        await unit.erasures.add(account_id, now_ms)
    else:
        await unit.erasures.done(account_id)


def erase_from_spec(spec: SessionSpec, account_id: str) -> None:
    """Takes name and id of the account out."""
    for seat in spec.seats:
        if seat.account_id == account_id:
            seat.account_id, seat.name = "", DELETED
            seat.ClearField("line")
    if spec.tournament.organiser_account_id == account_id:
        spec.tournament.organiser_account_id = ""


def erase_from_state(state: TournamentState, account_id: str) -> None:
    """The same in a tournament that is over."""
    for entrant in state.entrants:
        if entrant.account_id == account_id:
            entrant.account_id, entrant.name = "", DELETED
    if state.spec.organiser_account_id == account_id:
        state.spec.organiser_account_id = ""


def erased_journal(journal: bytes, account_id: str) -> bytes:
    """The journal without name and id of the account, which stand in its first record. Others stay as they are."""
    try:
        first, end = first_record(journal)
        record = JournalRecord.FromString(first)
    except (JournalUnreadable, DecodeError):
        # Nobody can read it: it is not given out.
        return b""
    if not record.HasField("opened"):
        return journal
    opened = record.opened
    for seat in (opened.left, opened.right):
        _erase_occupant(seat, account_id)
    if opened.spec:
        try:
            spec = SessionSpec.FromString(opened.spec)
        except DecodeError:
            spec = SessionSpec()
        erase_from_spec(spec, account_id)
        opened.spec = spec.SerializeToString()
    return HEADER + encode((record.SerializeToString(),)) + journal[end:]


def _erase_occupant(seat: Occupant, account_id: str) -> None:
    if seat.account_id == account_id:
        seat.account_id, seat.name = "", DELETED


def _champion(state: TournamentState | None) -> str:
    if state is None or not state.result.has_champion:
        return ""
    return next((one.name for one in state.entrants if one.entrant == state.result.champion), "")
