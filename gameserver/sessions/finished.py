"""Finished sessions and matches, from their journals."""

from dataclasses import replace

from gameserver.domain.match.match import horizon_of, snapshot_of
from gameserver.domain.tournament.records import Status
from gameserver.domain.tournament.replay import replay
from gameserver.sessions.ports import Codec, JournalStore, Key, RestoredMatch, TournamentJournal
from gameserver.sessions.values import SessionDescription, SessionState
from gameserver.streaming.numbering import Numbering
from gameserver.streaming.topic import Place, Topic


class FinishedMatch:
    """A match that was over before this process began: its topic has only its end to show. A `WatchableTopic`."""

    def __init__(self, key: Key, epoch: int, restored: RestoredMatch, pairing: int, codec: Codec) -> None:
        facts = restored.state
        self.topic = Topic(
            key.match,
            Numbering(epoch, key.attempt).topic_epoch,
            facts.seq,
            codec,
            lambda: horizon_of(facts),
            lambda: replace(snapshot_of(facts), pairing=pairing),
            restored.resume_point,
        )
        self.topic.close()

    def since(self, after: Place | None, now: int) -> list[bytes]:
        """Return how it ended, and the durable events that the viewer lacks."""
        return self.topic.since(after, now)

    def watch(self, viewers: int) -> None:
        """No-op: a finished match does not count viewers."""

    def unwatch(self, viewers: int) -> None:
        """No-op: a finished match does not count viewers."""


def describe_tournament(session_id: str, journal: TournamentJournal) -> SessionDescription:
    """Describe a finished tournament. Raises JournalError."""
    phase = replay(journal.records).snapshot().status.phase
    status = Status(phase, paused=False, deadline=0, rounds_drawn=0, rounds=0)
    return SessionDescription(session_id, journal.spec, SessionState.OVER, journal.epoch, tournament=status)


def describe_duel(session_id: str, restored: RestoredMatch) -> SessionDescription:
    """Describe a finished duel."""
    result = restored.state.result
    left, right = (result.left, result.right) if result else (0, 0)
    return SessionDescription(session_id, restored.spec, SessionState.OVER, restored.epoch, left, right, result=result)


def last_attempt(store: JournalStore, key: Key) -> Key:
    """Find the last playing of a match that has a journal."""
    later = Key(key.session_id, key.match, key.attempt + 1)
    return last_attempt(store, later) if store.has(later) else key
