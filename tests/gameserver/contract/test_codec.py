"""The codec: what is written is read, and bytes put together by hand are the contract's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matchpoint.internal.v1.play_pb2 import PlayResponse
from matchpoint.internal.v1.raw_pb2 import RawGetReplayResponse, RawPlayResponse
from matchpoint.v1.frames_pb2 import Frame, ServerMessage
from matchpoint.v1.journal_pb2 import JournalInput, JournalRecord
from matchpoint.v1.session_pb2 import StreamGameStateResponse

from gameserver.contract.match_messages import result_message
from gameserver.contract.match_records import digest_of
from gameserver.contract.replay import replay
from gameserver.contract.specs import filled, match_opening
from gameserver.domain.match.match import Match
from gameserver.domain.match.records import Ended, Input, JournalError, MatchEvent, Occupant, Opened
from gameserver.domain.match.verify import verify
from gameserver.domain.pong.events import Miss, PaddleMove
from gameserver.domain.pong.intents import UP, Direction, Target
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.values import LEFT, SIDES
from gameserver.sessions.ports import Key
from tests.support.harnesses.gameserver import SESSION, duel
from tests.support.harnesses.journals import CODEC, bots_play, file_of
from wire.journal_file import HEADER, encode


def decided_records(content: bytes) -> list[bytes]:
    """The part of a journal that is shown."""
    steps = replay(content)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return list(RawGetReplayResponse.FromString(done.value).records)


UINT32 = st.integers(0, 2**32 - 1)


@given(st.lists(UINT32, min_size=1, max_size=50), st.binary(max_size=1_000), st.integers(0, 4_999))
def test_a_delivery_is_an_entry_of_a_play_response(numbers: list[int], message: bytes, code: int) -> None:
    delivery = CODEC.delivery(CODEC.connections(numbers), message, code)
    (one, two) = RawPlayResponse.FromString(delivery + delivery).deliveries
    assert (list(one.connections), one.message, one.close_code) == (numbers, message, code)
    assert one == two


def test_a_frame_is_the_same_bytes_to_players_and_to_spectators() -> None:
    match = Match.open(match_opening(Key(SESSION), filled(duel()), bytes(32)), 0)
    frame = CODEC.frame(1, 2, match.state.seq, 5_500, match.horizon, (), match.snapshot())
    assert ServerMessage.FromString(frame).frame == StreamGameStateResponse.FromString(frame).frame
    delivered = PlayResponse.FromString(CODEC.delivery(CODEC.connections([1]), frame)).deliveries[0]
    assert delivered.message == ServerMessage.FromString(frame)
    assert delivered.message.frame.server_ms == 5.5


MOVES = st.builds(
    PaddleMove,
    st.sampled_from(SIDES),
    st.integers(0, 2**31),
    st.integers(0, 90_000),
    st.integers(-1, 1),
    st.integers(-1, 90_000),
    UINT32,
)


@given(st.lists(MOVES, min_size=1, max_size=5), UINT32)
def test_a_move_alone_in_a_frame_says_what_it_says_among_others(moves: list[PaddleMove], number: int) -> None:
    def parsed(*events: MatchEvent) -> Frame:
        return ServerMessage.FromString(CODEC.frame(1, 2, number, 5_500, number, events)).frame

    together = parsed(Miss(LEFT, 1), *moves)
    for move, beside in zip(moves, together.events[1:], strict=True):
        alone = parsed(move)
        assert list(alone.events) == [beside]
        del alone.events[:]
        alone.events.extend(together.events)
        assert alone == together


INPUTS = st.builds(
    Input,
    st.sampled_from(SIDES),
    UINT32,
    UINT32,
    st.builds(Direction, st.integers(-1, 1)) | st.builds(Target, st.integers(0, 90_000)),
    UINT32,
    UINT32,
)


@given(st.lists(INPUTS, min_size=1, max_size=5))
def test_inputs_are_read_back_as_they_were_written_one_after_another(inputs: list[Input]) -> None:
    ruleset = Ruleset()
    opening = Opened(ruleset, ruleset.hash(), 1, Occupant("Ann"), Occupant("Ben"), SESSION)
    assert CODEC.read(file_of([opening, *inputs])).records[1:] == inputs


@given(st.integers(1, 2**32 - 1))
def test_a_whole_journal_is_read_back_record_for_record_and_proves_its_result(seed: int) -> None:
    records = bots_play(seed, points=1)
    past = CODEC.read(file_of(records))
    assert past.epoch == 4
    assert past.spec == filled(duel(bots=2))
    # The end of a match is not in a checkpoint's state: the contract tells it by the result beside it.
    same = [r for r in records if type(r).__name__ != "Checkpoint"]
    assert [r for r in past.records if type(r).__name__ != "Checkpoint"] == same
    assert verify(past.records) == verify(records)


def test_the_digest_is_that_of_the_result_however_it_was_made() -> None:
    records = bots_play(7)
    ended, again = records[-1], CODEC.read(file_of(records)).records[-1]
    assert isinstance(ended, Ended)
    assert isinstance(again, Ended)
    assert digest_of(result_message(ended.result)) == digest_of(result_message(again.result))


@pytest.mark.parametrize(
    "bad",
    [b"", b"\xff\xff", JournalRecord(input=JournalInput()).SerializeToString()],
    ids=["of no kind", "not a message", "an input that says nothing"],
)
def test_a_record_that_makes_no_sense_is_named_by_its_position(bad: bytes) -> None:
    first, *_ = decided_records(file_of(bots_play(1, 1)))
    with pytest.raises(JournalError) as caught:
        CODEC.read(HEADER + encode([first, bad]))
    assert caught.value.position == 1


def test_a_digest_of_another_result_is_found() -> None:
    content = file_of(bots_play(3, 1))
    records = [JournalRecord.FromString(r) for r in decided_records(content)]
    records[-1].ended.result.left += 1
    with pytest.raises(JournalError, match="digest"):
        CODEC.read(HEADER + encode([r.SerializeToString() for r in records]))


def test_a_running_match_shows_no_input_that_is_not_decided() -> None:
    records = bots_play(5, 1)
    cut = next(i for i, r in enumerate(records) if type(r).__name__ == "Decided") + 1
    undecided = Input(LEFT, 99, 2**31, UP, 2**31, 2**31)
    shown = [JournalRecord.FromString(r) for r in decided_records(file_of([*records[:cut], undecided]))]
    assert len(shown) == cut
    assert all(record.input.te < 2**31 for record in shown)


def test_a_finished_journal_is_shown_whole() -> None:
    records = bots_play(5, 1)
    assert len(decided_records(file_of(records))) == len(records)


def test_the_rules_go_there_and_back() -> None:
    past = CODEC.read(file_of(bots_play(2)))
    assert isinstance(past.records[0], Opened)
    assert past.records[0].ruleset == Ruleset(points_to_win=3)
