"""Adapters of the backend: gRPC, SQL, the bus, clocks, password hashing."""
