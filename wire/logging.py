"""Structured logs: one JSON object a line on standard error, without secrets, bounded in size and rate."""

import logging
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, MutableMapping
from typing import Any, Final

import structlog

from wire.limits import Bucket

SECRET_KEYS: Final = frozenset({"token", "ticket", "authorization", "cookie", "credential", "password", "private_key"})
VALUE_MAX: Final = 512
"""Characters of a value that are written; a caller may have sent it."""
TRACE_MAX: Final = 8_192
"""Characters of a traceback that are written: its end, which names the error, and some of its beginning."""
ITEMS_MAX: Final = 16
"""Items of a list or a mapping that are written."""
SAME_BURST: Final = 200
SAME_PER_SECOND: Final = 5
"""Lines of one kind that are written; beyond it they are counted only."""
KINDS_MAX: Final = 1_024
"""Kinds of lines that are counted."""

Event = MutableMapping[str, Any]


def redact(_logger: Any, _method: str, event: Event) -> Event:
    """Replaces the value of every key that names a secret."""
    for key in event:
        if key.lower() in SECRET_KEYS or key.lower().endswith(("_token", "_ticket", "_credential")):
            event[key] = "[redacted]"
    return event


def bound(_logger: Any, _method: str, event: Event) -> Event:
    """Shortens every value that is long."""
    for key, value in event.items():
        event[key] = shortened(value, TRACE_MAX if key == "exception" else VALUE_MAX)
    return event


def shortened(value: Any, size: int, depth: int = 2) -> Any:
    """Shortens a value to about `size` characters (a collection: 16 items of that size), and tells what is left out."""
    if value is None or isinstance(value, float) or (isinstance(value, int) and value.bit_length() <= 64):
        return value
    if isinstance(value, dict | list | tuple | set | frozenset) and depth:
        items = list(value.items() if isinstance(value, dict) else value)[:ITEMS_MAX]
        more = [f"and {len(value) - ITEMS_MAX} more"] if len(value) > ITEMS_MAX else []
        if isinstance(value, dict):
            short = {str(key)[:size]: shortened(item, size, depth - 1) for key, item in items}
            return {**short, "": more[0]} if more else short
        return [*(shortened(item, size, depth - 1) for item in items), *more]
    text = value if isinstance(value, str) else hex(value) if isinstance(value, int) else repr(value)
    if len(text) <= size:
        return text
    head = size // 4
    return f"{text[:head]} [{len(text) - size} characters left out] {text[head - size :]}"


class RepetitionFilter(logging.Filter):
    """Limits the rate of each kind of line; the next line of the kind tells the number of those left out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._kinds: OrderedDict[tuple[str, str], Bucket] = OrderedDict()
        self._left_out: dict[tuple[str, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tells whether the line is written."""
        message = record.msg.get("event", "") if isinstance(record.msg, dict) else record.msg
        kind = (record.name, str(message)[:VALUE_MAX])
        now = self._clock()
        bucket = self._kinds.pop(kind, None) or Bucket(SAME_BURST, SAME_PER_SECOND, now)
        self._kinds[kind] = bucket
        if len(self._kinds) > KINDS_MAX:
            forgotten, _ = self._kinds.popitem(last=False)
            self._left_out.pop(forgotten, None)
        if not bucket.take(now):
            self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return False
        if left_out := self._left_out.pop(kind, 0):
            record.left_out = left_out
        return True


def configure(program: str, level: str = "INFO") -> None:
    """Sets up logging of this process, library loggers included. `level` is a name of the logging module."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(RepetitionFilter())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                _left_out,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                bound,
                _named(program),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(number)
    # Their lines at INFO hold URLs and SQL parameters.
    for noisy in ("uvicorn.access", "sqlalchemy.engine", "aiosqlite", "alembic", "asyncio", "grpc"):
        logging.getLogger(noisy).setLevel(max(number, logging.WARNING))


def _left_out(_logger: Any, _method: str, event: Event) -> Event:
    left_out = getattr(event.get("_record"), "left_out", 0)
    if left_out:
        event["left_out"] = left_out
    return event


def _named(program: str) -> Any:
    def add(_logger: Any, _method: str, event: Event) -> Event:
        event["program"] = program
        return event

    return add
