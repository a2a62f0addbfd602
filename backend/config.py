"""What the backend is configured with."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from backend.core.sign_ins import DAY_MS, Lifetime, Lifetimes
from wire.config import ConfigError, Environment

DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


@dataclass(frozen=True, slots=True)
class Config:
    """Read once, at the start."""

    host: str
    port: int
    service_token: str
    database_url: str
    house_match: bool
    log_level: str
    lifetimes: Lifetimes

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> "Config":
        """Raises ConfigError with one sentence for the first variable that cannot be used."""
        environment = Environment(variables)
        folder = environment.path("DATA", ".matchpoint")
        return cls(
            host=environment.loopback(),
            port=environment.port("BACKEND_PORT", 50051),
            service_token=environment.secret("SERVICE_TOKEN_FILE", folder / "service.token"),
            database_url=_database_url(environment.text("DATABASE_URL", _sqlite(folder))),
            house_match=environment.flag("HOUSE_MATCH", default=True),
            log_level=environment.log_level(),
            lifetimes=Lifetimes(_lifetime(environment, "", 30, 180), _lifetime(environment, "GUEST_", 90, 365)),
        )


def _lifetime(environment: Environment, whose: str, idle: int, absolute: int) -> Lifetime:
    """By days: without use, and in all."""
    idle = environment.number(f"{whose}SIGN_IN_IDLE_DAYS", idle, 1, 3_650)
    absolute = environment.number(f"{whose}SIGN_IN_DAYS", absolute, 1, 3_650)
    return Lifetime(idle * DAY_MS, absolute * DAY_MS)


def _sqlite(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'matchpoint.db'}"


def _database_url(text: str) -> str:
    """The URL if SQLAlchemy can use it. Its text may hold a password, and is not repeated."""
    with suppress(ArgumentError):
        url = make_url(text)
        if url.drivername in DRIVERS:
            return text
    raise ConfigError(
        "MATCHPOINT_DATABASE_URL has to be a SQLAlchemy URL such as sqlite+aiosqlite:///matchpoint.db"
        " or postgresql+asyncpg://name@host/database."
    )
