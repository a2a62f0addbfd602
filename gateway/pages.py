"""The browser client: one page for every address of the application, and its files."""

import asyncio
import gzip
import hashlib
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from mimetypes import guess_type
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

STATIC = Path(__file__).parent / "static"
HASHED = re.compile(r"-[0-9a-fA-F]{8,}\.[a-z0-9]+$")
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
COMPRESSED = (".js", ".css", ".html", ".svg", ".json", ".map")
LOOK_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """A file in memory, as it is sent."""

    modified_ns: int
    body: bytes
    packed: bytes | None
    headers: dict[str, str]


class Pages:
    """The files of one folder, in memory. A name that is asked for is looked up here, and never becomes a path."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._pages = read(folder, {})
        self._looked_at = time.monotonic()

    async def index(self, request: Request) -> Response:
        """The application, whatever address of it was asked for."""
        return await self._answer(request, "index.html")

    async def missing(self, request: Request, _error: Exception) -> Response:
        """An address that nothing has: the application says so itself, in the person's language."""
        return await self._answer(request, "index.html", status=404)

    async def file(self, request: Request) -> Response:
        """A file of the application."""
        return await self._answer(request, request.path_params["name"])

    async def _answer(self, request: Request, name: str, status: int = 200) -> Response:
        now = time.monotonic()
        if now - self._looked_at > LOOK_EVERY_S:
            # Who builds the client anew sees it. Reading and packing take milliseconds: not on the loop.
            self._looked_at = now
            self._pages = await asyncio.to_thread(read, self._folder, self._pages)
        page = self._pages.get(name)
        if page is None:
            return PlainTextResponse("There is no such page.\n", status_code=404)
        packed = page.packed is not None and "gzip" in request.headers.get("accept-encoding", "")
        headers = {**page.headers, **({"content-encoding": "gzip"} if packed else {})}
        if status == 200 and page.headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={k: v for k, v in headers.items() if k != "content-type"})
        return Response(page.packed if packed else page.body, status, headers=headers)


def read(folder: Path, known: Mapping[str, Page]) -> dict[str, Page]:
    """Every file of a folder by its name; links are left out. Those that have not changed are taken from `known`."""
    try:
        paths = list(folder.iterdir())
    except OSError:
        return dict(known)
    found = {}
    for path in paths:
        try:
            if path.name.startswith(".") or path.is_symlink() or not path.is_file():
                continue
            modified_ns = path.stat().st_mtime_ns
            old = known.get(path.name)
            found[path.name] = old if old and old.modified_ns == modified_ns else _read(path, modified_ns)
        except OSError:
            continue  # it has gone meanwhile
    return found


def _read(path: Path, modified_ns: int) -> Page:
    body = path.read_bytes()
    kind = guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith("javascript"):
        kind += "; charset=utf-8"
    headers = {
        "content-type": kind,
        "etag": f'W/"{hashlib.sha256(body).hexdigest()[:20]}"',
        "last-modified": formatdate(modified_ns / 1e9, usegmt=True),
        "cache-control": FOREVER if HASHED.search(path.name) else ASK_AGAIN,
        "vary": "accept-encoding",
    }
    packed = gzip.compress(body, mtime=0) if path.suffix in COMPRESSED else None
    return Page(modified_ns, body, packed, headers)
