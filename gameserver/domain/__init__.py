"""The referee's rules: pure functions and values of integers, no clock, no I/O, no global randomness."""
