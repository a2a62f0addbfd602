"""A stand-in."""

from grpc_standin import main

main("gameserver")
