"""`matchpoint verify FILE`: plays a journal again, and compares it with what was recorded.

The game server knows its own files; this runs its `verify` in a process of its own, because programs are run, not
imported.
"""

import subprocess
import sys
from pathlib import Path


def verify(file: Path, digest: str, *, record: bool) -> int:
    """Returns what `gameserver.infrastructure.verify` does: 0, 1 if something differs, 2 if it cannot be read."""
    more = [*(["--digest", digest] if digest else []), *(["--record"] if record else [])]
    return subprocess.run(
        [sys.executable, "-P", "-m", "gameserver", "verify", str(file), *more], check=False
    ).returncode
