"""A stand-in."""

from tests.cli.standins.grpc_standin import main

main("backend")
