"""Generates the contract's Python modules: proto/**/*.proto -> gen/.

As a build hook it runs for every target (editable, wheel, sdist); as a script, `python hatch_build.py`, it
regenerates in place after an edit. Each .proto gives `_pb2.py`, `_pb2.pyi`, `_pb2_grpc.py` and `_pb2_grpc.pyi`.
"""

import os
import shutil
import sys
import sysconfig
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PLUGINS = ("protoc-gen-mypy", "protoc-gen-mypy_grpc")


class ContractError(Exception):
    """The contract does not compile, or a generator is missing."""


def plugin_path(name: str) -> str:
    """The path of a protoc plugin: beside this Python first, since an unactivated venv is not on PATH."""
    search = os.pathsep.join(
        (sysconfig.get_path("scripts"), str(Path(sys.executable).parent), os.environ.get("PATH", ""))
    )
    found = shutil.which(name, path=search)
    if found is None:
        raise ContractError(f"{name} is not installed; it comes with mypy-protobuf")
    return found


def generate(root: Path) -> int:
    """Generates every module of `root`/proto into `root`/gen and returns how many .proto files there were.

    Unchanged files keep their time stamp, and each file is replaced whole, so programs that are starting meanwhile
    never read half a module. Raises ContractError.
    """
    from grpc_tools import protoc  # type: ignore[import-untyped]

    source, target = root / "proto", root / "gen"
    protos = sorted(path.relative_to(source).as_posix() for path in source.rglob("*.proto"))
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target) as scratch:
        new = Path(scratch)
        if protos:
            arguments = [
                "protoc",
                f"--proto_path={source}",
                f"--proto_path={files('grpc_tools') / '_proto'}",
                f"--python_out={new}",
                f"--grpc_python_out={new}",
                *(f"--plugin={name}={plugin_path(name)}" for name in PLUGINS),
                f"--mypy_out=quiet:{new}",
                f"--mypy_grpc_out=quiet:{new}",
                *protos,
            ]
            if protoc.main(arguments) != 0:
                raise ContractError("protoc refused the contract; its messages are above")
        package = new / "matchpoint"
        package.mkdir(exist_ok=True)
        for folder in (package, *(path for path in package.rglob("*") if path.is_dir())):
            (folder / "__init__.py").touch()
        (new / "matchpoint" / "py.typed").touch()
        install(new, target)
    return len(protos)


def install(new: Path, target: Path) -> None:
    """Makes `target`/matchpoint equal to `new`/matchpoint, file by file."""
    fresh = {path.relative_to(new) for path in new.rglob("*") if path.is_file()}
    for name in fresh:
        there = target / name
        there.parent.mkdir(parents=True, exist_ok=True)
        if not there.is_file() or there.read_bytes() != (new / name).read_bytes():
            (new / name).replace(there)
    for path in (target / "matchpoint").rglob("*.py*"):
        stale = path.suffix in (".py", ".pyi") and path.relative_to(target) not in fresh
        if stale:
            path.unlink(missing_ok=True)


class CustomBuildHook(BuildHookInterface[Any]):
    """Runs before hatchling collects files: it calls this."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        generate(Path(self.root))


if __name__ == "__main__":
    try:
        print(f"gen/: {generate(Path(__file__).resolve().parent)} contract files")
    except ContractError as error:
        sys.exit(f"hatch_build: {error}")
