"""docs/security.md: what it says is shown by tests that are there."""

import re
from pathlib import Path

import pytest

HEAD = "## Who, what, and what stops it"
END = "## What is not defended against"
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@pytest.fixture(scope="module")
def threats(checkout: Path) -> list[str]:
    """The lines of its tables."""
    text = (checkout / "docs" / "security.md").read_text()
    table = text[text.index(HEAD) : text.index(END)]
    return [line for line in table.splitlines() if line.startswith("| ") and not line.endswith("shown by |")]


def test_every_threat_names_a_test_and_each_is_there(threats: list[str], checkout: Path) -> None:
    assert len(threats) > 30
    for line in threats:
        named = TEST.findall(line)
        assert named, f"no test shows: {line}"
        for file, name in named:
            found = re.search(rf"^(async )?def {name}\(", (checkout / file).read_text(), re.MULTILINE)
            assert found, f"{file} has no {name}"


def test_it_says_who_what_and_what_is_not_defended_against(checkout: Path) -> None:
    text = (checkout / "docs" / "security.md").read_text()
    for who in ("visitor", "guest", "account", "host", "organiser", "operator", "program"):
        assert re.search(rf"^### .*\b{who}\b", text, re.MULTILINE), who
    rest = text[text.index(END) :]
    for what in ("Feigned distance", "stolen machine"):
        assert what in rest
    assert "How to report" in (checkout / "SECURITY.md").read_text()
