"""`python -m gateway`: serves until it is stopped."""

import asyncio
import gc
import logging
import sys

import structlog

from gateway.app import serving
from gateway.config import Config, read
from gateway.http.server import listen
from wire import metrics
from wire.config import EX_CONFIG, ConfigError, Environment
from wire.descriptors import raise_descriptor_limit
from wire.lifetime import keep_private, runner, until_stopped
from wire.logging import configure

log = structlog.get_logger("gateway")


async def run(config: Config) -> None:
    """Serves until a signal."""
    stopped = asyncio.create_task(until_stopped())
    await asyncio.sleep(0)  # From here on a signal is a wish, not a kill.
    listening = listen(config.host, config.port)
    metrics_socket = metrics.listen(config.host, config.metrics_port)
    async with serving(config, listening, metrics_socket=metrics_socket) as port:
        # What is here now stays; what messages leave behind has no cycles. Collecting as often as by default costs 7 %.
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        log.info("ready", host=config.host, port=port, metrics_port=metrics.port_of(metrics_socket))
        await stopped
        log.info("stopping")


def main() -> int:
    """Reads the environment and runs. Returns the exit code."""
    keep_private()
    try:
        config = read(Environment())
        configure("gateway", config.log_level)
        raise_descriptor_limit()
        # uvicorn says that it starts and stops, which path each WebSocket asked for, and that what came was no HTTP:
        # nothing to keep, and of the last one everybody outside could have as much as they like.
        logging.getLogger("uvicorn").setLevel(logging.ERROR)
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        with runner() as running:
            running.run(run(config))
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return EX_CONFIG
    except OSError as error:
        sys.stderr.write(f"The gateway cannot listen on {config.host}:{config.port}: {error.strerror}.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
