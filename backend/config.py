"""Configuration of the backend, read from MATCHPOINT_* variables."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from backend.core.sign_ins import DAY_MS, Lifetime, Lifetimes
from backend.service.limits import RATES, Limits, Rate
from wire.config import ConfigError, Environment, ProgramConfig, program_settings

DRIVERS: Final = ("sqlite+aiosqlite", "postgresql+asyncpg")


@dataclass(frozen=True, slots=True)
class Config(ProgramConfig):
    """Configuration, read once at the start."""

    database_url: URL
    house_match: bool
    lifetimes: Lifetimes
    limits: Limits = field(default_factory=Limits)
    keep_unplayed_days: int = 7
    """Days for which unplayed guests and sessions are kept; 0 keeps them for good."""

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> "Config":
        """Raises ConfigError with one sentence for the first variable that cannot be used."""
        environment = Environment(variables)
        folder = environment.path("DATA", ".matchpoint")
        return cls(
            **program_settings(environment, "BACKEND", port=50051, metrics_port=9251),
            database_url=_database_url(environment.text("DATABASE_URL", "")) or _sqlite(folder),
            house_match=environment.flag("HOUSE_MATCH", default=True),
            lifetimes=Lifetimes(_lifetime(environment, "", 30, 180), _lifetime(environment, "GUEST_", 90, 365)),
            limits=_limits(environment),
            keep_unplayed_days=environment.number("KEEP_UNPLAYED_DAYS", 7, 0, 3_650),
        )


def _lifetime(environment: Environment, whose: str, idle: int, absolute: int) -> Lifetime:
    """Reads a lifetime in days, without use and in all."""
    idle = environment.number(f"{whose}SIGN_IN_IDLE_DAYS", idle, 1, 3_650)
    absolute = environment.number(f"{whose}SIGN_IN_DAYS", absolute, 1, 3_650)
    return Lifetime(idle * DAY_MS, absolute * DAY_MS)


def _limits(environment: Environment) -> Limits:
    """Each rate by its own name: `MATCHPOINT_GUESTS_PER_ADDRESS=40,12`."""
    usual = Limits()
    rates = {name: Rate(*environment.rate(name.upper(), *astuple(getattr(usual, name)))) for name in RATES}
    return replace(
        usual,
        **rates,
        sessions_per_account=environment.number("SESSIONS_PER_ACCOUNT", usual.sessions_per_account, 1, 1_000_000),
        places_per_address=environment.number("PLACES_PER_ADDRESS", usual.places_per_address, 0, 1_000_000),
        guests_list=environment.flag("GUESTS_LIST", default=usual.guests_list),
    )


def _sqlite(folder: Path) -> URL:
    # Never as text: a folder may have a % or a ? in its name.
    return URL.create("sqlite+aiosqlite", database=str(folder.absolute() / "matchpoint.db"))


def _database_url(text: str) -> URL | None:
    """The URL if SQLAlchemy can use it. Its text may hold a password, and is not repeated."""
    if not text:
        return None
    with suppress(ArgumentError):
        url = make_url(text)
        if url.drivername in DRIVERS:
            return url
    raise ConfigError(
        "MATCHPOINT_DATABASE_URL has to be a SQLAlchemy URL such as sqlite+aiosqlite:///matchpoint.db"
        " or postgresql+asyncpg://name@host/database."
    )
