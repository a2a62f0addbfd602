"""Costs of attackers: written down by the run itself, and copied from there into docs/security.md.

`./matchpoint test --long tests/faults/test_flood.py -s` measures; then `python -m tests.faults.figures` puts it there.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from tests.faults.figures import CHECKOUT, FOLDER, circumstances
from tests.support.clients.attackers import ATTACKS

PAGE: Final = CHECKOUT / "docs" / "security.md"
BEGIN: Final = "<!-- floods: written by `python -m tests.faults.figures` -->"
END: Final = "<!-- end of the floods -->"
HEAD: Final = (
    "one attacker with",
    "sends a second",
    "gateway, ms CPU a second",
    "backend",
    "game server",
    "memory of all three",
    "longest turn of the loops",
    "a move is seen after, p99, without",
    "beside",
    "on",
    "command",
)


PROGRAMS: Final = ("gateway", "backend", "gameserver")


@dataclass(frozen=True)
class FloodFigure:
    """Work of one attacker, its cost, the longest hold of a loop, and the time that players' moves took to be
    seen, without it and beside it."""

    bytes_a_second: float
    done_a_second: float
    gateway_ms: float
    backend_ms: float
    gameserver_ms: float
    memory: int
    turns_ms: dict[str, float]
    without_ms: float
    beside_ms: float

    @property
    def cost_ms(self) -> float:
        """CPU of all programs, milliseconds a second."""
        return self.gateway_ms + self.backend_ms + self.gameserver_ms

    def cells(self) -> tuple[str, ...]:
        """The row of the table, without what it is of."""
        return (
            f"{self.bytes_a_second / 1024:,.0f} KiB, {self.done_a_second:,.0f} done",
            f"{self.gateway_ms:.0f}",
            f"{self.backend_ms:.0f}",
            f"{self.gameserver_ms:.0f}",
            f"{self.memory / (1 << 20):+.1f} MiB",
            " / ".join(f"{self.turns_ms[name]:.1f}" for name in PROGRAMS) + " ms",
            f"{self.without_ms:.1f} ms",
            f"{self.beside_ms:.1f} ms",
        )


def note_flood(name: str, figure: FloodFigure) -> None:
    """Keeps what was measured for the page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    row = (*figure.cells(), *circumstances("tests/faults/test_flood.py"))
    (FOLDER / f"flood-{name.replace(' ', '-')}.json").write_text(json.dumps({**asdict(figure), "row": row}, indent=1))


def measured() -> dict[str, tuple[str, ...]]:
    """The rows that were measured here."""
    found = {}
    for name in ATTACKS:
        path = FOLDER / f"flood-{name.replace(' ', '-')}.json"
        if path.is_file():
            found[name] = tuple(json.loads(path.read_text())["row"])
    return found


def table_of(rows: Mapping[str, tuple[str, ...]]) -> str:
    """The table, in the one form that it has."""
    lines = [HEAD, ("---",) * len(HEAD), *((name, *rows[name]) for name in ATTACKS if name in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def read_table(table: str) -> dict[str, tuple[str, ...]]:
    """The rows of a table. Raises ValueError for one that is none of ours."""
    rows = {}
    for line in table.splitlines()[2:]:
        name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        if name not in ATTACKS or len(cells) != len(HEAD) - 1:
            raise ValueError(f"no attacker of the harness: {line}")
        rows[name] = tuple(cells)
    return rows
