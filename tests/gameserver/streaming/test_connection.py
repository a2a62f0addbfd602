"""The queue to a gateway is bounded, and a clock question is dated when its answer leaves."""

from matchpoint.internal.v1.play_pb2 import PlayResponse

from gameserver.contract.codec import ProtobufCodec
from gameserver.streaming.connection import GatewayStream, Group


def test_the_writer_is_woken_once_for_all_that_waits() -> None:
    woken: list[None] = []
    stream = GatewayStream(ProtobufCodec(), lambda: woken.append(None))
    stream.put(b"one")
    stream.put(b"two")
    assert len(woken) == 1
    assert stream.take(0) == b"onetwo"
    stream.put(b"three")
    assert len(woken) == 2


def test_a_gateway_that_does_not_read_is_given_up_and_what_waited_is_forgotten() -> None:
    woken: list[None] = []
    stream = GatewayStream(ProtobufCodec(), lambda: woken.append(None))
    piece = bytes(GatewayStream.BYTES_MOST // 4)
    overflowed = []
    for _ in range(6):
        stream.put(piece)
        overflowed.append(stream.overflowed)
    assert overflowed == [False, False, False, False, True, True]
    assert stream.pending == []
    assert woken


def test_the_last_stamp_of_a_pong_is_the_moment_it_is_written() -> None:
    stream = GatewayStream(ProtobufCodec(), lambda: None)
    stream.put_ping(7, 1.5, 2_000)
    (delivery,) = PlayResponse.FromString(stream.take(9_000)).deliveries
    pong = delivery.message.pong
    assert list(delivery.connections) == [7]
    assert (pong.t0, pong.t1, pong.t2) == (1.5, 2.0, 9.0)


def test_a_group_names_its_connections_in_each_delivery() -> None:
    codec = ProtobufCodec()
    group = Group(codec)
    for number in (1, 300, 2**32 - 1):
        group.add(number)
    (delivery,) = PlayResponse.FromString(codec.delivery(group.encoded, b"")).deliveries
    assert list(delivery.connections) == [1, 300, 2**32 - 1]
    assert not group.remove(300)
    assert not group.remove(300)
    assert not group.remove(1)
    assert group.remove(2**32 - 1)
