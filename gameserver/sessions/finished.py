"""Finished sessions and matches, from their journals."""

from dataclasses import replace

from matchpoint.v1.session_pb2 import Session, SessionState
from matchpoint.v1.tournament_pb2 import TournamentPhase, TournamentStatus

from gameserver.domain.match.match import horizon_of, snapshot_of
from gameserver.domain.match.records import Ended
from gameserver.domain.tournament.replay import replay
from gameserver.sessions.ports import Codec, JournalStore, Key, RestoredMatch, TournamentJournal
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


def describe_tournament(session_id: str, journal: TournamentJournal) -> Session:
    """Describe a finished tournament. Raises JournalError."""
    status = replay(journal.records).snapshot().status
    return Session(
        session_id=session_id,
        spec=journal.spec,
        state=SessionState.SESSION_STATE_OVER,
        epoch=journal.epoch,
        tournament=TournamentStatus(phase=TournamentPhase.ValueType(status.phase)),
    )


def describe_duel(session_id: str, codec: Codec, restored: RestoredMatch) -> Session:
    """Describe a finished duel."""
    session = Session(
        session_id=session_id, spec=restored.spec, state=SessionState.SESSION_STATE_OVER, epoch=restored.epoch
    )
    if result := restored.state.result:
        session.left, session.right = result.left, result.right
        session.result.CopyFrom(codec.result(Ended(result))[0])
    return session


def last_attempt(store: JournalStore, key: Key) -> Key:
    """Find the last playing of a match that has a journal."""
    later = Key(key.session_id, key.match, key.attempt + 1)
    return last_attempt(store, later) if store.has(later) else key
