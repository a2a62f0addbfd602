"""`matchpoint up`: the whole of Matchpoint on this machine, until it is told to stop."""

import asyncio
import os
import signal
from dataclasses import replace

from cli.config import HOST, UpConfig
from cli.place import lock_data, make_folders, make_token, settle_ports
from cli.supervise import supervise


def up(config: UpConfig) -> int:
    """Starts and supervises the three programs; returns 0 after a clean stop. Raises CommandError."""
    os.umask(0o077)
    make_folders(config)
    lock = lock_data(config.data)
    try:
        make_token(config.token_file)
        asyncio.run(_run(replace(config, ports=settle_ports(config.ports)), lock))
    finally:
        os.close(lock)
    return 0


async def _run(config: UpConfig, lock: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    await supervise(config, lock, stop, f"Matchpoint is at http://{HOST}:{config.ports['gateway']}  (Ctrl-C stops it)")
