"""`python -m gameserver verify FILE`: plays a journal again and proves the result that is stored in it."""

import sys
from pathlib import Path
from typing import Final

from gameserver.adapters.codec import ProtobufCodec
from gameserver.core.journal import JournalError, Opened, Result
from gameserver.core.verify import verify
from wire.journal_file import JournalUnreadable

PROVEN: Final = 0
DIFFERS: Final = 1
UNREADABLE: Final = 2


def verify_file(path: Path) -> int:
    """Prints what was found. Returns 0 if the result is proven, 1 if the journal plays out differently, 2 if the file
    cannot be read."""
    try:
        records = ProtobufCodec().read(path.read_bytes()).records
    except OSError as error:
        return _say(f"{path} cannot be read: {error.strerror}.", UNREADABLE)
    except (JournalUnreadable, JournalError) as error:
        return _say(f"{path} cannot be read: {error}.", UNREADABLE)
    if not records:
        return _say(f"{path} cannot be read: it holds no record.", UNREADABLE)
    try:
        result = verify(records)
    except JournalError as error:
        return _say(f"{path} does not prove its result: {error}.", DIFFERS)
    opened = records[0]
    assert isinstance(opened, Opened)
    sys.stdout.write(f"{path} proves its result: {_sentence(opened, result)}\n")
    return PROVEN


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(sentence + "\n")
    return code


def _sentence(opened: Opened, result: Result) -> str:
    names = (opened.left.name, opened.right.name)
    winner = f"{names[result.winner]} won" if result.winner >= 0 else "nobody won"
    return (
        f"{names[0]} {result.left}, {names[1]} {result.right}; {winner} ({result.outcome.name.lower()}) "
        f"after {result.duration_us / 1e6:.1f} s of play, {result.stats.hits} hits."
    )
