"""A journal's bytes: what was written is read, a cut end is dropped, a change is never passed over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.journal_file import (
    HEADER,
    RECORD_MAX,
    JournalBytes,
    JournalDamaged,
    NotAJournal,
    decode,
    encode,
)

RECORDS = st.lists(st.binary(max_size=200), max_size=12)


def written(records: list[bytes]) -> bytes:
    return HEADER + encode(records)


@given(RECORDS)
def test_what_was_written_is_read(records: list[bytes]) -> None:
    content = written(records)
    assert decode(content) == JournalBytes(tuple(records), len(content))


@given(RECORDS, st.data())
def test_a_file_cut_off_anywhere_gives_every_whole_record(records: list[bytes], data: st.DataObject) -> None:
    content = written(records)
    cut = data.draw(st.integers(0, len(content)))
    found = decode(content[:cut])
    assert list(found.records) == records[: len(found.records)]
    assert found.whole <= cut
    kept = written(records[: len(found.records)]) if cut >= len(HEADER) else b""
    assert content[: found.whole] == kept


@given(RECORDS.filter(bool), st.data())
def test_a_flipped_bit_is_damage_and_keeps_what_came_before(records: list[bytes], data: st.DataObject) -> None:
    content = bytearray(written(records))
    at = data.draw(st.integers(len(HEADER), len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(JournalDamaged) as caught:
        decode(bytes(content))
    assert list(caught.value.records) == records[: len(caught.value.records)]
    assert caught.value.offset <= at


@given(RECORDS, st.integers(1, 100))
def test_zeros_that_a_power_loss_left_are_a_torn_tail(records: list[bytes], zeros: int) -> None:
    content = written(records)
    found = decode(content + bytes(zeros))
    assert found.records[: len(records)] == tuple(records)
    assert not any(found.records[len(records) :])


def test_another_file_is_not_a_journal() -> None:
    with pytest.raises(NotAJournal):
        decode(b"PNG, or so" * 10)


def test_an_empty_file_is_a_journal_torn_before_its_first_line() -> None:
    assert decode(b"") == JournalBytes((), 0)


def test_a_record_past_the_limit_is_not_written() -> None:
    with pytest.raises(ValueError, match="at most"):
        encode([bytes(RECORD_MAX + 1)])
