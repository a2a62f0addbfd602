"""Things that people keep in a browser: who they are, their room, a key that they let go, a page for any address."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from matchpoint.v1.frames_pb2 import ClientMessage
from playwright.sync_api import Browser, Page, expect

from tests.support.browsers.chromium import FLAGS, BrowserUser, browser, until
from tests.support.processes.installation import Installation

pytestmark = pytest.mark.slow

HEBREW = "שלום 12"
SPY = """() => {
    window.sent = [];
    window.pads = [];
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
        if (this.url.endsWith('/ws/play')) window.sent.push([...new Uint8Array(data)]);
        return send.call(this, data);
    };
    navigator.getGamepads = () => window.pads;
}"""
"""Keeps what goes out on play connections; gamepads are what `window.pads` says."""
PAD = "(stick) => { window.pads = [{index: 0, connected: true, axes: [0, stick], buttons: []}]; }"
BARE = """(name) => {
    const bare = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const own = node.data.includes("\\u2068" + name) || node.parentElement.closest("bdi, option, script");
        if (node.data.includes(name) && !own) bare.push(node.parentElement.outerHTML.slice(0, 200));
    }
    for (const element of document.querySelectorAll('[aria-label], [title]')) {
        for (const kind of ['aria-label', 'title']) {
            const text = element.getAttribute(kind) ?? '';
            if (text.includes(name) && !text.includes('\\u2068' + name)) bare.push(kind + ': ' + text);
        }
    }
    if (document.title.includes(name) && !document.title.includes('\\u2068' + name)) bare.push(document.title);
    return [bare, document.body.innerText.includes(name)];
}"""
"""Places of a name without isolation, if it stands anywhere."""


@pytest.fixture(scope="module")
def chrome(chromium: Path) -> Iterator[Browser]:
    with browser(chromium) as running:
        yield running


@pytest.fixture
def ada(chrome: Browser, matchpoint: Installation) -> Iterator[BrowserUser]:
    """Somebody at a browser, whose pages throw nothing."""
    person = BrowserUser(chrome, matchpoint.page)
    yield person
    person.context.close()
    assert person.troubles == []


def steered(page: Page) -> list[int]:
    """The directions that have gone out so far."""
    messages = [ClientMessage.FromString(bytes(data)) for data in page.evaluate("window.sent")]
    return [one.pong.dir for message in messages for one in message.seat.inputs if one.pong.HasField("dir")]


def steers(page: Page, *directions: int) -> None:
    """Returns once these were the last directions to go out."""
    for _ in range(100):
        if tuple(steered(page)[-len(directions) :]) == directions:
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"{directions} did not go out, but {steered(page)}")


def cookie(person: BrowserUser) -> str:
    return next(one["value"] for one in person.context.cookies() if "value" in one)


def test_who_sits_there_is_asked_of_the_server_when_the_storage_was_emptied(ada: BrowserUser) -> None:
    ada.call_itself("Ada of storage")
    before = cookie(ada)
    ada.page.evaluate("localStorage.clear(); sessionStorage.clear()")
    ada.page.reload()
    expect(ada.page.get_by_test_id("who")).to_have_text("Ada of storage")
    ada.press("home-room")
    ada.wait("room-code")
    assert cookie(ada) == before


def test_a_match_is_played_where_the_browser_keeps_nothing(ada: BrowserUser) -> None:
    ada.page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); };")
    ada.go("/")
    ada.press("home-bot-easy")
    ada.wait("countdown")
    ada.press("resign")
    ada.press("resign-yes")
    ada.wait("result-headline", 30)
    expect(ada.page.get_by_test_id("result-again")).to_be_visible()


def test_without_cookies_one_message_says_so_and_no_click_makes_a_guest(
    chrome: Browser, chromium: Path, matchpoint: Installation, tmp_path: Path
) -> None:
    preferences = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(preferences))
    context = chrome.browser_type.launch_persistent_context(
        str(tmp_path), executable_path=str(chromium), args=FLAGS, locale="ko-KR"
    )
    page = context.new_page()
    made: list[str] = []
    page.on("request", lambda request: made.append(request.url) if "CreateGuest" in request.url else None)
    page.goto(matchpoint.page)
    for press in ("home-bot-easy", "home-room", "home-bot-hard"):
        page.get_by_test_id(press).click()
        expect(page.get_by_test_id("trouble")).to_contain_text("쿠키")
    assert made == []
    context.close()


def test_any_address_and_anything_in_the_storage_shows_a_page(ada: BrowserUser) -> None:
    ada.go("/")
    ada.page.evaluate("""() => {
        sessionStorage.setItem('matchpoint.current', 'javascript:alert(1)');
        for (const kind of ['entry', 'end']) sessionStorage.setItem(`matchpoint.${kind}.x`, '{');
        localStorage.setItem('matchpoint.language', '%');
        localStorage.setItem('matchpoint.level', '{}');
    }""")
    for path in (
        "/",
        "/room/%E0%A4%A",
        "/room/%",
        "/play/%E0%A4%A",
        "/tournament/%FF",
        "/replay/%C0%AF/1",
        "/%E0%A4%A",
    ):
        ada.go(path)
        expect(ada.page.get_by_test_id("home")).to_be_visible()
        expect(ada.page.locator("main")).to_be_visible()
    ada.go("/result/x")
    expect(ada.page.get_by_test_id("result-home")).to_be_visible()


def test_a_link_that_cannot_be_one_to_a_room_makes_no_guest(ada: BrowserUser) -> None:
    made: list[str] = []
    ada.page.on("request", lambda request: made.append(request.url) if "CreateGuest" in request.url else None)
    ada.go("/room/O0I1")
    expect(ada.page.get_by_test_id("trouble")).to_be_visible()
    expect(ada.page.get_by_test_id("who")).to_be_visible()
    assert made == []


def test_a_link_to_a_room_that_cannot_be_entered_costs_nobody_their_own(
    ada: BrowserUser, chrome: Browser, matchpoint: Installation
) -> None:
    bob = BrowserUser(chrome, matchpoint.page, locale="ko-KR", scheme="dark", phone=True)
    bob.go("/")
    bob.press("home-room")
    bob.wait("room-code")
    shut = bob.read("room-code")
    ada.go("/")
    ada.press("home-room")
    ada.wait("room-code")
    own = ada.read("room-code")
    # A room that is not there, then one that nobody new may enter, by a link from a sentence.
    ada.go("/room/ZZZZZZ")
    expect(ada.page.get_by_test_id("trouble")).to_be_visible()
    ada.page.locator("[data-testid=own-room]").click()
    expect(ada.page.get_by_test_id("room-code")).to_have_text(own)
    bob.page.locator("label:has([data-testid=door-3])").click()
    expect(bob.page.get_by_test_id("door-3")).to_be_checked()
    bob.picture("room-door-phone-dark")
    ada.go(f"/room/{shut}).")
    expect(ada.page.get_by_test_id("trouble")).to_be_visible()
    ada.picture("room-locked")
    ada.press("own-room")
    expect(ada.page.get_by_test_id("room-code")).to_have_text(own)
    assert "Ada" not in own

    # Somebody who knocks waits, is let in, and only then leaves the room that they were in.
    bob.page.locator("label:has([data-testid=door-2])").click()
    expect(bob.page.get_by_test_id("door-2")).to_be_checked()
    ada.go(f"/room/{shut}")
    ada.wait("knocked")
    ada.picture("room-knocked")
    bob.wait("knock")
    bob.picture("room-knock-phone-dark")
    bob.press("knock-accept")
    expect(ada.page.get_by_test_id("room-code")).to_have_text(shut)
    ada.go(f"/room/{own}")
    expect(ada.page.get_by_test_id("trouble")).to_be_visible()

    # Another link: who is in stays in, and the address follows.
    bob.press("new-code")
    bob.picture("room-new-code-phone-dark")
    bob.press("ask-yes")
    expect(bob.page.get_by_test_id("room-code")).not_to_have_text(shut)
    assert bob.page.url.endswith(bob.read("room-code"))
    assert bob.troubles == []
    bob.context.close()


def test_whoever_is_in_a_tournament_that_is_on_is_asked_before_they_go_elsewhere_or_leave(
    ada: BrowserUser, chrome: Browser, matchpoint: Installation
) -> None:
    bob = BrowserUser(chrome, matchpoint.page)
    bob.go("/")
    bob.press("home-room")
    bob.wait("room-code")
    duel = bob.read("room-code")
    ada.go("/tournaments")
    ada.page.get_by_test_id("set-title").fill("Friday Cup")
    ada.press("create")
    ada.wait("tournament-settings")
    cup = ada.page.url
    ada.press("add-bot-1")
    expect(ada.page.get_by_test_id("entrant")).to_have_count(2)
    ada.press("room-start")
    ada.wait("check-in")
    ada.go(f"/room/{duel}")
    ada.wait("is-on")
    ada.picture("is-on")
    ada.press("is-on-enter")
    expect(ada.page.get_by_test_id("room-code")).to_have_text(duel)
    ada.go("/")
    expect(ada.page.get_by_test_id("place")).to_contain_text("On now")
    # Back in the tournament's room: nobody withdraws by a slip.
    ada.go(cup)
    ada.press("room-leave")
    expect(ada.page.get_by_test_id("ask")).to_contain_text("for good")
    ada.picture("leave-tournament")
    ada.press("ask-no")
    expect(ada.page.get_by_test_id("room-to-tournament")).to_be_visible()
    assert bob.troubles == []
    bob.context.close()


def test_a_paddle_stands_still_when_its_key_is_released_whatever_else_is_held_or_open(ada: BrowserUser) -> None:
    ada.page.add_init_script(f"({SPY})()")
    ada.go("/")
    ada.press("home-bot-easy")
    ada.wait("countdown")
    expect(ada.page.get_by_test_id("countdown")).to_have_count(0, timeout=15_000)
    page, keys = ada.page, ada.page.keyboard
    for modifier in ("Control", "Alt", "Shift"):
        keys.down("w")
        steers(page, -1)
        keys.down(modifier)
        keys.up("w")
        steers(page, 0)
        keys.up(modifier)
    keys.down("s")
    steers(page, 1)
    keys.down("Meta")
    steers(page, 0)
    keys.up("s")
    keys.up("Meta")
    for away in (
        lambda: page.evaluate("dispatchEvent(new Event('blur'))"),
        lambda: page.evaluate("document.dispatchEvent(new Event('visibilitychange'))"),
        lambda: ada.press("resign"),
    ):
        keys.down("w")
        steers(page, -1)
        away()
        steers(page, 0)
        keys.up("w")
    # Behind the dialog nothing is steered, and what is let go there is let go.
    keys.down("s")
    page.wait_for_timeout(100)
    assert steered(page)[-1] == 0
    keys.up("s")
    keys.press("Escape")
    # A gamepad: moved, pulled out while it is held; trembling, for longer than the server would bear.
    page.evaluate(PAD, 0)
    page.wait_for_timeout(100)
    page.evaluate(PAD, -1)
    steers(page, -1)
    page.evaluate("window.pads = [null]")
    steers(page, 0)
    before = len(steered(page))
    page.evaluate("""() => new Promise((done) => {
        let n = 0;
        const tremble = () => {
            window.pads = [{index: 1, connected: true, axes: [0, n % 2 ? 0.9 : -0.9], buttons: []}];
            return ++n < 60 * 8 ? requestAnimationFrame(tremble) : done();
        };
        window.pads = [{index: 1, connected: true, axes: [0, 0], buttons: []}];
        requestAnimationFrame(() => requestAnimationFrame(tremble));
    })""")
    assert len(steered(page)) > before
    expect(page.get_by_test_id("overlay")).to_have_count(0)


def test_names_that_run_from_right_to_left_stand_in_isolation_on_every_page(ada: BrowserUser) -> None:
    ada.call_itself(HEBREW)

    def isolated(path: str, ready: str) -> None:
        ada.go(path)
        ada.wait(ready)
        until(ada.page, f"document.body.innerText.includes('{HEBREW}')")
        assert ada.page.evaluate(BARE, HEBREW) == [[], True]

    isolated("/", "home-room")
    ada.press("home-room")
    ada.wait("room-code")
    isolated(ada.page.url, "room-code")
    ada.page.get_by_test_id("chat-input").fill(HEBREW)
    ada.press("chat-send")
    expect(ada.page.get_by_test_id("chat")).to_contain_text(HEBREW)
    assert ada.page.evaluate(BARE, HEBREW) == [[], True]
    ada.go("/tournaments")
    ada.page.get_by_test_id("set-title").fill(HEBREW)
    ada.press("create")
    ada.wait("entrants")
    assert ada.page.evaluate(BARE, HEBREW) == [[], True]
    ada.press("add-bot-1")
    ada.press("room-start")
    ada.wait("phase")
    until(ada.page, f"document.body.innerText.includes('{HEBREW}')")
    assert ada.page.evaluate(BARE, HEBREW) == [[], True]


def test_the_court_is_as_fine_as_the_screen_and_fits_a_phone_that_lies(
    chrome: Browser, matchpoint: Installation
) -> None:
    context = chrome.new_context(viewport={"width": 844, "height": 390}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(matchpoint.page)
    page.get_by_test_id("home-bot-easy").click()
    page.get_by_test_id("countdown").wait_for()
    screen = context.new_cdp_session(page)
    sizes: list[tuple[int, int, float]] = [(844, 390, 1), (844, 390, 2), (667, 375, 2), (568, 320, 2), (932, 430, 3)]
    for width, height, ratio in sizes:
        metrics: dict[str, Any] = {"width": width, "height": height, "deviceScaleFactor": ratio, "mobile": True}
        screen.send("Emulation.setDeviceMetricsOverride", metrics)
        until(page, "(r) => devicePixelRatio === r", ratio)
        sharp = (
            "() => { const c = document.querySelector('canvas'); return [c.width, c.clientWidth * devicePixelRatio]; }"
        )
        until(page, f"(() => {{ const [is, wanted] = ({sharp})(); return Math.abs(is - wanted) <= 1; }})()")
        page_height, there = page.evaluate("[document.documentElement.scrollHeight, innerHeight]")
        assert page_height <= there, (width, height)
    context.close()


def test_sign_ins_are_ended_data_come_home_and_an_account_is_deleted_after_a_question(
    ada: BrowserUser, chrome: Browser, matchpoint: Installation
) -> None:
    password = "nine green bicycles"
    ada.call_itself("Ada of data")
    ada.press("account")
    ada.page.get_by_test_id("account-password").fill(password)
    ada.press("account-register")
    ada.wait("sign-ins-open")
    other = BrowserUser(chrome, matchpoint.page, locale="ko-KR", scheme="dark", phone=True)
    other.go("/")
    other.press("account")
    other.press("account-have")
    other.page.get_by_test_id("account-name").fill("Ada of data")
    other.page.get_by_test_id("account-password").fill(password)
    other.press("account-sign-in")
    other.page.get_by_test_id("who").get_by_text("Ada of data").wait_for(state="attached")

    ada.press("account-close")
    ada.press("account")
    ada.press("sign-ins-open")
    expect(ada.page.get_by_test_id("sign-in")).to_have_count(2)
    ada.picture("sign-ins")
    ada.press("sign-ins-end-others")
    expect(ada.page.get_by_test_id("sign-in")).to_have_count(1)
    other.page.get_by_test_id("who").get_by_text("로그인").wait_for(state="attached")
    ada.press("history-open")
    ada.page.get_by_test_id("history-2").check()
    expect(ada.page.get_by_test_id("safety-said")).to_have_text("Saved.")

    ada.press("data-open")
    with ada.page.expect_download() as coming:
        ada.press("data-export")
    assert coming.value.suggested_filename == "matchpoint-Ada of data.json"
    data = json.loads(coming.value.path().read_text())
    assert data["data"]["account"]["name"] == "Ada of data"
    assert data["data"]["settings"]["history"] == "AUDIENCE_FRIENDS"

    ada.press("delete-open")
    ada.page.get_by_test_id("delete-name").fill("Ada of data")
    ada.page.get_by_test_id("delete-password").fill(password)
    ada.press("delete-account")
    ada.press("ask-yes")
    expect(ada.page.get_by_test_id("who")).to_have_text("Sign in")
    assert other.troubles == []
    other.context.close()
