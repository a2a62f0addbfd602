"""Rows of the table: who plays whom, over which lines, and the wanted result."""

from dataclasses import dataclass
from typing import Final

from bench.fairness.people import Absent, BackDating, Both, Crucial, Honest, SeesMore, Silent, Tuned, Withholding
from bench.fairness.relay import Line

NEAR: Final = Line(20_000, 1_000)
USUAL: Final = Line(40_000)
FEIGNED: Final = Line(40_000, hold=160_000)
FAR: Final = Line(200_000)
#: What is believed of a line that was 40 ms lately.
KNOWN: Final = 50_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: `person` on `line` against `opponent` on `other`; the share that `person` wins."""

    name: str
    person: type[Honest]
    line: Line
    other: Line
    #: The share of wins that is wanted, in percent: at least, at most.
    goal: tuple[float, float]
    matches: int = 600
    opponent: type[Honest] = Honest
    #: Another line over which `person` watches the match.
    watches_over: Line | None = None
    #: It counts for ratings; and the round trip that `person` is believed at most, µs.
    rated: bool = False
    believed: int = 0


ROWS: Final = (
    Row("control: two equals", Honest, USUAL, USUAL, (46, 54)),
    Row("42 absent when a ball is out of reach", Absent, USUAL, USUAL, (0, 54)),
    Row("42 silent when a ball is out of reach", Silent, USUAL, USUAL, (0, 54)),
    Row("43 watches over a nearer line", SeesMore, FAR, FAR, (46, 54), watches_over=USUAL),
    Row("44 feigns 200 ms, known to nobody", BackDating, FEIGNED, USUAL, (0, 60)),
    Row("44 feigns 200 ms in rated play", BackDating, FEIGNED, USUAL, (0, 60), rated=True),
    Row("44 feigns 200 ms in rated play, at crucial balls", Crucial, FEIGNED, USUAL, (0, 60), rated=True),
    Row("44 feigns 200 ms, known at 40 ms", BackDating, FEIGNED, USUAL, (0, 60), believed=KNOWN),
    Row("45 dates back at crucial balls", Crucial, USUAL, USUAL, (0, 57)),
    Row("45 dates back and withholds, tuned", Tuned, USUAL, USUAL, (0, 57)),
    Row("45 dates back", BackDating, USUAL, USUAL, (0, 57)),
    Row("45 withholds", Withholding, USUAL, USUAL, (0, 57)),
    Row("45 dates back and withholds", Both, USUAL, USUAL, (0, 57)),
    Row("46 far: 60 ms", Honest, Line(60_000, 1_000), NEAR, (47, 53)),
    Row("46 far: 120 ms", Honest, Line(120_000, 1_000), NEAR, (47, 53)),
    Row("46 far: 200 ms", Honest, Line(200_000, 1_000), NEAR, (47, 53)),
    Row("46 far: 120 ms, 6 ms of jitter", Honest, Line(120_000, 6_000), Line(20_000, 6_000), (47, 53)),
    Row("46 far: 120 ms, 10 ms of jitter", Honest, Line(120_000, 10_000), Line(20_000, 10_000), (47, 53), 1_000),
    Row("46 far: 120 ms, 1 % loss", Honest, Line(120_000, 1_000, 0.01, 0.01), NEAR, (42, 100), 1_000),
    Row("46 near: 20 ms, 1 % loss", Honest, Line(20_000, 1_000, 0.01, 0.01), Line(120_000, 1_000), (42, 100), 1_000),
)


def lines() -> list[Line]:
    """Every line of every row, once."""
    found: list[Line] = []
    for row in ROWS:
        for line in (row.line, row.other, row.watches_over):
            if line and line not in found:
                found.append(line)
    return found
