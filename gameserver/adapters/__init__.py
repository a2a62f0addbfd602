"""Where the game server touches the world: gRPC, files, protobuf."""
