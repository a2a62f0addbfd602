"""Cache of the backend's answers that outlives a restart of the gateway: ticket keys, and addresses of game servers.

With it players are let back in while the backend is away too. Nothing in it is secret, and nothing is decided by it
alone: the game server checks every ticket itself.
"""

import asyncio
import contextlib
import json
import os
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from wire.constants import TICKET_LIFETIME_S

log = structlog.get_logger("cache")

CACHE_TTL_S: Final = TICKET_LIFETIME_S
"""Age at which a cache file is useless: a returning player needs a new ticket of the backend by then anyway."""
FILE_BYTES_MAX: Final = 64 * 1024
REFRESH_AFTER_S: Final = 60.0
"""Age at which unchanged contents are written again, so that the file stays younger than CACHE_TTL_S."""
SERVERS_MAX: Final = 256
"""Game servers whose addresses are remembered; beyond it the oldest is forgotten."""

TicketKeys = tuple[tuple[str, bytes], ...]
"""(kid, 32 raw bytes of an Ed25519 public key) for each key."""


@dataclass(frozen=True, slots=True)
class CachedDirectory:
    """Contents of the cache: ticket keys, and addresses (host:port) of game servers by their names."""

    keys: TicketKeys = ()
    servers: Mapping[str, str] = field(default_factory=dict)


class DirectoryCache:
    """The contents in memory, and in a file unless `path` is None.

    Changes are written by a thread, one at a time. A file that cannot be written is logged and otherwise ignored: it is
    missed at the next restart only.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._contents = CachedDirectory()
        self._written_at = float("-inf")
        self._writing = asyncio.Lock()
        if path is not None:
            remove_partial(path)
            self._contents = load(path, time.time())

    @property
    def keys(self) -> TicketKeys:
        """The ticket keys that the backend named last; empty before its first answer."""
        return self._contents.keys

    def address_of(self, server: str) -> str:
        """The last known address of a game server; empty when there is none."""
        return self._contents.servers.get(server, "")

    async def set_keys(self, keys: TicketKeys) -> None:
        """Replaces the ticket keys."""
        if keys != self._contents.keys:
            await self._replace(CachedDirectory(keys, self._contents.servers))

    async def set_address(self, server: str, address: str) -> None:
        """Remembers where a game server is."""
        if self._contents.servers.get(server) != address:
            servers = {**self._contents.servers, server: address}
            while len(servers) > SERVERS_MAX:
                del servers[next(iter(servers))]
            await self._replace(CachedDirectory(self._contents.keys, servers))

    async def refresh(self) -> None:
        """Writes the contents again when the file has become old: the backend has just confirmed them."""
        if time.monotonic() - self._written_at > REFRESH_AFTER_S:
            await self._replace(self._contents)

    async def _replace(self, contents: CachedDirectory) -> None:
        self._contents = contents
        if self._path is None:
            return
        async with self._writing:
            self._written_at = time.monotonic()
            try:
                await asyncio.to_thread(save, self._path, self._contents, time.time())
            except OSError as error:
                log.warning("the cache cannot be written", path=self._path.name, error=error.strerror)


def load(path: Path, now_s: float) -> CachedDirectory:
    """Reads a cache file; empty contents when it is too old or unreadable. `now_s` is seconds since 1970 UTC."""
    try:
        with path.open("rb") as file:
            saved = json.loads(file.read(FILE_BYTES_MAX))
        if not 0 <= now_s - saved["unix_s"] <= CACHE_TTL_S:
            return CachedDirectory()
        keys = tuple((str(kid), b64decode(key, validate=True)) for kid, key in saved["keys"].items())
        servers = {str(name): str(address) for name, address in saved["servers"].items()}
    except FileNotFoundError:
        return CachedDirectory()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        # The next answer of the backend replaces it.
        log.warning("the cache cannot be read", path=path.name, error=type(error).__name__)
        return CachedDirectory()
    return CachedDirectory(tuple((kid, key) for kid, key in keys if len(key) == 32), servers)


def save(path: Path, contents: CachedDirectory, now_s: float) -> None:
    """Replaces a cache file in one step. Raises OSError."""
    saved = {
        "unix_s": int(now_s),
        "keys": {kid: b64encode(key).decode() for kid, key in contents.keys},
        "servers": dict(contents.servers),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(saved, file)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def remove_partial(path: Path) -> None:
    """Removes the half-written file of a gateway that was killed while it wrote."""
    with contextlib.suppress(OSError):
        _partial(path).unlink(missing_ok=True)


def _partial(path: Path) -> Path:
    # One fixed name: a gateway that is killed again and again leaves one file at most.
    return path.with_name(f"{path.name}.new")
