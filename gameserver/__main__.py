"""The game server program: `python -m gameserver`; `python -m gameserver verify FILE` checks a journal."""

import asyncio
import gc
import os
import sys

import structlog

from gameserver.config import Config
from gameserver.domain.timing import STANDARD, Timing
from wire import metrics
from wire.config import EX_CONFIG, ConfigError
from wire.descriptors import raise_descriptor_limit
from wire.lifetime import keep_private, runner, until_stopped
from wire.logging import configure
from wire.loop_watch import LoopWatch

log = structlog.get_logger("gameserver")


async def run(config: Config, timing: Timing = STANDARD) -> int:
    """Serves until told to stop. Returns the exit code."""
    from gameserver.app import GameServer
    from gameserver.metrics import collect

    stopped = asyncio.create_task(until_stopped())
    await asyncio.sleep(0)  # From here on a signal is a wish, not a kill.
    try:
        server = GameServer(config, timing)
        port = await server.start()
    except OSError as error:
        log.error("cannot start", cause=str(error))
        return 1
    # What is here now stays, and what messages leave behind has no cycles: collecting as often as by default is waste.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    watch = LoopWatch(config.loop_tick_s)
    listening = metrics.listen(config.host, config.metrics_port)
    async with metrics.serving(collect(server, watch), listening):
        log.info("ready", port=port, metrics_port=metrics.port_of(listening))
        await stopped
    watch.stop()
    await server.stop()
    log.info("stopped")
    return 0


def main(timing: Timing = STANDARD) -> int:
    """Runs what the command line says, with that timing. Returns the exit code."""
    if sys.argv[1:2] == ["verify"]:
        from gameserver.infrastructure.verify import verify_command

        return verify_command(sys.argv[2:])
    keep_private()
    try:
        config = Config.read(os.environ)
    except ConfigError as error:
        sys.stderr.write(f"gameserver: {error}\n")
        return EX_CONFIG
    configure("gameserver", config.log_level)
    raise_descriptor_limit()  # each session has its journal open
    with runner() as running:
        return running.run(run(config, timing))


if __name__ == "__main__":
    sys.exit(main())
