"""Which game server gets the next session."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """How a game server stands."""

    server: str
    sessions: int
    capacity: int
    draining: bool = False


class NoServer(Exception):
    """No game server is registered that takes sessions."""


class AllFull(Exception):
    """Every game server that takes sessions holds as many as it can."""


def least_loaded(loads: Iterable[Load]) -> str:
    """The server with the smallest share of its capacity in use, by name among equals.

    Raises NoServer or AllFull.
    """
    taking = [load for load in loads if not load.draining]
    if not taking:
        raise NoServer
    free = [load for load in taking if load.sessions < load.capacity]
    if not free:
        raise AllFull
    return min(free, key=lambda load: (load.sessions / load.capacity, load.server)).server
