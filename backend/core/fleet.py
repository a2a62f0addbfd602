"""Choice of the game server for the next session."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """Load of a game server, in places."""

    server: str
    sessions: int
    capacity: int
    draining: bool = False


def places_left(loads: Iterable[Load]) -> tuple[int, int]:
    """Free places on the servers that accept sessions, and all places there."""
    taking = [load for load in loads if not load.draining]
    return sum(max(0, load.capacity - load.sessions) for load in taking), sum(load.capacity for load in taking)


class NoServer(Exception):
    """Refusal: no game server that takes sessions is registered."""


class AllFull(Exception):
    """Every game server that takes sessions holds as many as it can."""


def least_loaded(loads: Iterable[Load], places: int = 1) -> str:
    """Chooses the server with the smallest share of its capacity in use and `places` free, by name among equals.

    Raises NoServer or AllFull.
    """
    taking = [load for load in loads if not load.draining]
    if not taking:
        raise NoServer
    free = [load for load in taking if load.sessions + places <= load.capacity]
    if not free:
        raise AllFull
    return min(free, key=lambda load: (load.sessions / load.capacity, load.server)).server
