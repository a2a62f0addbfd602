"""A world in which time is a number: an event loop, a disk, a network and a backend, all with faults to order."""

import asyncio
import selectors
from collections.abc import Callable, Sequence
from hashlib import sha256
from random import Random

from matchpoint.internal.v1.report_pb2 import ReportStatsRequest
from matchpoint.v1.refusal_pb2 import Reason

from gameserver.contract.sessions import report_message
from gameserver.sessions.ports import Key, Report, Seal, Unreachable
from wire.journal_file import HEADER, encode
from wire.refusal import Refused

#: Seconds after which a call without an answer is given up, as on the real wire.
DEADLINE_S = 5.0


class _Idle(selectors.SelectSelector):
    """Nothing comes from outside, so waiting is turning the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everybody waits for something that never comes"
            self.now += max(0.0, timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop with a clock of its own: hours pass in no time, and a run with the same choices is the same."""

    def __init__(self) -> None:
        self._idle = _Idle()
        super().__init__(self._idle)

    def time(self) -> float:
        return self._idle.now


class Killed(BaseException):
    """The process has died here. Nothing catches it."""


class SimulatedDisk:
    """Storage that survives a process. Implements `JournalStore` for one process after another."""

    def __init__(self) -> None:
        self.open: dict[Key, bytearray] = {}
        self.reported: dict[Key, bytearray] = {}
        self.refused: dict[Key, bytearray] = {}
        self.full = False
        #: How many operations the process still lives for, None for ever; and whether the last one happens.
        self.fuse: int | None = None
        self.last_happens = False
        #: Which process may write. Another one is dead.
        self.tenure = 0
        #: Seconds that the next sync takes.
        self.sync_s: Callable[[], float] = lambda: 0.0002
        self._synced: dict[Key, int] = {}
        self._moved: list[tuple[Key, dict[Key, bytearray]]] = []

    @property
    def dead(self) -> bool:
        return self.fuse is not None and self.fuse < 0

    def operate(self, tenure: int, effect: Callable[[], None]) -> None:
        """Do something to the disk, unless the process dies first."""
        if tenure != self.tenure or self.dead:
            raise Killed
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                if self.last_happens:
                    effect()
                raise Killed
        effect()

    def next_process(self, power: Random | None) -> None:
        """The process is gone. With `power` gone too, what was not synced may be lost, and moves undone."""
        self.tenure += 1
        self.fuse = None
        if power:
            for key, content in self.open.items():
                del content[power.randint(self._synced.get(key, 0), len(content)) :]
            for key, folder in self._moved:
                if key in folder and power.random() < 0.5:
                    self.open[key] = folder.pop(key)
                    del self.open[key][self._synced[key] :]
        self._moved.clear()
        for key, content in list(self.open.items()):
            if len(content) < len(HEADER):
                del self.open[key]  # never synced, so nobody was told of it

    def prune(self) -> None:
        """Journals of matches whose results are reported need not be kept."""
        self.reported = {key: content for key, content in self.reported.items() if not key.match}

    # JournalStore.

    def create(self, key: Key) -> "SimulatedJournal":
        if self.full:
            raise OSError("no space")
        if any(key in folder for folder in (self.open, self.reported, self.refused)):
            raise FileExistsError(key.session_id)
        self.operate(self.tenure, lambda: self.open.update({key: bytearray(HEADER)}))
        return SimulatedJournal(self, key)

    def has(self, key: Key) -> bool:
        return self.content(key) is not None

    def content(self, key: Key) -> bytes | None:
        for folder in (self.open, self.reported, self.refused):
            if key in folder:
                return bytes(folder[key])
        return None

    def unreported(self) -> Sequence[Key]:
        return sorted(self.open, key=str)

    def reopen(self, key: Key) -> "SimulatedJournal":
        return SimulatedJournal(self, key)

    def move(self, key: Key, folder: dict[Key, bytearray]) -> None:
        folder[key] = self.open.pop(key)
        self._moved.append((key, folder))

    def remove(self, key: Key) -> None:
        del self.open[key]

    def sync(self, key: Key) -> None:
        self._synced[key] = len(self.open[key])


class SimulatedJournal:
    """A journal on a `Disk`, in the hands of one process. Implements `Journal`."""

    def __init__(self, disk: SimulatedDisk, key: Key) -> None:
        self._disk = disk
        self._key = key
        self._tenure = disk.tenure

    def append(self, records: Sequence[bytes]) -> None:
        if self._disk.full:
            raise OSError("no space")
        self._disk.operate(self._tenure, lambda: self._disk.open[self._key].extend(encode(records)))

    async def sync(self) -> None:
        await asyncio.sleep(self._disk.sync_s())
        if self._disk.full:
            raise OSError("no space")
        self._disk.operate(self._tenure, lambda: self._disk.sync(self._key))

    def content(self) -> bytes:
        content = self._disk.content(self._key)
        assert content is not None
        return content

    def seal(self, more: Sequence[bytes] = ()) -> Seal:
        content = self.content() + encode(more)
        return Seal(sha256(content).digest(), len(content))

    def cut(self, whole: int) -> None:
        del self._disk.open[self._key][whole:]

    def close(self) -> None: ...

    def retire(self, *, keep: bool) -> None:
        if keep:
            self._disk.operate(self._tenure, lambda: self._disk.move(self._key, self._disk.reported))
        else:
            self._disk.operate(self._tenure, lambda: self._disk.remove(self._key))

    def set_aside(self) -> None:
        self._disk.operate(self._tenure, lambda: self._disk.move(self._key, self._disk.refused))


class Recorder:
    """The backend's rule, as a model: a result counts once by its key, and another digest is refused."""

    def __init__(self, *, checks_keys: bool = True) -> None:
        self.kept: dict[Key, bytes] = {}
        self.counted: dict[Key, int] = {}
        #: "up", "busy" (refuses for a while), "down".
        self.state = "up"
        self._checks_keys = checks_keys

    def take(self, request: ReportStatsRequest) -> Exception | None:
        """Answer to a report."""
        if self.state != "up":
            return Unreachable(self.state)
        key = Key(request.session_id, request.match, request.attempt)
        if self._checks_keys and key in self.kept:
            if self.kept[key] == request.digest:
                return None
            return Refused(Reason.REASON_RESULT_DIFFERS, "Another result of this match is recorded.")
        self.kept[key] = request.digest
        self.counted[key] = self.counted.get(key, 0) + 1
        return None


class SimulatedNetwork:
    """Between the reporter and the recorder: it drops, doubles, delays and so reorders. Implements `ResultSink`."""

    def __init__(self, recorder: Recorder, seed: int) -> None:
        self.recorder = recorder
        self.random = Random(seed)
        #: Chances that a message is lost, and that it comes twice; the most seconds that it takes.
        self.drop = self.double = 0.0
        self.slow_s = 0.01

    async def report(self, report: Report, journal: bytes) -> None:
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        content = report_message(report, journal).SerializeToString()
        self._send(lambda: self._arrive(content, answer))
        try:
            async with asyncio.timeout(DEADLINE_S):
                await answer
        except TimeoutError:
            raise Unreachable("no answer") from None

    def _arrive(self, content: bytes, answer: "asyncio.Future[None]") -> None:
        outcome = self.recorder.take(ReportStatsRequest.FromString(content))
        self._send(lambda: self._answered(answer, outcome))

    def _answered(self, answer: "asyncio.Future[None]", outcome: Exception | None) -> None:
        if not answer.done():
            if outcome:
                answer.set_exception(outcome)
            else:
                answer.set_result(None)

    def _send(self, what: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        if self.random.random() >= self.drop:
            for _ in range(1 + (self.random.random() < self.double)):
                loop.call_later(self.random.uniform(0, self.slow_s), what)
