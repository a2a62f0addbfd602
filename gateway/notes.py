"""What a gateway keeps over its own restart: enough to let players back in while the backend is away too.

Nothing in it is secret, and nothing is decided by it alone: the game server checks every ticket itself.
"""

import contextlib
import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path

import structlog

log = structlog.get_logger("notes")

GOOD_FOR_S = 600
"""A ticket lives as long. Older notes are of no use: whoever comes back has to ask the backend for a new one anyway."""
SIZE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Known:
    """Ticket keys, (kid, 32 raw bytes of an Ed25519 public key), and game servers' addresses by their names."""

    keys: tuple[tuple[str, bytes], ...] = ()
    servers: dict[str, str] = field(default_factory=dict)


def read(path: Path, now_s: float) -> Known:
    """What is noted there; nothing when it is too old, or cannot be read. `now_s` is seconds since 1970 UTC."""
    try:
        with path.open("rb") as file:
            noted = json.loads(file.read(SIZE))
        if not 0 <= now_s - noted["unix_s"] <= GOOD_FOR_S:
            return Known()
        keys = tuple((str(kid), b64decode(key, validate=True)) for kid, key in noted["keys"].items())
        servers = {str(name): str(address) for name, address in noted["servers"].items()}
    except FileNotFoundError:
        return Known()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        # The next answer of the backend writes it anew.
        log.warning("notes cannot be read", path=path.name, error=type(error).__name__)
        return Known()
    return Known(tuple((kid, key) for kid, key in keys if len(key) == 32), servers)


def write(path: Path, known: Known, now_s: float) -> None:
    """Replaces what is noted, at once as a whole. Raises OSError."""
    noted = {
        "unix_s": int(now_s),
        "keys": {kid: b64encode(key).decode() for kid, key in known.keys},
        "servers": known.servers,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    written = _unfinished(path)
    try:
        with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(noted, file)
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def sweep(path: Path) -> None:
    """Removes what a gateway that was killed in the middle of writing has left."""
    with contextlib.suppress(OSError):
        _unfinished(path).unlink(missing_ok=True)


def _unfinished(path: Path) -> Path:
    # Always the same name: a gateway that is killed again and again leaves one at most.
    return path.with_name(f"{path.name}.new")
