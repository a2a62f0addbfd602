"""Share of a game server that a session takes."""

from matchpoint.v1.session_pb2 import SessionSpec


def matches_at_once(spec: SessionSpec) -> int:
    """The number of matches that a session may have under way at once; at least 1."""
    if not spec.HasField("tournament"):
        return 1
    return matches_of_tournament(spec.tournament.waiting_from or len(spec.seats), spec.tournament.at_once)


def matches_of_tournament(entrants: int, at_once: int) -> int:
    """The same of a tournament. `at_once` is its limit, 0 for as many as there are pairs."""
    pairs = entrants // 2
    return max(1, min(pairs, at_once or pairs))
