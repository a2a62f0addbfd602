"""Sign-ins: how long one lasts, and what a browser is called in the list of them."""

from dataclasses import dataclass

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MOST = 50
"""Sign-ins of one account. One more ends the one that was used longest ago."""
USED_EVERY_MS = HOUR_MS
"""When a sign-in was used last is known to this many milliseconds: that is enough for people, and costs few writes."""
AGENT_LENGTH = 512
"""Of a User-Agent no more is looked at."""
LABEL_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a sign-in lasts, milliseconds."""

    idle_ms: int
    """Without being used."""
    absolute_ms: int
    """In all."""

    def expires_ms(self, created_ms: int, used_ms: int) -> int:
        """When it ends if it is not used again, unix milliseconds."""
        return min(used_ms + self.idle_ms, created_ms + self.absolute_ms)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Accounts have a password to come back with; a guest has nothing but the sign-in, and so keeps it longer."""

    account: Lifetime = Lifetime(30 * DAY_MS, 180 * DAY_MS)
    guest: Lifetime = Lifetime(90 * DAY_MS, 365 * DAY_MS)

    def of(self, *, guest: bool) -> Lifetime:
        return self.guest if guest else self.account


# What stands in a User-Agent -> what it is called. The first that is found counts: most browsers name others too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Opera", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Whale/", "Whale"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("grpc", "grpc"),
    ("python", "Python"),
    ("node", "Node.js"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def device_label(user_agent: str) -> str:
    """Browser and system of a User-Agent header, such as "Firefox on Windows"; empty when neither is known.

    Nothing of the header itself is repeated, so that nothing can be smuggled into the list.
    """
    seen = user_agent[:AGENT_LENGTH]
    browser = next((name for mark, name in BROWSERS if mark.lower() in seen.lower()), "")
    system = next((name for mark, name in SYSTEMS if mark in seen), "")
    return " on ".join(filter(None, (browser, system)))[:LABEL_LENGTH]
