"""The figures of docs/reliability.md and docs/security.md are the runs' own."""

import pytest

from tests.faults import floods
from tests.faults.figures import FIGURES, PAGE, Figure, read_table, split, table_of
from tests.support.clients.attackers import ATTACKS


def test_the_page_has_every_figure_in_the_form_in_which_the_command_writes_it() -> None:
    _, table, _ = split(PAGE.read_text())
    figures = read_table(table)
    assert list(figures) == list(FIGURES)
    assert table_of(figures) == table
    assert all(figure.measured and figure.on and figure.command for figure in figures.values())


def test_beside_the_table_the_page_has_no_measured_figure() -> None:
    before, _, after = split(PAGE.read_text())
    for word in ("p50", "p95", "p99"):
        assert word not in before + after


def test_a_row_that_was_written_by_hand_is_noticed() -> None:
    figures = {name: Figure("1", "2", "2026-01-01", "`test`") for name in FIGURES}
    with pytest.raises(ValueError, match="no figure of the harness"):
        read_table(table_of(figures) + "| fast | very | | | |\n")


def test_what_each_attacker_costs_stands_in_the_form_in_which_the_command_writes_it() -> None:
    _, table, _ = split(floods.PAGE.read_text(), floods.BEGIN, floods.END)
    rows = floods.read_table(table)
    assert list(rows) == list(ATTACKS)
    assert floods.table_of(rows) == table
    assert all(all(cells) for cells in rows.values())
