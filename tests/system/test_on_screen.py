"""Texts on people's screens: restarts, accounts, replays, and addresses that lead nowhere."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsers.chromium import BrowserUser, browser, until
from tests.support.processes.installation import Installation, start, stop
from tests.support.processes.up_process import programs_of

pytestmark = pytest.mark.slow

KEEP = """() => {
    window.read = [];
    const note = () => {
        for (const id of ['notice', 'draining', 'overlay']) {
            const now = document.querySelector(`[data-testid=${id}]`)?.innerText.replace(/\\s+/g, ' ').trim();
            if (now && !window.read.includes(now)) window.read.push(now);
        }
    };
    new MutationObserver(note).observe(document.body, {childList: true, subtree: true, characterData: true});
}"""
"""Keeps each thing that is said over the court from here on, however short it stands."""


@pytest.fixture(scope="module")
def chrome(chromium: Path) -> Iterator[Browser]:
    with browser(chromium) as running:
        yield running


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Installation]]:
    """A Matchpoint whose game server may be stopped, and its supervisor's process id."""
    process, installation = start(tmp_path_factory.mktemp("on-screen") / "data", MATCHPOINT_HOUSE_MATCH="0")
    try:
        yield process.pid, installation
    finally:
        code = stop(process)
    assert code == 0


def in_a_match(chrome: Browser, page: str) -> tuple[BrowserUser, BrowserUser]:
    """Mina, and Jun on a phone who reads Korean, once the ball is in play."""
    mina = BrowserUser(chrome, page)
    jun = BrowserUser(chrome, page, locale="ko-KR", scheme="dark", phone=True)
    mina.go("/")
    mina.press("home-room")
    mina.wait("room-link")
    mina.page.get_by_test_id("rule-pointsToWin").select_option("21")
    jun.go(f"/room/{mina.read('room-code')}")
    jun.wait("room-ready")
    mina.press("room-ready")
    jun.press("room-ready")
    mina.press("room-start")
    for person in (mina, jun):
        person.wait("court")
        plays(person)
        person.page.evaluate(KEEP)
    return mina, jun


def plays(person: BrowserUser) -> None:
    """Returns once nothing stands over the court but "serve"."""
    expect(person.page.get_by_test_id("overlay")).to_have_count(0, timeout=20_000)
    expect(person.page.get_by_test_id("draining")).to_have_count(0, timeout=20_000)
    expect(person.page.get_by_test_id("notice")).to_have_text(re.compile(r"^\s*(Serve|서브)?\s*$"), timeout=20_000)


def reads(person: BrowserUser, text: str) -> None:
    """Returns once this has stood over the court, even if it is gone by now."""
    until(person.page, "text => window.read.some(said => said.includes(text))", text)


def test_players_read_that_the_server_restarts_and_that_it_is_coming_back_in_their_own_language(
    place: tuple[int, Installation], chrome: Browser
) -> None:
    supervisor, installation = place
    mina, jun = in_a_match(chrome, installation.page)

    # On purpose, in the middle of play: both are told before it goes.
    command = [sys.executable, "-m", "cli", "restart", "gameserver", "--data", str(installation.data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as restart:
        told = {"en": "The server is restarting.", "ko-phone-dark": "서버를 다시 시작하고 있어요."}
        for person, (name, text) in zip((mina, jun), told.items(), strict=True):
            reads(person, text)
            person.picture(f"draining-{name}")
        printed, _ = restart.communicate(timeout=60)
    assert restart.returncode == 0, printed
    for person in (mina, jun):
        plays(person)

    # By accident: it does not answer, then it dies, and play goes on with the next one.
    gameserver = programs_of(supervisor)["gameserver"]
    os.kill(gameserver, signal.SIGSTOP)
    silent = {"en": "Waiting for the server.", "ko-phone-dark": "서버를 기다리고 있어요."}
    for person, (name, text) in zip((mina, jun), silent.items(), strict=True):
        reads(person, text)
        person.picture(f"silent-server-{name}")
    os.kill(gameserver, signal.SIGKILL)
    for person, text in ((mina, "Play goes on"), (jun, "곧 다시 시작해요")):
        reads(person, text)
        plays(person)

    # With nobody at the seats it waits: who watches can look at that in both languages.
    watcher = BrowserUser(chrome, installation.page)
    watcher.go(mina.page.url.replace("/play/", "/watch/"))
    watcher.wait("court")
    where = mina.page.url
    for person in (mina, jun):
        person.go("about:blank")
    notice = watcher.page.get_by_test_id("notice")
    expect(notice).to_contain_text("Paused: waiting for both players", timeout=20_000)
    os.kill(programs_of(supervisor)["gameserver"], signal.SIGKILL)
    expect(notice).to_contain_text("The server is coming back", timeout=20_000)
    watcher.picture("restoring-en")
    watcher.press("language")
    expect(notice).to_contain_text("서버를 복구하고 있어요")
    watcher.picture("restoring-ko")
    for person in (jun, mina):
        person.go(where)
        person.wait("court")
    for person in (jun, mina, watcher):
        plays(person)
    assert watcher.troubles == []
    watcher.context.close()
    assert mina.troubles == jun.troubles == []
    mina.context.close()
    jun.context.close()


def test_a_guest_registers_takes_another_name_and_password_and_whoever_guesses_it_is_slowed_down(
    matchpoint: Installation, chrome: Browser
) -> None:
    noa = BrowserUser(chrome, matchpoint.page, phone=True)
    noa.call_itself("Noa")
    noa.page.get_by_test_id("name-save").get_by_text("Saved").wait_for()
    noa.press("account")
    noa.page.get_by_test_id("account-password").fill("first password")
    noa.press("account-register")
    expect(noa.page.get_by_test_id("account-said")).to_have_text("Your name is yours now.")

    noa.page.get_by_test_id("account-name").fill("Noa the Second")
    noa.press("account-rename")
    expect(noa.page.get_by_test_id("account-said")).to_have_text("Saved")
    expect(noa.page.get_by_test_id("who")).to_have_text("Noa the Second")

    noa.press("account-change-open")
    noa.page.get_by_test_id("account-password").fill("not the password")
    noa.page.get_by_test_id("account-newPassword").fill("second password")
    noa.press("account-change")
    expect(noa.page.get_by_test_id("account-trouble")).to_have_text(re.compile("do not go together"))
    noa.page.get_by_test_id("account-password").fill("first password")
    noa.press("account-change")
    expect(noa.page.get_by_test_id("account-said")).to_have_text(
        "The password is changed. Other devices are signed out."
    )
    noa.picture("account-changed-phone")
    noa.press("account-sign-out")
    expect(noa.page.get_by_test_id("account")).to_have_text("Sign in")

    def tries(name: str, password: str) -> None:
        noa.page.get_by_test_id("account-name").fill(name)
        noa.page.get_by_test_id("account-password").fill(password)
        noa.press("account-sign-in")

    noa.press("account")
    noa.press("account-have")
    tries("Noa the Second", "first password")
    expect(noa.page.get_by_test_id("account-trouble")).to_have_text(re.compile("do not go together"))
    tries("noa the second", "second password")
    expect(noa.page.get_by_test_id("who")).to_have_text("Noa the Second")

    # Another one, at another place, guesses.
    guesser = BrowserUser(chrome, matchpoint.page, locale="ko-KR", scheme="dark")
    guesser.go("/")
    guesser.press("account")
    guesser.press("account-have")
    trouble = guesser.page.get_by_test_id("account-trouble")
    told: list[str] = []
    while len(told) < 40 and (not told or "너무 빨라요" not in told[-1]):
        guesser.page.get_by_test_id("account-name").fill("Noa the Second")
        guesser.page.get_by_test_id("account-password").fill(f"guess number {len(told)}")
        with guesser.page.expect_response(re.compile("AccountService/SignIn")):
            guesser.press("account-sign-in")
        expect(trouble).to_have_text(re.compile("맞지 않아요|너무 빨라요"))
        told.append(trouble.inner_text())
    guesser.picture("account-too-many-tries-dark")
    assert len(told) > 5, told
    assert "너무 빨라요. 잠시 뒤에 다시 시도해 주세요." in told[-1]
    assert noa.troubles == guesser.troubles == []
    noa.context.close()
    guesser.context.close()


def test_a_match_at_ones_own_level_is_watched_again_point_by_point_and_the_next_bot_is_slower(
    matchpoint: Installation, chrome: Browser
) -> None:
    ida = BrowserUser(chrome, matchpoint.page)
    ida.go("/")
    with ida.page.expect_request(re.compile("DirectoryService/StartSession")):
        ida.press("home-bot-level")
    ida.wait("court")
    # A player who does nothing loses a point sooner or later.
    for points in ("1", "2"):
        expect(ida.page.get_by_test_id("score-right")).to_have_text(points, timeout=60_000)
    ida.press("resign")
    ida.press("resign-yes")
    ida.wait("result")
    assert ida.page.evaluate("localStorage['matchpoint.level']") == "10"
    left, right = ida.read("result-left"), ida.read("result-right")

    ida.press("result-replay")
    ida.wait("replay-proven")
    assert re.fullmatch(r".*/replay/[\w-]+/1", ida.page.url)
    rallies = ida.page.get_by_test_id("replay-point")
    assert rallies.count() == int(left) + int(right)
    ida.press("replay-play")
    expect(ida.page.get_by_test_id("replay-play")).to_have_attribute("aria-label", "Play")

    # To the second rally by its button, to the third by the next one; back by a key.
    now = ida.page.get_by_test_id("replay-now")
    rallies.nth(1).click()
    expect(rallies.nth(1)).to_have_attribute("aria-current", "true")
    score = f"{ida.read('score-left')} : {ida.read('score-right')}"
    assert rallies.nth(0).inner_text().startswith(score)
    later = now.inner_text()
    assert later > "0:00"
    ida.press("replay-before")
    expect(now).to_have_text("0:00")
    ida.picture("replay")
    expect(ida.page.get_by_test_id("score-left")).to_have_text("0")
    ida.press("replay-after")
    expect(now).to_have_text(later)

    # Fast to its end, and the score of the replay is that of the result.
    ida.page.get_by_test_id("replay-speed").select_option("4")
    ida.press("replay-play")
    expect(ida.page.get_by_test_id("notice")).to_have_text("The match is over", timeout=60_000)
    assert (ida.read("score-left"), ida.read("score-right")) == (left, right)
    expect(ida.page.get_by_test_id("replay-play")).to_have_attribute("aria-label", "Play")

    # The address is enough, for somebody else too, who reads another language.
    guest = BrowserUser(chrome, matchpoint.page, locale="ko-KR", scheme="dark", phone=True)
    guest.go(ida.page.url)
    guest.wait("replay-proven")
    expect(guest.page.get_by_test_id("replay-proven")).to_contain_text("심판의 기록과 같아요")
    guest.picture("replay-phone-dark")
    guest.press("to-result")
    guest.wait("result")
    assert ida.troubles == guest.troubles == []
    ida.context.close()
    guest.context.close()


def test_an_address_that_leads_nowhere_says_so_in_ones_language_and_shows_a_way_home(
    matchpoint: Installation, chrome: Browser
) -> None:
    for locale, lines in (
        ("en-US", ("There is no such match.", "There is no record of this match.", "There is nothing here.")),
        ("ko-KR", ("없는 경기예요.", "이 경기의 기록이 없어요.", "여기에는 아무것도 없어요.")),
    ):
        lost = BrowserUser(chrome, matchpoint.page, locale=locale)
        never, unrecorded, nothing = lines
        for path, line in (
            ("/play/no-such-match-anywhere", never),
            ("/watch/no-such-match-anywhere", never),
            ("/replay/no-such-match-anywhere/1", unrecorded),
            ("/no/such/page", nothing),
        ):
            lost.go(path)
            expect(lost.page.locator("main")).to_contain_text(line)
            expect(lost.page.get_by_test_id("resign")).to_have_count(0)
            lost.picture(f"nowhere{path.replace('/', '-')}-{locale[:2]}")
            expect(lost.page.get_by_test_id("to-home")).to_be_visible()
        lost.press("to-home")
        lost.wait("home-bot-easy")
        assert lost.troubles == []
        lost.context.close()
