"""PlayService over gRPC: the players of each gateway, in batches of raw messages."""

import asyncio
from typing import Any, Final

import grpc
from matchpoint.internal.v1.play_pb2 import DESCRIPTOR
from matchpoint.internal.v1.raw_pb2 import RawPlayRequest

from gameserver.infrastructure.grpc.play_stream import PlayStreams
from gameserver.sessions.registry import SessionRegistry
from gameserver.streaming.connection import GatewayStream, restarting
from wire.access import MALFORMED, malformed
from wire.refusal import Reason, Refused

SERVICE: Final = DESCRIPTOR.services_by_name["PlayService"].full_name
SILENCE_MOST_S: Final = 1.0
"""The longest silence of a Play stream, seconds: to a gateway two seconds of it mean that the stream is dead."""

Context = grpc.aio.ServicerContext[Any, Any]


class PlayService:
    """Play, for gateways."""

    def __init__(self, registry: SessionRegistry, streams: PlayStreams) -> None:
        self._registry = registry
        self._streams = streams
        self._open: set[asyncio.Event] = set()
        """News of each stream that is open: set when there is something to write."""
        self._ending = False

    def end_streams(self) -> None:
        """End every Play stream with UNAVAILABLE, once its queue is written: gateways attach again."""
        self._ending = True
        for news in self._open:
            news.set()

    async def keep_alive(self) -> None:
        """Have every Play stream write something every second, if only an empty response, until cancelled."""
        while True:
            await asyncio.sleep(SILENCE_MOST_S)
            for news in self._open:
                news.set()

    def add_to(self, server: grpc.aio.Server) -> None:
        """Register the method. It writes bytes that are serialized already."""
        handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
            "Play": grpc.stream_stream_rpc_method_handler(self.play, RawPlayRequest.FromString, None),
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))

    async def play(self, requests: Any, context: Context) -> None:
        await self._streams.can_begin()
        news = asyncio.Event()
        stream = GatewayStream(self._registry.context.codec, lambda: self._registry.dispatcher.wake(news.set))
        self._streams.begin(stream)
        reader = asyncio.ensure_future(self._read(stream, context))
        writer = asyncio.ensure_future(self._write(stream, news, context))
        self._open.add(news)
        if self._ending:
            news.set()
        try:
            await asyncio.wait((reader, writer), return_when=asyncio.FIRST_COMPLETED)
            for task in (reader, writer):
                if task.done():
                    task.result()
        finally:
            self._open.discard(news)
            reader.cancel()
            writer.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)
            self._streams.lose(stream)

    async def _read(self, stream: GatewayStream, context: Context) -> None:
        on_message, clock = self._streams.on_message, self._registry.context.clock
        while True:
            request = await context.read()
            if request is grpc.aio.EOF:
                return
            if request is MALFORMED:
                raise malformed()
            on_message(stream, request, clock())

    async def _write(self, stream: GatewayStream, news: asyncio.Event, context: Context) -> None:
        clock = self._registry.context.clock
        while True:
            await news.wait()
            news.clear()
            if stream.overflowed:
                raise Refused(Reason.REASON_TOO_MANY, "The gateway does not read what it is sent; open a new stream.")
            await context.write(stream.take(clock()))
            if self._ending:
                raise restarting()
