"""A tournament's journal and state as bytes: the part of `gameserver.service.ports.Codec` that is about tournaments."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from matchpoint.v1.journal_pb2 import JournalRecord
from matchpoint.v1.session_pb2 import SessionSpec
from matchpoint.v1.tournament_pb2 import TournamentState

from gameserver.adapters.tournament_messages import put_tournament
from gameserver.adapters.tournament_records import PUT_RECORD, READ_RECORD, opened_message
from gameserver.core.journal import JournalError
from gameserver.core.tournament.folding import fold
from gameserver.core.tournament.journal import Ended, Opened, Record, Restored
from gameserver.service.ports import PastTournament, TournamentSnapshot
from wire.journal_file import decode


class TournamentCodec:
    """See `gameserver.service.ports.Codec`."""

    def tournament_opened(self, opened: Opened, spec: SessionSpec) -> bytes:
        return opened_message(opened, spec).SerializeToString()

    def tournament_record(self, record: Record, digest: bytes = b"") -> bytes:
        message = JournalRecord()
        PUT_RECORD[type(record)](message, record)
        if digest:
            message.tournament_over.digest = digest
        return message.SerializeToString()

    def read_tournament(self, content: bytes) -> PastTournament:
        records: list[Record] = []
        spec = SessionSpec()
        for position, encoded in enumerate(decode(content).records):
            try:
                message = JournalRecord.FromString(encoded)
                kind = message.WhichOneof("body")
                if kind not in READ_RECORD:
                    raise ValueError("is of a kind that is not known in a tournament")
                if kind == "tournament":
                    spec = SessionSpec.FromString(message.tournament.spec)
                record = READ_RECORD[kind](message)
                if isinstance(record, Ended):
                    record = _with_seeds(record, records)
                records.append(record)
            except Exception as error:
                # A spec that no caller could have sent, too: it is the journal's fault, and nobody else's.
                raise JournalError(position, str(error)) from error
        return PastTournament(records, spec, 1 + sum(1 for record in records if isinstance(record, Restored)))

    def tournament_state(self, snapshot: TournamentSnapshot) -> tuple[TournamentState, bytes]:
        message = TournamentState()
        put_tournament(message, snapshot)
        return message, hashlib.sha256(message.SerializeToString(deterministic=True)).digest()


def _with_seeds(ended: Ended, records: Sequence[Record]) -> Ended:
    """The contract names entrants in a table, the core their seeds too: those follow from the records before."""
    seed_of = fold(records).seed_of
    lines = tuple(
        replace(line, standing=replace(line.standing, seed=seed_of.get(line.entrant, 1)))
        for line in ended.result.standings
    )
    return Ended(replace(ended.result, standings=lines), ended.at)
