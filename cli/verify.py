"""`matchpoint verify FILE`: proves a stored result by playing its journal again.

The game server knows its own files; this runs its `verify` in a process of its own, because programs are run, not
imported.
"""

import subprocess
import sys
from pathlib import Path


def verify(file: Path) -> int:
    """Returns 0 if the result is proven, 1 if the journal plays out differently, 2 if the file cannot be read."""
    return subprocess.run([sys.executable, "-P", "-m", "gameserver", "verify", str(file)], check=False).returncode
