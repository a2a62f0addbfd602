"""The three programs with a data folder of their own, and matches that are opened on them."""

import asyncio
import os
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import CreateSessionRequest, Origin, SeatSpec, SessionSpec
from matchpoint.v1.session_pb2_grpc import SessionServiceStub

from bench.fairness.network import SERVER
from bench.fairness.people import RULES
from wire.channel import connect, credentials
from wire.tickets import Ticket, TicketSigner

PORTS: Final = {"BACKEND_PORT": 50051, "GAMESERVER_PORT": 50052, "GATEWAY_PORT": 8000}
NAME: Final = "fairness"
_READY_S: Final = 30.0
#: The programs' limits are for people at home, not for a thousand matches from a few addresses.
_UNLIMITED: Final = {
    "OPENINGS_PER_SECOND": "10000",
    "CALLS_PER_SECOND": "10000",
    "SOCKETS_PER_ADDRESS": "10000",
    "CAPACITY": "5000",
    "HOUSE_MATCH": "0",
    "LOG_LEVEL": "WARNING",
}


class Arena:
    """Server on which matches are opened."""

    def __init__(self, signer: TicketSigner, token: str, sessions: SessionServiceStub) -> None:
        self._signer = signer
        self._token = token
        self._sessions = sessions

    async def open(self, session_id: str, *, rated: bool, most: tuple[int, int]) -> tuple[str, str]:
        """Open a duel that anybody may watch. Returns the tickets of its sides.

        `most`: the round trip that each of them is believed at most, µs; 0 for any.
        """
        spec = SessionSpec(
            origin=Origin.ORIGIN_SERVICE,
            ruleset=Ruleset(points_to_win=RULES.points_to_win, start_speed=RULES.start_speed),
            seats=[SeatSpec(seat=seat, name="Ann", rtt_most_us=most[seat]) for seat in (0, 1)],
            rated=rated,
            public=True,
        )
        request = CreateSessionRequest(session_id=session_id, spec=spec)
        await self._sessions.CreateSession(request, timeout=10, metadata=credentials(self._token))  # type: ignore[misc]
        return self._ticket(session_id, 0), self._ticket(session_id, 1)

    def _ticket(self, session_id: str, seat: int) -> str:
        expires = int(time.time()) + 600
        ticket = Ticket(session_id, NAME, f"{session_id}-{seat}", "Ann", (seat,), "player", expires)
        return self._signer.sign(ticket)


@asynccontextmanager
async def programs() -> AsyncIterator[Arena]:
    """The programs, in the namespace of this thread. Raises RuntimeError with a log when one does not start."""
    token = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="matchpoint-fairness-") as folder:
        path = Path(folder, "service.token")
        path.write_text(token)
        path.chmod(0o600)
        given = {"DATA": folder, "SERVER_NAME": NAME, "BACKEND_ADDRESS": f"127.0.0.1:{PORTS['BACKEND_PORT']}"}
        given |= {name: str(port) for name, port in PORTS.items()} | _UNLIMITED
        given["ORIGINS"] = f"http://{SERVER}:{PORTS['GATEWAY_PORT']}"
        variables = os.environ | {f"MATCHPOINT_{name}": value for name, value in given.items()}
        async with AsyncExitStack() as stack:
            for module, port in (
                ("backend", PORTS["BACKEND_PORT"]),
                ("gameserver", PORTS["GAMESERVER_PORT"]),
                ("bench.fairness.open_gateway", PORTS["GATEWAY_PORT"]),
            ):
                log = Path(folder, f"{module}.log")
                with log.open("wb") as out:
                    process = subprocess.Popen([sys.executable, "-m", module], env=variables, stdout=out, stderr=out)
                stack.callback(_stop, process)
                await _listens(SERVER if "gateway" in module else "127.0.0.1", port, process, log)
            channel = await stack.enter_async_context(connect(f"127.0.0.1:{PORTS['GAMESERVER_PORT']}"))
            yield Arena(_signer(Path(folder, "matchpoint.db")), token, SessionServiceStub(channel))


async def _listens(host: str, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _READY_S
    while time.monotonic() < end and process.poll() is None:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise RuntimeError(f"{log.name} says: {log.read_text(errors='replace')[-2_000:]}")


def _signer(database: Path) -> TicketSigner:
    """The key that the backend signs tickets with."""
    with sqlite3.connect(database) as rows:
        query = "select kid, secret from signing_keys where purpose = 'ticket' order by created_ms"
        kid, secret = rows.execute(query).fetchone()
    return TicketSigner(kid, secret)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
