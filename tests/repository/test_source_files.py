"""Sources are short enough to be read at once, and what tests share has one place and one name."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.repository.test_tracked_files import tracked

LINES_MOST: Final = 400
LONGER: Final[dict[str, int]] = {
    "gameserver/domain/tournament/engine.py": 407,
    "gameserver/sessions/tournament/session.py": 401,
    "gateway/web/src/i18n/en.ts": 432,
    "gateway/web/src/i18n/ko.ts": 428,
    "proto/matchpoint/v1/lobby.proto": 461,
    "proto/matchpoint/v1/tournament.proto": 746,
}
"""Files that are longer, and how long they may be: no longer than they are."""
SOURCES: Final = (".css", ".html", ".js", ".mjs", ".proto", ".py", ".sh", ".ts")
GENERATED: Final = ("gateway/static/",)
TOOLS: Final = ("tests/faults/figures.py", "tests/faults/floods.py", "tests/repository/import_graph.py")
"""Modules beside the tests that are commands of the documents, or a part of one."""
SHARED: Final = {
    "tests/faults/test_flood.py: tests.faults.test_stalled",
    "tests/repository/test_source_files.py: tests.repository.test_tracked_files",
}
"""Imports of one test by another that are there all the same."""
SUPPORT: Final = ("tests/support/", "tests/fuzz/")


def sources(checkout: Path) -> Iterator[tuple[str, Path]]:
    """Every source file that is written by hand, with its path inside the checkout."""
    for path in tracked(checkout):
        name = path.relative_to(checkout).as_posix()
        if path.suffix in SOURCES and not name.startswith(GENERATED):
            yield name, path


def modules_of_the_tests(checkout: Path) -> Iterator[tuple[str, ast.Module]]:
    """Every Python module of the tests."""
    for name, path in sources(checkout):
        if name.startswith("tests/") and path.suffix == ".py":
            yield name, ast.parse(path.read_text())


def imported(tree: ast.Module) -> Iterator[str]:
    """Modules that a module imports by `from`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def is_a_test(path: str) -> bool:
    """True for a file that pytest collects, or takes fixtures from."""
    return path.rpartition("/")[2].startswith(("test_", "conftest."))


def too_long(lines: dict[str, int]) -> list[str]:
    """Files with more lines than they may have."""
    return [f"{name}: {count} lines" for name, count in lines.items() if count > LONGER.get(name, LINES_MOST)]


def test_no_source_file_is_too_long_to_be_read_at_once(checkout: Path) -> None:
    assert not too_long({name: len(path.read_bytes().splitlines()) for name, path in sources(checkout)})


def test_a_file_that_is_too_long_is_noticed() -> None:
    assert too_long({"a.py": LINES_MOST, "b.py": LINES_MOST + 1}) == ["b.py: 401 lines"]


def test_no_two_classes_of_the_tests_have_the_same_name(checkout: Path) -> None:
    places = defaultdict(list)
    for name, tree in modules_of_the_tests(checkout):
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                places[node.name].append(name)
    assert not {name: files for name, files in places.items() if len(files) > 1}


def test_what_tests_share_is_in_their_support(checkout: Path) -> None:
    assert not [
        name
        for name, _ in modules_of_the_tests(checkout)
        if not is_a_test(name) and not name.startswith(SUPPORT) and name not in TOOLS
    ]


def test_no_test_and_no_support_imports_a_test(checkout: Path) -> None:
    found = {
        f"{name}: {module}"
        for name, tree in modules_of_the_tests(checkout)
        for module in imported(tree)
        if module.startswith("tests.") and is_a_test(module.replace(".", "/") + ".")
    }
    assert not found - SHARED
