"""The matches of a tournament: begun, stopped, taken up again, and told to the engine and the backend when over."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import structlog
from matchpoint.v1.session_pb2 import SessionSpec

from gameserver.contract.specs import opened
from gameserver.contract.tournament_specs import match_spec
from gameserver.domain.match.match import Match
from gameserver.domain.match.records import Ended, JournalError
from gameserver.domain.tournament.effects import StartMatch, StopMatch
from gameserver.domain.tournament.engine import Tournament
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.values import NOBODY
from gameserver.sessions.context import TournamentShell
from gameserver.sessions.ports import Journal, Key, RestoredMatch
from gameserver.sessions.reporter import match_report
from gameserver.sessions.runner import LiveMatch
from gameserver.sessions.tournament.participants import Entrants
from wire.journal_file import JournalUnreadable

log = structlog.get_logger("courts")

#: Seconds after which a journal that could not be written is tried again.
RETRY_S: Final = 0.25
#: How often a match may break before it is given up, and the epochs between two breaks.
BREAKS: Final = 3
BREAK_EPOCHS: Final = 100

#: Matches of a tournament whose journals a start has found open, with what is in them.
Found = Mapping[Key, tuple[Journal, RestoredMatch]]


class Courts:
    """Where the matches of one tournament are played. It is their `Holder`."""

    #: A match that is over does not end the connection of who played it.
    closing = 0

    def __init__(
        self,
        shell: TournamentShell,
        session_id: str,
        spec: SessionSpec,
        epoch: int,
        engine: Tournament,
        matches: dict[int, LiveMatch],
        entrants: Entrants,
        settle: Callable[[], None],
    ) -> None:
        """`matches` has the last playing of each match that was begun in this process: it is kept here.

        `settle` is called when a match has changed what the engine wants.
        """
        self._shell = shell
        self._session_id = session_id
        self._spec = spec
        self._epoch = epoch
        self._engine = engine
        self._matches = matches
        self._entrants = entrants
        self._settle = settle
        #: Spectators' delay, µs.
        self._delay = spec.tournament.delay_s * 1_000_000
        #: Matches whose end a start has found, and of which the engine is not told yet.
        self._ended: dict[Key, tuple[Journal, SessionSpec, Ended]] = {}
        #: Reports that wait until the tournament's own journal has the results.
        self._reports: list[Callable[[], None]] = []
        #: Matches that were called off: what comes of them is no result.
        self._cancelled: set[LiveMatch] = set()
        self._breaks: dict[Key, int] = {}

    @property
    def empty(self) -> bool:
        """Nothing is on, and nothing is being ended."""
        return not self._cancelled and all(match.over for match in self._matches.values())

    # What matches tell. See `Holder`.

    def is_over(self, match: LiveMatch) -> None:
        """A match's result is durable and announced."""
        key = match.key
        assert match.match.result is not None
        self._shell.ended(match)
        if match in self._cancelled:
            self._cancelled.discard(match)
        else:
            self._match_over(key, Ended(match.match.result))
        self._report(key, match.spec, match.journal, Ended(match.match.result))
        self._settle()

    def is_abandoned(self, match: LiveMatch) -> None:
        """A match broke, and its connections are closed. It goes on from its journal, as after a restart."""
        key = match.key
        self._shell.ended(match)
        self._cancelled.discard(match)
        if self._matches.get(key.match) is match:
            del self._matches[key.match]
        self._entrants.drop_closed(self._shell.clock())
        self._breaks[key] = self._breaks.get(key, 0) + 1
        try:
            if self._breaks[key] > BREAKS:
                raise JournalError(0, "breaks the match again and again")
            restored = self._shell.codec.restore(match.journal.content())
            self._resume(key, match.journal, restored, self._epoch + BREAK_EPOCHS * self._breaks[key])
        except (JournalUnreadable, JournalError, OSError):
            log.exception("a match is given up", session=key.session_id, match=key.match)
            self._give_up(key, match.spec)
        self._settle()

    def _give_up(self, key: Key, spec: SessionSpec) -> None:
        """A match is lost, by a fault of ours: void. Its journal stays, for a person to look at."""
        void = Match.open(opened(key, spec, self._shell.fresh()), 0)
        void.end(0)
        assert void.result
        self._match_over(key, Ended(void.result))

    def _match_over(self, key: Key, ended: Ended) -> None:
        try:
            self._engine.match_over(self._shell.wall_ms(), key.match, key.attempt, ended.result)
        except TournamentRefused as error:
            log.error("a match's result is not wanted", session=key.session_id, match=key.match, cause=error.sentence)

    def _report(self, key: Key, spec: SessionSpec, journal: Journal, ended: Ended) -> None:
        report = match_report(self._shell.codec, key, spec, ended, alone=False)
        self._reports.append(lambda: self._shell.report(key, report, journal, self._spec.tournament.delay_s))

    def take_reports(self) -> Sequence[Callable[[], None]]:
        """Reports that have to be made once all that the engine has wanted so far is durable.

        A match that is reported is forgotten with its journal, so the tournament's must not be without its result.
        """
        reports, self._reports = self._reports, []
        return reports

    def stop(self, stop: StopMatch) -> None:
        """End a match, as a forfeit or void."""
        match = self._matches.get(stop.match)
        if match is None or match.over or match.key.attempt != stop.attempt:
            return
        if stop.side == NOBODY:
            self._call_off(match)
        else:
            match.resign(self._shell.clock(), (stop.side,))

    def _call_off(self, match: LiveMatch) -> None:
        self._cancelled.add(match)
        match.end(self._shell.clock())

    async def start(self, start: StartMatch) -> None:
        """Begin a match, unless a start has found its journal."""
        key = Key(self._session_id, start.match, start.attempt)
        on = self._matches.get(start.match)
        if on and on.key == key:
            return  # it goes on from its journal
        entrants = self._engine.state.entrants
        spec = match_spec(self._spec, entrants[start.left], entrants[start.right])
        ended = self._ended.pop(key, None)
        if ended:
            await self._take_up(key, *ended)
            return
        while True:
            try:
                journal = self._shell.store.create(key)
                break
            except FileExistsError:
                log.error("a match cannot be begun: its journal is set aside", session=key.session_id, match=key.match)
                self._give_up(key, spec)
                return
            except OSError:
                log.exception("a match's journal could not be made", session=self._session_id, match=start.match)
                await asyncio.sleep(RETRY_S)
        fresh, clock = self._shell.fresh, self._shell.clock
        match = Match.open(opened(key, spec, fresh()), clock(), spec.join_within_s * 1_000_000, fresh())
        self._begin(LiveMatch(self._shell, self, key, spec, self._epoch, match, journal, pairing=start.pairing))

    def _begin(self, match: LiveMatch) -> None:
        self._matches[match.key.match] = match
        if self._delay:
            match.delay(self._delay)
        self._shell.began(match)
        self._entrants.begin(match, self._shell.clock())

    async def take_up_ended(self) -> None:
        """What the engine has not asked for is told all the same: it was over, and is reported."""
        while self._ended:
            key, ended = self._ended.popitem()
            await self._take_up(key, *ended)

    async def _take_up(self, key: Key, journal: Journal, spec: SessionSpec, ended: Ended) -> None:
        """A start has found the journal of a match that is over."""
        # Written is not yet durable, and nothing may follow from it before it is.
        await made_durable(journal, self._session_id)
        self._match_over(key, ended)
        self._report(key, spec, journal, ended)

    def go_on(self, found: Found) -> None:
        """Journals that a start has found. What is on goes on at once, so that nobody who watches it misses it."""
        for key, (journal, restored) in found.items():
            if restored.facts.result:
                self._ended[key] = (journal, restored.spec, Ended(restored.facts.result))
            else:
                self._resume(key, journal, restored, self._epoch)

    def _resume(self, key: Key, journal: Journal, restored: RestoredMatch, epoch: int) -> None:
        spec, past = restored.spec, restored.past
        join_within_us = spec.join_within_s * 1_000_000
        match = Match.restore(restored.facts, self._shell.clock(), join_within_us, self._shell.fresh())
        pairing = self._engine.state.pairing_of[key.match]
        live = LiveMatch(self._shell, self, key, spec, epoch, match, journal, past, pairing=pairing)
        call = self._engine.state.calls.get(pairing)
        if call and call.begun and (call.match, call.attempt) == (key.match, key.attempt):
            self._begin(live)
        else:
            self._shell.began(live)
            self._call_off(live)


async def made_durable(journal: Journal, session_id: str) -> None:
    """Returns when all that was appended survives a power loss, however long the disk takes."""
    while True:
        try:
            await journal.sync()
            return
        except OSError:
            log.exception("a journal cannot be made durable", session=session_id)
            await asyncio.sleep(RETRY_S)
