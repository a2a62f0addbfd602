"""The gRPC services of the game server."""
