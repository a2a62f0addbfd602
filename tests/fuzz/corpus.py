"""Inputs that were faults once: each stays, and is tried by every run."""

from pathlib import Path
from typing import Final

CASES: Final = Path(__file__).parent / "cases"


def kept(target: str) -> list[bytes]:
    """The cases of one target, the oldest first."""
    return [path.read_bytes() for path in sorted((CASES / target).glob("*"))]
