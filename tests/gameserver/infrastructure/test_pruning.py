"""Journals that the backend has are kept for a while and up to a size; nothing else is ever removed."""

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gameserver.infrastructure.journal_files import JournalFolder, name_of
from gameserver.infrastructure.pruning import Kept, prune, surplus
from gameserver.sessions.ports import Key

DAY = 86_400.0
NOW = 1_700_000_000.0


def kept(number: int, days: float, size: int = 10, match: int = 1) -> Kept:
    return Kept(name_of(Key(f"session-{number:016}", match)), NOW - days * DAY, size)


def test_what_is_too_old_goes() -> None:
    assert surplus([kept(1, 29), kept(2, 31)], (), NOW, 30 * DAY, 1_000) == [kept(2, 31).name]


def test_the_oldest_go_until_the_rest_fits() -> None:
    files = [kept(1, 1), kept(2, 3), kept(3, 2)]
    assert surplus(files, (), NOW, 30 * DAY, 20) == [kept(2, 3).name]
    assert surplus(files, (), NOW, 30 * DAY, 19) == [kept(3, 2).name, kept(2, 3).name]


def test_matches_of_a_tournament_that_is_on_stay() -> None:
    files = [kept(1, 99, match=4), kept(2, 99)]
    assert surplus(files, {"session-" + "1".zfill(16)}, NOW, DAY, 0) == [kept(2, 99).name]


def test_a_file_that_is_no_journal_is_left_alone() -> None:
    assert surplus([Kept("notes.txt", 0, 10)], (), NOW, DAY, 0) == []


@given(st.lists(st.tuples(st.floats(0, 60), st.integers(1, 100))), st.integers(0, 500))
def test_what_stays_fits_and_is_newer_than_what_goes(files: list[tuple[float, int]], most: int) -> None:
    all_of_them = [kept(number, days, size) for number, (days, size) in enumerate(files)]
    gone = set(surplus(all_of_them, (), NOW, 30 * DAY, most))
    left = [file for file in all_of_them if file.name not in gone]
    assert sum(file.size for file in left) <= most
    assert all(
        file.written_s <= min((other.written_s for other in left), default=NOW)
        for file in all_of_them
        if file.name in gone
    )


def test_only_reported_journals_are_removed(tmp_path: Path) -> None:
    folder = JournalFolder(tmp_path / "journals")
    try:
        for number in range(3):
            journal = folder.create(Key(f"session-{number:016}"))
            journal.append([b"record"])
            if number == 1:
                journal.retire(keep=True)
            elif number == 2:
                journal.set_aside()
        for path in tmp_path.rglob("*.journal"):
            os.utime(path, (0, 0))
        assert prune(folder, NOW, 30 * DAY, 1_000_000) == 1
        left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.journal"))
        assert left == [
            "journals/refused/session-0000000000000002.1.journal",
            "journals/session-0000000000000000.1.journal",
        ]
        assert folder.content(Key("session-0000000000000001")) is None
    finally:
        folder.close()
