"""Puts the game server together: the one place that knows every part."""

import asyncio
import secrets
import time
from collections.abc import Callable

from gameserver.config import Config
from gameserver.contract.codec import ProtobufCodec
from gameserver.domain.pong.randomness import SECRET_BYTES
from gameserver.infrastructure.backend_client import Backend
from gameserver.infrastructure.grpc import tournament_service
from gameserver.infrastructure.grpc.play_stream import Play, Table
from gameserver.infrastructure.grpc.session_service import SERVICE, SessionService
from gameserver.infrastructure.journal_files import JournalFolder
from gameserver.infrastructure.pruning import keep_pruned
from gameserver.infrastructure.round_draw_process import draw_beside
from gameserver.sessions.recovery import Done
from gameserver.sessions.registry import Host
from gameserver.sessions.reporter import Reporter
from wire.server import Server
from wire.settings import SMALL_MESSAGE


def server_us() -> int:
    """The server's monotonic clock, µs."""
    return time.monotonic_ns() // 1_000


def wall_ms() -> int:
    """Milliseconds since 1970 UTC, for people."""
    return time.time_ns() // 1_000_000


def fresh() -> bytes:
    """A secret that nobody can foretell."""
    return secrets.token_bytes(SECRET_BYTES)


async def in_thread(work: Callable[[], Done]) -> Done:
    """What the work does, beside the loop: the interpreter goes to and fro between the two every 5 ms."""
    return await asyncio.to_thread(work)


class GameServer:
    """All of it, under way between `start` and `stop`. Needs a running event loop."""

    def __init__(self, config: Config) -> None:
        """Raises OSError when the journals' folder cannot be made."""
        self._config = config
        codec = ProtobufCodec()
        self._journals = JournalFolder(config.journals)
        self.table = Table(config.server, time.time)
        self._backend = Backend(config.backend, config.service_token, self.table)
        self.reporter = Reporter(self._backend, codec, wall_ms)
        self.host = Host(
            self._journals,
            codec,
            self.reporter,
            server_us,
            config.capacity,
            wall_ms,
            fresh,
            in_thread,
            config.unjoined,
            draw_beside,
        )
        self._server = Server(config.service_token, None, receive=SMALL_MESSAGE)
        self._sessions = SessionService(self.host, Play(self.host, self.table), self._backend.say_soon)
        self._sessions.add_to(self._server.grpc)
        tournament_service.TournamentService(self.host).add_to(self._server.grpc)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> int:
        """Serve, register, and take up what the last run left. Returns the port; raises OSError when it is taken."""
        config = self._config
        port = await self._server.start(
            f"{config.host}:{config.port}", (SERVICE, tournament_service.SERVICE), serving=False
        )
        self.host.restore()
        registering = self._backend.stay_registered(f"{config.host}:{port}", config.capacity, self.host, self.reporter)
        pruning = keep_pruned(self._journals, config.keep_days * 86_400, config.keep_mb * 1_000_000, time.time)
        works = (registering, self._serve(), self._backend.keep_keys(), self._sessions.speak(), pruning)
        self._tasks = [asyncio.create_task(work) for work in works]
        return port

    async def _serve(self) -> None:
        """Healthy from the first registration on: before it no match is sent here, and no ticket can be checked."""
        await self._backend.registered.wait()
        await self._server.set_serving()

    async def stop(self) -> None:
        """Stop within 2 s. Matches that are on go on at the next start, exactly where they stood."""
        await self._server.drain()
        self._backend.say_now()
        await self.host.hand_over()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.host.close()
        self.host.part()
        self._sessions.end()
        await self._server.stop(0.2)
        await self.reporter.close()
        await self._backend.close()
        self._journals.close()
