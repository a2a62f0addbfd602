"""Journal files, gRPC servicers, the client of the backend, and the other ends of this process."""
