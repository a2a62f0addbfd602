"""A whole Matchpoint, started the way a person starts it."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from backend.service.limits import RATES
from tests.support.processes.ports import free_port
from tests.support.storage import databases

START_LIMIT_S = 60
UNHURRIED = {
    "MATCHPOINT_OPENINGS_PER_SECOND": "10000",
    "MATCHPOINT_CALLS_PER_SECOND": "10000",
    "MATCHPOINT_COST_PER_ADDRESS": "10000000",
    **{f"MATCHPOINT_{name.upper()}": "1000000,60000000" for name in RATES},
    "MATCHPOINT_SESSIONS_PER_ACCOUNT": "1000000",
    "MATCHPOINT_PLACES_PER_ADDRESS": "0",
    "MATCHPOINT_GUESTS_LIST": "1",
}
"""All people of a test come from one address, are guests, and are quicker than one person is allowed to be."""


@dataclass(frozen=True)
class Installation:
    """A running Matchpoint: its page, its gRPC ports, its data folder, the URL of its database."""

    page: str
    backend: str
    gameserver: str
    data: Path
    database: str

    @property
    def service_token(self) -> str:
        return (self.data / "service.token").read_text().strip()

    def get(self, path: str) -> bytes:
        """Answer of the page's server to a plain GET."""
        with urllib.request.urlopen(self.page + path, timeout=10) as answer:
            body: bytes = answer.read()
            return body


def start(data: Path, **variables: str) -> tuple["subprocess.Popen[str]", Installation]:
    """Starts `up` on free ports and returns once it has printed its address."""
    backend, gameserver = free_port(), free_port()
    database = variables.get("MATCHPOINT_DATABASE_URL") or databases.url_for(data)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MATCHPOINT_")},
        "MATCHPOINT_BACKEND_PORT": str(backend),
        "MATCHPOINT_GAMESERVER_PORT": str(gameserver),
        "MATCHPOINT_DATABASE_URL": database,
        **UNHURRIED,
        **variables,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "up", "--port", "0", "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    printed = []
    for line in process.stdout:
        printed.append(line)
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return process, Installation(found[0], f"127.0.0.1:{backend}", f"127.0.0.1:{gameserver}", data, database)
    process.wait(timeout=START_LIMIT_S)
    raise AssertionError("up printed no address:\n" + "".join(printed))


def stop(process: "subprocess.Popen[str]") -> int:
    """Ctrl-C, and the exit code. What the programs printed is read to its end."""
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    return process.returncode
