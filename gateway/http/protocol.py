"""HTTP end of a connection: uvicorn's protocol, with time limits, and with a meter that is asked before parsing."""

import asyncio
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from gateway.http.headers import SECURITY
from gateway.http.metering import BYTES_PER_UNIT, REQUEST_COST, held_for_s

REQUEST_WITHIN_S: Final = 5.0
"""Time that the first request of a connection may take."""
BODY_DISCARD_S: Final = 1.0
"""Time for which the rest of a refused body is discarded, so that the answer can be read."""
ANSWER_READ_WITHIN_S: Final = 60.0
"""Time that the peer has to read an answer."""


class HttpProtocol(H11Protocol):
    """A connection that cannot keep the gateway waiting.

    uvicorn itself waits for ever for a first request, for one that comes in drops, for the rest of a refused body, and
    for a peer that does not read; and it parses everything that comes.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to check the progress of the connection."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._limits = self.config.limits  # type: ignore[attr-defined]
        self._meter = self._limits.network(self._address, self.loop.time()).meter
        self._unparsed = b""
        self._held: asyncio.TimerHandle | None = None
        self._seen_scope: object = None
        self._begun_at = self.loop.time()
        self.loop.call_later(min(REQUEST_WITHIN_S, self.timeout_keep_alive), self._check_progress)

    def connection_lost(self, exc: Exception | None) -> None:
        """Releases everything of a connection that is gone."""
        if self._held is not None:
            self._held.cancel()
        self._limits.disconnected(self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Takes bytes. They are parsed as long as their network has not used up its share of work."""
        self._unparsed += data
        if self._held is None:
            self._parse()
        else:
            # uvicorn had stopped reading too, and went on by itself.
            self.transport.pause_reading()

    def _parse(self) -> bool:
        """Parses the bytes, or stops reading for a while. Returns whether they were parsed."""
        now = self.loop.time()
        wait_s = self._meter.wait(now)
        if wait_s:
            self.transport.pause_reading()
            self._held = self.loop.call_later(held_for_s(wait_s), self._parse_held)
            return False
        data, self._unparsed = self._unparsed, b""
        before: object = self.scope
        self._meter.spend(now, 1 + len(data) / BYTES_PER_UNIT)
        super().data_received(data)
        if self.scope is not before:
            self._begun_at = now
            self._meter.spend(now, REQUEST_COST)
        cycle: RequestResponseCycle | None = self.cycle
        if self.flow.read_paused and cycle is not None and not cycle.more_body:
            # The next request came before this one was answered. No browser does that, and it would not be counted.
            cycle.keep_alive = False
        return True

    def _parse_held(self) -> None:
        self._held = None
        if self.transport.is_closing():
            return
        if self._parse() and not self.flow.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()

    def on_response_complete(self) -> None:
        """Ends the connection soon if the body of the answered request is still on its way."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY and not self.transport.is_closing():
            self.loop.call_later(BODY_DISCARD_S, self._end_body, self.scope)

    def _end_body(self, scope: Any) -> None:
        if self.scope is scope and self.conn.their_state is h11.SEND_BODY:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answers bytes that are no HTTP, and ends the connection.

        They may be the body of a request that is being answered. That answer is dropped then, and if it has begun, this
        one too: h11 takes no second answer, and raises.
        """
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close"), *SECURITY]
            for event in (h11.Response(status_code=400, headers=headers), h11.Data(msg.encode()), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _check_progress(self) -> None:
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return
        waiting = self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]
        # Each request has a scope of its own.
        if waiting and self.scope is self._seen_scope:
            self.transport.close()
            return
        if not waiting and self.loop.time() - self._begun_at > ANSWER_READ_WITHIN_S:
            self.transport.abort()
            return
        self._seen_scope = self.scope
        self.loop.call_later(self.timeout_keep_alive, self._check_progress)
