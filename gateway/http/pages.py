"""Pages of the browser client: one for every address of the application, and its files."""

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
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

STATIC: Final = Path(__file__).parent.parent / "static"
HASHED: Final = re.compile(r"-[0-9a-fA-F]{8,}\.[a-z0-9]+$")
FOREVER: Final = "public, max-age=31536000, immutable"
REVALIDATE: Final = "no-cache"
COMPRESSED: Final = (".js", ".css", ".html", ".svg", ".json", ".map")
CHECK_INTERVAL_S: Final = 1.0
"""Time between two looks at the folder."""


@dataclass(frozen=True, slots=True)
class Page:
    """A file in memory, and the headers that it is sent with."""

    modified_ns: int
    body: bytes
    gzipped: bytes | None
    headers: dict[str, str]


class Pages:
    """Files of one folder, in memory. A requested name is looked up here and never becomes a path."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._pages = load_folder(folder, {})
        self._checked_at = time.monotonic()

    async def index(self, request: Request) -> Response:
        """Answers with the application, at any address of it."""
        return await self._answer(request, "index.html")

    async def missing(self, request: Request, _error: Exception) -> Response:
        """Answers at an unknown address: the application says so itself, in the person's language."""
        return await self._answer(request, "index.html", status=404)

    async def file(self, request: Request) -> Response:
        """Answers with a file of the application."""
        return await self._answer(request, request.path_params["name"])

    async def _answer(self, request: Request, name: str, status: int = 200) -> Response:
        now = time.monotonic()
        if now - self._checked_at > CHECK_INTERVAL_S:
            # A new build of the client is served at once. Reading and compressing take milliseconds: not on the loop.
            self._checked_at = now
            self._pages = await asyncio.to_thread(load_folder, self._folder, self._pages)
        page = self._pages.get(name)
        if page is None:
            return PlainTextResponse("There is no such page.\n", status_code=404)
        gzipped = page.gzipped is not None and "gzip" in request.headers.get("accept-encoding", "")
        headers = {**page.headers, **({"content-encoding": "gzip"} if gzipped else {})}
        if status == 200 and page.headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={k: v for k, v in headers.items() if k != "content-type"})
        return Response(page.gzipped if gzipped else page.body, status, headers=headers)


def load_folder(folder: Path, known: Mapping[str, Page]) -> dict[str, Page]:
    """Reads every file of a folder, without links, by name. Unchanged files are taken from `known`."""
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
            found[path.name] = old if old and old.modified_ns == modified_ns else _load(path, modified_ns)
        except OSError:
            continue  # it was removed meanwhile
    return found


def _load(path: Path, modified_ns: int) -> Page:
    body = path.read_bytes()
    kind = guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind.endswith("javascript"):
        kind += "; charset=utf-8"
    headers = {
        "content-type": kind,
        "etag": f'W/"{hashlib.sha256(body).hexdigest()[:20]}"',
        "last-modified": formatdate(modified_ns / 1e9, usegmt=True),
        "cache-control": FOREVER if HASHED.search(path.name) else REVALIDATE,
        "vary": "accept-encoding",
    }
    gzipped = gzip.compress(body, mtime=0) if path.suffix in COMPRESSED else None
    return Page(modified_ns, body, gzipped, headers)
