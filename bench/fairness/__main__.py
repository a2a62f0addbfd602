"""Winners by foul means and losers by distance: real matches, real programs, real kernels' round trips.

    python -m bench.fairness [row ...] [--matches N] [--minutes M] [--at-once 60] [--results FILE] [--write]

A row is named by the beginning of its name (`bench/fairness/rows.py`), for example 42. Results are kept in FILE, match
by match: started again, it goes on where it was. `--matches` is how many each row is to have in all, `--minutes` when
to stop all the same. `--write` writes the table into docs/performance.md.

The gateway and the game server know lines from their kernel alone. So the programs and the players have a network
namespace each, and every packet between them goes through `bench.fairness.relay`, which delays and drops it. That needs
root on Linux; where it is not to be had, the command says so and ends with 2.
"""

import argparse
import asyncio
import json
import secrets
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bench.fairness.arena import PORTS, Arena, programs
from bench.fairness.network import Network, NoNetwork, network
from bench.fairness.player import Done, Job
from bench.fairness.rows import ROWS, Row, lines
from bench.fairness.table import Results, lines_of_table, write_table

#: Seconds between two matches that begin: each is a handshake and a countdown.
_BETWEEN_S: Final = 0.15


class Run:
    """Plays matches of all rows in turn, a number of them at once."""

    def __init__(self, between: Network, arena: Arena, players: Process, results: Results) -> None:
        self._network = between
        self._arena = arena
        self._players = players
        self._results = results
        self._number = 0
        self._on = asyncio.Condition()
        self._playing: dict[int, Row] = {}

    async def play(self, rows: Sequence[Row], matches: int, at_once: int, end: float) -> None:
        """Plays until each row has its matches, or `end` (monotonic seconds)."""
        reader = asyncio.create_task(self._read())
        while time.monotonic() < end:
            async with self._on:
                open_rows = [row for row in rows if self._known(row) < (matches or row.matches)]
                if not open_rows and not self._playing:
                    break
                if not open_rows or len(self._playing) >= at_once:
                    await self._on.wait()
                    continue
            await self._begin(min(open_rows, key=lambda row: self._known(row) / (matches or row.matches)))
            await asyncio.sleep(_BETWEEN_S)
        reader.cancel()

    def _known(self, row: Row) -> int:
        return self._results.played(row.name) + sum(other is row for other in self._playing.values())

    async def _begin(self, row: Row) -> None:
        self._number += 1
        number, seed = self._number, secrets.randbits(31)
        session = f"fairness-{secrets.token_hex(8)}"
        side, place = number % 2, number % 120 * 2 + 1
        most = (0, row.believed) if side else (row.believed, 0)
        tickets = await self._arena.open(session, rated=row.rated, most=most)
        on = [row.other, row.other]
        on[side] = row.line
        addresses = self._network.address(on[0], place), self._network.address(on[1], place + 1)
        watches = self._network.address(row.watches_over, place) if row.watches_over else ""
        job = Job(number, row.name, session, PORTS["GATEWAY_PORT"], side, seed, tickets, addresses, watches)
        self._playing[number] = row
        assert self._players.stdin
        self._players.stdin.write(json.dumps(asdict(job)).encode() + b"\n")

    async def _read(self) -> None:
        assert self._players.stdout
        while line := await self._players.stdout.readline():
            done = Done(**json.loads(line))
            async with self._on:
                del self._playing[done.number]
                self._results.add(done)
                self._on.notify()
        raise RuntimeError("the players have ended")


async def measure(between: Network, rows: Sequence[Row], results: Results, given: argparse.Namespace) -> None:
    """Starts everything and plays."""
    command = ("ip", "netns", "exec", between.players, sys.executable, "-m", "bench.fairness.player")
    async with programs() as arena:
        players = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
        try:
            end = time.monotonic() + 60 * given.minutes
            await Run(between, arena, players, results).play(rows, given.matches, given.at_once, end)
        finally:
            players.kill()
            await players.wait()


def main() -> int:
    """Returns 0, or 2 where it cannot be measured."""
    parser = argparse.ArgumentParser(description="Who wins by foul means, and who loses by distance.")
    parser.add_argument("rows", nargs="*", help="beginnings of their names; all when there are none")
    parser.add_argument("--matches", type=int, default=0, help="of each row; 0 is what the row says")
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after so long")
    parser.add_argument("--at-once", type=int, default=60, help="matches at the same time")
    parser.add_argument("--results", type=Path, default=Path(".fairness.jsonl"), help="where they are kept")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    given = parser.parse_args()
    rows = [row for row in ROWS if not given.rows or any(row.name.startswith(name) for name in given.rows)]
    results = Results(given.results)
    # A wish to end is one to tidy up.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        with network(lines()) as between:
            between.enter(between.server)
            asyncio.run(measure(between, rows, results, given))
    except NoNetwork as error:
        sys.stderr.write(f"Fairness cannot be measured here. {error}\n")
        return 2
    print("\n".join(lines_of_table(ROWS, results)))
    if given.write:
        write_table(ROWS, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
