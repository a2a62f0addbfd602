"""Encoding by hand of the bytes that every message needs: WebSocket frames, and parts of Play requests.

The libraries take several times as long. Tests hold the results equal to theirs.
"""

from struct import Struct
from typing import Final

from wire.varint import varint

try:
    from websockets.speedups import apply_mask
except ImportError:  # built without its C extension
    from websockets.utils import apply_mask

BINARY: Final = 0x82
"""First byte of a whole binary message (RFC 6455, 5.2)."""
TEXT: Final = 0x81
"""First byte of a whole text message."""
SEAT_TAG: Final = 0x12
"""First byte of a ClientMessage that holds a SeatMessage: field 2, length-delimited."""

_MEDIUM: Final = Struct("!BBH")
_LONG: Final = Struct("!BBQ")


def socket_frame(payload: bytes, opcode: int = BINARY) -> bytes:
    """Wraps `payload` into one unmasked WebSocket frame (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((opcode, size)) + payload
    if size < 65_536:
        return _MEDIUM.pack(opcode, 126, size) + payload
    return _LONG.pack(opcode, 127, size) + payload


def short_messages(data: bytes) -> list[bytes] | None:
    """Unmasks the payloads in `data`, if it is nothing but whole binary messages of less than 126 bytes; else None."""
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


def seat_part(message: bytes) -> bytes | None:
    """Cuts the SeatMessage, length and contents, out of a ClientMessage that is exactly that; else None."""
    size = len(message) - 2
    if size < 0 or message[0] != SEAT_TAG:
        return None
    if message[1] < 0x80:
        return message[1:] if message[1] == size else None
    if size > 0 and message[2] < 0x80 and (message[1] & 0x7F) + (message[2] << 7) == size - 1:
        return message[1:]
    return None


def inbound(head: bytes, body: bytes) -> bytes:
    """Encodes one `inbound` of a PlayRequest; `head` is from `seat_head`, `body` a length and as many bytes."""
    size = len(head) + len(body)
    if size < 0x80:
        return bytes((0x0A, size)) + head + body
    return b"\x0a" + varint(size) + head + body


def seat_head(number: int) -> bytes:
    """Encodes the part of an `inbound` that comes before each SeatMessage of a connection: its number, and a tag."""
    return b"\x08" + varint(number) + b"\x1a"
