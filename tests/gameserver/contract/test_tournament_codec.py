"""A tournament's journal as bytes and back, and the table of what a tournament says no with."""

import re
from pathlib import Path

import pytest
from matchpoint.v1.journal_pb2 import JournalRecord

import gameserver.domain.tournament
from gameserver.contract.tournament_codec import TournamentCodec
from gameserver.contract.tournament_records import PUT_RECORD, read_record
from gameserver.contract.tournament_specs import REASONS, refusal
from gameserver.domain.pong.bots import Strength
from gameserver.domain.tournament import commands
from gameserver.domain.tournament import records as core
from gameserver.domain.tournament.pairings import EMPTY, NO_SIDE, Kind
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.tournament.spec import Entrant

ACTS: list[commands.Command] = [
    commands.CheckIn(),
    commands.Withdraw(),
    commands.Withdraw(0),
    commands.Withdraw(3),
    commands.Disqualify(0),
    commands.Pause(),
    commands.Resume(),
    commands.ExtendDeadline(0, 60),
    commands.ExtendDeadline(7, 1),
    commands.CorrectResult(4, Kind.PLAYED, 1),
    commands.CorrectResult(4, Kind.DOUBLE_FORFEIT, NO_SIDE),
    commands.Reopen(2),
    commands.AddEntrant(Entrant("Ann", "ann", Strength.PERSON, 0, 12)),
    commands.AddEntrant(Entrant("Bot", "", Strength.HARD)),
    commands.CallOff(),
    commands.Confirm(),
]
RECORDS: list[core.TournamentRecord] = [
    *(core.CommandAccepted("organiser", act, 1_000) for act in ACTS),
    core.CommandAccepted("", commands.Pause(), 1_000),
    core.CheckedIn(1_001),
    core.Drawn((2, 0, 1), 1_002),
    core.RoundDrawn(((1, 3), (2, EMPTY)), 1_003),
    core.Called(1, 2, 3, 1_004, 1_005, 1_006),
    core.Begun(2, 3, 1_007),
    core.WalkedOver(5, Kind.WALKOVER, 0, 1_008),
    core.WalkedOver(5, Kind.DOUBLE_FORFEIT, NO_SIDE, 1_008),
    core.Restored(1_009),
    core.Played(1_010),
    core.TournamentReported(1_010),
]


@pytest.mark.parametrize("record", RECORDS, ids=repr)
def test_a_record_is_read_as_it_was_written(record: core.TournamentRecord) -> None:
    message = JournalRecord.FromString(TournamentCodec().tournament_record(record))
    assert read_record(message) == record


def test_every_kind_of_record_can_be_written() -> None:
    # The opening keeps the spec, and MatchEnded and Ended are written and read in every restart of the kill tests.
    written = {type(record) for record in RECORDS} | {core.MatchEnded, core.TournamentEnded}
    assert written == set(PUT_RECORD)


def test_every_no_of_a_tournament_has_its_reason() -> None:
    folder = Path(gameserver.domain.tournament.__file__).parent
    source = "\n".join(path.read_text() for path in folder.rglob("*.py"))
    codes = set(re.findall(r'TournamentRefused\(\s*"([a-z_]+)"', source))
    assert codes == set(REASONS)
    for code in codes:
        assert refusal(TournamentRefused(code, "No.", "field"), "act.").field == "act.field"
