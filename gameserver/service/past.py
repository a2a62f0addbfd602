"""What is over, from its journal."""

from collections.abc import Sequence
from dataclasses import replace

from matchpoint.v1.session_pb2 import Session, SessionState
from matchpoint.v1.tournament_pb2 import TournamentPhase, TournamentStatus

from gameserver.core.game import Event
from gameserver.core.journal import Ended, Facts
from gameserver.core.match import horizon_of, snapshot_of
from gameserver.core.tournament.folding import fold as fold_tournament
from gameserver.service.ports import Codec, JournalStore, Key, PastMatch, PastTournament
from gameserver.service.topic import Place, Topic, told_before, topic_epoch


class Over:
    """A match of the past: its topic has only its end to show."""

    def __init__(self, key: Key, epoch: int, facts: Facts, told: Sequence[Event], pairing: int, codec: Codec) -> None:
        """`told` are all events of its journal: who comes back has missed some of them."""
        self.topic = Topic(
            key.match,
            topic_epoch(epoch, key.attempt),
            facts.seq,
            codec,
            lambda: horizon_of(facts),
            lambda: replace(snapshot_of(facts), pairing=pairing),
            told_before(codec, told),
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
    status = fold_tournament(past.records).snapshot().status
    return Session(
        session_id=session_id,
        spec=past.spec,
        state=SessionState.SESSION_STATE_OVER,
        epoch=past.epoch,
        tournament=TournamentStatus(phase=TournamentPhase.ValueType(status.phase)),
    )


def describe_duel(session_id: str, codec: Codec, past: PastMatch) -> Session:
    """A duel that was over long ago, from its journal."""
    ended = next((record for record in reversed(past.records) if isinstance(record, Ended)), None)
    session = Session(session_id=session_id, spec=past.spec, state=SessionState.SESSION_STATE_OVER, epoch=past.epoch)
    if ended:
        session.left, session.right = ended.result.left, ended.result.right
        session.result.CopyFrom(codec.result(ended)[0])
    return session


def last_attempt(store: JournalStore, key: Key) -> Key:
    """The last playing of a match that has a journal."""
    later = Key(key.session_id, key.match, key.attempt + 1)
    return key if store.content(later) is None else last_attempt(store, later)
