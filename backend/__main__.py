"""The backend program: `python -m backend`."""

import asyncio
import gc
import os
import sys

import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend.compose import Backend
from backend.config import Config
from backend.metrics import collect
from wire import metrics
from wire.config import EX_CONFIG, ConfigError
from wire.descriptors import raise_descriptor_limit
from wire.lifetime import keep_private, runner, until_stopped
from wire.logging import configure
from wire.loop_watch import LoopWatch

log = structlog.get_logger("backend")


async def run(config: Config) -> int:
    """Serves until told to stop. Returns the exit code."""
    backend = Backend(config)
    stopped = asyncio.create_task(until_stopped())
    await asyncio.sleep(0)  # From here on a signal is a wish, not a kill.
    try:
        port = await backend.start()
    except (OSError, SQLAlchemyError) as error:
        log.error("cannot start", cause=str(error))
        await backend.stop()
        return 1
    # What is here now stays: a collection that looks at all of it holds every call for 90 ms.
    gc.freeze()
    watch = LoopWatch(config.loop_tick_s)
    listening = metrics.listen(config.host, config.metrics_port)
    async with metrics.serving(collect(backend, watch), listening):
        log.info("ready", port=port, metrics_port=metrics.port_of(listening))
        await stopped
    watch.stop()
    await backend.stop()
    log.info("stopped")
    return 0


def main() -> int:
    keep_private()
    try:
        config = Config.read(os.environ)
    except ConfigError as error:
        print(f"backend: {error}", file=sys.stderr)  # noqa: T201
        return EX_CONFIG
    configure("backend", config.log_level)
    raise_descriptor_limit()
    with runner() as running:
        return running.run(run(config))


if __name__ == "__main__":
    sys.exit(main())
