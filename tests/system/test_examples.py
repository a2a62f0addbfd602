"""The examples of docs/examples, as a stranger runs them: against a whole Matchpoint, in Python and in Node."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from tests.support.clients.site import Site

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

EXAMPLES: Final = Path(__file__).parents[2] / "docs" / "examples"
WITHIN_S: Final = 120.0
OVER: Final = re.compile(r"^over (\d+):(\d+)(?:, (\d+) returned, (\d+) of them overruled)?$", re.MULTILINE)


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Path:
    """The examples' folder after `npm install`: with the packages that the checks have installed."""
    packages = checkout / "gateway" / "web" / "node_modules"
    assert (packages / "@bufbuild").is_dir(), "`./matchpoint test` installs the packages of gateway/web"
    root = tmp_path_factory.mktemp("examples")
    shutil.copytree(EXAMPLES, root / "docs" / "examples")
    (root / "node_modules").symlink_to(packages)
    (root / "proto").symlink_to(checkout / "proto")
    return root / "docs" / "examples"


class Run:
    """One example that runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.printed = ""
        self.returned = 0

    @classmethod
    async def start(cls, folder: Path, name: str, *arguments: str) -> "Run":
        """Starts it as its first lines say."""
        interpreter = sys.executable if name.endswith(".py") else shutil.which("node")
        assert interpreter, "Node comes with the test packages"
        process = await asyncio.create_subprocess_exec(
            interpreter,
            folder / name,
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "no_proxy": "*", "PYTHONDONTWRITEBYTECODE": "1"},
        )
        return cls(process)

    async def until(self, pattern: str) -> str:
        """Reads until it has printed a line like this; the pattern's first group."""
        assert self.process.stdout is not None
        async with asyncio.timeout(WITHIN_S):
            while not (found := re.search(pattern, self.printed)):
                line = await self.process.stdout.readline()
                assert line, f"it ended without {pattern}:\n{self.printed[-4_000:]}"
                self.printed += line.decode()
        return found[1]

    async def score(self) -> tuple[int, int]:
        """The score that it prints at its end."""
        assert self.process.stdout is not None
        async with asyncio.timeout(WITHIN_S):
            self.printed += (await self.process.stdout.read()).decode()
            code = await self.process.wait()
        assert code == 0, self.printed[-4_000:]
        over = OVER.search(self.printed)
        assert over, self.printed[-4_000:]
        if over[3]:
            self.returned, overruled = int(over[3]), int(over[4])
            # Its own returns are launched at once, by the rules: on a line without loss the server says the same.
            assert overruled * 4 <= self.returned, "what it computes is what the server decides, but for a late message"
        return int(over[1]), int(over[2])


async def duels(site: Site) -> set[str]:
    """Duels of rooms that are on."""
    found = (await site.post("DirectoryService/ListSessions", {"pageSize": 100})).body.get("sessions", ())
    return {each["sessionId"] for each in found if each["origin"] == "ORIGIN_ROOM"}


async def new_duel(site: Site, before: set[str]) -> str:
    """The duel that was not on before, once it is."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            if new := await duels(site) - before:
                return new.pop()
            await asyncio.sleep(0.1)


def restart_gateway(site: Site) -> None:
    """Starts it as an operator does."""
    command = [sys.executable, "-m", "cli", "restart", "gateway", "--data", str(site.installation.data)]
    subprocess.run(command, check=True, capture_output=True, timeout=WITHIN_S)


async def end(runs: Iterable[Run]) -> None:
    """None outlives its test."""
    for run in runs:
        if run.process.returncode is None:
            run.process.kill()
            await run.process.wait()


async def test_the_examples_play_to_the_recorded_score_and_draw_it_also_after_the_gateway_was_restarted(
    examples: Path, site: Site
) -> None:
    before = await duels(site)
    alone = [await Run.start(examples, name, site.page) for name in ("player.py", "player.mjs")]
    together = [await Run.start(examples, "player.py", site.page, "create")]
    try:
        code = await together[0].until(r"room (\w+)")
        together.append(await Run.start(examples, "player.mjs", site.page, code))
        session_id = await new_duel(site, before)
        together += [await Run.start(examples, name, site.page, session_id) for name in ("viewer.py", "viewer.mjs")]
        for viewer in together[2:]:
            await viewer.until(r"\x1b\[H *(\d+:\d+)")
        # All of them lose their connections, and come back by themselves.
        await asyncio.to_thread(restart_gateway, site)
        scores = await asyncio.gather(*(run.score() for run in together))
        result = (await site.record(session_id))["result"]
        assert result["outcome"] == "OUTCOME_PLAYED"
        assert set(scores) == {(result.get("left", 0), result.get("right", 0))}
        for viewer in together[2:]:
            assert {"o", "|"} <= set(viewer.printed), "the ball and the paddles were drawn"
        for score in await asyncio.gather(*(run.score() for run in alone)):
            assert max(score) == max(scores[0])
        assert sum(run.returned for run in (*alone, *together)) > 0
    finally:
        await end(alone + together)


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.*")), ids=lambda file: file.name)
def test_an_example_is_short_and_the_protocol_names_it(file: Path) -> None:
    assert len(file.read_text().splitlines()) < 150
    assert f"examples/{file.name}" in (EXAMPLES.parent / "protocol.md").read_text()
