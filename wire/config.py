"""Environment variables, `MATCHPOINT_*`, read as typed and checked values."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypedDict

LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
EX_CONFIG: Final = 78
"""Exit code of a program that cannot use its configuration (sysexits.h)."""


class ConfigError(Exception):
    """A variable has a wrong value. The text is one sentence that names the variable and the allowed values."""


class Environment:
    """Typed access to the variables. Every method raises ConfigError."""

    def __init__(self, variables: Mapping[str, str] = os.environ) -> None:
        self._variables = variables

    def text(self, name: str, default: str) -> str:
        """Reads a text; an empty one counts as missing."""
        value = self._variables.get(f"MATCHPOINT_{name}", "").strip()
        return value or default

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """Reads a whole number from `low` to `high`."""
        text = self.text(name, str(default))
        if not text.lstrip("-").isascii() or not text.lstrip("-").isdigit() or not low <= int(text) <= high:
            raise ConfigError(f"MATCHPOINT_{name} has to be a whole number from {low} to {high}; it is {text!r}.")
        return int(text)

    def rate(self, name: str, at_once: int, per_minute: float) -> tuple[int, float]:
        """Reads a rate as two numbers with a comma: the burst (1 or more), and the mean per minute (above 0)."""
        text = self.text(name, f"{at_once},{per_minute:g}")
        first, _, second = text.partition(",")
        try:
            found = int(first), float(second)
        except ValueError:
            found = 0, 0.0
        if not (1 <= found[0] <= 1_000_000_000 and 0 < found[1] <= 1_000_000_000):
            raise ConfigError(
                f"MATCHPOINT_{name} has to be two numbers, at once and a minute, such as 20,6; it is {text!r}."
            )
        return found

    def seconds(self, name: str, default: float, low: float, high: float) -> float:
        """Reads a time in seconds from `low` to `high`."""
        text = self.text(name, str(default))
        try:
            value = float(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise ConfigError(f"MATCHPOINT_{name} has to be seconds from {low:g} to {high:g}; it is {text!r}.")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Reads 1 or 0."""
        text = self.text(name, "1" if default else "0")
        if text not in ("0", "1"):
            raise ConfigError(f"MATCHPOINT_{name} has to be 1 or 0; it is {text!r}.")
        return text == "1"

    def names(self, name: str) -> tuple[str, ...]:
        """Reads a list with commas; empty by default."""
        return tuple(part.strip() for part in self.text(name, "").split(",") if part.strip())

    def log_level(self) -> str:
        """Reads the name of a log level, the same in all programs."""
        level = self.text("LOG_LEVEL", "INFO").upper()
        if level not in LOG_LEVELS:
            raise ConfigError(f"MATCHPOINT_LOG_LEVEL has to be one of {', '.join(LOG_LEVELS)}; it is {level!r}.")
        return level

    def loop_tick_s(self) -> float:
        """Reads the interval in which `wire.loop_watch` checks the event loop, seconds."""
        return self.number("LOOP_TICK_MS", 20, 1, 1_000) / 1_000

    def port(self, name: str, default: int) -> int:
        """Reads a TCP port; 0 is any free one."""
        return self.number(name, default, 0, 65_535)

    def loopback(self, name: str = "HOST") -> str:
        """Reads a loopback address: no program listens beyond the machine."""
        text = self.text(name, "127.0.0.1")
        try:
            inside = ipaddress.ip_address(text).is_loopback
        except ValueError:
            inside = False
        if not inside:
            raise ConfigError(f"MATCHPOINT_{name} has to be a loopback address such as 127.0.0.1; it is {text!r}.")
        return text

    def path(self, name: str, default: str | Path) -> Path:
        """Reads a path, which need not exist."""
        return Path(self.text(name, str(default)))

    def secret(self, name: str, default: Path) -> str:
        """Reads a secret of at least 32 characters from the file that the variable names."""
        path = self.path(name, default)
        try:
            value = path.read_text().strip()
        except OSError as error:
            raise ConfigError(f"MATCHPOINT_{name}: {path} cannot be read ({error.strerror}).") from error
        if len(value) < 32:
            raise ConfigError(f"MATCHPOINT_{name}: the secret in {path} is shorter than 32 characters.")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramConfig:
    """Settings that every program has."""

    host: str = "127.0.0.1"
    """A loopback address: no program listens beyond the machine."""
    port: int = 0
    """0 is any free port."""
    metrics_port: int = 0
    """Port of `/metrics`; 0 is any free port."""
    service_token: str = field(default="", repr=False)
    """The credential that the programs know each other by."""
    log_level: str = "INFO"
    loop_tick_s: float = 0.02
    """Interval in which `wire.loop_watch` checks the event loop, seconds."""


class ProgramSettings(TypedDict):
    """The fields of ProgramConfig, as they were read."""

    host: str
    port: int
    metrics_port: int
    service_token: str
    log_level: str
    loop_tick_s: float


def program_settings(environment: Environment, program: str, *, port: int, metrics_port: int) -> ProgramSettings:
    """Reads what every program has, with the default ports of this one. Raises ConfigError.

    A program on another port than its default one is not the only one on this machine: then the default of its metrics
    is any free port too.
    """
    own_port = environment.port(f"{program}_PORT", port)
    return ProgramSettings(
        host=environment.loopback(),
        port=own_port,
        metrics_port=environment.port(f"{program}_METRICS_PORT", metrics_port if own_port == port else 0),
        service_token=environment.secret(
            "SERVICE_TOKEN_FILE", environment.path("DATA", ".matchpoint") / "service.token"
        ),
        log_level=environment.log_level(),
        loop_tick_s=environment.loop_tick_s(),
    )
