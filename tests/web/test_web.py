"""The unit tests of the browser client, run by Node as part of everything else."""

import gzip
import shutil
import subprocess
from pathlib import Path

WEB = Path(__file__).parents[2] / "gateway" / "web"
STATIC = WEB.parent / "static"


def test_the_unit_tests_of_the_browser_client_hold() -> None:
    npm = shutil.which("npm")
    assert npm, "Node with npm is needed to test the browser client"
    if not (WEB / "node_modules").is_dir():
        subprocess.run([npm, "ci"], cwd=WEB, check=True, timeout=300)
    run = subprocess.run([npm, "test"], cwd=WEB, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_what_a_browser_loads_stays_small() -> None:
    scripts = list(STATIC.glob("app-*.js"))
    assert len(scripts) == 1
    assert len(gzip.compress(scripts[0].read_bytes(), 9)) < 70 * 1024
