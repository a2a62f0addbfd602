"""Configuration of the game server."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wire.config import ConfigError, Environment, ProgramConfig, program_settings


@dataclass(frozen=True, slots=True)
class Config(ProgramConfig):
    """Read once, at the start."""

    backend: str
    server: str
    """The name in the directory: the same after a restart, another one for each game server."""
    capacity: int
    """Sessions that may be on at once."""
    journals: Path
    """The folder of the journals."""
    keep_days: int = 30
    """Journals that the backend has are removed after this many days; see `keep_mb`."""
    keep_mb: int = 1_000
    """MB of such journals that are kept; the oldest beyond that are removed."""
    unjoined: int = 0
    """Sessions that nobody has joined yet, beside the capacity; 0 is a tenth of that, 8 at least."""

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> "Config":
        """From MATCHPOINT_*. Raises ConfigError."""
        environment = Environment(variables)
        folder = environment.path("DATA", ".matchpoint")
        server = environment.text("SERVER_NAME", "gameserver-1")
        if not re.fullmatch(r"[a-z0-9-]{1,64}", server):
            raise ConfigError(
                f"MATCHPOINT_SERVER_NAME has to be 1 to 64 characters of a-z 0-9 and -; it is {server!r}."
            )
        backend = environment.text("BACKEND_ADDRESS", "127.0.0.1:50051")
        if not re.fullmatch(r".+:\d{1,5}", backend):
            raise ConfigError(f"MATCHPOINT_BACKEND_ADDRESS has to be host:port; it is {backend!r}.")
        return cls(
            **program_settings(environment, "GAMESERVER", port=50_052, metrics_port=9252),
            backend=backend,
            server=server,
            capacity=environment.number("CAPACITY", 1_000, 1, 100_000),
            journals=folder / "journals",
            keep_days=environment.number("KEEP_JOURNALS_DAYS", 30, 1, 3_650),
            keep_mb=environment.number("KEEP_JOURNALS_MB", 1_000, 1, 1_000_000),
            unjoined=environment.number("UNJOINED", 0, 0, 100_000),
        )
