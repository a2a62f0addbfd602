"""Real browsers for system tests: contexts that keep a screenshot when something goes wrong."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ARTEFACTS = Path(os.environ.get("MATCHPOINT_ARTEFACTS", Path(__file__).parents[3] / "build" / "artefacts"))
"""Folder of the screenshots of test runs; not in git."""

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    # Two windows play at once: neither may be slowed down for being behind the other.
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
]


@contextmanager
def browser(executable: Path) -> Iterator[Browser]:
    """A running Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(executable), args=FLAGS)
        yield running
        running.close()


def until(page: Page, holds: str, argument: object = None, within_s: float = 30) -> None:
    """Returns once an expression of the page, or a function of `argument`, holds. Raises AssertionError.

    Playwright's own wait looks again from inside the page, where our policy lets nobody evaluate text: it can only see
    what holds at once.
    """
    by = time.monotonic() + within_s
    while not page.evaluate(holds, argument):
        assert time.monotonic() < by, f"it did not come to hold in {within_s} s: {holds}"
        page.wait_for_timeout(50)


class BrowserUser:
    """Somebody at a browser of their own: own cookies, own window. Errors of their pages are collected."""

    def __init__(
        self, running: Browser, page: str, *, locale: str = "en-US", scheme: str = "light", phone: bool = False
    ) -> None:
        self.troubles: list[str] = []
        self._address = page
        self.context: BrowserContext = running.new_context(
            locale=locale,
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 800},
            has_touch=phone,
        )
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def go(self, path: str) -> None:
        """Opens a page of Matchpoint."""
        self.page.goto(self._address + path if path.startswith("/") else path)

    def press(self, testid: str) -> None:
        """Clicks what has this test id."""
        self.page.get_by_test_id(testid).click()

    def read(self, testid: str) -> str:
        """The text of what has this test id."""
        return self.page.get_by_test_id(testid).inner_text().strip()

    def wait(self, testid: str, timeout_s: float = 15) -> None:
        """Returns once it is to be seen."""
        self.page.get_by_test_id(testid).wait_for(timeout=timeout_s * 1_000)

    def call_itself(self, name: str) -> None:
        """Takes a name on the home page. Returns once it is theirs: going on before that means going on without it."""
        self.go("/")
        self.page.get_by_test_id("name-input").fill(name)
        self.press("name-save")
        self.page.get_by_test_id("who").get_by_text(name).wait_for(state="attached")

    def picture(self, name: str) -> None:
        """Keeps a screenshot."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(ARTEFACTS / f"{name}.png"))
