"""The command line: `matchpoint up`, `restart PROGRAM`, `test`, `verify FILE`.

Exit codes: 0 it did what was asked (for `up`: it was asked to stop, and stopped); 1 it could not, and one sentence says
why; 2 the command line itself is wrong. `verify` gives 0 proven, 1 not proven by the journal, 2 not readable.
"""


class CommandError(Exception):
    """Why a command cannot go on: one sentence for the person who typed it. The command exits with 1."""


class NotRun(Exception):
    """A check that could not be carried out, for a reason outside this checkout; the sentence says which."""
