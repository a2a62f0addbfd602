"""What is over, from its journal."""

from dataclasses import replace

from matchpoint.v1.session_pb2 import Session, SessionState
from matchpoint.v1.tournament_pb2 import TournamentPhase, TournamentStatus

from gameserver.domain.match.match import horizon_of, snapshot_of
from gameserver.domain.match.records import Ended
from gameserver.domain.tournament.replay import replay
from gameserver.sessions.ports import Codec, JournalStore, Key, PastTournament, RestoredMatch
from gameserver.streaming.topic import Place, Topic, topic_epoch


class Over:
    """A match of the past: its topic has only its end to show."""

    def __init__(self, key: Key, epoch: int, restored: RestoredMatch, pairing: int, codec: Codec) -> None:
        """Who comes back may have missed some of what its journal has told."""
        facts = restored.facts
        self.topic = Topic(
            key.match,
            topic_epoch(epoch, key.attempt),
            facts.seq,
            codec,
            lambda: horizon_of(facts),
            lambda: replace(snapshot_of(facts), pairing=pairing),
            restored.past,
        )
        self.topic.close()

    def since(self, after: Place | None, now: int) -> list[bytes]:
        """How it ended, unless the viewer knows."""
        return self.topic.since(after, now)

    def watch(self, viewers: int) -> None:
        """It is no more counted who watches."""

    def unwatch(self, viewers: int) -> None:
        """It is no more counted who watches."""


def describe_tournament(session_id: str, past: PastTournament) -> Session:
    """A tournament that was over long ago, from its journal. Raises JournalError."""
    status = replay(past.records).snapshot().status
    return Session(
        session_id=session_id,
        spec=past.spec,
        state=SessionState.SESSION_STATE_OVER,
        epoch=past.epoch,
        tournament=TournamentStatus(phase=TournamentPhase.ValueType(status.phase)),
    )


def describe_duel(session_id: str, codec: Codec, past: RestoredMatch) -> Session:
    """A duel that was over long ago, from its journal."""
    session = Session(session_id=session_id, spec=past.spec, state=SessionState.SESSION_STATE_OVER, epoch=past.epoch)
    if result := past.facts.result:
        session.left, session.right = result.left, result.right
        session.result.CopyFrom(codec.result(Ended(result))[0])
    return session


def last_attempt(store: JournalStore, key: Key) -> Key:
    """The last playing of a match that has a journal."""
    later = Key(key.session_id, key.match, key.attempt + 1)
    return last_attempt(store, later) if store.has(later) else key
