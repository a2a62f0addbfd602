"""Promises of the bus."""

from collections.abc import Callable

import pytest

from backend.service.bus import Bus
from backend.service.notifications import Notification

HELLO = Notification()


@pytest.fixture
def bus() -> Bus:
    return Bus()


def test_a_message_reaches_every_receiver_of_each_account_it_is_for(bus: Bus) -> None:
    heard: list[tuple[str, Notification]] = []
    for account, tab in (("ada", "1"), ("ada", "2"), ("bob", "3"), ("eve", "4")):
        bus.subscribe(account, lambda message, tab=tab: heard.append((tab, message)))  # type: ignore[misc]
    bus.publish(["ada", "bob"], HELLO)
    assert heard == [("1", HELLO), ("2", HELLO), ("3", HELLO)]


def test_messages_arrive_in_the_order_of_their_publishing(bus: Bus) -> None:
    heard: list[Notification] = []
    bus.subscribe("ada", heard.append)
    sent = [Notification() for _ in range(10)]
    for message in sent:
        bus.publish(["ada"], message)
    assert heard == sent


def test_after_its_end_a_subscription_hears_nothing(bus: Bus) -> None:
    heard: list[Notification] = []
    end = bus.subscribe("ada", heard.append)
    end()
    bus.publish(["ada"], HELLO)
    assert heard == []


def test_a_receiver_may_end_its_subscription_while_it_receives(bus: Bus) -> None:
    heard: list[str] = []
    ends: list[Callable[[], None]] = []

    def once(message: Notification) -> None:
        heard.append("once")
        ends[0]()

    ends.append(bus.subscribe("ada", once))
    bus.subscribe("ada", lambda message: heard.append("always"))
    bus.publish(["ada"], HELLO)
    bus.publish(["ada"], HELLO)
    assert heard == ["once", "always", "always"]


def test_a_message_for_nobody_is_nobodys(bus: Bus) -> None:
    bus.publish(["nobody"], HELLO)
