"""Protobuf's variable-length encoding of numbers, for messages that are put together by hand."""


def varint(number: int) -> bytes:
    """Encodes a number that is not negative."""
    if number < 0x80:
        return bytes((number,))
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
