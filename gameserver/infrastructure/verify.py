"""`python -m gameserver verify FILE`: plays a journal again, and says what that proves and what it does not.

That it plays out to its result shows that nobody has changed a part of it without the rest. Somebody who writes all of
it anew can make it play out too: another name, a forfeit at its end. What such a journal has not got is the digest that
the backend recorded with the result.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import grpc
from matchpoint.v1.journal_pb2 import JournalRecord
from matchpoint.v1.stats_pb2 import GetMatchRequest
from matchpoint.v1.stats_pb2_grpc import StatsServiceStub

from gameserver.config import Config
from gameserver.contract.match_journal import read_records
from gameserver.domain.match.records import JournalError, Opened, Result
from gameserver.domain.match.verify import verify
from wire.channel import connect, credentials
from wire.config import ConfigError
from wire.journal_file import HEADER, JournalUnreadable, decode, encode
from wire.settings import UNARY_DEADLINE_S

PROVEN: Final = 0
DIFFERS: Final = 1
UNREADABLE: Final = 2


@dataclass(frozen=True, slots=True)
class Played:
    """A journal that plays out to its result."""

    opened: Opened
    result: Result
    digest: bytes
    """SHA-256 of the file up to its end, as it was reported."""


class Differs(Exception):
    """The journal is not what it says that it is."""


def verify_command(arguments: Sequence[str]) -> int:
    """`verify FILE [--digest HEX | --record]`."""
    parser = argparse.ArgumentParser(prog="verify")
    parser.add_argument("file", type=Path)
    parser.add_argument("--digest", default="")
    parser.add_argument("--record", action="store_true")
    chosen = parser.parse_args(arguments)
    return verify_file(chosen.file, chosen.digest, record=chosen.record)


def verify_file(path: Path, digest: str = "", *, record: bool = False) -> int:
    """Prints what was found, in one line. Returns 0 if all that can be compared is the same, 1 if something differs, 2
    if the file cannot be read, or the backend not be asked."""
    try:
        played = _played(path.read_bytes())
    except OSError as error:
        return _say(f"{path} cannot be read: {error.strerror}.", UNREADABLE)
    except (JournalUnreadable, JournalError) as error:
        return _say(f"{path} cannot be read: {error}.", UNREADABLE)
    except Differs as error:
        return _say(f"{path} does not prove its result: {error}.", DIFFERS)
    found = f"{path} plays out to its result: {_sentence(played.opened, played.result)}"
    if record:
        try:
            digest = asyncio.run(_recorded(played.opened))
        except (ConfigError, grpc.aio.AioRpcError) as error:
            cause = error.details() if isinstance(error, grpc.aio.AioRpcError) else str(error)
            return _say(f"{found} Its record cannot be asked for: {cause}", UNREADABLE)
    if not digest:
        sys.stdout.write(
            f"{found} That it is the journal that was recorded is not shown: compare its digest, "
            f"{played.digest.hex()}, with the record's (--digest or --record).\n"
        )
        return PROVEN
    if digest.lower() != played.digest.hex():
        return _say(
            f"{path} is not the journal that was recorded: its digest is {played.digest.hex()}, the record's "
            f"{digest.lower()}.",
            DIFFERS,
        )
    sys.stdout.write(f"{found} It is the journal that was recorded.\n")
    return PROVEN


def _played(content: bytes) -> Played:
    """Raises JournalUnreadable, JournalError when it cannot be read, and Differs."""
    encoded = decode(content).records
    if not encoded:
        raise JournalUnreadable("it holds no record")
    records = read_records(encoded).records
    try:
        result = verify(records)
    except JournalError as error:
        raise Differs(str(error)) from error
    end = next(at for at, each in enumerate(encoded) if (message := JournalRecord.FromString(each)).HasField("ended"))
    before = HEADER + encode(encoded[:end])
    if message.ended.journal_digest and message.ended.journal_digest != sha256(before).digest():
        raise Differs(f"record {end}: Ended is the end of another journal, by its digest")
    opened = records[0]
    assert isinstance(opened, Opened)
    return Played(opened, result, sha256(before + encode(encoded[end : end + 1])).digest())


async def _recorded(opened: Opened) -> str:
    """The digest that the backend has. Raises ConfigError, AioRpcError."""
    config = Config.read(os.environ)
    request = GetMatchRequest(session_id=opened.session_id, match=opened.match)
    async with connect(config.backend) as channel:
        found = await StatsServiceStub(channel).GetMatch(
            request, timeout=UNARY_DEADLINE_S, metadata=credentials(config.service_token)
        )
    if not found.match.journal_digest:
        raise ConfigError("it was made by an older version, which noted no digest.")
    return found.match.journal_digest.hex()


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
