"""Composition of the game server: the one module that knows every part."""

import asyncio
import secrets
import time
from collections.abc import Callable

from gameserver.config import Config
from gameserver.contract.codec import ProtobufCodec
from gameserver.domain.pong.randomness import SECRET_BYTES
from gameserver.domain.timing import STANDARD, Timing
from gameserver.infrastructure.backend_client import BackendClient
from gameserver.infrastructure.grpc import play_service, session_service, tournament_service
from gameserver.infrastructure.grpc.play_stream import PlayStreams
from gameserver.infrastructure.journal_files import JournalFolder
from gameserver.infrastructure.pruning import keep_pruned
from gameserver.infrastructure.round_draw_process import draw_beside
from gameserver.sessions.context import SessionContext
from gameserver.sessions.dispatcher import Dispatcher
from gameserver.sessions.ports import Done
from gameserver.sessions.registry import SessionRegistry
from gameserver.sessions.reporter import Reporter
from gameserver.streaming.ticket_admission import TicketAdmission
from wire.server import Server
from wire.settings import SMALL_MESSAGE


def server_us() -> int:
    """The server's monotonic clock, µs."""
    return time.monotonic_ns() // 1_000


def wall_ms() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


def new_secret() -> bytes:
    """Make an unpredictable secret."""
    return secrets.token_bytes(SECRET_BYTES)


async def in_thread(work: Callable[[], Done]) -> Done:
    """Run work beside the loop: the interpreter alternates between the two every 5 ms."""
    return await asyncio.to_thread(work)


class GameServer:
    """The game server, running between `start` and `stop`. Needs a running event loop."""

    def __init__(self, config: Config, timing: Timing = STANDARD) -> None:
        """Raises OSError when the journals' folder cannot be made."""
        self._config = config
        codec = ProtobufCodec(timing)
        self._journals = JournalFolder(config.journals)
        self.gate = TicketAdmission(config.server, time.time)
        self._backend = BackendClient(config.backend, config.service_token, self.gate)
        self.reporter = Reporter(self._backend, codec, wall_ms)
        context = SessionContext(
            Dispatcher(server_us), self._journals, codec, self.reporter, wall_ms, new_secret, draw_beside, timing
        )
        self.registry = SessionRegistry(context, config.capacity, unjoined=config.unjoined, offload=in_thread)
        self._server = Server(config.service_token, None, receive=SMALL_MESSAGE)
        self.calls = self._server.calls
        self._play = play_service.PlayService(self.registry, PlayStreams(self.registry, self.gate))
        self._play.add_to(self._server.grpc)
        session_service.SessionService(self.registry, self._backend.heartbeat_soon).add_to(self._server.grpc)
        tournament_service.TournamentService(self.registry).add_to(self._server.grpc)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> int:
        """Serve, register, and take up what the last run left. Returns the port; raises OSError when it is taken."""
        config = self._config
        services = tuple(module.SERVICE for module in (play_service, session_service, tournament_service))
        port = await self._server.start(f"{config.host}:{config.port}", services, serving=False)
        self.registry.restore()
        registering = self._backend.stay_registered(
            f"{config.host}:{port}", config.capacity, self.registry, self.reporter
        )
        pruning = keep_pruned(self._journals, config.keep_days * 86_400, config.keep_mb * 1_000_000, time.time)
        works = (registering, self._serve(), self._backend.refresh_keys(), self._play.keep_alive(), pruning)
        self._tasks = [asyncio.create_task(work) for work in works]
        return port

    async def _serve(self) -> None:
        """Healthy from the first registration on: before it no match is sent here, and no ticket can be checked."""
        await self._backend.registered.wait()
        await self._server.set_serving()

    async def stop(self) -> None:
        """Stop within 2 s. Matches that are on go on at the next start, exactly where they stood."""
        await self._server.drain()
        self._backend.heartbeat_now()
        await self.registry.drain()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.registry.close()
        self.registry.disconnect_all()
        self._play.end_streams()
        await self._server.stop(0.2)
        await self.reporter.close()
        await self._backend.close()
        self._journals.close()
