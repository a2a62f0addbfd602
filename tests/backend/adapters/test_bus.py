"""Promises of every Bus. A second implementation joins the parameters."""

from collections.abc import Callable

import pytest
from matchpoint.v1.lobby_pb2 import ConnectResponse, Said

from backend.adapters.bus import LocalBus
from backend.service.ports import Bus

BUSES: list[Callable[[], Bus]] = [LocalBus]


def said(text: str) -> ConnectResponse:
    return ConnectResponse(said=Said(text=text))


@pytest.fixture(params=BUSES)
def bus(request: pytest.FixtureRequest) -> Bus:
    made: Bus = request.param()
    return made


def test_a_message_reaches_every_receiver_of_each_account_it_is_for(bus: Bus) -> None:
    heard: list[tuple[str, str]] = []
    for account, tab in (("ada", "1"), ("ada", "2"), ("bob", "3"), ("eve", "4")):
        bus.subscribe(account, lambda message, tab=tab: heard.append((tab, message.said.text)))  # type: ignore[misc]
    bus.publish(["ada", "bob"], said("hello"))
    assert heard == [("1", "hello"), ("2", "hello"), ("3", "hello")]


def test_messages_arrive_in_the_order_of_their_publishing(bus: Bus) -> None:
    heard: list[str] = []
    bus.subscribe("ada", lambda message: heard.append(message.said.text))
    for number in range(10):
        bus.publish(["ada"], said(str(number)))
    assert heard == [str(number) for number in range(10)]


def test_after_its_end_a_subscription_hears_nothing(bus: Bus) -> None:
    heard: list[str] = []
    end = bus.subscribe("ada", lambda message: heard.append(message.said.text))
    end()
    bus.publish(["ada"], said("late"))
    assert heard == []


def test_a_receiver_may_end_its_subscription_while_it_receives(bus: Bus) -> None:
    heard: list[str] = []
    ends: list[Callable[[], None]] = []

    def once(message: ConnectResponse) -> None:
        heard.append("once")
        ends[0]()

    ends.append(bus.subscribe("ada", once))
    bus.subscribe("ada", lambda message: heard.append("always"))
    bus.publish(["ada"], said("a"))
    bus.publish(["ada"], said("b"))
    assert heard == ["once", "always", "always"]


def test_a_message_for_nobody_is_nobodys(bus: Bus) -> None:
    bus.publish(["nobody"], said("hello"))
