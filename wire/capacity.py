"""Share of a game server that a session takes."""

from matchpoint.v1.session_pb2 import SessionSpec


def matches_at_once(spec: SessionSpec) -> int:
    """The number of matches that a session may have under way at once; at least 1."""
    if not spec.HasField("tournament"):
        return 1
    pairs = (spec.tournament.waiting_from or len(spec.seats)) // 2
    return max(1, min(pairs, spec.tournament.at_once or pairs))
