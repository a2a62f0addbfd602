"""Measurements of the fault harness: written down by the run itself, and copied from there into docs/reliability.md and
(what attackers cost, `floods.py`) docs/security.md.

A test that measures notes its figure in build/figures, with when, by which command and from which seed. Afterwards
`python -m tests.faults.figures` puts the figures into the table of the page. One that was not measured again keeps its
row. Nobody else writes between the two marks.
"""

import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).parents[2]
FOLDER: Final = CHECKOUT / "build" / "figures"
PAGE: Final = CHECKOUT / "docs" / "reliability.md"
BEGIN: Final = "<!-- figures: written by `python -m tests.faults.figures` -->"
END: Final = "<!-- end of the figures -->"
FIGURES: Final = {
    "kills": "kills over all three programs under play",
    "results": "results that somebody was shown as final",
    "wrong": "of these lost, counted twice, or different from what was shown",
    "control": "results counted twice by the control, without the key",
    "away": "in the storm of kills a lost connection was replaced after",
    "resumed": "a match is on again after the game server's return; then the countdown",
    "back": "players and spectators are back after the gateway's return",
    "alone": "players are back after the gateway's return while the backend is away",
    "crowd": "500 connections are back after the gateway's death",
    "hung-gameserver": "a hung game server is noticed by the gateway",
    "hung-backend": "a hung backend is noticed by the game server",
    "hung-browser": "a hung browser is noticed by the gateway",
    "stalled-memory": "300 stalled spectators (SIGSTOP) take of the gateway, each",
    "stalled-players": "players' time from input to frame beside them",
}
"""Subject of each figure, in the order of the table."""
HEAD: Final = ("what", "measured", "seed", "on", "command")


@dataclass(frozen=True)
class Figure:
    """One row: what was measured, from which seed ("" without one), when and where, and by which command."""

    measured: str
    seed: str
    on: str
    command: str


def circumstances(tests: str) -> tuple[str, str]:
    """Time, place and command of a measurement."""
    command = "./matchpoint test --long" if os.environ.get("MATCHPOINT_LONG") == "1" else "./matchpoint test"
    return f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()}", f"`{command} {tests}`"


def note(name: str, measured: str, seed: int | None = None) -> None:
    """Keeps a figure for the page, and prints it."""
    figure = Figure(measured, "" if seed is None else str(seed), *circumstances("tests/faults"))
    print(f"\n{FIGURES[name]}: {measured}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(asdict(figure), indent=1) + "\n")


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile."""
    return sorted(seconds)[len(seconds) * 95 // 100]


def spread(seconds: Sequence[float]) -> str:
    """Spread of durations, in words of the table."""
    p50 = sorted(seconds)[len(seconds) // 2]
    return f"p50 {p50:.2f} s, p95 {p95(seconds):.2f} s, most {max(seconds):.2f} s ({len(seconds)} times)"


def noted() -> dict[str, Figure]:
    """Measurements of this place."""
    found = ((name, FOLDER / f"{name}.json") for name in FIGURES)
    return {name: Figure(**json.loads(path.read_text())) for name, path in found if path.is_file()}


def split(page: str, begin: str = BEGIN, end: str = END) -> tuple[str, str, str]:
    """Splits a page into text before the table, the table, and the rest. Raises ValueError without the marks."""
    before, _, rest = page.partition(begin + "\n")
    table, mark, after = rest.partition(end + "\n")
    if not mark:
        raise ValueError(f"the page has no table between {begin} and {end}")
    return before, table, after


def table_of(figures: Mapping[str, Figure]) -> str:
    """The table, in the one form that it has."""
    rows = [HEAD, ("---",) * len(HEAD)]
    rows += [(what, *asdict(figures[name]).values()) for name, what in FIGURES.items() if name in figures]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def read_table(table: str) -> dict[str, Figure]:
    """The figures of a table. Raises ValueError for a row that is none of ours."""
    names = {what: name for name, what in FIGURES.items()}
    figures = {}
    for line in table.splitlines()[2:]:
        what, *fields = (cell.strip() for cell in line.strip("|").split("|"))
        if what not in names or len(fields) != len(HEAD) - 1:
            raise ValueError(f"no figure of the harness: {line}")
        figures[names[what]] = Figure(*fields)
    return figures


def main() -> int:
    """Puts what was measured into the pages."""
    from tests.faults import floods

    security = split(floods.PAGE.read_text(), floods.BEGIN, floods.END)
    rows = {**floods.read_table(security[1]), **floods.measured()}
    floods.PAGE.write_text(security[0] + floods.BEGIN + "\n" + floods.table_of(rows) + floods.END + "\n" + security[2])
    print(f"{len(floods.measured())} attackers are in {floods.PAGE.relative_to(CHECKOUT)}")
    before, table, after = split(PAGE.read_text())
    new = noted()
    PAGE.write_text(before + BEGIN + "\n" + table_of({**read_table(table), **new}) + END + "\n" + after)
    print(
        f"{len(new)} figures are in {PAGE.relative_to(CHECKOUT)}; not measured: {sorted(FIGURES.keys() - new.keys())}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
