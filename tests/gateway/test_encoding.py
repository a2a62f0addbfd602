"""Encoding by hand gives the same bytes as the libraries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matchpoint.internal.v1 import play_pb2, raw_pb2
from matchpoint.internal.v1.play_pb2 import Inbound, PlayRequest
from matchpoint.v1.frames_pb2 import ClientMessage, Frame, Input, Mark, Ping, SeatMessage, ServerMessage
from matchpoint.v1.session_pb2 import StreamGameStateResponse
from websockets.frames import Frame as SocketFrame
from websockets.frames import Opcode

from gateway.websocket.encoding import inbound, seat_head, seat_part, short_messages, socket_frame
from wire.varint import varint

uint32 = st.integers(0, 2**32 - 1)
seat_messages = st.builds(
    SeatMessage,
    inputs=st.lists(st.builds(Input, seat=st.integers(0, 1), seq=uint32, t=uint32), max_size=40),
    marks=st.lists(st.builds(Mark, seat=st.integers(0, 1), t=uint32), max_size=4),
    ping=st.none() | st.builds(Ping, t0=st.floats(0, 1e9)),
    clock_epoch=uint32,
)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
def test_a_socket_frame_is_the_one_that_websockets_would_send(size: int) -> None:
    payload = bytes(size)
    assert socket_frame(payload) == SocketFrame(Opcode.BINARY, payload).serialize(mask=False)


@given(st.integers(0, 2**35))
def test_a_varint_is_protobufs(value: int) -> None:
    from google.protobuf.internal import encoder

    parts: list[bytes] = []
    encoder._EncodeVarint(parts.append, value, None)  # type: ignore[attr-defined]
    assert varint(value) == b"".join(parts)


@given(uint32.filter(bool), seat_messages)
def test_a_seat_message_is_passed_on_as_a_play_request_would_hold_it(connection: int, seat: SeatMessage) -> None:
    body = seat_part(ClientMessage(seat=seat).SerializeToString())
    assert body is not None
    made = inbound(seat_head(connection), body)
    assert made == PlayRequest(inbound=[Inbound(connection=connection, seat=seat)]).SerializeToString()
    raw = raw_pb2.RawPlayRequest.FromString(made).inbound[0]
    assert (raw.connection, raw.seat) == (connection, seat.SerializeToString())


@given(st.binary(max_size=400))
def test_bytes_that_are_not_exactly_one_seat_message_are_never_passed_on_as_one(message: bytes) -> None:
    body = seat_part(message)
    if body is not None:
        request = raw_pb2.RawPlayRequest.FromString(inbound(seat_head(3), body))
        assert len(request.inbound) == 1
        assert request.inbound[0].connection == 3
        assert request.inbound[0].WhichOneof("body") == "seat"


@given(uint32, uint32)
def test_a_stream_response_is_a_server_message_on_the_wire(seq: int, epoch: int) -> None:
    frame = Frame(topic=1, seq=seq, epoch=epoch, server_ms=1.5)
    assert StreamGameStateResponse(frame=frame).SerializeToString() == ServerMessage(frame=frame).SerializeToString()


@pytest.mark.parametrize(
    ("readable", "raw"),
    [
        (play_pb2.PlayRequest, raw_pb2.RawPlayRequest),
        (play_pb2.Inbound, raw_pb2.RawInbound),
        (play_pb2.PlayResponse, raw_pb2.RawPlayResponse),
        (play_pb2.Delivery, raw_pb2.RawDelivery),
    ],
)
def test_twins_have_the_same_fields(readable: type, raw: type) -> None:
    def fields(message: type) -> set[tuple[str, int, bool]]:
        return {(field.name, field.number, field.is_repeated) for field in message.DESCRIPTOR.fields}  # type: ignore[attr-defined]

    assert fields(readable) == fields(raw)


@given(st.lists(st.binary(max_size=130), min_size=1, max_size=5), st.integers(1, 5))
def test_short_messages_are_read_as_websockets_reads_them_and_anything_else_is_left_to_it(
    payloads: list[bytes], missing: int
) -> None:
    made = b"".join(SocketFrame(Opcode.BINARY, payload).serialize(mask=True) for payload in payloads)
    short = all(len(payload) < 126 for payload in payloads)
    assert short_messages(made) == (payloads if short else None)
    assert short_messages(made[:-missing]) is None


@given(st.binary(max_size=20), st.sampled_from([Opcode.TEXT, Opcode.CONT, Opcode.PING, Opcode.CLOSE]), st.booleans())
def test_frames_of_any_other_kind_are_left_to_websockets(payload: bytes, opcode: Opcode, first: bool) -> None:
    message = SocketFrame(Opcode.BINARY, b"x").serialize(mask=True)
    other = SocketFrame(opcode, payload).serialize(mask=True)
    fragment = SocketFrame(Opcode.BINARY, payload, fin=False).serialize(mask=True)
    unmasked = SocketFrame(Opcode.BINARY, payload).serialize(mask=False)
    for odd in (other, fragment, unmasked):
        assert short_messages(odd + message if first else message + odd) is None
