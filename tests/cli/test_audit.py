"""The dependency audit: what it finds fails, what it cannot ask is said."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from cli import CommandError, NotRun, audit
from cli.audit import of_npm, of_pip

CLEAN = json.dumps({"dependencies": [{"name": "good", "version": "1.0", "vulns": []}]})
BAD = json.dumps(
    {
        "dependencies": [
            {"name": "good", "version": "1.0", "vulns": []},
            {"name": "odd", "skip_reason": "not found"},
            {
                "name": "bad",
                "version": "2.0",
                "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2.1"]}],
            },
        ]
    }
)
UNKNOWN = json.dumps({"dependencies": [{"name": "good", "skip_reason": "not found"}]})
NPM_BAD = json.dumps({"vulnerabilities": {"bad": {"range": "<2", "severity": "high"}}})
NPM_CLEAN = json.dumps({"vulnerabilities": {}})


def tools(folder: Path, pip: str, npm: str) -> Mapping[str, str]:
    """An environment whose pip-audit and npm print these."""
    for name, printed in (("pip-audit", pip), ("npm", npm)):
        (folder / f"{name}.txt").write_text(printed)
        program = folder / name
        program.write_text(f"#!{sys.executable}\nprint(open({str(folder / name) + '.txt'!r}).read())\n")
        program.chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def test_a_known_vulnerability_is_named_with_the_version_that_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert of_pip(BAD) == ["bad 2.0 has PYSEC-1; mended in 2.1."]
    assert of_npm(NPM_BAD) == ["bad <2 has a vulnerability (high)."]
    monkeypatch.setattr(audit, "ACCEPTED", {"CVE-1": "we do not call it", "bad": "nor this"})
    assert of_pip(BAD) == []
    assert of_npm(NPM_BAD) == []


@pytest.mark.parametrize("printed", [UNKNOWN, "{}", "[]", "", "no json"])
def test_a_source_that_knows_no_package_at_all_has_audited_nothing(printed: str) -> None:
    with pytest.raises(NotRun):
        of_pip(printed)
    with pytest.raises(NotRun):
        of_npm(printed)


def test_what_was_found_fails_though_the_other_source_is_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", tools(tmp_path, BAD, "")["PATH"])
    with pytest.raises(CommandError, match=r"(?s)bad 2\.0.*npm's packages were not audited"):
        audit.audit(os.environ)
    tools(tmp_path, CLEAN, NPM_CLEAN)
    assert audit.audit(os.environ) == ""
    tools(tmp_path, UNKNOWN, NPM_CLEAN)
    with pytest.raises(NotRun, match="Python's packages were not audited"):
        audit.audit(os.environ)


def test_a_source_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", tools(tmp_path, CLEAN, NPM_CLEAN)["PATH"])
    (tmp_path / "npm").write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    monkeypatch.setattr(audit, "WITHIN_S", 0.3)
    with pytest.raises(NotRun, match="did not answer within"):
        audit.audit(os.environ)
