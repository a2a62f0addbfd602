"""The outbox: everything once, in spite of a backend that is away, slow, or says no."""

import asyncio
from collections.abc import Sequence

import pytest
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Origin

from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.specs import filled, match_opening
from gameserver.domain.match.match import Match
from gameserver.sessions.ports import Key, Report, Seal, Unreachable
from gameserver.sessions.reporter import AT_ONCE, Reporter
from tests.support.harnesses.gameserver import SESSION, duel
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

KEY = Key(SESSION)


class FakeJournal:
    """A journal in memory that remembers what became of it."""

    def __init__(self) -> None:
        self.records: list[bytes] = []
        self.fate = "open"

    def append(self, records: Sequence[bytes]) -> None:
        self.records += records

    async def sync(self) -> None: ...

    def content(self) -> bytes:
        return b"".join(self.records)

    def seal(self, more: Sequence[bytes] = ()) -> Seal:
        return Seal(bytes(32), 0)

    def cut(self, whole: int) -> None: ...

    def close(self) -> None: ...

    def retire(self, *, keep: bool) -> None:
        self.fate = "kept" if keep else "removed"

    def set_aside(self) -> None:
        self.fate = "aside"


class Sink:
    """Takes reports after as many faults as it is given."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.taken: list[str] = []
        self.at_once = self.most_at_once = 0

    async def report(self, report: Report, journal: bytes) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if self.faults:
            raise self.faults.pop(0)
        self.taken.append(report.key.session_id)


def report(key: Key = KEY, origin: Origin.ValueType = Origin.ORIGIN_ROOM) -> Report:
    spec = filled(duel(origin=origin))
    match = Match.open(match_opening(key, spec, bytes(32)), 0)
    match.end(1)
    assert match.result
    return Report(key, spec, session_over=True, result=match.result)


def reporter(sink: Sink) -> Reporter:
    return Reporter(sink, ProtobufCodec(), lambda: 1_700_000_000_000)


async def test_an_acknowledged_report_closes_the_journal_with_its_record() -> None:
    sink, paper = Sink(), FakeJournal()
    outbox = reporter(sink)
    outbox.add(KEY, report(), paper)
    assert outbox.waiting == [SESSION]
    await outbox.settled()
    assert sink.taken == [SESSION]
    assert (len(paper.records), paper.fate) == (1, "kept")
    assert outbox.waiting == []


async def test_a_backend_that_is_away_is_tried_until_it_is_there() -> None:
    sink, paper = Sink(Unreachable("away"), Unreachable("still away")), FakeJournal()
    outbox = reporter(sink)
    outbox.add(KEY, report(), paper)
    await outbox.settled()
    assert (sink.taken, paper.fate) == ([SESSION], "kept")


async def test_a_disk_that_is_full_is_tried_again_too() -> None:
    class Full(FakeJournal):
        def append(self, records: Sequence[bytes]) -> None:
            if self.fate == "open":
                self.fate = "was full"
                raise OSError("no space")
            super().append(records)

    sink, paper = Sink(), Full()
    outbox = reporter(sink)
    outbox.add(KEY, report(), paper)
    await outbox.settled()
    assert sink.taken == [SESSION, SESSION]  # the backend knows it by its key and digest
    assert paper.fate == "kept"


async def test_a_refusal_for_good_sets_the_journal_aside() -> None:
    sink, paper = Sink(Refused(Reason.REASON_RESULT_DIFFERS, "Another result is recorded.")), FakeJournal()
    outbox = reporter(sink)
    outbox.add(KEY, report(), paper)
    await outbox.settled()
    assert (sink.taken, paper.records, paper.fate) == ([], [], "aside")


async def test_a_house_match_is_reported_and_not_kept() -> None:
    sink, paper = Sink(), FakeJournal()
    outbox = reporter(sink)
    outbox.add(KEY, report(origin=Origin.ORIGIN_HOUSE), paper)
    await outbox.settled()
    assert (sink.taken, paper.fate) == ([SESSION], "removed")


async def test_few_reports_are_on_their_way_at_once() -> None:
    sink = Sink()
    outbox = reporter(sink)
    for number in range(5 * AT_ONCE):
        key = Key(f"session-{number:016}")
        outbox.add(key, report(key), FakeJournal())
    await outbox.settled()
    assert len(sink.taken) == 5 * AT_ONCE
    assert sink.most_at_once == AT_ONCE


async def test_a_refused_journal_that_cannot_be_moved_is_moved_later_and_not_sent_again() -> None:
    class Stuck(FakeJournal):
        def set_aside(self) -> None:
            if self.fate == "open":
                self.fate = "stuck"
                raise OSError("read-only")
            super().set_aside()

    sink, paper = Sink(Refused(Reason.REASON_RESULT_DIFFERS, "Another result is recorded.")), Stuck()
    outbox = reporter(sink)
    outbox.add(KEY, report(), paper)
    await outbox.settled()
    assert (sink.taken, paper.fate) == ([], "aside")


async def test_a_fault_that_nobody_thought_of_gives_up_no_result() -> None:
    sink, paper = Sink(RuntimeError("a mistake of ours")), FakeJournal()
    outbox = reporter(sink)
    outbox.add(KEY, report(), paper)
    await outbox.settled()
    assert (sink.taken, paper.fate) == ([SESSION], "kept")
