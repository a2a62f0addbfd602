"""Finds a Chromium for the browser tests, and installs one where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from cli import CommandError

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find() -> Path | None:
    """CHROMIUM_PATH, else one on PATH, else playwright's. Raises CommandError if CHROMIUM_PATH is not a program."""
    named = os.environ.get("CHROMIUM_PATH")
    if named:
        if not os.access(named, os.X_OK):
            raise CommandError(f"CHROMIUM_PATH={named} is not a program; correct it, or unset it.")
        return Path(named)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return _of_playwright()


def _of_playwright() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.is_file() else None


def install() -> Path:
    """Returns a Chromium, installing it first if need be. Raises CommandError if that fails.

    As root it comes from the system's packages, with a small Korean font, so that screenshots show letters. Anybody
    else gets playwright's own.
    """
    found = find()
    if found is not None:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        steps = [
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-nanum"],
        ]
    else:
        environment = dict(os.environ)
        steps = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    for step in steps:
        done = subprocess.run(step, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            last = (done.stdout.strip().splitlines() or ["it said nothing"])[-1]
            raise CommandError(f"cannot install Chromium ({last}); install one and name it in CHROMIUM_PATH.")
    found = find()
    if found is None:
        raise CommandError("Chromium was installed and is not to be found; name it in CHROMIUM_PATH.")
    return found
