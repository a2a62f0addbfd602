"""The public side of a tournament: topic 0, live and as spectators may see it, its scoreboard, its matches' topics."""

from collections.abc import Callable, Sequence

import structlog

from gameserver.domain.match.records import JournalError
from gameserver.domain.tournament.effects import TournamentEffects
from gameserver.domain.tournament.engine import Tournament
from gameserver.domain.tournament.featured import Live
from gameserver.domain.tournament.records import PairingLine, TournamentEvent, TournamentOpened, TournamentRecord
from gameserver.domain.tournament.replay import apply
from gameserver.domain.tournament.state import TournamentState
from gameserver.sessions.context import SessionContext
from gameserver.sessions.finished import FinishedMatch
from gameserver.sessions.ports import Key, TournamentView
from gameserver.sessions.runner import MatchRunner
from gameserver.sessions.tournament.participants import Matches
from gameserver.sessions.tournament.scoreboard import Scoreboard
from gameserver.sessions.values import Board, LiveScore, SessionSpec
from gameserver.streaming.connection import restarting
from gameserver.streaming.ports import ResumePoint
from gameserver.streaming.spectator_delay import DelayedTopic
from gameserver.streaming.topic import Place, Topic, WatchableTopic
from wire.constants import BRACKET_TOPIC
from wire.journal_file import JournalUnreadable
from wire.refusal import Reason, Refused

log = structlog.get_logger("tournament")


class TournamentBroadcast:
    """Topic 0 of one tournament, itself a `WatchableTopic`, and the way to all its other topics."""

    def __init__(
        self,
        context: SessionContext,
        session_id: str,
        spec: SessionSpec,
        epoch: int,
        engine: Tournament,
        matches: Matches,
        resumed: ResumePoint,
        flush: Callable[[int], bool],
    ) -> None:
        """`matches` is only read. `flush` flushes the tournament, and returns True while effects are carried out."""
        self.topic = Topic(BRACKET_TOPIC, epoch, resumed.seq, context.codec, lambda: 0, self.snapshot, resumed)
        self.delayed: DelayedTopic[TournamentRecord] | None = None
        """Topic 0 as spectators see it, if there is a delay."""
        self.delay = spec.delay_s * 1_000_000
        """The spectators' delay, µs."""
        self._context = context
        self._session_id = session_id
        self._spec = spec
        self._epoch = epoch
        self._engine = engine
        self._matches = matches
        self._flush = flush
        self._viewers = 0
        self._public = self.snapshot
        self._seen: TournamentState | None = None
        """The facts that spectators know, if there is a delay."""
        self._scoreboard = Scoreboard(
            context.clock, context.scheduler, self._running, lambda: self.viewers, self._tell_board
        )

    def begin_delay(self, facts: TournamentState, events: Sequence[TournamentEvent], *, opens_at: int) -> None:
        """Show spectators these facts, which are theirs alone, and everything after them `delay_s` later.

        `events` are those that the facts mean. Nothing is shown before `opens_at` (server µs).
        """
        codec = self._context.codec

        def fold_in(later: Sequence[TournamentRecord]) -> None:
            for record in later:
                apply(facts, record)

        def snapshot() -> TournamentView:
            return TournamentView(facts.snapshot(), self._spec, codec.scoreboard_of(topic.aside))

        self._seen = facts
        resumed = ResumePoint(len(events), list(enumerate(events, 1)))
        topic = Topic(BRACKET_TOPIC, self._epoch, resumed.seq, codec, lambda: 0, snapshot, resumed)
        self.delayed = DelayedTopic(
            self._context.scheduler, topic, self.delay, fold_in, self._scoreboard.add_streams, opens_at=opens_at
        )
        self._public = snapshot

    # For the tournament.

    def announce(self, effects: TournamentEffects) -> None:
        """Announce effects that are durable."""
        now, records, events = self._context.clock(), effects.records, effects.events
        if events:
            self.topic.publish(events, now)
        if self.delayed and records:
            if isinstance(records[0], TournamentOpened):  # spectators have seen that
                records, events = records[1:], events[self.delayed.topic.seq :]
            self.delayed.take(records, events, now)

    def close(self) -> None:
        """End topic 0: the tournament is over."""
        self._scoreboard.stop()
        self.topic.close()
        if self.delayed:
            self.delayed.close(self._context.clock())

    def fail(self, refused: Refused) -> None:
        """End all topics with a refusal."""
        self.topic.fail(refused)
        if self.delayed:
            self.delayed.topic.fail(refused)
        for match in self._matches.values():
            match.topic.fail(refused)
            match.spectators.fail(refused)
            if match.delayed:
                match.delayed.topic.fail(refused)

    # The state of the tournament.

    @property
    def viewers(self) -> int:
        """Spectators, through all gateways."""
        return self._viewers + (self.delayed.viewers if self.delayed else 0)

    def snapshot(self) -> TournamentView:
        """Return all of the tournament, up to the last event."""
        return TournamentView(self._engine.snapshot(), self._spec, self._scoreboard.board)

    def pairings(self, *, live: bool) -> Sequence[PairingLine]:
        """Return all pairings; without `live`, as spectators may know them."""
        return (self.snapshot() if live else self._public()).state.pairings

    def public(self) -> TournamentView:
        """Return all of the tournament that spectators may know.

        Raises Refused (SERVER_UNAVAILABLE): after a restart that is nothing, for as long as the delay.
        """
        self._check_open()
        return self._public()

    def journal_key(self, number: int, now: int) -> Key | None:
        """Return the key of a match's journal, written up to now; None when there is no such match.

        Raises Refused: spectators have not seen its end yet, or not even its call (RECORD_UNKNOWN), or after a restart
        may see nothing yet (SERVER_UNAVAILABLE).
        """
        self._check_open()
        if self._seen and not self._seen_to_its_end(self._seen, number):
            sentence = "This match can be seen again once spectators have seen it; wait for its end."
            raise Refused(Reason.REASON_RECORD_UNKNOWN, sentence, session_id=self._session_id)
        match = self._matches.get(number)
        if match:
            match.flush(now)
            return match.key
        attempt = self._engine.state.attempts.get(number)
        return Key(self._session_id, number, attempt) if attempt else None

    def watchable(self, topic: int, *, live: bool) -> WatchableTopic:
        """Find a topic. Raises Refused (TOPIC_UNKNOWN): there is none, or none yet that the viewer may know of."""
        if topic == BRACKET_TOPIC:
            return self if live or self.delayed is None else self.delayed
        if not live and self._seen:
            self._check_open()
            if topic not in self._seen.attempts:
                raise _topic_unknown()
        match = self._matches.get(topic)
        if match is None:
            finished = self._finished_match(topic)
            if finished:
                return finished
            raise _topic_unknown()
        return _for_viewers(match, live=live)

    def featured(self, *, live: bool) -> WatchableTopic | None:
        """Find the featured match, as the last scoreboard named it."""
        board = (self.snapshot() if live else self._public()).scoreboard
        match = self._matches.get(board.featured if board else 0)
        return _for_viewers(match, live=live) if match else None

    # Topic 0, live.

    def since(self, after: Place | None, now: int) -> list[bytes] | None:
        """Return the frames that a viewer at that place lacks; None while the newest are being made durable."""
        if not self.topic.keeps(after) and self._flush(now):
            return None  # else the snapshot and the numbering would not agree
        return self.topic.since(after, now)

    def watch(self, viewers: int) -> None:
        """Count a stream that begins, with this many viewers."""
        self._viewers += viewers
        self._scoreboard.add_streams(+1)

    def unwatch(self, viewers: int) -> None:
        """Count a stream that ends."""
        self._viewers -= viewers
        self._scoreboard.add_streams(-1)

    def _check_open(self) -> None:
        if self.delayed and self.delayed.topic.held:
            raise restarting()

    def _seen_to_its_end(self, seen: TournamentState, number: int) -> bool:
        """Report whether spectators have seen the end of the match that has this number now."""
        match = self._matches.get(number)
        if match and match.delayed and not match.delayed.topic.over:
            return False
        on = any(call.match == number for call in seen.calls.values())
        attempt = seen.attempts.get(number)
        return not on and attempt is not None and attempt == self._engine.state.attempts.get(number)

    def _finished_match(self, number: int) -> FinishedMatch | None:
        """Find a match that was over before this process began, from its journal."""
        attempt = self._engine.state.attempts.get(number)
        key = Key(self._session_id, number, attempt or 1)
        content = self._context.journals.content(key) if attempt else None
        if content is None:
            return None
        try:
            restored = self._context.codec.restore(content)
        except (JournalUnreadable, JournalError):
            log.exception("a match's journal cannot be read", session_id=key.session_id, match=key.match)
            return None
        return FinishedMatch(key, self._epoch, restored, self._engine.state.pairing_of[number], self._context.codec)

    def _running(self) -> list[tuple[Live, LiveScore]]:
        """List the matches that are on, and their scores."""
        found = []
        facts = self._engine.state
        for number, match in self._matches.items():
            pairing = facts.pairings.get(facts.pairing_of.get(number, 0))
            if match.over or pairing is None:
                continue
            left, right = match.match.state.game.score
            viewers = match.viewers + (match.delayed.viewers if match.delayed else 0)
            score = LiveScore(number, pairing.number, left, right, viewers)
            found.append((Live(number, pairing.to_end, left, right), score))
        return found

    def _tell_board(self, board: Board, now: int) -> None:
        message = self._context.codec.scoreboard(board)
        self.topic.tell(message)
        if self.delayed:
            self.delayed.tell(message, now)


def _for_viewers(match: MatchRunner, *, live: bool) -> WatchableTopic:
    """The topic of a match for everyone but its players: held back, and with the spectators' delay unless `live`."""
    return match.delayed if match.delayed and not live else match.spectators


def _topic_unknown() -> Refused:
    """The refusal of a match that there is not, as far as the viewer may know."""
    return Refused(Reason.REASON_TOPIC_UNKNOWN, "There is no such match in this tournament yet.", field="topic")
