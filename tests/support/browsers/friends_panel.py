"""Steps on the panel of friends."""

from playwright.sync_api import Locator

from tests.support.browsers.chromium import BrowserUser


def opens_friends(person: BrowserUser) -> None:
    """The panel, from whichever page this is."""
    if not person.page.get_by_test_id("friends-drawer").is_visible():
        person.press("friends-open")
    person.wait("friends-drawer")


def row(person: BrowserUser, kind: str, name: str) -> Locator:
    """The row of somebody in the panel; kind is the test id of such rows."""
    return person.page.locator(f'[data-testid="{kind}"][data-name="{name}"]')


def does(person: BrowserUser, name: str, deed: str) -> None:
    """Entries behind the three dots of a friend."""
    row(person, "friend", name).get_by_test_id("friend-more").click()
    row(person, "friend", name).get_by_test_id(deed).click()
