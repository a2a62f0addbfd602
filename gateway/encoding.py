"""Bytes that are put together by hand, because they are put together for every message.

Tests hold each of these equal to what the libraries make.
"""

from struct import Struct
from typing import Final

from google.protobuf.json_format import MessageToJson
from matchpoint.v1.frames_pb2 import Frame, Joined, ServerMessage, Viewers

from wire.refusal import Refused

try:
    from websockets.speedups import apply_mask
except ImportError:  # built without its C extension
    from websockets.utils import apply_mask

BINARY = 0x82
TEXT = 0x81
SEAT_TAG = 0x12
"""First byte of a ClientMessage that holds a SeatMessage: field 2, length-delimited."""

FRAME_TAG = b"\x0a"
"""First byte of a ServerMessage that holds a Frame: field 1, length-delimited."""

JOINED_TAG = b"\x12"
"""First byte of a ServerMessage that says which seats a connection has: field 2."""
SEATED_TAG = b"\x4a"
VIEW_TAG = b"\x52"
"""First byte of a ServerMessage that says with which delay a connection watches a tournament: field 10."""
"""First byte of a ServerMessage that says which match of a tournament a connection plays: field 9."""

_MEDIUM = Struct("!BBH")
_LONG = Struct("!BBQ")


def socket_frame(payload: bytes, opcode: int = BINARY) -> bytes:
    """A whole, unmasked WebSocket frame (RFC 6455, 5.2) around `payload`."""
    size = len(payload)
    if size < 126:
        return bytes((opcode, size)) + payload
    if size < 65_536:
        return _MEDIUM.pack(opcode, 126, size) + payload
    return _LONG.pack(opcode, 127, size) + payload


def short_messages(data: bytes) -> list[bytes] | None:
    """The payloads, when what was read is whole, short binary messages of a browser and nothing else; else None."""
    found = []
    at, end = 0, len(data)
    while at < end:
        if end - at < 6 or data[at] != BINARY or not 0x80 <= data[at + 1] < 0xFE:
            return None
        begin = at + 6
        after = begin + data[at + 1] - 0x80
        if after > end:
            return None
        found.append(apply_mask(data[begin:after], data[at + 2 : begin]))
        at = after
    return found


def varint(value: int) -> bytes:
    """Protobuf's encoding of a number that is not negative."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def seat_part(message: bytes) -> bytes | None:
    """Of a ClientMessage that is exactly one SeatMessage: its length and contents, as they stand. None otherwise."""
    size = len(message) - 2
    if size < 0 or message[0] != SEAT_TAG:
        return None
    if message[1] < 0x80:
        return message[1:] if message[1] == size else None
    if size > 0 and message[2] < 0x80 and (message[1] & 0x7F) + (message[2] << 7) == size - 1:
        return message[1:]
    return None


def inbound(head: bytes, body: bytes) -> bytes:
    """One `inbound` of a PlayRequest: `head` is the connection with the tag of the body."""
    size = len(head) + len(body)
    if size < 0x80:
        return bytes((0x0A, size)) + head + body
    return b"\x0a" + varint(size) + head + body


def refusal_message(refused: Refused) -> ServerMessage:
    """What a play or watch connection hears before it is closed."""
    return ServerMessage(refusal=refused.message)


def joined_message(session_id: str, topic: int) -> ServerMessage:
    """What a spectator hears first."""
    return ServerMessage(joined=Joined(session_id=session_id, topic=topic))


def viewers_message(topic: int, count: int) -> ServerMessage:
    """How many are watching."""
    return ServerMessage(viewers=Viewers(topic=topic, count=count))


def packed(message: ServerMessage, *, json: bool) -> bytes:
    """The WebSocket frame of a message, in the connection's subprotocol."""
    if json:
        return socket_frame(MessageToJson(message, indent=None).encode(), TEXT)
    return socket_frame(message.SerializeToString())


SUPERSEDED: Final = frozenset(("clock", "attendance", "volley", "paddle_move", "miss"))
"""Kinds of events that a snapshot replaces."""


def is_durable(frame: Frame) -> bool:
    """Whether something in the frame must never be dropped: a goal, a result, a change of a bracket."""
    return any(event.WhichOneof("body") not in SUPERSEDED for event in frame.events)
