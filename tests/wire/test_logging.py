"""Bounds of logs: nothing secret, nothing long, and no endless repetition."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from wire.logging import SAME_BURST, SAME_PER_SECOND, TRACE_MAX, VALUE_MAX, RepetitionFilter, configure, shortened

LINE_MAX = 4 * TRACE_MAX


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Logs as a program does, and returns the text."""
    root = logging.getLogger()
    before, level, structure = list(root.handlers), root.level, structlog.get_config()
    configure("gateway", "INFO")
    stream = io.StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers, root.level = before, level
    structlog.configure(**structure)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.mark.parametrize(
    "value",
    [
        "x" * 100_000,
        b"\x00" * 100_000,
        ["y" * 50_000] * 500,
        {"z" * 50_000: "z" * 50_000},
        10**4_000,
        {1: {2: {3: [4] * 50_000}}},
    ],
    ids=["text", "bytes", "list", "mapping", "number", "nested"],
)
def test_whatever_a_caller_sends_a_line_of_the_log_stays_short(written: io.StringIO, value: object) -> None:
    structlog.get_logger("test").warning("something odd", value=value)
    logging.getLogger("library").warning(
        "odd: %s", str(value)[:100_000] if not isinstance(value, int) else "n" * 100_000
    )
    for line in written.getvalue().splitlines():
        assert len(line) < 20 * VALUE_MAX
    assert [line["program"] for line in lines(written)] == ["gateway", "gateway"]


def test_a_traceback_keeps_its_end_and_is_bounded(written: io.StringIO) -> None:
    try:
        raise ValueError("v" * 100_000 + " at the end")
    except ValueError:
        structlog.get_logger("test").exception("broke")
        logging.getLogger("library").exception("broke")
    for line in lines(written):
        assert line["exception"].endswith(" at the end")
        assert len(line["exception"]) < TRACE_MAX + 100


def test_secrets_are_taken_out(written: io.StringIO) -> None:
    structlog.get_logger("test").info("signed in", token="do-not-show", person_token="do-not-show")
    assert "do-not-show" not in written.getvalue()


def test_the_same_line_over_and_over_is_counted_and_not_written(written: io.StringIO) -> None:
    now = 0.0
    handler = logging.getLogger().handlers[0]
    handler.filters = [RepetitionFilter(lambda: now)]
    for number in range(10_000):
        structlog.get_logger("test").warning("invalid request", number=number)
        logging.getLogger("library").warning("invalid request %s", number)
    assert len(lines(written)) == 2 * SAME_BURST
    structlog.get_logger("test").warning("something else")
    now = 1 / SAME_PER_SECOND
    structlog.get_logger("test").warning("invalid request", number=0)
    assert lines(written)[-2]["event"] == "something else"
    assert lines(written)[-1]["left_out"] == 10_000 - SAME_BURST


def test_short_values_are_written_as_they_are() -> None:
    for value in (None, True, 7, 1.5, "text", [1, "a"], {"a": {"b": 1}}):
        assert shortened(value, VALUE_MAX) == value
