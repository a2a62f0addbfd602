"""Steps on the pages of a tournament."""

from tests.support.browsers.chromium import BrowserUser


def known_as(person: BrowserUser, name: str) -> BrowserUser:
    """The same, with a name."""
    person.call_itself(name)
    return person


def opens(
    host: BrowserUser,
    title: str,
    *,
    places: int,
    form: str = "single_elimination",
    check_in: str = "0",
    review: str = "0",
    delay: str = "0",
) -> None:
    """Makes a room for a tournament by the form that is there for it."""
    host.go("/tournaments")
    fields = host.page.get_by_test_id("create-form")
    fields.get_by_test_id("set-title").fill(title)
    fields.get_by_test_id("set-format").select_option(form)
    fields.get_by_test_id("set-capacity").select_option(str(places))
    fields.get_by_test_id("set-more").click()
    for name, value in {"checkIn": check_in, "rest": "5", "review": review, "delay": delay}.items():
        fields.get_by_test_id(f"set-{name}").select_option(value)
    host.press("create")
    host.wait("room-link")
