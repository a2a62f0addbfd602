"""Which kinds of events are durable is said once, in the contract."""

from matchpoint.v1.frames_pb2 import Event, Frame

from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.tournament_messages import PUT_EVENT
from gameserver.domain.match.records import Result
from gameserver.domain.pong.events import Goal
from gateway.websocket.messages import is_durable
from wire.events import DURABLE, SUPERSEDED

KINDS = {field.name for field in Event.DESCRIPTOR.oneofs_by_name["body"].fields}


def test_each_kind_of_event_is_either_durable_or_superseded() -> None:
    assert DURABLE | SUPERSEDED == KINDS
    assert DURABLE.isdisjoint(SUPERSEDED)
    assert {"clock", "attendance", "volley", "paddle_move", "miss"} == SUPERSEDED


def test_the_game_server_and_the_gateway_agree_on_what_is_durable() -> None:
    assert set(ProtobufCodec.durable) == {Goal, Result, *PUT_EVENT}
    assert {kind for kind, _ in PUT_EVENT.values()} <= DURABLE
    for kind in KINDS:
        event = Event()
        getattr(event, kind).SetInParent()
        assert is_durable(Frame(events=[event])) == (kind in DURABLE)
