"""`matchpoint restart PROGRAM`: replaces one program of a running Matchpoint."""

from pathlib import Path

from cli.control import ask_restart


def restart(data: Path, program: str) -> int:
    """Returns 0 once the next process is ready, and prints for how long there was none. Raises CommandError."""
    seconds = ask_restart(data, program)
    print(f"the {program} is back after {seconds:.1f} s.")
    return 0
