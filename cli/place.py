"""Makes ready what the programs stand on: the data folder, its lock, the service token, the ports."""

import fcntl
import os
import secrets
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cli import CommandError
from cli.config import HOST, UpConfig, port_variable

ORPHANS_END_WITHIN_S = 5.0
"""Programs whose supervisor was killed end by themselves within this time."""


def make_folders(config: UpConfig) -> None:
    """Makes the data folder, or takes the one that is there, readable by its owner only. Raises CommandError."""
    try:
        for folder in (config.data, config.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)  # it may have been made with other rights
        probe = config.data / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CommandError(
            f"cannot write to the data folder {config.data} ({error.strerror}); "
            "make it writable, or choose another with --data or MATCHPOINT_DATA."
        ) from error


def lock_data(data: Path, wait_s: float = ORPHANS_END_WITHIN_S) -> int:
    """Takes the folder for this supervisor and returns the lock's descriptor; raises CommandError if it is taken.

    The programs inherit the descriptor, so the folder stays locked until the last of them has ended. A lock whose
    supervisor is gone is therefore held by orphans on their way out, and is worth waiting for.
    """
    lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
            if _alive(holder) or time.monotonic() > deadline:
                os.close(lock)
                raise CommandError(
                    f"another Matchpoint (process {holder or 'unknown'}) uses {data}; "
                    "stop it, or choose another folder with --data."
                ) from error
            time.sleep(0.05)
        else:
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            return lock


def _alive(process: str) -> bool:
    if not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def make_token(path: Path) -> None:
    """Makes the service token, 256 random bits, once; only its owner can read it. Raises CommandError."""
    try:
        with suppress(FileExistsError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(32) + "\n")
    except OSError as error:
        raise CommandError(f"the service token {path} cannot be made ({error.strerror}).") from error
    if path.stat().st_mode & 0o077:
        raise CommandError(f"{path} can be read by others; run: chmod 600 {path}")


def settle_ports(ports: Mapping[str, int]) -> dict[str, int]:
    """Replaces each 0 by a free port and makes sure that the others are free. Raises CommandError."""
    held: list[socket.socket] = []
    settled: dict[str, int] = {}
    try:
        for program, port in ports.items():
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            held.append(listener)
            # As the programs do: a port whose last connections are still closing is free.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((HOST, port))
            except (OSError, OverflowError) as error:
                way = port_variable(program)
                way = f"--port or {way}" if program == "gateway" else way
                reason = "is in use" if not isinstance(error, PermissionError) else "needs more rights than yours"
                raise CommandError(
                    f"port {port}, wanted for the {program}, {reason}; choose another with {way}."
                ) from error
            settled[program] = listener.getsockname()[1]
    finally:
        for listener in held:
            listener.close()
    return settled
