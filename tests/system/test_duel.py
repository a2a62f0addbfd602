"""The main job, with real people's tools: two browsers play, one watches, and one result counts."""

import json
import re
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.browsers.chromium import BrowserUser, browser, until
from tests.support.processes.installation import Installation
from tests.support.storage import sql

pytestmark = [pytest.mark.slow, pytest.mark.storage]

MATCH_LIMIT_S = 180
SOMEBODY_SCORED = """['left', 'right'].some(
    side => document.querySelector(`[data-testid=score-${side}]`).textContent.trim() !== '0')"""
FIGURES = re.compile(r"\d+")


@pytest.fixture(scope="module")
def chrome(chromium: Path) -> Iterator[Browser]:
    with browser(chromium) as running:
        yield running


def call(matchpoint: Installation, method: str, request: dict[str, Any]) -> dict[str, Any]:
    """A public unary call through the gateway."""
    question = urllib.request.Request(
        f"{matchpoint.page}/api/matchpoint.v1.{method}",
        data=json.dumps(request).encode(),
        headers={"Content-Type": "application/json", "Origin": matchpoint.page},
    )
    with urllib.request.urlopen(question, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def shown(person: BrowserUser) -> dict[str, str]:
    """Everything that a result page shows of the statistics."""
    person.wait("result-table")
    cells = person.page.locator(":is(td, dd, span)[data-testid^=result-]")
    texts: dict[str, str] = {}
    for place in range(cells.count()):
        cell = cells.nth(place)
        texts[cell.get_attribute("data-testid") or ""] = cell.inner_text()
    return texts


def play_to_the_end(left: BrowserUser, right: BrowserUser) -> None:
    """Both hold and release real keys until the result is there."""
    ends = time.monotonic() + MATCH_LIMIT_S
    turn = 0
    while not left.page.get_by_test_id("result").is_visible():
        assert time.monotonic() < ends, "the match did not end"
        for person, keys in ((left, ("KeyW", "KeyS")), (right, ("ArrowUp", "ArrowDown"))):
            key = keys[turn % 2]
            person.page.keyboard.down(key)
            person.page.wait_for_timeout(120)
            person.page.keyboard.up(key)
        turn += 1


def test_two_people_meet_in_a_room_play_to_the_end_and_see_the_same_result_while_a_third_watches(
    matchpoint: Installation, chrome: Browser
) -> None:
    mina = BrowserUser(chrome, matchpoint.page, scheme="dark")
    jun = BrowserUser(chrome, matchpoint.page, locale="ko-KR")
    watcher = BrowserUser(chrome, matchpoint.page, phone=True)

    mina.call_itself("Mina")
    mina.press("home-room")
    mina.wait("room-link")
    mina.page.get_by_test_id("rule-pointsToWin").select_option("3")
    link = mina.page.get_by_test_id("room-link").input_value()

    jun.call_itself("준호")
    jun.go(link)
    jun.wait("room-ready")
    mina.page.get_by_test_id("seat-right").get_by_text("준호").wait_for()
    mina.press("room-ready")
    jun.press("room-ready")
    jun.picture("room-korean-light")
    mina.press("room-start")
    for person in (mina, jun):
        person.wait("court")
    session_id = mina.page.url.rsplit("/", 1)[1]
    assert jun.page.url.endswith(session_id)
    mina.picture("countdown-dark")

    # From the middle: the watcher comes once a point has been scored.
    ends = time.monotonic() + MATCH_LIMIT_S
    while mina.read("score-left") == "0" and mina.read("score-right") == "0":
        assert time.monotonic() < ends, "no point was scored"
        mina.page.keyboard.press("KeyW", delay=80)
        jun.page.keyboard.press("ArrowDown", delay=80)
    watcher.go(f"/watch/{session_id}")
    watcher.wait("court")
    until(watcher.page, SOMEBODY_SCORED)
    watcher.picture("watch-phone-light")
    mina.picture("court-dark")
    jun.picture("court-korean-light")

    play_to_the_end(mina, jun)
    for person in (mina, jun):
        person.wait("result")
    mina.picture("result-dark")
    jun.picture("result-korean-light")
    assert {mina.read("result-left"), mina.read("result-right")} >= {"3"}

    hers, his = shown(mina), shown(jun)
    # The two pages are in two languages, so their figures are compared.
    assert len(hers) >= 16
    assert {name: FIGURES.findall(text) for name, text in hers.items()} == {
        name: FIGURES.findall(text) for name, text in his.items()
    }

    # The watcher saw the same end.
    watcher.wait("result")
    assert (watcher.read("result-left"), watcher.read("result-right")) == (
        mina.read("result-left"),
        mina.read("result-right"),
    )

    # The backend has the same numbers, in GetMatch, in GetPlayerStats and in the database.
    record = call(matchpoint, "StatsService/GetMatch", {"sessionId": session_id})["match"]
    result = record["result"]
    assert result["outcome"] == "OUTCOME_PLAYED"
    points = (result.get("left", 0), result.get("right", 0))
    assert points == (int(mina.read("result-left")), int(mina.read("result-right")))
    pong = result["stats"]["pong"]
    assert pong["left"].get("hits", 0) == int(hers["result-hits-left"].replace(",", ""))
    assert pong["right"].get("hits", 0) == int(hers["result-hits-right"].replace(",", ""))
    seats = record["spec"]["seats"]
    for seat, own, other in ((seats[0], points[0], points[1]), (seats[1], points[1], points[0])):
        stats = call(matchpoint, "StatsService/GetPlayerStats", {"accountId": seat["accountId"]})["stats"]
        assert (stats["matches"], stats.get("pointsFor", 0), stats.get("pointsAgainst", 0)) == (1, own, other)
        assert (stats.get("wins", 0), stats.get("losses", 0)) == (int(own > other), int(own < other))
    kept = sql.rows(matchpoint.database, "SELECT count(*) FROM matches WHERE session_id = :id", id=session_id)
    assert kept == [(1,)]
    assert mina.troubles == jun.troubles == watcher.troubles == []
