"""Comparison of the backend's records with what people were shown, once everything runs again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from matchpoint.v1.pong_pb2 import Side
from matchpoint.v1.result_pb2 import Outcome, Result

from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.match_messages import result_message
from gameserver.domain.match.records import Ended
from gameserver.domain.match.verify import verify
from tests.support.processes.programs import Programs
from tests.support.storage import sql
from wire.journal_file import decode

SUMS: Final = ("matches", "wins", "losses", "draws", "pointsFor", "pointsAgainst")


class Books:
    """Records of the backend, read from its database and not through it."""

    def __init__(self, database: str) -> None:
        self.results: dict[str, list[Result]] = {}
        self._sides: list[tuple[str, int, int, bool]] = []
        self._rows: dict[int, Result] = {}
        # The sides first: what is recorded in between has its match, but no sides here, and not the other way round.
        self._sides = sql.rows(database, "SELECT account_id, side, match_id, counted FROM match_sides")
        for match_id, session_id, result in sql.rows(database, "SELECT match_id, session_id, result FROM matches"):
            self._rows[match_id] = Result.FromString(result)
            self.results.setdefault(session_id, []).append(self._rows[match_id])

    def totals(self, account_id: str, *, every: bool = False) -> dict[str, int]:
        """Totals of one account from the recorded results: those that count, or all but the void."""
        sums = dict.fromkeys(SUMS, 0)
        for account, side, match_id, counted in self._sides:
            if account != account_id or not (counted or every):
                continue
            result = self._rows[match_id]
            if result.outcome == Outcome.OUTCOME_VOID:
                assert not counted
                continue
            mine, theirs = (result.right, result.left) if side else (result.left, result.right)
            won = result.winner == (Side.SIDE_RIGHT if side else Side.SIDE_LEFT)
            drawn = result.winner == Side.SIDE_UNSPECIFIED
            for name, value in zip(SUMS, (1, won, not won and not drawn, drawn, mine, theirs), strict=True):
                sums[name] += int(value)
        return sums


@dataclass(frozen=True)
class Count:
    """Fate of the results that were shown as final."""

    shown: int
    lost: int
    double: int
    different: int
    #: Matches in the books, also those that nobody waited for.
    recorded: int


def count(shown: Mapping[str, Result], books: Books) -> Count:
    """Holds what people saw against the books."""
    found = {session_id: books.results.get(session_id, []) for session_id in shown}
    return Count(
        shown=len(shown),
        # What was over before it began, without a winner, is no record.
        lost=sum(not results and _began(shown[id_]) for id_, results in found.items()),
        double=sum(len(results) > 1 for results in books.results.values()),
        different=sum(any(result != shown[id_] for result in results) for id_, results in found.items()),
        recorded=len(books.results),
    )


def _began(result: Result) -> bool:
    return result.outcome != Outcome.OUTCOME_VOID or result.duration_us > 0


def totals_told(stats: Mapping[str, Any]) -> dict[str, int]:
    """The same figures out of an answer of GetPlayerStats."""
    return {name: int(stats.get(name, 0)) for name in SUMS}


def outbox(programs: Programs) -> list[str]:
    """Journals that have a result and are not reported yet."""
    codec = ProtobufCodec()
    waiting = []
    for path in sorted(programs.journals.glob("*.journal")):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            continue  # it was reported just now
        if decode(content).records and any(isinstance(record, Ended) for record in codec.read(content).records):
            waiting.append(path.name)
    return waiting


def prove(journals: Iterable[Path]) -> dict[str, Result]:
    """The result that each journal proves, by session. Raises JournalError for one that proves none."""
    codec = ProtobufCodec()
    return {
        path.name.partition(".")[0]: result_message(verify(codec.read(path.read_bytes()).records)) for path in journals
    }
