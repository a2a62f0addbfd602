"""`/ws/watch`: spectators, and the fan-out of each topic to all of them."""
