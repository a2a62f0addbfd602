"""A tournament's journal and state as bytes: the part of `Codec` that is about tournaments."""

import contextlib
from collections.abc import Iterator, Sequence

from google.protobuf.message import DecodeError
from matchpoint.v1.frames_pb2 import ServerMessage
from matchpoint.v1.journal_pb2 import JournalRecord
from matchpoint.v1.session_pb2 import SessionSpec as SessionSpecMessage

from gameserver.contract.specs import spec_message, spec_of
from gameserver.contract.tournament_messages import board_message, board_of, tournament_digest, tournament_message
from gameserver.contract.tournament_records import PUT_RECORD, opened_message, read_record
from gameserver.contract.tournament_specs import match_spec, refusal, tournament_of
from gameserver.domain.match.records import JournalError
from gameserver.domain.timing import STANDARD, Timing
from gameserver.domain.tournament.records import TournamentOpened, TournamentRecord
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.spec import Entrant, Spec
from gameserver.sessions.ports import TournamentJournal, TournamentReader, TournamentView, tenures
from gameserver.sessions.values import Board, SessionSpec
from wire.journal_file import decode
from wire.refusal import Refused


class TournamentCodec:
    """The part of the codec that is about tournaments. See `gameserver.sessions.ports.Codec`."""

    def __init__(self, timing: Timing = STANDARD) -> None:
        """`timing` is that of the server, and of the journals that it reads."""
        self.timing = timing

    def match_spec(self, spec: SessionSpec, left: Entrant, right: Entrant) -> SessionSpec:
        return spec_of(match_spec(spec_message(spec), left, right))

    def tournament_spec(self, spec: SessionSpec) -> Spec:
        return tournament_of(spec_message(spec), self.timing)

    def tournament_refusal(self, error: TournamentRefused, path: str = "") -> Refused:
        return refusal(error, path)

    def scoreboard(self, board: Board) -> bytes:
        return ServerMessage(scoreboard=board_message(board)).SerializeToString()

    def scoreboard_of(self, message: bytes) -> Board:
        return board_of(ServerMessage.FromString(message).scoreboard)

    def tournament_opened(self, opened: TournamentOpened, spec: SessionSpec) -> bytes:
        return opened_message(opened, spec_message(spec)).SerializeToString()

    def tournament_record(self, record: TournamentRecord, digest: bytes = b"") -> bytes:
        message = JournalRecord()
        PUT_RECORD[type(record)](message, record)
        if digest:
            message.tournament_over.digest = digest
        return message.SerializeToString()

    def open_tournament(self, content: bytes) -> TournamentReader:
        found = decode(content)
        spec = SessionSpecMessage()
        if found.records:
            with contextlib.suppress(DecodeError):  # reading the record will say so
                spec.ParseFromString(JournalRecord.FromString(found.records[0]).tournament.spec)
        return TournamentReader(_records(found.records, self.timing), spec_of(spec), found.whole)

    def read_tournament(self, content: bytes) -> TournamentJournal:
        journal = self.open_tournament(content)
        records = list(journal.records)
        return TournamentJournal(records, journal.spec, tenures(records))

    def tournament_digest(self, view: TournamentView) -> bytes:
        return tournament_digest(tournament_message(view))


def _records(encoded: Sequence[bytes], timing: Timing) -> Iterator[TournamentRecord]:
    for position, each in enumerate(encoded):
        try:
            record = read_record(JournalRecord.FromString(each), timing)
        except Exception as error:
            # A spec that no caller could have sent, too: it is the journal's fault, and nobody else's.
            raise JournalError(position, str(error)) from error
        yield record
