"""Ports for programs that have to be told one before they start."""

import random
import socket
from contextlib import closing

# Below those that the system gives to outgoing connections (from 32768 on, on Linux): one of these would otherwise be
# taken by somebody's connection between now and the moment at which the program listens.
CHOICE = range(15_000, 32_000)
TRIES = 100


def free_port() -> int:
    """A port that is free now, and that only somebody who asks for it by its number takes."""
    for port in random.sample(CHOICE, TRIES):
        with closing(socket.socket()) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
