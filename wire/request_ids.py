"""Request ids: one for each call or WebSocket of a browser, in each line that any program logs because of it.

The gateway makes the id, metadata carries it from program to program, and context variables carry it to the log: tasks
inherit it, and a frame costs nothing more. Work that many requests share runs in a context with an id of its own.
"""

import re
import secrets
from collections.abc import Mapping
from contextvars import Context
from typing import Any, Final

from structlog.contextvars import bind_contextvars, get_contextvars

REQUEST_ID: Final = "x-request-id"
"""Name of the HTTP header and of the metadata."""
WELL_FORMED: Final = re.compile("[0-9a-f]{16}")


def new_request_id() -> str:
    """Makes an id of 64 random bits, in hexadecimal digits."""
    return secrets.token_hex(8)


def bind_request_id(request_id: str) -> None:
    """Names the request in every line that is logged from here on in this context."""
    bind_contextvars(request_id=request_id)


def current_request_id() -> str:
    """The id of the request that this context works for; empty when there is none."""
    found: str = get_contextvars().get("request_id", "")
    return found


def received_request_id(metadata: Mapping[str, Any]) -> str:
    """The id that a program of ours has sent along; empty when there is none, or what is there was not made by one."""
    found = str(metadata.get(REQUEST_ID, ""))
    return found if WELL_FORMED.fullmatch(found) else ""


def shared_context() -> Context:
    """Makes a context for work that many requests share, with a request id of its own.

    Without it a stream or timer would carry the id of the one request that happened to begin it.
    """
    context = Context()
    context.run(bind_request_id, new_request_id())
    return context
