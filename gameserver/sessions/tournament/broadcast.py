"""Those who watch a tournament: topic 0 as it is and as spectators may see it, its scoreboard, its matches' topics."""

from collections.abc import Callable, Mapping, Sequence

import structlog
from matchpoint.v1.frames_pb2 import ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.tournament_pb2 import LiveScore, TournamentSpec

from gameserver.domain.match.records import JournalError
from gameserver.domain.tournament.effects import TournamentEffects
from gameserver.domain.tournament.engine import Tournament
from gameserver.domain.tournament.featured import Live
from gameserver.domain.tournament.records import PairingLine, TournamentEvent, TournamentOpened, TournamentRecord
from gameserver.domain.tournament.replay import apply
from gameserver.domain.tournament.state import TournamentState
from gameserver.sessions.finished import Over
from gameserver.sessions.ports import JournalStore, Key, Past, TournamentSnapshot
from gameserver.sessions.runner import LiveMatch
from gameserver.sessions.session import Watched
from gameserver.sessions.tournament.scoreboard import Scores
from gameserver.streaming.connection import restarting
from gameserver.streaming.spectator_delay import Delayed, Waking
from gameserver.streaming.topic import Place, Topic
from wire.constants import BRACKET_TOPIC
from wire.journal_file import JournalUnreadable
from wire.refusal import Refused

log = structlog.get_logger("audience")


class Audience:
    """Topic 0 of one tournament, `Watched` itself, and the way to all its other topics."""

    def __init__(
        self,
        shell: Waking,
        session_id: str,
        spec: TournamentSpec,
        epoch: int,
        engine: Tournament,
        matches: Mapping[int, LiveMatch],
        past: Past,
        is_busy: Callable[[int], bool],
    ) -> None:
        """`is_busy` begins to carry out what the engine wants, and says whether that is under way."""
        self.topic = Topic(BRACKET_TOPIC, epoch, past.seq, shell.codec, lambda: 0, self.snapshot, past)
        #: The same as spectators see it, if they see it later.
        self.delayed: Delayed[TournamentRecord] | None = None
        #: Spectators' delay, µs.
        self.delay = spec.delay_s * 1_000_000
        self._shell = shell
        self._session_id = session_id
        self._spec = spec
        self._epoch = epoch
        self._engine = engine
        self._matches = matches
        self._is_busy = is_busy
        self._viewers = 0
        self._public = self.snapshot
        #: What spectators know, if they see it later.
        self._seen: TournamentState | None = None
        self._scores = Scores(shell, self._on, lambda: self.viewers, self._tell_scores)

    def begin_delay(self, facts: TournamentState, told: Sequence[TournamentEvent], *, opens_at: int) -> None:
        """Spectators see these facts, which are theirs alone and were told so, then the rest of it `delay_s` later."""

        def fold_in(later: Sequence[TournamentRecord]) -> None:
            for record in later:
                apply(facts, record)

        def snapshot() -> TournamentSnapshot:
            board = ServerMessage.FromString(topic.aside).scoreboard
            return TournamentSnapshot(facts.snapshot(), self._spec, board)

        self._seen = facts
        past = Past(len(told), list(enumerate(told, 1)))
        topic = Topic(BRACKET_TOPIC, self._epoch, past.seq, self._shell.codec, lambda: 0, snapshot, past)
        self.delayed = Delayed(self._shell, topic, self.delay, fold_in, self._scores.watch, opens_at=opens_at)
        self._public = snapshot

    # What the tournament tells.

    def announce(self, effects: TournamentEffects) -> None:
        """What is durable is told."""
        now, records, events = self._shell.clock(), effects.records, effects.events
        if events:
            self.topic.publish(events, now)
        if self.delayed and records:
            if isinstance(records[0], TournamentOpened):  # they have seen that
                records, events = records[1:], events[self.delayed.topic.seq :]
            self.delayed.take(records, events, now)

    def close(self) -> None:
        """It is over."""
        self._scores.stop()
        self.topic.close()
        if self.delayed:
            self.delayed.close(self._shell.clock())

    def fail(self, refused: Refused) -> None:
        """Nothing comes any more on any topic, and not because it is over."""
        everything: list[Audience | LiveMatch] = [self, *self._matches.values()]
        for watched in everything:
            watched.topic.fail(refused)
            if isinstance(watched, LiveMatch):
                watched.spectators.fail(refused)
            if watched.delayed:
                watched.delayed.topic.fail(refused)

    # What may be known.

    @property
    def viewers(self) -> int:
        """Spectators, through all gateways."""
        return self._viewers + (self.delayed.viewers if self.delayed else 0)

    def snapshot(self) -> TournamentSnapshot:
        """All of the tournament, up to the last event."""
        return TournamentSnapshot(self._engine.snapshot(), self._spec, self._scores.board)

    def pairings(self, *, live: bool) -> Sequence[PairingLine]:
        """All pairings; without `live`, as spectators may know them."""
        return (self.snapshot() if live else self._public()).state.pairings

    def public(self) -> TournamentSnapshot:
        """All of it that spectators may know.

        Raises Refused (SERVER_UNAVAILABLE): after a restart that is nothing, for as long as the delay.
        """
        self._check_open()
        return self._public()

    def replay(self, number: int, now: int) -> Key | None:
        """The journal of a match, written up to now; None when there is no such match.

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

    def watched(self, topic: int, store: JournalStore, *, live: bool) -> Watched:
        """A topic. Raises Refused (TOPIC_UNKNOWN): there is none, or none yet that the viewer may know of."""
        if topic == BRACKET_TOPIC:
            return self if live or self.delayed is None else self.delayed
        if not live and self._seen:
            self._check_open()
            if topic not in self._seen.attempts:
                raise topic_unknown()
        match = self._matches.get(topic)
        if match is None:
            past = self._past_match(topic, store)
            if past:
                return past
            raise topic_unknown()
        return seen_by_others(match, live=live)

    def featured(self, *, live: bool) -> Watched | None:
        """The featured match, as the last scoreboard told it."""
        board = (self.snapshot() if live else self._public()).scoreboard
        match = self._matches.get(board.featured if board else 0)
        return seen_by_others(match, live=live) if match else None

    # Topic 0, for who watches it as it is.

    def since(self, after: Place | None, now: int) -> list[bytes] | None:
        """What a viewer at that place still needs, oldest first; None while the newest is being made durable."""
        if not self.topic.keeps(after) and self._is_busy(now):
            return None  # else the snapshot and the numbering would not agree
        return self.topic.since(after, now)

    def watch(self, viewers: int) -> None:
        """A stream begins, with so many who watch."""
        self._viewers += viewers
        self._scores.watch(+1)

    def unwatch(self, viewers: int) -> None:
        """It ends."""
        self._viewers -= viewers
        self._scores.watch(-1)

    def _check_open(self) -> None:
        if self.delayed and self.delayed.topic.held:
            raise restarting()

    def _seen_to_its_end(self, seen: TournamentState, number: int) -> bool:
        """Report whether spectators have seen how the match ended that has this number now."""
        match = self._matches.get(number)
        if match and match.delayed and not match.delayed.topic.over:
            return False
        on = any(call.match == number for call in seen.calls.values())
        attempt = seen.attempts.get(number)
        return not on and attempt is not None and attempt == self._engine.state.attempts.get(number)

    def _past_match(self, number: int, store: JournalStore) -> Over | None:
        """A match that was over before this process began, from its journal."""
        attempt = self._engine.state.attempts.get(number)
        key = Key(self._session_id, number, attempt or 1)
        content = store.content(key) if attempt else None
        if content is None:
            return None
        try:
            restored = self._shell.codec.restore(content)
        except (JournalUnreadable, JournalError):
            log.exception("a match's journal cannot be read", session=key.session_id, match=key.match)
            return None
        return Over(key, self._epoch, restored, self._engine.state.pairing_of[number], self._shell.codec)

    def _on(self) -> list[tuple[Live, LiveScore]]:
        """The matches that are on, and their scores."""
        found = []
        facts = self._engine.state
        for number, match in self._matches.items():
            pairing = facts.pairings.get(facts.pairing_of.get(number, 0))
            if match.over or pairing is None:
                continue
            left, right = match.match.state.game.score
            viewers = match.viewers + (match.delayed.viewers if match.delayed else 0)
            score = LiveScore(match=number, pairing=pairing.number, left=left, right=right, viewers=viewers)
            found.append((Live(number, pairing.to_end, left, right), score))
        return found

    def _tell_scores(self, message: bytes, now: int) -> None:
        self.topic.tell(message)
        if self.delayed:
            self.delayed.tell(message, now)


def seen_by_others(match: LiveMatch, *, live: bool) -> Watched:
    """A match as those see it who do not play in it: held back, and with the spectators' delay unless `live`."""
    return match.delayed if match.delayed and not live else match.spectators


def topic_unknown() -> Refused:
    """No match of a tournament has this number, as far as the viewer may know."""
    return Refused(Reason.REASON_TOPIC_UNKNOWN, "There is no such match in this tournament yet.", field="topic")
