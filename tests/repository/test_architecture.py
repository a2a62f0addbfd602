"""Truth of ARCHITECTURE.md about files and functions."""

import re
from pathlib import Path

import pytest

from tests.repository.import_graph import PICTURE, circles, module_graph, package_graph, picture

STEP = re.compile(r"^\d+\. `([\w./-]+)` `(\w+)`:", re.M)
ROW = re.compile(r"^\| [^|]+ \| ([^|]+) \|$", re.M)


def section(checkout: Path, title: str) -> str:
    """A section of ARCHITECTURE.md."""
    text = (checkout / "ARCHITECTURE.md").read_text()
    return text.split(f"## {title}\n")[1].split("\n## ")[0]


def test_each_step_of_a_walk_is_a_function_of_its_file(checkout: Path) -> None:
    steps = STEP.findall(section(checkout, "Three walks"))
    assert len(steps) > 30
    missing = [
        f"{file}: {function}"
        for file, function in steps
        if not (checkout / file).is_file()
        or not re.search(
            rf"^\s*(?:async def|def|export function|function|async|export async function)?\s*{function}\(",
            (checkout / file).read_text(),
            re.M,
        )
    ]
    assert not missing


def test_each_file_to_open_for_a_change_is_there(checkout: Path) -> None:
    files = re.findall(r"`([\w./-]+)`", " ".join(ROW.findall(section(checkout, "To change X, open Y"))))
    assert len(files) > 20
    assert not [file for file in files if not (checkout / file).is_file()]


def test_no_module_is_in_a_circle() -> None:
    assert circles(module_graph()) == []


def test_the_picture_of_the_imports_is_that_of_the_code() -> None:
    packages = package_graph(module_graph())
    assert circles(packages) == []
    assert PICTURE.read_text() == picture(packages), "run `python -m tests.repository.import_graph`"


@pytest.mark.parametrize(
    ("graph", "found"),
    [
        ({"a": frozenset("b"), "b": frozenset("c"), "c": frozenset()}, []),
        ({"a": frozenset("b"), "b": frozenset("ac"), "c": frozenset()}, [["a", "b"]]),
    ],
)
def test_a_circle_is_found(graph: dict[str, frozenset[str]], found: list[list[str]]) -> None:
    assert circles(graph) == found
