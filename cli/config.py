"""Places and ports of `up`: a flag, else a MATCHPOINT_* variable, else the default."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cli import CommandError
from cli.settings import check_names

HOST = "127.0.0.1"
"""Every program listens on loopback only."""

CONTROL = "control"
"""The socket in the data folder on which a running `up` takes requests."""

CHECKOUT = Path(__file__).resolve().parent.parent

PROGRAMS = ("backend", "gameserver", "gateway")
"""In the order they start: the backend first, because the others call it."""
DEFAULT_PORTS = {"backend": 50051, "gameserver": 50052, "gateway": 8000}


def port_variable(program: str) -> str:
    return f"MATCHPOINT_{program.upper()}_PORT"


@dataclass(frozen=True, slots=True)
class UpConfig:
    """Configuration of one `up`. `ports` has one entry a program, 0-65535; 0 asks for any free port."""

    data: Path
    ports: Mapping[str, int]
    token: Path | None = None
    """The file of the service token, if it is not in the data folder."""

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def token_file(self) -> Path:
        return self.token or self.data / "service.token"

    def environment(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """Environment of the programs: the inherited variables, and every setting said outright."""
        return {
            # The gateway starts a process of its own, which gRPC would remark on in the log, in a form of its own.
            "GRPC_ENABLE_FORK_SUPPORT": "0",
            **inherited,
            "MATCHPOINT_DATA": str(self.data),
            "MATCHPOINT_HOST": HOST,
            "MATCHPOINT_BACKEND_ADDRESS": f"{HOST}:{self.ports['backend']}",
            "MATCHPOINT_SERVICE_TOKEN_FILE": str(self.token_file),
            **{port_variable(program): str(port) for program, port in self.ports.items()},
        }


def read_config(port: int | None, data: str | None, environment: Mapping[str, str] = os.environ) -> UpConfig:
    """Settles flag, variable and default. Raises CommandError for a port that is not one, and for what `up` decides."""
    check_names(environment)
    ports = {program: _port(program, environment) for program in PROGRAMS}
    if port is not None:
        if not 0 <= port <= 65535:
            raise CommandError(f"--port {port} is not a port; give a number from 0 to 65535 (0: any free port).")
        ports["gateway"] = port
    _refuse(environment, "MATCHPOINT_HOST", HOST)
    _refuse(environment, "MATCHPOINT_BACKEND_ADDRESS", f"{HOST}:{ports['backend']}")
    token = environment.get("MATCHPOINT_SERVICE_TOKEN_FILE", "").strip()
    where = Path(token).expanduser().absolute() if token else None
    return UpConfig(data=data_folder(data, environment), ports=ports, token=where)


def data_folder(data: str | None, environment: Mapping[str, str] = os.environ) -> Path:
    """Flag, variable or default, as an absolute path."""
    folder = data or environment.get("MATCHPOINT_DATA") or _default_data()
    return Path(folder).expanduser().absolute()


def _refuse(environment: Mapping[str, str], variable: str, ours: str) -> None:
    """Refuses another value of a setting that `up` settles by itself. Raises CommandError."""
    text = environment.get(variable, "").strip()
    if text not in ("", ours):
        raise CommandError(
            f"{variable}={text} cannot be: `up` starts everything on {HOST}; unset it, or start each program by itself."
        )


def _port(program: str, environment: Mapping[str, str]) -> int:
    variable = port_variable(program)
    text = environment.get(variable, "")
    if not text:
        return DEFAULT_PORTS[program]
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise CommandError(f"{variable}={text} is not a port; give a number from 0 to 65535 (0: any free port).")
    return int(text)


def _default_data() -> Path:
    """Beside the checkout, so that the folder one stands in does not matter; an installed wheel uses that folder."""
    return (CHECKOUT if (CHECKOUT / "pyproject.toml").is_file() else Path.cwd()) / ".matchpoint"
