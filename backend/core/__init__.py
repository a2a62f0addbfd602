"""Rules as functions of values. Nothing here waits, reads a clock or draws a number."""
