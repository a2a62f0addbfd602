"""Wilson's interval for a share (E. B. Wilson, 1927)."""

from math import sqrt
from typing import Final

_Z: Final = 1.959964


def interval(won: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, from 0 to 1; all of it for none."""
    if not of:
        return 0.0, 1.0
    share, z2 = won / of, _Z * _Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return middle - half, middle + half
