"""Frames of a topic as they are kept and sent, and the port through which viewers get them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from google.protobuf.json_format import MessageToJson
from matchpoint.v1.frames_pb2 import ServerMessage

from gateway.websocket.encoding import TEXT, socket_frame
from wire.refusal import Refused


class Viewer(Protocol):
    """A connection that watches topics."""

    @property
    def json(self) -> bool:
        """Tells whether it speaks the JSON subprotocol."""
        ...

    @property
    def write(self) -> Callable[[bytes], None]:
        """Writes whole WebSocket frames. The returned callable is kept for as long as the viewer is active."""
        ...

    @property
    def stalled(self) -> bool:
        """Tells whether writes are held up."""
        ...

    @property
    def unsent_bytes(self) -> int:
        """Bytes that were written and that the kernel has not taken yet."""
        ...

    def too_slow(self) -> None:
        """Closes the viewer: it has missed too much."""

    def over(self, topic: int) -> None:
        """Takes note that the topic has ended, and that its last event was written."""

    def unwatchable(self, topic: int, refused: Refused) -> None:
        """Takes note that the topic cannot be watched, or no longer."""


class BufferedFrame:
    """A message of a topic: its serialized bytes, and the WebSocket frames made of them.

    The frame in JSON is made when the first viewer needs it; for a long message it is given, made elsewhere.
    """

    __slots__ = ("_text", "binary", "first", "ordinal", "payload", "seq")

    def __init__(
        self, payload: bytes, ordinal: int = 0, first: int = 0, seq: int = 0, json: bytes | None = None
    ) -> None:
        """`first` and `seq` are the numbers of its first and its last event."""
        self.payload = payload
        self.ordinal = ordinal
        self.first = first
        self.seq = seq
        self.binary = socket_frame(payload)
        self._text = None if json is None else socket_frame(json, TEXT)

    @property
    def text(self) -> bytes:
        """The WebSocket frame in the JSON subprotocol."""
        if self._text is None:
            message = ServerMessage.FromString(self.payload)
            self._text = socket_frame(MessageToJson(message, indent=None).encode(), TEXT)
        return self._text

    def encoded(self, *, json: bool) -> bytes:
        """The WebSocket frame in the viewer's subprotocol."""
        return self.text if json else self.binary


@dataclass(frozen=True, slots=True)
class Cursor:
    """Position of a viewer in a topic: it has every event up to `seq`, as numbered in `epoch`."""

    epoch: int
    seq: int
