"""How much of a game server a session takes."""

from matchpoint.v1.session_pb2 import SessionSpec


def matches_at_once(spec: SessionSpec) -> int:
    """The matches that a session may have on at once. At least 1."""
    if not spec.HasField("tournament"):
        return 1
    pairs = (spec.tournament.waiting_from or len(spec.seats)) // 2
    return max(1, min(pairs, spec.tournament.at_once or pairs))
