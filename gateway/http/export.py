"""Files to download: a tournament as JSON or CSV, and the journal of a recorded match."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final

import grpc
from matchpoint.v1.directory_pb2 import ReadTournamentRequest
from matchpoint.v1.directory_pb2_grpc import DirectoryServiceStub
from matchpoint.v1.stats_pb2 import StatsServiceGetReplayRequest
from matchpoint.v1.stats_pb2_grpc import StatsServiceStub
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from gateway.backend_client.errors import await_rpc
from gateway.conversion.converter import Converter
from gateway.http.api import http_status
from gateway.http.cookies import token_of
from gateway.http.hosts import address_of, too_many
from gateway.http.limits import Limits
from wire.byte_cache import ByteCache
from wire.channel import credentials
from wire.refusal import Refused
from wire.settings import UNARY_DEADLINE_S

STATE_TTL_S: Final = 1.0
"""Age up to which the state of a tournament is used again for the same person."""
STATES_MAX: Final = 256
"""States that are remembered; beyond it the oldest is forgotten."""
FILE_BYTES_MAX: Final = 32 * 1024 * 1024
"""Bytes of files that are kept, by what they were made of."""
COST: Final = 10
"""Number of calls that a file counts as."""

Make = Callable[[bytes], Awaitable[bytes]]


class FileExport:
    """Makes files, each once for the same contents."""

    def __init__(self, backend: grpc.aio.Channel, service_token: str, limits: Limits, converter: Converter) -> None:
        self._directory: Any = DirectoryServiceStub(backend)
        self._stats: Any = StatsServiceStub(backend)
        self._service_token = service_token
        self._limits = limits
        self._converter = converter
        self._states: OrderedDict[tuple[str, str], tuple[float, asyncio.Task[bytes]]] = OrderedDict()
        self._files = ByteCache(FILE_BYTES_MAX)

    async def json(self, request: Request) -> Response:
        """Answers with the whole state of a tournament as protobuf's JSON."""
        return await self._tournament(request, "json", "application/json", "tournament_json")

    async def csv(self, request: Request) -> Response:
        """Answers with a line for each match of a tournament, and for each pairing without one."""
        return await self._tournament(request, "csv", "text/csv; charset=utf-8", "tournament_csv")

    async def journal(self, request: Request) -> Response:
        """Answers with the journal of a finished match, as its game server wrote it; `verify` reads such a file."""
        session_id, match = request.path_params["session"], request.path_params["match"]
        wanted = StatsServiceGetReplayRequest(session_id=session_id, match=match, as_file=True)

        async def read() -> bytes:
            call = self._stats.GetReplay(wanted, metadata=self._metadata(request), timeout=UNARY_DEADLINE_S)
            journal: bytes = (await await_rpc(call)).journal
            return journal

        async def unchanged(data: bytes) -> bytes:
            return data

        name = f"matchpoint-{session_id}-{match}.journal"
        return await self._file(request, name, "application/octet-stream", read, unchanged)

    async def _tournament(self, request: Request, suffix: str, kind: str, work: str) -> Response:
        session_id = request.path_params["session"]

        async def make(data: bytes) -> bytes:
            return await self._converter.tournament(work, data)

        name = f"matchpoint-{session_id}.{suffix}"
        return await self._file(request, name, kind, lambda: self._state(request, session_id), make)

    async def _file(
        self, request: Request, name: str, kind: str, read: Callable[[], Awaitable[bytes]], make: Make
    ) -> Response:
        address = address_of(request)
        now = asyncio.get_running_loop().time()
        if not self._limits.may_call(address, now, COST):
            return too_many()
        try:
            with self._limits.running(address, now, COST):
                return await self._made(request, name, kind, await read(), make)
        except Refused as refused:
            return PlainTextResponse(refused.sentence + "\n", status_code=http_status(refused))

    async def _made(self, request: Request, name: str, kind: str, data: bytes, make: Make) -> Response:
        etag = f'"{hashlib.sha256(data).hexdigest()[:24]}-{kind[-8:]}"'
        # Somebody may be allowed to see what somebody else at the same place is not.
        headers = {"etag": etag, "cache-control": "private, no-cache", "vary": "authorization, cookie"}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        content = await self._files.get(etag, lambda: make(data))
        headers["content-disposition"] = f'attachment; filename="{name}"'
        return Response(content, media_type=kind, headers=headers)

    async def _state(self, request: Request, session_id: str) -> bytes:
        """Reads and serializes the state; simultaneous requests wait for the same answer."""
        key, now = (session_id, token_of(request)), time.monotonic()
        known = self._states.get(key)
        if known is None or now - known[0] > STATE_TTL_S or failed(known[1]):
            known = now, asyncio.create_task(self._ask(request, session_id))
            known[1].add_done_callback(failed)
            self._states[key] = known
            self._states.move_to_end(key)
            if len(self._states) > STATES_MAX:
                self._states.popitem(last=False)
        return await asyncio.shield(known[1])

    async def _ask(self, request: Request, session_id: str) -> bytes:
        wanted = ReadTournamentRequest(session_id=session_id)
        call = self._directory.ReadTournament(wanted, metadata=self._metadata(request), timeout=UNARY_DEADLINE_S)
        data: bytes = (await await_rpc(call)).state.SerializeToString()
        return data

    def _metadata(self, request: Request) -> Any:
        return credentials(self._service_token, person_token=token_of(request), person_address=address_of(request))


def failed(task: "asyncio.Task[bytes]") -> bool:
    """Tells whether a task has ended without a result."""
    return task.done() and (task.cancelled() or task.exception() is not None)
