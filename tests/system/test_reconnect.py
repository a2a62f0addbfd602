"""Both sides' view of a lost connection: a reload, a silent network, a second tab, a restarted server."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsers.chromium import BrowserUser, browser
from tests.support.browsers.networks import BadNetwork, networks
from tests.support.processes.installation import Installation, start, stop
from tests.support.processes.up_process import programs_of

pytestmark = pytest.mark.slow

LISTEN = """(() => {
    window.said = [];
    const note = () => {
        const now = document.querySelector('[data-testid=notice]')?.innerText.replace(/\\s+/g, ' ').trim();
        if (now && now !== window.said.at(-1)) window.said.push(now);
        if (document.querySelector('[data-testid=countdown]')) document.documentElement.classList.add('counted');
    };
    new MutationObserver(note).observe(document, {childList: true, subtree: true, characterData: true});
})()"""
"""Keeps everything that is said over the court from here on, and whether a countdown was shown."""


@dataclass(frozen=True)
class BadlyReachedMatchpoint:
    """A Matchpoint that two people reach over networks that can be broken one by one."""

    supervisor: int
    installation: Installation
    networks: list[BadNetwork]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BadlyReachedMatchpoint]:
    with networks(2) as ways:
        process, installation = start(
            tmp_path_factory.mktemp("reconnect") / "data",
            MATCHPOINT_ORIGINS=",".join(way.address for way in ways),
            MATCHPOINT_HOUSE_MATCH="0",
        )
        for way in ways:
            way.leads_to(installation.page)
        try:
            yield BadlyReachedMatchpoint(process.pid, installation, ways)
        finally:
            code = stop(process)
    assert code == 0


@pytest.fixture(scope="module")
def chrome(chromium: Path) -> Iterator[Browser]:
    with browser(chromium) as running:
        yield running


@pytest.fixture
def pair(place: BadlyReachedMatchpoint, chrome: Browser) -> Iterator[tuple[BrowserUser, BrowserUser]]:
    """Mina and Jun in the middle of a match; Jun is on a phone and reads Korean."""
    for network in place.networks:
        network.come_back()
    mina = BrowserUser(chrome, place.networks[0].address)
    jun = BrowserUser(chrome, place.networks[1].address, locale="ko-KR", scheme="dark", phone=True)
    mina.go("/")
    mina.press("home-room")
    mina.wait("room-link")
    mina.page.get_by_test_id("rule-pointsToWin").select_option("21")
    mina.page.get_by_test_id("rule-startSpeed").select_option("80000")
    code = mina.read("room-code")
    jun.go(f"/room/{code}")
    jun.wait("room-ready")
    mina.press("room-ready")
    jun.press("room-ready")
    mina.press("room-start")
    for person in (mina, jun):
        person.wait("court")
        plays(person.page)
        person.page.evaluate(LISTEN)
        # For the pages that come after this one.
        person.page.add_init_script(LISTEN)
    yield mina, jun
    troubles = mina.troubles + jun.troubles
    mina.context.close()
    jun.context.close()
    assert troubles == []


def plays(page: Page) -> None:
    """Returns once the countdown is over, nothing stands over the court, and nothing is said but "serve"."""
    expect(page.get_by_test_id("overlay")).to_have_count(0, timeout=20_000)
    expect(page.get_by_test_id("notice")).to_have_text(re.compile(r"^\s*(Serve|서브)?\s*$"), timeout=20_000)


def counted(person: BrowserUser) -> None:
    """Returns once this page has shown a countdown; it may be over by then."""
    expect(person.page.locator("html.counted")).to_be_attached(timeout=20_000)


def heard(person: BrowserUser) -> str:
    """Everything that was said over the court, in its order."""
    found: list[str] = person.page.evaluate("window.said")
    return " | ".join(found)


def score(page: Page) -> tuple[str, str]:
    return page.get_by_test_id("score-left").inner_text(), page.get_by_test_id("score-right").inner_text()


def settled(one: Page, other: Page) -> tuple[str, str]:
    """The score, once both pages show the same."""
    until = time.monotonic() + 10
    while (seen := score(one)) != score(other):
        assert time.monotonic() < until, "the pages do not agree"
        one.wait_for_timeout(50)
    return seen


def name_of(person: BrowserUser, side: str) -> str:
    return person.page.locator(f".player.{side} b").inner_text()


def test_who_reloads_comes_back_to_the_seat_and_the_other_is_told_and_waits(
    pair: tuple[BrowserUser, BrowserUser],
) -> None:
    mina, jun = pair
    before = score(mina.page)
    jun.page.reload()
    jun.wait("court")
    for person, name in ((mina, "reload-opponent-sees"), (jun, "reload-player-sees")):
        counted(person)
        person.picture(name)
    for person in pair:
        plays(person.page)
    assert f"Paused: waiting for {name_of(mina, 'right')}" in heard(mina)
    assert "Play goes on" in heard(mina)
    assert [int(now) - int(then) for now, then in zip(score(jun.page), before, strict=True)] in ([0, 0], [0, 1], [1, 0])
    assert jun.page.get_by_test_id("resign").is_enabled()


def test_after_five_silent_seconds_play_goes_on_and_both_were_told_meanwhile(
    place: BadlyReachedMatchpoint, pair: tuple[BrowserUser, BrowserUser]
) -> None:
    mina, jun = pair
    place.networks[1].fall_silent()
    began = time.monotonic()
    told = re.compile(r"Paused: waiting for .+Forfeit in \d+ s", re.DOTALL)
    expect(mina.page.get_by_test_id("notice")).to_have_text(told)
    expect(jun.page.get_by_test_id("overlay")).to_contain_text("연결이 끊겼어요", timeout=10_000)
    mina.picture("silent-opponent-sees")
    jun.picture("silent-player-sees-phone-dark")
    jun.page.wait_for_timeout(max(0.0, 5_000 - (time.monotonic() - began) * 1_000))
    frozen = score(mina.page)
    place.networks[1].come_back()
    for person in pair:
        counted(person)
    # A goal that was decided before the freeze is drawn on the other's page once play goes on.
    assert sum(map(int, settled(mina.page, jun.page))) >= sum(map(int, frozen))
    for person in pair:
        plays(person.page)
    assert re.search(r"Paused: waiting for .+ Forfeit in 2\d s", heard(mina))


def test_after_forty_silent_seconds_the_match_is_lost_and_both_see_the_result(
    place: BadlyReachedMatchpoint, pair: tuple[BrowserUser, BrowserUser]
) -> None:
    mina, jun = pair
    place.networks[1].fall_silent()
    began = time.monotonic()
    expect(mina.page.get_by_test_id("notice")).to_have_text(re.compile(r"Forfeit in 1\d s"), timeout=20_000)
    mina.picture("long-silence-opponent-sees")
    mina.wait("result", 30)
    expect(mina.page.get_by_test_id("result-headline")).to_contain_text("You won")
    mina.picture("long-silence-opponent-result")
    jun.picture("long-silence-player-sees-phone-dark")
    jun.page.wait_for_timeout(max(0.0, 40_000 - (time.monotonic() - began) * 1_000))
    place.networks[1].come_back()
    jun.wait("result", 20)
    expect(jun.page.get_by_test_id("result-headline")).to_contain_text("패배")
    jun.picture("long-silence-player-result-phone-dark")


def test_a_second_tab_takes_the_seat_and_the_first_is_told_and_can_take_it_back(
    pair: tuple[BrowserUser, BrowserUser],
) -> None:
    mina, jun = pair
    tab = jun.context.new_page()
    tab.goto(jun.page.url)
    tab.get_by_test_id("court").wait_for()
    expect(jun.page.get_by_test_id("overlay")).to_contain_text("다른 탭에서 이 경기를 열었어요.")
    jun.picture("second-tab-first-sees-phone-dark")
    plays(tab)
    assert tab.get_by_test_id("resign").is_enabled()
    jun.press("take-over")
    expect(tab.get_by_test_id("overlay")).to_contain_text("다른 탭에서 이 경기를 열었어요.")
    plays(jun.page)
    plays(mina.page)
    # The opponent may have seen a countdown, and nobody lost anything.
    assert mina.page.get_by_test_id("court").is_visible()


@pytest.mark.parametrize("way", ["killed", "restarted on purpose"])
def test_play_goes_on_after_the_game_server_was(
    way: str, place: BadlyReachedMatchpoint, pair: tuple[BrowserUser, BrowserUser]
) -> None:
    mina, _ = pair
    if way == "killed":
        os.kill(programs_of(place.supervisor)["gameserver"], signal.SIGKILL)
    else:
        command = [sys.executable, "-m", "cli", "restart", "gameserver", "--data", str(place.installation.data)]
        subprocess.run(command, check=True, timeout=30, capture_output=True)
    for person in pair:
        counted(person)
    mina.picture(f"gameserver-{way.replace(' ', '-')}")
    for person in pair:
        plays(person.page)
        expect(person.page.get_by_test_id("draining")).to_have_count(0)
    assert "Play goes on" in heard(mina)
