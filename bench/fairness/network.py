"""Two network namespaces, one for the programs and one for the players, and the relay between them."""

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bench.fairness.relay import Line

#: Where the gateway is, in both namespaces.
SERVER: Final = "10.77.0.1"
_CLONE_NEWNET: Final = 0x40000000


class NoNetwork(Exception):
    """Namespaces cannot be made here. The text says why, and what would be needed."""


@dataclass(frozen=True, slots=True)
class Network:
    """The two namespaces, by name."""

    server: str
    players: str
    lines: Sequence[Line]

    def address(self, line: Line, number: int) -> str:
        """The address of a player on a line; `number` from 1 to 250."""
        return f"10.77.{self.lines.index(line) + 1}.{number}"

    def enter(self, name: str) -> None:
        """This thread, and the threads and processes that it starts, are in that namespace from now on."""
        libc = ctypes.CDLL(None, use_errno=True)
        with Path("/run/netns", name).open() as namespace:
            if libc.setns(namespace.fileno(), _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")


def _do(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoNetwork(
            f"`{' '.join(command)}` failed: {done.stderr.strip() or done.returncode}. This needs root on Linux, with"
            " network namespaces, /dev/net/tun and iproute2."
        )


@contextmanager
def network(lines: Sequence[Line]) -> Iterator[Network]:
    """The namespaces and the relay, for as long as the block lasts. Raises NoNetwork."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NoNetwork("Network namespaces can be made by root on Linux only; run it there.")
    tag = os.getpid() % 100_000
    made = Network(f"fair-{tag}-s", f"fair-{tag}-p", tuple(lines))
    devices = f"fair{tag}s", f"fair{tag}p"
    table = json.dumps({number: asdict(line) for number, line in enumerate(lines, 1)})
    relay: subprocess.Popen[str] | None = None
    try:
        for name in (made.server, made.players):
            _do("ip", "netns", "add", name)
            _do("ip", "-n", name, "link", "set", "lo", "up")
        command = [sys.executable, "-m", "bench.fairness.relay", *devices, table]
        relay = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert relay.stdout
        assert relay.stderr
        if relay.stdout.readline() != "ready\n":
            raise NoNetwork(f"No TUN device can be made: {relay.stderr.read().strip().splitlines()[-1:]}.")
        for name, device in ((made.server, devices[0]), (made.players, devices[1])):
            _do("ip", "link", "set", device, "netns", name)
            _do("ip", "-n", name, "link", "set", device, "up")
        _do("ip", "-n", made.server, "address", "add", f"{SERVER}/16", "dev", devices[0])
        _do("ip", "-n", made.players, "route", "add", "10.77.0.0/24", "dev", devices[1])
        for number in range(1, len(lines) + 1):
            _do("ip", "-n", made.players, "route", "add", "local", f"10.77.{number}.0/24", "dev", "lo")
        # Who holds acknowledgements back does not give itself away by time stamps.
        _do("ip", "netns", "exec", made.players, "sh", "-c", "echo 0 > /proc/sys/net/ipv4/tcp_timestamps")
        yield made
    finally:
        if relay is not None:
            relay.kill()
            relay.communicate()
        for name in (made.server, made.players):
            subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)
