"""Where the backend touches the world: gRPC, SQL, the bus."""
