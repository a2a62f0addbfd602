"""Check of control messages against the `range` options of the contract. Too slow for the input path."""

from functools import cache
from typing import TypeVar

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from matchpoint.v1 import options_pb2
from matchpoint.v1.options_pb2 import Range
from matchpoint.v1.refusal_pb2 import Reason

from wire.refusal import Refused

AnyMessage = TypeVar("AnyMessage", bound=Message)


def check(message: Message, path: str = "") -> None:
    """Raises `Refused` (REASON_INVALID_FIELD, the field's path) for the first value outside its range."""
    for field, limits in _fields(message.DESCRIPTOR):
        value = getattr(message, field.name)
        here = f"{path}{field.name}"
        if limits is not None:
            _check_value(field, value, limits, here)
        if field.message_type is None:
            continue
        if field.is_repeated:
            for index, item in enumerate(value):
                check(item, f"{here}[{index}].")
        elif message.HasField(field.name):
            check(value, f"{here}.")


def fill_defaults(message: AnyMessage, path: str = "") -> AnyMessage:
    """A copy in which zero and empty fields have the default that their `range` option names, if it names one.

    Raises `Refused` as `check` does.
    """
    check(message, path)
    filled = type(message)()
    filled.CopyFrom(message)
    for field, limits in _fields(message.DESCRIPTOR):
        if limits is None or field.is_repeated or getattr(filled, field.name):
            continue
        default = limits.values[0] if limits.values else limits.zero_means
        if default:
            setattr(filled, field.name, default)
    return filled


@cache
def _fields(descriptor: Descriptor) -> tuple[tuple[FieldDescriptor, Range | None], ...]:
    """The fields worth looking at: those with a range, and messages, which may have some inside."""
    found = []
    for field in descriptor.fields:
        options = field.GetOptions()
        limits = options.Extensions[options_pb2.range] if options.HasExtension(options_pb2.range) else None
        if limits is not None or field.message_type is not None:
            found.append((field, limits))
    return tuple(found)


def _check_value(field: FieldDescriptor, value: object, limits: Range, path: str) -> None:
    if limits.values and not field.is_repeated and value not in ("", *limits.values):
        wanted = " or ".join(f'"{text}"' for text in limits.values)
        raise Refused(Reason.REASON_INVALID_FIELD, f"{path} has to be {wanted}, or empty for the default.", field=path)
    sized = field.is_repeated or isinstance(value, str | bytes)
    size = len(value) if sized else value  # type: ignore[arg-type]
    if not isinstance(size, int):
        raise TypeError(f"{field.full_name} has a range and is not a number, a string or a list")
    if limits.min <= size <= limits.max or (limits.or_zero and size == 0):
        return
    what = "items" if field.is_repeated else "characters" if sized else ""
    zero = ", or 0 for the default" if limits.or_zero else ""
    sentence = f"{path} has to be {limits.min} to {limits.max} {what}".rstrip() + f"{zero}; it is {size}."
    raise Refused(Reason.REASON_INVALID_FIELD, sentence, field=path)
