"""Messages of play and watch connections: kinds, told by the first byte, and those that the gateway itself sends."""

from typing import Final

from google.protobuf.json_format import MessageToJson
from matchpoint.v1.frames_pb2 import Frame, Joined, ServerMessage, Viewers

from gateway.websocket.encoding import TEXT, socket_frame
from wire.events import SUPERSEDED
from wire.refusal import Refused

# First bytes of a serialized ServerMessage: the tag of the one field that is set, length-delimited.
FRAME_TAG: Final = b"\x0a"
"""Field 1: a Frame of events."""
JOINED_TAG: Final = b"\x12"
"""Field 2: the seats that a connection has."""
SEATED_TAG: Final = b"\x4a"
"""Field 9: the match of a tournament that a connection plays."""
VIEW_TAG: Final = b"\x52"
"""Field 10: whether a connection watches a tournament with the spectators' delay."""


def is_durable(frame: Frame) -> bool:
    """Tells whether a frame holds an event that must never be dropped: a goal, a result, a change of a bracket."""
    return any(event.WhichOneof("body") not in SUPERSEDED for event in frame.events)


def refusal_message(refused: Refused) -> ServerMessage:
    """The last message before a connection is closed."""
    return ServerMessage(refusal=refused.message)


def joined_message(session_id: str, topic: int) -> ServerMessage:
    """The first message to a spectator; `topic` is the one that is followed by default."""
    return ServerMessage(joined=Joined(session_id=session_id, topic=topic))


def viewers_message(topic: int, count: int) -> ServerMessage:
    """The number of viewers of a topic."""
    return ServerMessage(viewers=Viewers(topic=topic, count=count))


def packed(message: ServerMessage, *, json: bool) -> bytes:
    """Encodes a message as a WebSocket frame in the connection's subprotocol."""
    if json:
        return socket_frame(MessageToJson(message, indent=None).encode(), TEXT)
    return socket_frame(message.SerializeToString())
