"""Results, match by match in a file, and the table in docs/performance.md that is made of them."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Final

from bench.fairness.player import Done
from bench.fairness.rows import Row
from bench.fairness.wilson import interval

_DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "performance.md"
_BEGIN: Final = "<!-- fairness: written by `python -m bench.fairness --write` -->"
_END: Final = "<!-- end of fairness -->"


class Results:
    """All matches that were played."""

    def __init__(self, path: Path) -> None:
        """Reads what there is."""
        self._path = path
        self._by_row: dict[str, list[Done]] = defaultdict(list)
        if path.exists():
            for line in path.read_text().splitlines():
                done = Done(**json.loads(line))
                self._by_row[done.row].append(done)

    def add(self, done: Done) -> None:
        """Keep one more."""
        self._by_row[done.row].append(done)
        with self._path.open("a") as file:
            file.write(json.dumps(asdict(done)) + "\n")

    def played(self, row: str) -> int:
        """Number of matches with a winner."""
        return sum(done.won is not None for done in self._by_row[row])

    def won(self, row: str) -> int:
        """Number of them that the player in question won."""
        return sum(done.won is True for done in self._by_row[row])

    def seconds(self, row: str) -> float:
        """Median length of a match."""
        return median([done.seconds for done in self._by_row[row] if done.won is not None] or [0.0])


def lines_of_table(rows: Sequence[Row], results: Results) -> list[str]:
    """The table, in Markdown."""
    lines = ["| who | wins | 95 % interval | matches | wanted | |", "|---|---|---|---|---|---|"]
    for row in rows:
        of, won = results.played(row.name), results.won(row.name)
        if not of:
            continue
        low, high = (100 * end for end in interval(won, of))
        share, (least, most) = 100 * won / of, row.goal
        wanted = (
            f"at most {most:g} %"
            if not least
            else f"at least {least:g} %"
            if most == 100
            else f"{least:g} to {most:g} %"
        )
        met = "met" if least <= share <= most else "**missed**"
        lines.append(f"| {row.name} | {share:.1f} % | {low:.1f} to {high:.1f} | {of} | {wanted} | {met} |")
    return lines


def write_table(rows: Sequence[Row], results: Results) -> None:
    """Write it between its markers."""
    text = _DOCUMENT.read_text()
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    table = "\n".join(lines_of_table(rows, results))
    _DOCUMENT.write_text(f"{before}{_BEGIN}\n\n{table}\n\n{_END}{after}")
