"""Friends, seen in two browsers at once: ask, accept, meet, play, part, block."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers.chromium import BrowserUser, browser
from tests.support.browsers.friends_panel import does, opens_friends, row
from tests.support.processes.installation import Installation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def chrome(chromium: Path) -> Iterator[Browser]:
    with browser(chromium) as running:
        yield running


def asks(person: BrowserUser, name: str) -> None:
    opens_friends(person)
    person.page.get_by_test_id("friend-name").fill(name)
    person.press("friend-ask")


def sees(person: BrowserUser, name: str, doing: str) -> None:
    """The friend is shown as doing this; presence has 10 s to be right."""
    expect(row(person, "friend", name).get_by_test_id("friend-whereabouts")).to_have_text(doing, timeout=12_000)


def become_friends(one: BrowserUser, name: str, other: BrowserUser, other_name: str) -> None:
    """By asking and accepting. Both panels are open after it."""
    asks(one, other_name)
    row(one, "friend-asked", other_name).wait_for()
    opens_friends(other)
    row(other, "friend-asks", name).get_by_test_id("friend-accept").click()
    for person, friend in ((one, other_name), (other, name)):
        row(person, "friend", friend).wait_for()


@pytest.mark.storage
def test_two_friends_ask_and_accept_and_see_each_other_through_room_and_match_until_one_removes_and_blocks_the_other(
    matchpoint: Installation, chrome: Browser
) -> None:
    sol = BrowserUser(chrome, matchpoint.page)
    haru = BrowserUser(chrome, matchpoint.page, locale="ko-KR", scheme="dark", phone=True)
    sol.call_itself("Sol")
    haru.call_itself("하루")
    sol.page.get_by_test_id("who").get_by_text("Sol").wait_for()
    haru.page.get_by_test_id("who").get_by_text("하루").wait_for()

    # A question is seen where the other is, without loading anything.
    asks(sol, "하루")
    expect(haru.page.get_by_test_id("friends-badge")).to_have_text("1")
    expect(haru.page.get_by_test_id("calls")).to_have_text("Sol 님이 친구 신청을 보냈어요.")
    opens_friends(haru)
    haru.picture("friends-asked-phone-dark")
    row(haru, "friend-asks", "Sol").get_by_test_id("friend-accept").click()
    sees(sol, "하루", "Online")
    sees(haru, "Sol", "접속 중")
    expect(haru.page.get_by_test_id("friends-badge")).to_have_count(0)
    haru.press("friends-close")

    # An invitation: Sol, in no room, opens one with it.
    row(sol, "friend", "하루").get_by_test_id("friend-invite").click()
    sol.wait("room-link")
    haru.wait("invitation")
    haru.picture("invitation-phone-dark")
    opens_friends(sol)
    opens_friends(haru)
    sees(haru, "Sol", "방에 있어요")
    haru.picture("friends-room-phone-dark")
    haru.press("friends-close")
    haru.press("invitation-accept")
    haru.wait("room-ready")
    expect(haru.page.get_by_test_id("invitation")).to_have_count(0)
    sees(sol, "하루", "In a room")
    sol.picture("friends-room")
    sol.press("friends-close")

    # Through the match: a third friend sees both in it, and may watch.
    third = BrowserUser(chrome, matchpoint.page)
    third.call_itself("Third")
    third.page.get_by_test_id("who").get_by_text("Third").wait_for()
    become_friends(third, "Third", sol, "Sol")
    sol.press("friends-close")
    sees(third, "Sol", "In a room")
    sol.press("room-ready")
    haru.press("room-ready")
    sol.press("room-start")
    for person in (sol, haru):
        person.wait("court")
    sees(third, "Sol", "In a match")
    third.picture("friends-match")
    row(third, "friend", "Sol").get_by_test_id("friend-watch").click()
    third.wait("court")
    assert "/watch/" in third.page.url
    opens_friends(haru)
    sees(haru, "Sol", "경기 중")
    haru.picture("friends-in-match-phone-dark")
    haru.press("friends-close")

    # Somebody who plays is told of an invitation, and is asked to decide when the match is over.
    third.go("/")
    opens_friends(third)
    sees(third, "Sol", "In a match")
    row(third, "friend", "Sol").get_by_test_id("friend-invite").click()
    expect(sol.page.get_by_test_id("invitation")).to_have_text("Third invites you. It waits until your match is over.")
    assert sol.page.evaluate("document.activeElement.closest('mp-calls')") is None
    sol.picture("invitation-in-match")
    sol.press("resign")
    sol.press("resign-yes")
    for person in (sol, haru):
        person.wait("result")
    sol.wait("invitation-accept")
    sol.picture("invitation-after-match")
    sol.press("invitation-later")
    expect(sol.page.get_by_test_id("invitation")).to_have_count(0)
    opens_friends(sol)
    sees(sol, "하루", "In a room")

    # What the other watches is seen too.
    third.go("/")
    third.page.get_by_test_id("home-watch-featured").click()
    third.wait("court")
    sees(sol, "Third", "Watching a match")

    # Removed: for both, at once.
    does(sol, "Third", "friend-remove")
    expect(row(sol, "friend", "Third")).to_have_count(0)
    opens_friends(third)
    expect(row(third, "friend", "Sol")).to_have_count(0)

    # Blocked: gone, can see nothing, and is answered as if there were no such person.
    does(sol, "하루", "friend-block")
    expect(row(sol, "friend", "하루")).to_have_count(0)
    expect(row(sol, "friend-blocked", "하루")).to_have_count(1)
    opens_friends(haru)
    expect(row(haru, "friend", "Sol")).to_have_count(0)
    asks(haru, "Sol")
    expect(haru.page.get_by_test_id("friends-trouble")).to_have_text("없는 선수예요.")
    sol.press("friends-blocked")
    sol.picture("friends-blocked")
    row(sol, "friend-blocked", "하루").get_by_test_id("friend-unblock").click()
    expect(row(sol, "friend-blocked", "하루")).to_have_count(0)
    asks(haru, "Sol")
    row(haru, "friend-asked", "Sol").wait_for()
    row(sol, "friend-asks", "하루").wait_for()
    assert sol.troubles == haru.troubles == third.troubles == []


def test_a_guest_registers_signs_out_and_comes_back_on_another_device_with_friends_kept(
    matchpoint: Installation, chrome: Browser
) -> None:
    ari = BrowserUser(chrome, matchpoint.page)
    bo = BrowserUser(chrome, matchpoint.page, scheme="dark")
    ari.call_itself("Ari")
    bo.call_itself("Bo")
    for person, name in ((ari, "Ari"), (bo, "Bo")):
        person.page.get_by_test_id("who").get_by_text(name).wait_for()
    become_friends(ari, "Ari", bo, "Bo")

    ari.press("friends-register")
    ari.picture("account-register")
    ari.page.get_by_test_id("account-password").fill("correct horse")
    ari.press("account-register")
    ari.wait("account-sign-out")
    ari.picture("account-registered")
    # The friend has noticed nothing of it.
    sees(bo, "Ari", "Online")

    ari.press("account-sign-out")
    ari.page.get_by_test_id("account").get_by_text("Sign in").wait_for()
    sees(bo, "Ari", "Away")

    phone = BrowserUser(chrome, matchpoint.page, phone=True, locale="ko-KR")
    phone.go("/")
    phone.press("account")
    phone.press("account-have")
    phone.page.get_by_test_id("account-name").fill("ari")
    phone.page.get_by_test_id("account-password").fill("wrong horse")
    phone.press("account-sign-in")
    expect(phone.page.get_by_test_id("account-trouble")).to_have_text(re.compile("비밀번호가 맞지 않아요"))
    phone.picture("account-sign-in-phone")
    phone.page.get_by_test_id("account-password").fill("correct horse")
    phone.press("account-sign-in")
    phone.page.get_by_test_id("who").get_by_text("Ari").wait_for()
    opens_friends(phone)
    sees(phone, "Bo", "접속 중")
    sees(bo, "Ari", "Online")

    # Another tab of the same browser signs out: this one shows nobody's friends any more.
    tab = phone.context.new_page()
    tab.goto(matchpoint.page)
    tab.get_by_test_id("account").click()
    tab.get_by_test_id("account-sign-out").click()
    expect(row(phone, "friend", "Bo")).to_have_count(0)
    expect(phone.page.get_by_test_id("account")).to_have_text("로그인")
    assert ari.troubles == bo.troubles == phone.troubles == []
