"""The HTTP end of a connection: uvicorn's protocol, which waits for nobody for ever, and counts before it works."""

import asyncio
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from gateway.headers import SECURITY
from gateway.metering import BYTES, REQUEST, held_for_s

REQUEST_WITHIN_S: Final = 5.0
"""The first request of a connection is whole after so long."""
LINGER_S: Final = 1.0
"""What is left of a body that nobody wanted is thrown away for so long, so that the answer to it can be read."""
TAKE_WITHIN_S: Final = 60.0
"""Whoever reads an answer has done so after so long."""


class Http(H11Protocol):
    """By itself uvicorn waits for ever for a first request, for one that comes in drops, for the rest of a body that
    was refused, and for somebody who does not read; and it parses whatever comes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to look at the connection from time to time."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._limits = self.config.limits  # type: ignore[attr-defined]
        self._work = self._limits.network(self._address, self.loop.time()).work
        self._waiting = b""
        self._held: asyncio.TimerHandle | None = None
        self._looked_at: object = None
        self._begun_at = self.loop.time()
        self.loop.call_later(min(REQUEST_WITHIN_S, self.timeout_keep_alive), self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        if self._held is not None:
            self._held.cancel()
        self._limits.disconnected(self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes came in: they are parsed when their address has not used up what it may cost."""
        self._waiting += data
        if self._held is None:
            self._parse()
        else:
            # uvicorn had stopped reading too, and went on by itself.
            self.transport.pause_reading()

    def _parse(self) -> bool:
        """Parses what has come, or stops reading for a while. Whether it was parsed."""
        now = self.loop.time()
        wait_s = self._work.wait(now)
        if wait_s:
            self.transport.pause_reading()
            self._held = self.loop.call_later(held_for_s(wait_s), self._go_on)
            return False
        data, self._waiting = self._waiting, b""
        before: object = self.scope
        self._work.spend(now, 1 + len(data) / BYTES)
        super().data_received(data)
        if self.scope is not before:
            self._begun_at = now
            self._work.spend(now, REQUEST)
        cycle: RequestResponseCycle | None = self.cycle
        if self.flow.read_paused and cycle is not None and not cycle.more_body:
            # The next request came before this one was answered. No browser does that, and it would not be counted.
            cycle.keep_alive = False
        return True

    def _go_on(self) -> None:
        self._held = None
        if self.transport.is_closing():
            return
        if self._parse() and not self.flow.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()

    def on_response_complete(self) -> None:
        """A request is answered: if its body is still on its way, that is not waited for."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY and not self.transport.is_closing():
            self.loop.call_later(LINGER_S, self._end_body, self.scope)

    def _end_body(self, scope: Any) -> None:
        if self.scope is scope and self.conn.their_state is h11.SEND_BODY:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answers what is no HTTP, and ends the connection."""
        headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close"), *SECURITY]
        for event in (h11.Response(status_code=400, headers=headers), h11.Data(msg.encode()), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _look(self) -> None:
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return
        waiting = self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]
        # Each request has a scope of its own.
        if waiting and self.scope is self._looked_at:
            self.transport.close()
            return
        if not waiting and self.loop.time() - self._begun_at > TAKE_WITHIN_S:
            self.transport.abort()
            return
        self._looked_at = self.scope
        self.loop.call_later(self.timeout_keep_alive, self._look)
