"""The gateway, as it is, at the address that it has between the two namespaces: it offers itself to loopback only."""

import sys
from dataclasses import replace

from bench.fairness.network import SERVER
from gateway.__main__ import run
from gateway.config import read
from wire.config import Environment
from wire.lifetime import runner
from wire.logging import configure


def main() -> int:
    """Serves until it is stopped."""
    config = replace(read(Environment()), host=SERVER)
    configure("gateway", config.log_level)
    with runner() as running:
        running.run(run(config))
    return 0


if __name__ == "__main__":
    sys.exit(main())
