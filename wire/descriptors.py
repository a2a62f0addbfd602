"""Limit of open files and sockets of this process."""

import contextlib
import resource
from typing import Final

ENOUGH: Final = 1 << 20
"""Limit that is assumed where the system names none, or one that it would not keep to."""


def descriptor_limit() -> int:
    """The number of descriptors that may be open now."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return ENOUGH if soft == resource.RLIM_INFINITY else soft


def raise_descriptor_limit() -> None:
    """Raises the soft limit to the hard one: the soft one is for programs that cannot count past 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # macOS keeps to another limit, which it does not name.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
