"""A tournament's journal as bytes and back, and the table of what a tournament says no with."""

import re
from pathlib import Path

import pytest
from matchpoint.v1.journal_pb2 import JournalRecord

import gameserver.core.tournament
from gameserver.contract.tournament_codec import TournamentCodec
from gameserver.contract.tournament_records import PUT_RECORD, READ_RECORD
from gameserver.contract.tournament_specs import REASONS, refusal
from gameserver.core.bots import Strength
from gameserver.core.tournament import acts
from gameserver.core.tournament import journal as core
from gameserver.core.tournament.spec import Entrant
from gameserver.core.tournament.values import EMPTY, NO_SIDE, Kind, TournamentRefused

ACTS: list[acts.Act] = [
    acts.CheckIn(),
    acts.Withdraw(),
    acts.Withdraw(0),
    acts.Withdraw(3),
    acts.Disqualify(0),
    acts.Pause(),
    acts.Resume(),
    acts.ExtendDeadline(0, 60),
    acts.ExtendDeadline(7, 1),
    acts.CorrectResult(4, Kind.PLAYED, 1),
    acts.CorrectResult(4, Kind.DOUBLE_FORFEIT, NO_SIDE),
    acts.Reopen(2),
    acts.AddEntrant(Entrant("Ann", "ann", Strength.PERSON, 0, 12)),
    acts.AddEntrant(Entrant("Bot", "", Strength.HARD)),
    acts.CallOff(),
    acts.Confirm(),
]
RECORDS: list[core.Record] = [
    *(core.Acted("organiser", act, 1_000) for act in ACTS),
    core.Acted("", acts.Pause(), 1_000),
    core.CheckedIn(1_001),
    core.Drawn((2, 0, 1), 1_002),
    core.RoundDrawn(((1, 3), (2, EMPTY)), 1_003),
    core.Called(1, 2, 3, 1_004, 1_005, 1_006),
    core.Begun(2, 3, 1_007),
    core.WalkedOver(5, Kind.WALKOVER, 0, 1_008),
    core.WalkedOver(5, Kind.DOUBLE_FORFEIT, NO_SIDE, 1_008),
    core.Restored(1_009),
    core.Played(1_010),
    core.Reported(1_010),
]


@pytest.mark.parametrize("record", RECORDS, ids=repr)
def test_a_record_is_read_as_it_was_written(record: core.Record) -> None:
    message = JournalRecord.FromString(TournamentCodec().tournament_record(record))
    kind = message.WhichOneof("body")
    assert kind is not None
    assert READ_RECORD[kind](message) == record


def test_every_kind_of_record_can_be_written() -> None:
    # The opening keeps the spec, and MatchEnded and Ended are written and read in every restart of the kill tests.
    written = {type(record) for record in RECORDS} | {core.MatchEnded, core.Ended}
    assert written == set(PUT_RECORD)


def test_every_no_of_a_tournament_has_its_reason() -> None:
    folder = Path(gameserver.core.tournament.__file__).parent
    source = "\n".join(path.read_text() for path in folder.rglob("*.py"))
    codes = set(re.findall(r'TournamentRefused\(\s*"([a-z_]+)"', source))
    assert codes == set(REASONS)
    for code in codes:
        assert refusal(TournamentRefused(code, "No.", "field"), "act.").field == "act.field"
