"""A gateway as a process of its own."""

import asyncio
import json
import os
import resource
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from tests.support.fakes.gateway_peers import SERVICE_TOKEN
from tests.support.harnesses.gateway import GatewayHarness


def environment(tmp_path: Path, backend_address: str = "127.0.0.1:1", **more: str) -> dict[str, str]:
    token = tmp_path / "service.token"
    token.write_text(SERVICE_TOKEN)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MATCHPOINT_")}
    return {
        **kept,
        "MATCHPOINT_DATA": str(tmp_path),
        "MATCHPOINT_SERVICE_TOKEN_FILE": str(token),
        "MATCHPOINT_BACKEND_ADDRESS": backend_address,
        "MATCHPOINT_GATEWAY_PORT": "0",
        **more,
    }


class Process:
    """A running gateway and what it logs."""

    def __init__(self, inner: asyncio.subprocess.Process, port: int, lines: list[str]) -> None:
        self.inner = inner
        self.gateway = GatewayHarness(port, http=None)  # type: ignore[arg-type]
        self.lines = lines


@asynccontextmanager
async def running(variables: dict[str, str], allowed: tuple[int, int] | None = None) -> AsyncIterator[Process]:
    """A gateway of its own, with a soft and a hard limit of descriptors if wanted."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway"),
        env=variables,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_NOFILE, allowed) if allowed else None,
    )
    lines: list[str] = []

    async def read() -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            lines.append(line.decode())
            if '"ready"' in lines[-1]:
                ready.set_result(json.loads(lines[-1])["port"])

    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    reading = asyncio.create_task(read())
    try:
        async with asyncio.timeout(20):
            yield Process(process, await ready, lines)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading
