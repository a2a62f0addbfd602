"""Sign-ins: how long one lasts, and what a browser is called in the list of them."""

from dataclasses import dataclass
from typing import Final

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
MOST: Final = 50
"""Sign-ins of one account. One more ends the one that was used longest ago."""
USED_EVERY_MS: Final = HOUR_MS
"""Resolution of a sign-in's last use, milliseconds: enough for people, at the cost of few writes."""
AGENT_LENGTH: Final = 512
"""Characters of a User-Agent that are looked at."""
LABEL_LENGTH: Final = 64


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Lifetime of a sign-in, milliseconds."""

    idle_ms: int
    """Lifetime without being used."""
    absolute_ms: int
    """Lifetime in all."""

    def expires_ms(self, created_ms: int, used_ms: int) -> int:
        """End of a sign-in that is not used again, unix milliseconds."""
        return min(used_ms + self.idle_ms, created_ms + self.absolute_ms)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Accounts have a password to come back with; a guest has nothing but the sign-in, and so keeps it longer."""

    account: Lifetime = Lifetime(30 * DAY_MS, 180 * DAY_MS)
    guest: Lifetime = Lifetime(90 * DAY_MS, 365 * DAY_MS)

    def of(self, *, guest: bool) -> Lifetime:
        return self.guest if guest else self.account


# What stands in a User-Agent -> what it is called. The first that is found counts: most browsers name others too.
BROWSERS: Final = (
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
SYSTEMS: Final = (
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
