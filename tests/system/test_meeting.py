"""People who have just met ask each other for friends where they meet: in a room, and after a match."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.support.browsers.chromium import BrowserUser, browser
from tests.support.browsers.friends_panel import does, opens_friends
from tests.support.processes.installation import Installation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def chrome(chromium: Path) -> Iterator[Browser]:
    with browser(chromium) as running:
        yield running


def button(person: BrowserUser, name: str) -> Locator:
    """Actions beside somebody's name."""
    return person.page.locator(f'[data-testid="befriend"][data-name="{name}"]')


def bond(person: BrowserUser, name: str) -> Locator:
    """Text beside somebody's name."""
    return person.page.locator(f'[data-testid="befriended"][data-name="{name}"]')


def test_people_become_friends_beside_their_names_in_the_room_and_after_the_match_and_who_is_blocked_is_left_alone(
    matchpoint: Installation, chrome: Browser
) -> None:
    uma = BrowserUser(chrome, matchpoint.page)
    pavel = BrowserUser(chrome, matchpoint.page, locale="ko-KR", scheme="dark", phone=True)
    for person, name in ((uma, "Uma"), (pavel, "Pavel")):
        person.call_itself(name)
        person.page.get_by_test_id("who").get_by_text(name).wait_for()
    uma.press("home-room")
    uma.wait("room-link")
    pavel.go(f"/room/{uma.read('room-code')}")
    pavel.wait("room-ready")
    expect(button(uma, "Uma")).to_have_count(0)

    # Asked in the room: the one waits, the other may accept.
    expect(button(uma, "Pavel")).to_have_text("Add friend")
    uma.picture("room-befriend")
    button(uma, "Pavel").click()
    expect(bond(uma, "Pavel")).to_have_text("Asked")
    expect(button(pavel, "Uma")).to_have_text("수락")
    pavel.picture("room-befriend-phone-dark")

    # Accepted after the match.
    for person in (uma, pavel):
        person.press("room-ready")
    uma.press("room-start")
    for person in (uma, pavel):
        person.wait("court")
    uma.press("resign")
    uma.press("resign-yes")
    for person in (uma, pavel):
        person.wait("result")
    expect(bond(uma, "Pavel")).to_have_text("Pavel: Asked")
    expect(button(uma, "Uma")).to_have_count(0)
    expect(button(pavel, "Uma")).to_have_text("Uma 님의 친구 신청 수락")
    pavel.picture("result-befriend-phone-dark")
    button(pavel, "Uma").click()
    expect(bond(pavel, "Uma")).to_have_text("Uma: 친구")
    expect(bond(uma, "Pavel")).to_have_text("Pavel: Friend")
    uma.picture("result-befriend")

    # Blocked: nothing is offered to the one; the other is told that there is nobody to ask.
    opens_friends(pavel)
    does(pavel, "Uma", "friend-block")
    pavel.press("friends-close")
    expect(bond(pavel, "Uma")).to_have_count(0)
    expect(button(pavel, "Uma")).to_have_count(0)
    button(uma, "Pavel").click()
    expect(uma.page.get_by_test_id("befriend-trouble")).to_have_text("There is no such player.")
    assert uma.troubles == pavel.troubles == []
    uma.context.close()
    pavel.context.close()
