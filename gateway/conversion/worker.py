"""Worker process of the gateway, `python -m gateway.conversion.worker`: messages to JSON and CSV, JSON to messages.

That is pure Python and takes up to a second: on the gateway's loop everybody would wait, and a thread would hold the
interpreter just as long. The worker reads from standard input (a line of JSON that names the conversion and a size,
then that many bytes) and answers on standard output in the same way. It ends with its input, and so with the gateway.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.json_format import MessageToJson, Parse, ParseError
from google.protobuf.message import DecodeError, Message
from matchpoint.v1 import (  # noqa: F401  (messages are found by name)
    account_pb2,
    directory_pb2,
    frames_pb2,
    friend_pb2,
    lobby_pb2,
    stats_pb2,
)
from matchpoint.v1.tournament_pb2 import TournamentState

from gateway.conversion.csv_table import as_csv

NICE: Final = 10
"""Added to the niceness: players come first."""


def class_of(name: str) -> type[Message]:
    """Finds the class of a message by its full name."""
    return message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(name))


def to_json(name: str, data: bytes) -> bytes:
    """Converts a serialized message to protobuf's JSON, on one line."""
    return MessageToJson(class_of(name).FromString(data), indent=None).encode()


def to_message(name: str, data: bytes) -> bytes:
    """Converts JSON to a serialized message. Raises ParseError."""
    if not data.lstrip().startswith(b"{"):
        # protobuf itself takes [] and "" for an empty message.
        raise ParseError("it has to be a JSON object")
    try:
        return Parse(data, class_of(name)()).SerializeToString()
    except (UnicodeDecodeError, RecursionError):
        raise ParseError("it cannot be read") from None


def tournament_json(_name: str, data: bytes) -> bytes:
    """Converts a tournament to protobuf's JSON, with unset fields, so that a table can be made of it."""
    state = TournamentState.FromString(data)
    return MessageToJson(state, always_print_fields_with_no_presence=True).encode() + b"\n"


def tournament_csv(_name: str, data: bytes) -> bytes:
    """Converts a tournament to CSV."""
    return as_csv(TournamentState.FromString(data)).encode()


CONVERSIONS: Final[Mapping[str, Callable[[str, bytes], bytes]]] = {
    function.__name__: function for function in (to_json, to_message, tournament_json, tournament_csv)
}


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answers requests until the input ends."""
    while line := requests.readline():
        head = json.loads(line)
        data = requests.read(head["size"])
        try:
            result, error = CONVERSIONS[head["work"]](head["name"], data), ""
        except (ParseError, DecodeError) as refused:
            result, error = b"", str(refused).splitlines()[0][:200]
        answers.write(json.dumps({"size": len(result), "error": error}).encode() + b"\n" + result)
        answers.flush()


if __name__ == "__main__":
    os.nice(NICE)
    serve(sys.stdin.buffer, sys.stdout.buffer)
