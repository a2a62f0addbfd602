"""The unit tests of the browser client, run by Node as part of everything else."""

import gzip
import re
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


def test_what_a_browser_loads_at_first_stays_small() -> None:
    page = (STATIC / "index.html").read_text()
    scripts = re.findall(r'(?:src|href)="/static/([a-z]+-[0-9a-f]+\.js)"', page)
    assert sum(name.startswith("app-") for name in scripts) == 1
    assert sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in scripts) < 84 * 1024


def test_each_part_of_the_script_is_there_and_is_named_after_its_contents() -> None:
    there = {file.name for file in STATIC.glob("*.js")}
    wanted = {
        name for file in STATIC.iterdir() for name in re.findall(r"(?:app|part)-[0-9a-f]{10}\.js", file.read_text())
    }
    assert wanted == {name for name in there if not name.startswith("metronome")}
