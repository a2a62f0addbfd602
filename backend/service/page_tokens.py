"""Page tokens: the place behind the last row of a page, where the next one begins (keyset pagination).

A token holds the values that the list is ordered by. It is no secret, and the row need not exist any longer.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from wire.refusal import Reason, Refused


def token_of(key: Sequence[int | str]) -> str:
    """Token of the place behind the row with this key."""
    text = json.dumps(list(key), separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def key_of(token: str, *kinds: type) -> tuple[Any, ...] | None:
    """Key in a token, with values of these types; None for the first page. Raises Refused for anything else."""
    if not token:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        key = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        key = None
    if (
        not isinstance(key, list)
        or [type(one) for one in key] != list(kinds)
        or not _fits(key)
        or token_of(key) != token
    ):
        raise Refused(
            Reason.REASON_INVALID_FIELD,
            "page_token has to be the next_page_token of the page before; leave it empty to begin anew.",
            field="page_token",
        )
    return tuple(key)


def _fits(key: Sequence[int | str]) -> bool:
    """True if a database can compare with it: integers have 64 bits there."""
    return all(isinstance(one, str) or -(2**63) <= one < 2**63 for one in key)
