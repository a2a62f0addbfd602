"""Journals of whole matches."""

from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.specs import filled
from gameserver.domain.match.match import Match
from gameserver.domain.match.records import Occupant, Opened, Record
from gameserver.domain.pong.bots import Strength
from gameserver.domain.pong.ruleset import Ruleset
from tests.support.harnesses.gameserver import SESSION, duel
from wire.journal_file import HEADER, encode

CODEC = ProtobufCodec()


def bots_play(seed: int, points: int = 3) -> list[Record]:
    """The journal of a whole match between bots, in simulated time."""
    left, right = (Occupant(name, "", Strength.HARD, -10) for name in ("Ann", "Ben"))
    ruleset = Ruleset(points_to_win=points)
    now, match = 0, Match.open(Opened(ruleset, ruleset.hash(), seed, left, right, SESSION), 0)
    records = list(match.drain().records)
    while match.deadline is not None:
        now = max(now, match.deadline)
        match.advance(now)
        records += match.drain().records
    return records


def file_of(records: list[Record]) -> bytes:
    first, *rest = records
    assert isinstance(first, Opened)
    spec = filled(duel(bots=2))
    return HEADER + encode([CODEC.opened(first, spec), *(CODEC.record(record, 4) for record in rest)])
