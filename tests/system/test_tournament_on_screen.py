"""A tournament as people see it: four play it to the podium, a fifth watches; brackets of 4 to 64 entrants are seen."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.support.browsers.chromium import BrowserUser, browser
from tests.support.browsers.tournament_pages import known_as, opens
from tests.support.processes.installation import Installation

pytestmark = pytest.mark.slow

SOON = 30_000
"""Milliseconds within which what comes by itself is there: a draw, a call, the next match."""
PAIRINGS = {16: 31, 64: 63}
"""Of a double elimination, the second grand final too, and of a single one."""
LATER = 90_000
"""Milliseconds within which a match of bots to one point is over, and a hall is full of them."""


@pytest.fixture(scope="module")
def chrome(chromium: Path) -> Iterator[Browser]:
    with browser(chromium) as running:
        yield running


def pairing(person: BrowserUser, number: int) -> Locator:
    """A place in the bracket."""
    return person.page.locator(f'[data-pairing="{number}"]')


def gives_up(person: BrowserUser) -> None:
    """Resigns the match that is on."""
    person.press("resign")
    person.press("resign-yes")


@pytest.fixture(scope="module")
def halls(matchpoint: Installation, chrome: Browser) -> dict[int, BrowserUser]:
    """Organisers of a double elimination of 16 and a single one of 64, by size. Bots come in at a rate."""
    hosts = {}
    for size, form in ((64, "single_elimination"), (16, "double_elimination")):
        host = hosts[size] = known_as(BrowserUser(chrome, matchpoint.page), f"Host of {size}")
        opens(host, f"Cup of {size}", places=size, form=form)
        host.page.get_by_test_id("rule-pointsToWin").select_option("1")
        host.press("room-bench")
        host.wait("bench")
        host.press("fill-bots")
    return hosts


@pytest.mark.usefixtures("halls")
def test_four_people_play_a_tournament_to_the_podium_while_a_fifth_watches_and_switches_boards(
    matchpoint: Installation, chrome: Browser
) -> None:
    mina = known_as(BrowserUser(chrome, matchpoint.page), "Mina Cup")
    jun = known_as(BrowserUser(chrome, matchpoint.page, locale="ko-KR"), "준호 컵")
    ada = known_as(BrowserUser(chrome, matchpoint.page, scheme="dark"), "Ada Cup")
    grace = known_as(BrowserUser(chrome, matchpoint.page, phone=True), "Grace Cup")
    four = (mina, jun, ada, grace)
    viewer = BrowserUser(chrome, matchpoint.page)

    # A room collects them; three come by its link, and the list of tournaments has it.
    opens(mina, "Friday Cup", places=4, check_in="60", review="300")
    mina.page.get_by_test_id("rule-pointsToWin").select_option("11")
    viewer.go("/tournaments")
    expect(viewer.page.get_by_test_id("open")).to_contain_text("Friday Cup")
    link = mina.page.get_by_test_id("room-link").input_value()
    for person in (jun, ada, grace):
        person.go(link)
        person.wait("entrants")
    expect(mina.page.get_by_test_id("entrant")).to_have_count(4)
    expect(jun.page.get_by_test_id("rule-pointsToWin")).to_have_value("11")
    mina.picture("tournament-room")
    grace.picture("tournament-room-phone")

    # Who is called checks in; who watches sees who is here. Those who were away at the start are led there by the room.
    ada.page.goto("about:blank")
    mina.press("room-start")
    mina.wait("check-in")
    ada.go(link)
    for person in four:
        person.wait("check-in")
    where = mina.page.url
    viewer.go(where)
    expect(viewer.page.get_by_test_id("entrants")).to_contain_text("준호 컵")
    ada.picture("tournament-check-in-dark")
    for person in four:
        person.press("check-in")
    for person in (*four, viewer):
        person.wait("bracket", timeout_s=30)
    # The ranking of the room holds among equals: the first meets the last.
    expect(pairing(viewer, 1)).to_contain_text("Grace Cup", timeout=SOON)
    expect(grace.page.get_by_test_id("call")).to_contain_text("Mina Cup", timeout=SOON)
    viewer.picture("tournament-bracket-4")
    grace.picture("tournament-bracket-4-phone")

    # Two matches at once. The viewer opens one, then the other, and then sees both.
    for person in four:
        person.wait("court", timeout_s=30)
    shown = []
    for number in (1, 2):
        pairing(viewer, number).click()
        board = viewer.page.get_by_test_id("side").locator("figure")
        expect(board).to_contain_text("Mina Cup" if number == 1 else "준호 컵", timeout=SOON)
        shown.append(board.get_attribute("data-testid"))
    assert len(set(shown)) == 2
    viewer.picture("tournament-board-beside-bracket")
    viewer.press("tab-boards")
    expect(viewer.page.get_by_test_id("wall").locator("figure")).to_have_count(2)
    expect(viewer.page.get_by_test_id("wall")).to_contain_text("Ada Cup")
    viewer.picture("tournament-wall")
    viewer.press("tab-bracket")
    viewer.press("close-board")

    # Two give up, and the others meet in the final. Its score stands in the bracket while it is on; then one gives up.
    for person in (grace, ada):
        gives_up(person)
        expect(person.page.get_by_test_id("call")).to_contain_text("out", timeout=SOON)
    expect(mina.page.get_by_test_id("call")).to_contain_text("준호 컵", timeout=SOON)
    for person in (mina, jun):
        person.wait("court", timeout_s=30)
    expect(viewer.page.get_by_test_id("side")).to_contain_text("준호 컵", timeout=SOON)
    grace.picture("tournament-watching-phone")
    score = pairing(viewer, 3).locator(".score")
    expect(score.filter(has_text=re.compile("[1-9]"))).not_to_have_count(0, timeout=LATER)
    viewer.picture("tournament-live-score")
    gives_up(jun)
    for person in (*four, viewer):
        person.wait("review", timeout_s=30)
        expect(person.page.get_by_test_id("provisional")).to_be_visible()
        expect(person.page.get_by_test_id("place-1")).to_contain_text("Mina Cup")
        expect(person.page.get_by_test_id("confirm")).to_have_count(int(person is mina))
    viewer.picture("tournament-review")
    grace.picture("tournament-review-phone")

    # All is played, and the organiser knows better: everybody sees it, and then it stands.
    mina.press("review-correct")
    mina.press("correct-3")
    mina.page.locator("fieldset").get_by_text("준호 컵").click()
    mina.page.get_by_test_id("correct-kind").select_option(label="Played")
    mina.picture("tournament-correction")
    mina.press("correct-yes")
    expect(viewer.page.get_by_test_id("place-1")).to_contain_text("준호 컵", timeout=SOON)
    mina.press("confirm")
    for person in (*four, viewer):
        person.wait("podium", timeout_s=30)
    champions = {person.read("place-1").split("\n")[-1] for person in (*four, viewer)}
    assert champions == {"준호 컵"}
    expect(viewer.page.get_by_test_id("place-3")).to_have_count(2)
    for person, name in ((viewer, "en"), (jun, "ko"), (ada, "dark"), (grace, "phone")):
        person.picture(f"tournament-podium-{name}")

    # Read afterwards, by somebody who was not there: every match with its replay, and the files.
    viewer.go(where)
    viewer.wait("podium", timeout_s=30)
    expect(viewer.page.get_by_test_id("all-matches").locator("a")).to_have_count(3)
    with viewer.page.expect_download() as file:
        viewer.press("export-json")
    kept = json.loads(file.value.path().read_text())
    names = [entrant["name"] for entrant in kept["entrants"]]
    assert names[kept["result"].get("champion", 0)] == "준호 컵"
    viewer.page.get_by_test_id("all-matches").locator("a").first.click()
    viewer.wait("court")
    assert [person.troubles for person in (*four, viewer)] == [[]] * 5
    for person in (*four, viewer):
        person.context.close()


def test_the_organiser_lets_in_who_comes_late_and_makes_the_final_longer(
    matchpoint: Installation, chrome: Browser
) -> None:
    host = known_as(BrowserUser(chrome, matchpoint.page), "Late Cup Host")
    late = known_as(BrowserUser(chrome, matchpoint.page, locale="ko-KR", phone=True), "늦은 사람")
    opens(host, "Late Cup", places=8, check_in="600")
    settings = host.page.get_by_test_id("tournament-settings")
    settings.get_by_test_id("set-lengths").click()
    settings.get_by_test_id("set-lengthAt-0").select_option(label="Final")
    settings.get_by_test_id("set-lengthBest-0").select_option(label="Best of 5")
    settings.get_by_test_id("set-lengthAt-1").select_option(label="Semi-finals")
    settings.get_by_test_id("set-lengthAt-2").select_option(label="Quarter-finals")
    settings.get_by_test_id("drop-length-1").click()
    expect(settings.get_by_test_id("set-lengthAt-1").locator("option:checked")).to_have_text("Quarter-finals")
    expect(settings.get_by_test_id("set-lengthAt-0").locator("option:checked")).to_have_text("Final")
    host.press("add-bot-1")
    late.go(host.page.get_by_test_id("room-link").input_value())
    late.press("room-bench")
    expect(host.page.get_by_test_id("bench")).to_contain_text("늦은 사람")
    host.press("room-start")
    host.wait("check-in")

    expect(host.page.get_by_test_id("entrants").locator("li")).to_have_count(2)
    # Nobody is entered against their will: a person is invited, a bot is in.
    for who, said in (("늦은 사람", "has been invited, and comes in by accepting."), ("Hard bot", "is in.")):
        host.page.get_by_test_id("late-who").select_option(label=who)
        host.press("late-add")
        expect(host.page.get_by_test_id("late-said")).to_have_text(f"{who} {said}")
    expect(host.page.get_by_test_id("entrants").locator("li")).to_have_count(3)
    late.wait("tournament-invitation")
    late.picture("tournament-invitation-phone")
    late.press("tournament-invitation-accept")
    late.wait("check-in")
    host.picture("tournament-late")
    expect(host.page.get_by_test_id("entrants").locator("li")).to_have_count(4)
    # Nobody is let in twice, so the form does not offer it.
    expect(host.page.get_by_test_id("late-who").get_by_role("option", name="늦은 사람")).to_have_count(0)
    for person in (late, host):
        person.press("check-in")
    host.wait("bracket", timeout_s=30)
    spec = json.loads(host.page.evaluate("fetch(`${location.pathname}.json`).then(answer => answer.text())"))
    assert [pairing["bestOf"] for pairing in spec["pairings"]] == [1, 1, 5]
    host.press("tab-organise")
    host.press("call-off")
    host.press("organise-yes")
    for person in (late, host):
        person.wait("podium", timeout_s=30)
        assert person.troubles == []
        person.context.close()


def test_who_looks_at_another_page_is_called_there_and_led_to_their_match(
    matchpoint: Installation, chrome: Browser
) -> None:
    host = known_as(BrowserUser(chrome, matchpoint.page), "Elsewhere Host")
    away = known_as(BrowserUser(chrome, matchpoint.page, locale="ko-KR", phone=True), "딴 데 보는 사람")
    opens(host, "Elsewhere Cup", places=2, check_in="60")
    away.go(host.page.get_by_test_id("room-link").input_value())
    away.wait("entrants")
    host.press("room-start")
    for person in (host, away):
        person.wait("check-in")

    # They are asked to check in wherever they are; then they are called, and taken to the court.
    away.press("home")
    expect(away.page.get_by_test_id("summons")).to_contain_text("Elsewhere Cup", timeout=SOON)
    away.picture("tournament-summons-phone")
    host.press("home")
    host.wait("summons")
    host.picture("tournament-summons")
    away.press("summons-go")
    for person in (away, host):
        if person is host:
            host.press("summons-go")
        person.press("check-in")
    away.press("home")
    away.wait("court", timeout_s=30)
    assert "/tournament/" in away.page.url

    # So they are after the page was loaded again, elsewhere, in the middle of the match.
    away.go("/")
    away.wait("court", timeout_s=30)
    gives_up(away)
    for person in (host, away):
        person.wait("podium", timeout_s=30)
        assert person.troubles == []
        person.context.close()


def test_brackets_of_sixteen_and_sixty_four_fit_a_desk_and_a_phone(
    matchpoint: Installation, chrome: Browser, halls: dict[int, BrowserUser]
) -> None:
    phones = {}
    for size, host in halls.items():
        expect(host.page.get_by_test_id("entrant")).to_have_count(size + 1, timeout=LATER)
        host.press("room-start")
    for size, host in halls.items():
        host.wait("bracket", timeout_s=30)
        phone = phones[size] = BrowserUser(chrome, matchpoint.page, locale="ko-KR", scheme="dark", phone=True)
        phone.go(host.page.url)
        phone.wait("bracket")
        for person, device in ((host, ""), (phone, "-phone")):
            expect(person.page.locator("[data-pairing]")).to_have_count(PAIRINGS[size])
            person.picture(f"tournament-{size}-drawn{device}")
    for size, host in halls.items():
        for person, device in ((host, ""), (phones[size], "-phone")):
            # Midway: the first ones are through.
            expect(person.page.locator(".pairing .who.won").nth(3)).to_be_attached(timeout=LATER)
            person.picture(f"tournament-{size}-midway{device}")
            person.press("zoom-fit")
            person.picture(f"tournament-{size}-whole{device}")
            assert person.troubles == []
            person.context.close()


def test_who_waits_for_a_tournament_opens_a_room_for_a_duel_and_is_called_back_when_it_starts(
    matchpoint: Installation, chrome: Browser
) -> None:
    host = known_as(BrowserUser(chrome, matchpoint.page), "Host of Long")
    kim = known_as(BrowserUser(chrome, matchpoint.page), "Kim Long")
    opens(host, "Long Cup", places=4)
    tournament = host.page.get_by_test_id("room-link").input_value()
    kim.go(tournament)
    kim.wait("entrants")

    # The place is listed at home, and kept while a room for a duel is opened.
    kim.press("home")
    expect(kim.page.get_by_test_id("place")).to_contain_text("Long Cup")
    kim.picture("places-home")
    kim.press("home-room")
    kim.wait("room-ready")
    duel = kim.read("room-code")
    expect(host.page.get_by_test_id("entrant")).to_have_count(2)

    # A way back from the list of tournaments, and again to the duel by its link: neither place is lost.
    kim.go("/tournaments")
    kim.page.get_by_test_id("place").click()
    kim.wait("entrants")
    kim.go(f"/room/{duel}")
    kim.wait("room-ready")
    expect(host.page.get_by_test_id("entrant")).to_have_count(2)

    # It starts: those in its room are taken there, those elsewhere are called, and play.
    host.press("room-start")
    expect(kim.page.get_by_test_id("begun")).to_contain_text("Long Cup has begun.", timeout=SOON)
    host.wait("bracket", timeout_s=30)
    assert kim.page.url.endswith(f"/room/{duel}")
    kim.picture("tournament-begun-elsewhere")
    kim.press("begun-go")
    for person in (host, kim):
        person.wait("court", timeout_s=60)
    expect(kim.page.get_by_test_id("begun")).to_have_count(0)
    gives_up(kim)
    for person in (host, kim):
        person.wait("podium", timeout_s=30)

    # The room for the duel is there still.
    kim.press("home")
    expect(kim.page.get_by_test_id("home-room")).to_contain_text(duel)
    expect(kim.page.get_by_test_id("place")).to_contain_text("Over")
    assert [person.troubles for person in (host, kim)] == [[], []]
    for person in (host, kim):
        person.context.close()
