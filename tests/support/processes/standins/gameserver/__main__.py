"""A stand-in."""

from tests.support.processes.standins.grpc_standin import main

main("gameserver")
