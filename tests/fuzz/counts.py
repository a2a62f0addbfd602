"""Number of inputs: 50,000 in a run of all tests, a million in a long one."""

import os
from typing import Final

LONG: Final = 20 if os.environ.get("MATCHPOINT_LONG") else 1
IN_ALL: Final = 50_000

#: Of each of the six entrances: guided by coverage, nearly good, and made by hypothesis.
GUIDED: Final = 2_000 * LONG
MUTATED: Final = 6_000 * LONG
EXAMPLES: Final = 100 * LONG
#: Commands to a whole lobby; calls, sockets and messages to programs that run.
LOBBY: Final = 500 * LONG
PROGRAMS: Final = 1_000 * LONG
