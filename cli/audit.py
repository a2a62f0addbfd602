"""The audit of what is installed by the locks: known vulnerabilities, from the advisory sources of both ecosystems.

Python's packages are asked about with pip-audit (`requirements-test.lock` holds the run-time lock too), the browser
client's with npm. A source that cannot be reached is no failure, and it is said; one that answers and does not know a
single package (a mirror of an index has no advisories) counts as one that cannot be reached.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cli import CommandError, NotRun
from cli.config import CHECKOUT
from cli.node import WEB

WITHIN_S: Final = 60.0
"""For each of the two sources; one that cannot be reached says so within seconds."""
ACCEPTED: Final[Mapping[str, str]] = {}
"""Advisories that do not concern us: their id, and why."""
PIP: Final = (
    "pip-audit",
    *("--requirement", "requirements-test.lock", "--require-hashes", "--disable-pip"),
    *("--format", "json", "--progress-spinner", "off", "--timeout", "5"),
)
NPM: Final = ("npm", "audit", "--json", "--package-lock-only", "--fetch-retries=0", "--fetch-timeout=5000")


def audit(environment: Mapping[str, str]) -> str:
    """Asks both. Raises CommandError with what was found, or NotRun with what could not be asked."""
    found: list[str] = []
    unasked: list[str] = []
    for name, command, folder, read in (("Python", PIP, CHECKOUT, of_pip), ("npm", NPM, WEB, of_npm)):
        try:
            found += read(_printed(command, folder, environment))
        except NotRun as reason:
            unasked.append(f"{name}'s packages were not audited: {reason}")
    if found:
        raise CommandError("\n".join([*found, *unasked]))
    if unasked:
        raise NotRun("\n".join(unasked))
    return ""


def of_pip(printed: str) -> list[str]:
    """A sentence for each vulnerability in pip-audit's report. Raises NotRun."""
    packages = _json(printed).get("dependencies", [])
    if not any("vulns" in package for package in packages):
        raise NotRun("the advisory source knows none of them.")
    return [
        f"{package['name']} {package['version']} has {vulnerability['id']}; "
        f"mended in {', '.join(vulnerability['fix_versions']) or 'no version'}."
        for package in packages
        for vulnerability in package.get("vulns", ())
        if ACCEPTED.keys().isdisjoint((vulnerability["id"], *vulnerability.get("aliases", ())))
    ]


def of_npm(printed: str) -> list[str]:
    """A sentence for each vulnerable package in npm's report. Raises NotRun."""
    report = _json(printed)
    if "vulnerabilities" not in report:
        raise NotRun(f"{report.get('message', 'the advisory source gave no report')}.")
    return [
        f"{name} {entry['range']} has a vulnerability ({entry['severity']})."
        for name, entry in report["vulnerabilities"].items()
        if name not in ACCEPTED
    ]


def _printed(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Output of a program, whatever its exit code: both use the code for their findings. Raises NotRun."""
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=WITHIN_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotRun(f"the advisory source did not answer within {WITHIN_S:g} s.") from None
    if not done.stdout.strip():
        last = (done.stderr.strip().splitlines() or ["nothing was said"])[-1]
        raise NotRun(f"the advisory source could not be reached: {last}")
    return done.stdout


def _json(printed: str) -> dict[str, Any]:
    try:
        report = json.loads(printed[printed.index("{") :])
    except ValueError:
        raise NotRun("the report could not be read.") from None
    if not isinstance(report, dict):
        raise NotRun("the report could not be read.")
    return report
