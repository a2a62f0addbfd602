"""Sessions of this process: duels and tournaments, woken, journaled, announced, recovered and reported."""
