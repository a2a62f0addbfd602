"""Starts a program that dies where it is told to: `python -m tests.support.faults.crashing gameserver`.

MATCHPOINT_CRASH_AT=journal.append.after:17 kills it (SIGKILL) right after the 17th append of this run. The programs
have no hooks for this: the methods in `POINTS` are wrapped here, before the program starts. `before` is the moment
before the method does anything, `after` when it has done all and has not returned; `journal.append.torn` is after half
of the bytes.

Four more things that only a test may want are done in the same way:

MATCHPOINT_KEYLESS=1 takes the key of a result away from the backend: every report is a new one. It is the control.
MATCHPOINT_HURRIED=1 shortens what the game server waits for people's sake.
MATCHPOINT_ADVERTISE=host:port is where the game server says that it is: a proxy.
MATCHPOINT_TURNS=FILE keeps there how long the program's event loop was busy with one thing (`loop_turns.py`).
"""

import importlib
import inspect
import os
import runpy
import signal
import sys
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, NoReturn

from cli.child import end_with_supervisor
from tests.support.faults.fast_timing import HURRIED
from tests.support.faults.loop_turns import watch_turns

POINTS: Final = {
    "gameserver": {
        "journal.create": ("gameserver.infrastructure.journal_files", "JournalFolder.create"),
        "journal.append": ("gameserver.infrastructure.journal_files", "FileJournal.append"),
        "journal.sync": ("gameserver.infrastructure.journal_files", "FileJournal.sync"),
        "journal.retire": ("gameserver.infrastructure.journal_files", "FileJournal.retire"),
        "report.send": ("gameserver.infrastructure.backend_client", "BackendClient.report"),
    },
    "backend": {
        "session.place": ("backend.service.sessions.directory", "Directory.start"),
        "session.create": ("backend.adapters.game_servers", "GrpcGameServers.create"),
        "report.commit": ("backend.service.reports.records", "Records.report"),
        "record.add": ("backend.adapters.sql.records", "SqlRecords.add"),
    },
    "gateway": {},
}
"""Of each program: the name of a point, and the method that it is around."""
TORN: Final = "journal.append.torn"


def points(program: str) -> list[str]:
    """Every crash point of a program."""
    named = [f"{name}.{moment}" for name in POINTS[program] for moment in ("before", "after")]
    return named + [TORN] * (program == "gameserver")


def die() -> NoReturn:
    """Ends this process as kill -9 does: nothing is flushed, nobody is told."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("SIGKILL was survived")


class Countdown:
    """Dies at the `passes`th pass."""

    def __init__(self, passes: int) -> None:
        self._left = passes

    def passed(self) -> None:
        """One more."""
        self._left -= 1
        if self._left == 0:
            die()


def around(method: Callable[..., Any], *, before: Callable[[], None], after: Callable[[], None]) -> Callable[..., Any]:
    """The method, a coroutine function or not, with something before and after it."""
    if inspect.iscoroutinefunction(method):

        @wraps(method)
        async def waiting(*given: Any, **named: Any) -> Any:
            before()
            result = await method(*given, **named)
            after()
            return result

        return waiting

    @wraps(method)
    def at_once(*given: Any, **named: Any) -> Any:
        before()
        result = method(*given, **named)
        after()
        return result

    return at_once


def crash_at(program: str, place: str) -> None:
    """Arms a crash point, `name.moment:passes`. Raises KeyError for one that there is not."""
    point, _, passes = place.partition(":")
    countdown = Countdown(int(passes or 1))
    if point == TORN:
        _tear(countdown)
        return
    name, _, moment = point.rpartition(".")
    module, path = POINTS[program][name]
    owner_name, method_name = path.split(".")
    owner = getattr(importlib.import_module(module), owner_name)
    moments = {"before": lambda: None, "after": lambda: None, moment: countdown.passed}
    if len(moments) != 2:
        raise KeyError(point)
    _replace(owner, around(getattr(owner, method_name), **moments), method_name)


def _tear(countdown: Countdown) -> None:
    """At the last pass half of the bytes get to the file."""
    from gameserver.infrastructure import journal_files
    from wire.journal_file import encode

    whole = journal_files.FileJournal.append

    def append(journal: journal_files.FileJournal, records: Any) -> None:
        content = encode(records)

        def half() -> None:
            os.write(journal._fd, content[: len(content) // 2])

        if countdown._left == 1:
            half()
        countdown.passed()
        whole(journal, records)

    _replace(journal_files.FileJournal, append)


def take_the_key_away() -> None:
    """Reports are not recognised any more: the backend keeps each as one more attempt."""
    from backend.adapters.sql.records import SqlRecords
    from backend.service.models import MatchRow

    get, add = SqlRecords.get, SqlRecords.add

    async def forget(records: SqlRecords, session_id: str, match: int, attempt: int | None = None) -> MatchRow | None:
        return None if attempt is not None else await get(records, session_id, match)

    async def keep(records: SqlRecords, row: MatchRow, sides: Any, journal: bytes) -> None:
        last = await get(records, row.session_id, row.match)
        attempt = last.attempt + 1 if last else row.attempt
        fields = {name: getattr(row, name) for name in MatchRow.__dataclass_fields__}
        await add(records, MatchRow(**{**fields, "attempt": attempt}), sides, journal)

    _replace(SqlRecords, forget, "get")
    _replace(SqlRecords, keep, "add")


def advertise(address: str) -> None:
    """The game server registers with this address instead of its own."""
    from gameserver.infrastructure.backend_client import BackendClient

    stay = BackendClient.stay_registered

    async def stay_registered(backend: BackendClient, _: str, *rest: Any) -> None:
        await stay(backend, address, *rest)

    _replace(BackendClient, stay_registered)


def _replace(owner: type, method: Callable[..., Any], name: str = "") -> None:
    setattr(owner, name or method.__name__, method)


def main() -> None:
    """Wraps what the environment says, and becomes the program."""
    program = sys.argv[1]
    if place := os.environ.get("MATCHPOINT_CRASH_AT"):
        crash_at(program, place)
    if program == "backend" and os.environ.get("MATCHPOINT_KEYLESS"):
        take_the_key_away()
    if program == "gameserver" and (address := os.environ.get("MATCHPOINT_ADVERTISE")):
        advertise(address)
    if path := os.environ.get("MATCHPOINT_TURNS"):
        watch_turns(path)
    sys.argv = [program]
    threading.Thread(target=end_with_supervisor, daemon=True).start()
    if program == "gameserver" and os.environ.get("MATCHPOINT_HURRIED"):
        from gameserver.__main__ import main as serve

        sys.exit(serve(HURRIED))
    runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
