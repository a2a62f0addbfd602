"""Reads the command line and runs one command."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cli import CommandError
from cli.config import PROGRAMS, data_folder, read_config


def parser() -> argparse.ArgumentParser:
    """The commands and their flags."""
    top = argparse.ArgumentParser(prog="matchpoint", description="Online Pong with rooms, duels and spectating.")
    commands = top.add_subparsers(dest="command", required=True)
    up = commands.add_parser(
        "up",
        help="start everything and print its address",
        description="Starts the backend, the game server and the gateway on 127.0.0.1, restarts what crashes, and ends "
        "all of it on Ctrl-C. A flag wins over its variable. MATCHPOINT_BACKEND_PORT (50051) and "
        "MATCHPOINT_GAMESERVER_PORT (50052) move the other two ports.",
    )
    up.add_argument(
        "--port", type=int, metavar="N", help="the gateway's port; 0: any free one (MATCHPOINT_GATEWAY_PORT, 8000)"
    )
    up.add_argument(
        "--data", metavar="DIR", help="where data, journals and logs are kept (MATCHPOINT_DATA, .matchpoint)"
    )
    restart = commands.add_parser(
        "restart",
        help="replace one running program; matches stand still and go on",
        description="Asks the running `up` to end one program cleanly and to start it again at once. Matches stand "
        "still meanwhile and go on with a countdown; nobody loses a point. Exit code 0: it is back; 1: it is not, and "
        "one sentence says why.",
    )
    restart.add_argument("program", choices=PROGRAMS, metavar="PROGRAM", help=", ".join(PROGRAMS))
    restart.add_argument(
        "--data", metavar="DIR", help="the data folder of the running `up` (MATCHPOINT_DATA, .matchpoint)"
    )
    test = commands.add_parser(
        "test",
        help="set up what the tests need, and run every check and test",
        description="Installs what the checks and tests need, a Chromium too, and runs them. Other arguments go to "
        "pytest; then only pytest runs.",
    )
    length = test.add_mutually_exclusive_group()
    length.add_argument("--fast", action="store_true", help="leave out the tests marked slow")
    length.add_argument("--long", action="store_true", help="ten times as many faults and more: half an hour and more")
    verify = commands.add_parser(
        "verify",
        help="play a journal again, and compare it with what was recorded",
        description="Plays a journal again by its own rules, and says what that proves: that it leads to its result, "
        "and, with the digest of its record, that it is the journal that was recorded. Exit code 0: so it is; 1: "
        "something differs; 2: the file, or the record, cannot be read.",
    )
    verify.add_argument("file", type=Path, metavar="FILE", help="a journal: DATA/journals/*")
    known = verify.add_mutually_exclusive_group()
    known.add_argument("--digest", default="", metavar="HEX", help="the record's digest of its journal")
    known.add_argument("--record", action="store_true", help="ask the running backend for it")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    top = parser()
    chosen, rest = top.parse_known_args(arguments)
    if rest and chosen.command != "test":
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        # Each command imports its own: `up` must not wait for what the tests need.
        if chosen.command == "up":
            from cli.up import up

            return up(read_config(chosen.port, chosen.data))
        if chosen.command == "test":
            from cli.checks import run_all

            return run_all(fast=chosen.fast, long=chosen.long, pytest_arguments=rest)
        if chosen.command == "restart":
            from cli.restart import restart

            return restart(data_folder(chosen.data), chosen.program)
        from cli.verify import verify

        return verify(chosen.file, chosen.digest, record=chosen.record)
    except CommandError as error:
        print(f"matchpoint: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
