"""Locations of sessions: which game server runs which, as the backend's directory says."""

import asyncio
import re
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import grpc
from matchpoint.internal.v1.entry_pb2 import LocateSessionRequest, LocateSessionResponse
from matchpoint.internal.v1.entry_pb2_grpc import EntryServiceStub
from matchpoint.v1.refusal_pb2 import Reason

from gateway.backend_client.cache import DirectoryCache
from gateway.backend_client.errors import refusal_from_rpc_error, session_unknown
from wire.channel import Metadata, with_request_id
from wire.refusal import Refused
from wire.settings import UNARY_DEADLINE_S

if TYPE_CHECKING:
    # At run time the generated module has no such name.
    from matchpoint.internal.v1.entry_pb2_grpc import EntryServiceAsyncStub

LOCATION_TTL_S: Final = 2.0
"""Age up to which an answer of the directory is used again."""
LOCATIONS_MAX: Final = 4_096
"""Locations that are remembered; beyond it the oldest is forgotten."""
SILENCE_MAX_S: Final = 0.1
"""Time that a directory has to answer while another source says where the session should be."""
SESSION_ID: Final = re.compile("[A-Za-z0-9_-]{16,64}")
NEW_SESSION_RETRIES_S: Final = (0.1, 0.3, 0.6)
"""Pauses before an unknown session is looked up again. It may have been made a moment ago: then the directory hears of
it within milliseconds, or with the next heartbeat of its game server."""


class SessionLocations:
    """Looks up sessions in the backend's directory, at most once at a time for each, and remembers the answers."""

    def __init__(self, channel: grpc.aio.Channel, metadata: Metadata, cache: DirectoryCache) -> None:
        self._stub: EntryServiceAsyncStub = EntryServiceStub(channel)
        self._metadata = metadata
        self._cache = cache
        self._lookups: OrderedDict[str, tuple[float, asyncio.Task[LocateSessionResponse]]] = OrderedDict()

    async def locate(self, session_id: str, *, fresh: bool = False) -> LocateSessionResponse:
        """Finds a session; `fresh` ignores what was remembered.

        Raises Refused: REASON_SESSION_UNKNOWN, or REASON_SERVER_UNAVAILABLE when the backend cannot be reached.
        """
        if not SESSION_ID.fullmatch(session_id):
            raise session_unknown()
        now = time.monotonic()
        known = self._lookups.get(session_id)
        if known is None or fresh or now - known[0] > LOCATION_TTL_S:
            known = (now, asyncio.create_task(self._look_up(session_id)))
            known[1].add_done_callback(lambda lookup: self._forget_failed(session_id, lookup))
            self._lookups[session_id] = known
            self._lookups.move_to_end(session_id)
            if len(self._lookups) > LOCATIONS_MAX:
                self._lookups.popitem(last=False)
        return await asyncio.shield(known[1])

    async def locate_new(self, session_id: str) -> LocateSessionResponse:
        """Finds a session that may have been made a moment ago. Raises Refused as `locate` does, after a second."""
        for pause_s in NEW_SESSION_RETRIES_S if SESSION_ID.fullmatch(session_id) else ():
            try:
                return await self.locate(session_id)
            except Refused as refused:
                if refused.reason != Reason.REASON_SESSION_UNKNOWN:
                    raise
            await asyncio.sleep(pause_s)
        return await self.locate(session_id)

    async def locate_or_assume(self, address: str, session_id: str, *, fresh: bool = False) -> LocateSessionResponse:
        """Finds a session; while the directory is silent, assumes that it is at `address` unless that is empty.

        Raises Refused as `locate` does. A game server refuses players of sessions that it does not run.
        """
        try:
            async with asyncio.timeout(SILENCE_MAX_S if address else None):
                return await self.locate(session_id, fresh=fresh)
        except TimeoutError:
            pass
        except Refused as refused:
            if not address or refused.reason != Reason.REASON_SERVER_UNAVAILABLE:
                raise
        return LocateSessionResponse(address=address)

    def address_of(self, server: str) -> str:
        """The last known address of a game server; empty when there is none."""
        return self._cache.address_of(server)

    async def _look_up(self, session_id: str) -> LocateSessionResponse:
        try:
            location = await self._stub.LocateSession(
                LocateSessionRequest(session_id=session_id),
                metadata=with_request_id(self._metadata),
                timeout=UNARY_DEADLINE_S,
            )
        except grpc.aio.AioRpcError as error:
            raise refusal_from_rpc_error(error) from None
        if location.address:
            await self._cache.set_address(location.server, location.address)
        return location

    def _forget_failed(self, session_id: str, lookup: asyncio.Task[LocateSessionResponse]) -> None:
        # A failure is not remembered: the session may be there a moment later.
        failed = lookup.cancelled() or lookup.exception() is not None
        known = self._lookups.get(session_id)
        if failed and known is not None and known[1] is lookup:
            del self._lookups[session_id]

    async def close(self) -> None:
        """Cancels the lookups that are under way."""
        tasks = [task for _, task in self._lookups.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
