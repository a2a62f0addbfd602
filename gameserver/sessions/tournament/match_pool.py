"""The matches of a tournament: begun, stopped, taken up again, and reported to the engine and the backend when over."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from gameserver.domain.match.match import Match
from gameserver.domain.match.records import Ended, JournalError
from gameserver.domain.tournament.effects import StartMatch, StopMatch
from gameserver.domain.tournament.engine import Tournament
from gameserver.domain.tournament.refusal import TournamentRefused
from gameserver.domain.values import NOBODY
from gameserver.sessions.context import SessionContext
from gameserver.sessions.durable import RETRY_S, make_durable
from gameserver.sessions.ports import Journal, Key, Report, RestoredMatch
from gameserver.sessions.recovery import Found
from gameserver.sessions.runner import MatchBroken, MatchFinished, MatchRunner
from gameserver.sessions.tournament.participants import Participants
from gameserver.sessions.values import SessionSpec
from gameserver.streaming.numbering import Numbering
from wire.journal_file import JournalUnreadable

log = structlog.get_logger("tournament")

BREAKS_MOST: Final = 3
"""The number of times that a match may break before it is given up."""


class MatchPool:
    """The matches of one tournament."""

    def __init__(
        self,
        context: SessionContext,
        session_id: str,
        spec: SessionSpec,
        epoch: int,
        engine: Tournament,
        participants: Participants,
        on_change: Callable[[], None],
    ) -> None:
        """`on_change` is called when a match has changed what the engine wants."""
        self.matches: dict[int, MatchRunner] = {}
        """The last playing of each match that was begun in this process, by number."""
        self._context = context
        self._session_id = session_id
        self._spec = spec
        self._epoch = epoch
        self._engine = engine
        self._participants = participants
        self._on_change = on_change
        self._delay = spec.delay_s * 1_000_000
        """The spectators' delay, µs."""
        self._ended: dict[Key, tuple[Journal, SessionSpec, Ended]] = {}
        """Matches whose end a start has found, and of which the engine is not told yet."""
        self._reports: list[Callable[[], None]] = []
        """Reports that wait until the tournament's own journal has the results."""
        self._cancelled: set[MatchRunner] = set()
        """Matches that were called off: their end is no result."""
        self._breaks: dict[Key, int] = {}

    @property
    def empty(self) -> bool:
        """True when nothing is on, and nothing is being ended."""
        return not self._cancelled and all(match.over for match in self.matches.values())

    # The ends of matches.

    def _on_end(self, match: MatchRunner, end: MatchFinished | MatchBroken) -> None:
        self._context.dispatcher.end(match)
        if isinstance(end, MatchFinished):
            self._finished(match, Ended(end.result))
        else:
            self._broken(match)
        self._on_change()

    def _finished(self, match: MatchRunner, ended: Ended) -> None:
        if match in self._cancelled:
            self._cancelled.discard(match)
        else:
            self._match_over(match.key, ended)
        self._report(match.key, match.spec, match.journal, ended)

    def _broken(self, match: MatchRunner) -> None:
        """Let a match that broke go on from its journal, as after a restart; its connections are closed."""
        key = match.key
        self._cancelled.discard(match)
        if self.matches.get(key.match) is match:
            del self.matches[key.match]
        self._participants.drop_detached(self.matches, self._context.clock())
        self._breaks[key] = self._breaks.get(key, 0) + 1
        try:
            if self._breaks[key] > BREAKS_MOST:
                raise JournalError(0, "breaks the match again and again")
            restored = self._context.codec.restore(match.journal.content())
            self._resume(key, match.journal, restored)
        except (JournalUnreadable, JournalError, OSError):
            log.exception("a match is given up", session_id=key.session_id, match=key.match)
            self._give_up(key, match.spec)

    def _give_up(self, key: Key, spec: SessionSpec) -> None:
        """Void a match that is lost by a fault of ours. Its journal stays, for a person to look at."""
        void = Match.open(self._context.codec.match_opening(key, spec, self._context.fresh()), 0)
        void.end(0)
        assert void.result
        self._match_over(key, Ended(void.result))

    def _match_over(self, key: Key, ended: Ended) -> None:
        try:
            self._engine.match_over(self._context.wall_ms(), key.match, key.attempt, ended.result)
        except TournamentRefused as error:
            log.error(
                "a match's result is not wanted", session_id=key.session_id, match=key.match, cause=error.sentence
            )

    def _report(self, key: Key, spec: SessionSpec, journal: Journal, ended: Ended) -> None:
        report = Report(key, spec, session_over=False, result=ended.result)
        add, wait_s = self._context.outbox.add, self._spec.delay_s
        self._reports.append(lambda: add(key, report, journal, wait_s))

    def take_reports(self) -> Sequence[Callable[[], None]]:
        """Take the reports that have to be made once all that the engine has wanted so far is durable.

        A match that is reported is forgotten with its journal, so the tournament's must not be without its result.
        """
        reports, self._reports = self._reports, []
        return reports

    # The effects of the engine.

    def stop(self, stop: StopMatch) -> None:
        """End a match, as a forfeit or void."""
        match = self.matches.get(stop.match)
        if match is None or match.over or match.key.attempt != stop.attempt:
            return
        if stop.side == NOBODY:
            self._call_off(match)
        else:
            match.resign(self._context.clock(), (stop.side,))

    def _call_off(self, match: MatchRunner) -> None:
        self._cancelled.add(match)
        match.end(self._context.clock())

    async def start(self, start: StartMatch) -> None:
        """Begin a match, unless a start of this process has found its journal."""
        context, key = self._context, Key(self._session_id, start.match, start.attempt)
        on = self.matches.get(start.match)
        if on and on.key == key:
            return  # it goes on from its journal
        entrants = self._engine.state.entrants
        spec = context.codec.match_spec(self._spec, entrants[start.left], entrants[start.right])
        ended = self._ended.pop(key, None)
        if ended:
            await self._take_up_ended(key, *ended)
            return
        while True:
            try:
                journal = context.journals.create(key)
                break
            except FileExistsError:
                log.error(
                    "a match cannot be begun: its journal is set aside", session_id=key.session_id, match=key.match
                )
                self._give_up(key, spec)
                return
            except OSError:
                log.exception("a match's journal could not be made", session_id=self._session_id, match=start.match)
                await asyncio.sleep(RETRY_S)
        opening = context.codec.match_opening(key, spec, context.fresh())
        match = Match.open(opening, context.clock(), spec.join_within_us, context.fresh(), context.timing)
        numbering = Numbering(self._epoch, key.attempt)
        self._begin(MatchRunner(context, key, spec, numbering, match, journal, self._on_end, pairing=start.pairing))

    def _begin(self, match: MatchRunner) -> None:
        self.matches[match.key.match] = match
        if self._delay:
            match.delay(self._delay)
        self._context.dispatcher.begin(match)
        self._participants.begin(match, self._context.clock())

    # Matches of the last run.

    def resume(self, found: Found) -> None:
        """Take the journals that a start has found. Running matches go on at once, so that viewers miss nothing."""
        for key, (journal, restored) in found.items():
            if restored.state.result:
                self._ended[key] = (journal, restored.spec, Ended(restored.state.result))
            else:
                self._resume(key, journal, restored)

    async def take_up_ended(self) -> None:
        """Pass on the results that the engine has not asked for: those matches were over, and are reported."""
        while self._ended:
            key, ended = self._ended.popitem()
            await self._take_up_ended(key, *ended)

    async def _take_up_ended(self, key: Key, journal: Journal, spec: SessionSpec, ended: Ended) -> None:
        # Written is not yet durable, and nothing may follow from it before it is.
        await make_durable(journal, self._session_id)
        self._match_over(key, ended)
        self._report(key, spec, journal, ended)

    def _resume(self, key: Key, journal: Journal, restored: RestoredMatch) -> None:
        context, spec = self._context, restored.spec
        match = Match.restore(restored.state, context.clock(), spec.join_within_us, context.fresh())
        pairing = self._engine.state.pairing_of[key.match]
        numbering = Numbering(self._epoch, key.attempt, self._breaks.get(key, 0))
        runner = MatchRunner(
            context, key, spec, numbering, match, journal, self._on_end, restored.resume_point, pairing=pairing
        )
        call = self._engine.state.calls.get(pairing)
        if call and call.begun and (call.match, call.attempt) == (key.match, key.attempt):
            self._begin(runner)
        else:
            context.dispatcher.begin(runner)
            self._call_off(runner)
