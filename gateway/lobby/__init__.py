"""`/ws/lobby`: one lobby stream of the backend for each socket."""
