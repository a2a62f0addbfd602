"""Inputs that are nearly right: messages of the contract with a value changed, and those that hypothesis makes.

A byte that is flipped in a protobuf message mostly makes it no message; what is to be found lies behind the decoder.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

from google.protobuf import message_factory
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message
from hypothesis import strategies as st

EDGES: Final = (0, 1, 2, 3, 7, 64, 65, 200, 255, 256, 2**16, 2**31 - 1, 2**31, 2**32 - 1)
SIGNED_EDGES: Final = (-(2**31), -(2**16), -1, 0, 1, 2, 90_000, 2**31 - 1)
WIDE_EDGES: Final = (*EDGES, 2**53, 2**63 - 1)
DOUBLES: Final = (-1.0, -0.0, 0.0, 1e-300, 1e18, 1e300, float("nan"), float("inf"), float("-inf"))
TEXTS: Final = (
    "", "x", "x" * 16, "x" * 21, "x" * 64, "x" * 65, "x" * 3_000, "\0", "../..", "%00", "\u202e", "\ud7ff",
    "\U0001d159", "e" + "\u0301" * 40, "👩‍👩‍👧‍👦" * 9, "'; --", "<b>", "AAAAAA",
)  # fmt: skip
DEEPEST: Final = 4

Types = FieldDescriptor


def edges(field: FieldDescriptor) -> Sequence[int | float | str | bytes | bool]:
    """Values of a field that are at the edge of something."""
    kind = field.cpp_type
    if field.type == Types.TYPE_BYTES:
        return tuple(text.encode() for text in TEXTS)
    if kind == Types.CPPTYPE_STRING:
        return TEXTS
    if kind in (Types.CPPTYPE_DOUBLE, Types.CPPTYPE_FLOAT):
        return DOUBLES
    if kind == Types.CPPTYPE_BOOL:
        return (False, True)
    if kind in (Types.CPPTYPE_INT64, Types.CPPTYPE_UINT64):
        return WIDE_EDGES
    return SIGNED_EDGES if kind in (Types.CPPTYPE_INT32, Types.CPPTYPE_ENUM) else EDGES


def messages(descriptor: Any, depth: int = 0) -> st.SearchStrategy[Message]:
    """Messages of a kind: some of the fields, most with values at their edges."""
    kind = message_factory.GetMessageClass(descriptor)

    @st.composite
    def build(draw: st.DrawFn) -> Message:
        message = kind()
        chosen = draw(st.lists(st.sampled_from(list(descriptor.fields)), max_size=5)) if descriptor.fields else []
        for field in chosen:
            _draw_into(draw, message, field, depth)
        return message

    return build()


def _draw_into(draw: st.DrawFn, message: Message, field: FieldDescriptor, depth: int) -> None:
    if field.message_type is not None:
        if depth >= DEEPEST:
            return
        inner = messages(field.message_type, depth + 1)
        if field.is_repeated:
            getattr(message, field.name).extend(draw(st.lists(inner, max_size=3)))
        else:
            getattr(message, field.name).CopyFrom(draw(inner))
    elif field.is_repeated:
        getattr(message, field.name).extend(draw(st.lists(st.sampled_from(edges(field)), max_size=4)))
    else:
        setattr(message, field.name, draw(st.sampled_from(edges(field))))


def change(message: Message, random: Random) -> None:
    """Another value in one field, however deep; sometimes in one that was not set."""
    fields: list[FieldDescriptor] = [field for field, _ in message.ListFields()]
    if not fields or random.random() < 0.15:
        fields = list(message.DESCRIPTOR.fields)  # type: ignore[arg-type]
    if not fields:
        return
    field = random.choice(fields)
    if field.is_repeated:
        _change_list(message, field, random)
    elif field.message_type is not None:
        inner = getattr(message, field.name)
        inner.SetInParent()
        change(inner, random)
    else:
        setattr(message, field.name, random.choice(edges(field)))


def _change_list(message: Message, field: FieldDescriptor, random: Random) -> None:
    values = getattr(message, field.name)
    if values and random.random() < 0.2:
        del values[random.randrange(len(values))]
    elif field.message_type is None:
        values.append(random.choice(edges(field)))
    else:
        change(random.choice(values) if values and random.random() < 0.8 else values.add(), random)


def changed(data: bytes, kind: type[Message], random: Random) -> bytes:
    """A message like the one in `data`; what is none becomes one."""
    message = kind()
    try:
        message.MergeFromString(data)
    except DecodeError:
        message = kind()
    for _ in range(random.randint(1, 3)):
        change(message, random)
    return message.SerializeToString()


def bent(data: bytes, random: Random) -> bytes:
    """Some bytes changed, taken out, doubled or put in."""
    content = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(content) + 1)
        match random.randrange(4):
            case 0:
                content[at:at] = random.randbytes(random.randint(1, 8))
            case 1:
                del content[at : at + random.randint(1, 8)]
            case 2:
                content[at:at] = content[at : at + random.randint(1, 64)]
            case _ if content:
                content[at % len(content)] = random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)))
    return bytes(content)


Mutator = Callable[[bytes, Random], bytes]
