"""Names of deleted accounts, taken out of stored documents: specs, tournaments, journals.

Opponents keep what they played. The journal still plays out to the same result; it is not byte for byte the one that
was recorded any more.
"""

from typing import Final

from google.protobuf.message import DecodeError
from matchpoint.v1.frames_pb2 import Occupant
from matchpoint.v1.journal_pb2 import JournalRecord
from matchpoint.v1.session_pb2 import SessionSpec
from matchpoint.v1.tournament_pb2 import TournamentState

from wire.journal_file import HEADER, JournalUnreadable, encode, first_record

DELETED: Final = "Deleted player"
"""The name that stands in records for one that was taken out. It is reserved."""


def erased_spec(document: bytes, account_id: str) -> bytes:
    """The spec of a session without name and id of the account."""
    spec = SessionSpec.FromString(document)
    _erase_from_spec(spec, account_id)
    return spec.SerializeToString()


def erased_state(document: bytes, account_id: str) -> TournamentState:
    """The state of a tournament that is over, without name and id of the account."""
    state = TournamentState.FromString(document)
    for entrant in state.entrants:
        if entrant.account_id == account_id:
            entrant.account_id, entrant.name = "", DELETED
    if state.spec.organiser_account_id == account_id:
        state.spec.organiser_account_id = ""
    return state


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
        _erase_from_spec(spec, account_id)
        opened.spec = spec.SerializeToString()
    return HEADER + encode((record.SerializeToString(),)) + journal[end:]


def _erase_from_spec(spec: SessionSpec, account_id: str) -> None:
    for seat in spec.seats:
        if seat.account_id == account_id:
            seat.account_id, seat.name = "", DELETED
            seat.ClearField("line")
    if spec.tournament.organiser_account_id == account_id:
        spec.tournament.organiser_account_id = ""


def _erase_occupant(seat: Occupant, account_id: str) -> None:
    if seat.account_id == account_id:
        seat.account_id, seat.name = "", DELETED
