"""CPU per match-second of the event-driven core beside a naive 60 Hz loop: the same rules, inputs and encoding.

Run: python -m bench.core [rounds]. Sockets are not in it, neither is the journal's encoding unless it is named.
Both sides get the same recorded inputs of two people, and send what happened through the same codec. Rounds
alternate; the medians of CPU time (`process_time`) count. Exit status 1 when the core takes more than a quarter.
"""

import argparse
import gc
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Final

from bench.naive import Loop
from gameserver.contract.codec import ProtobufCodec
from gameserver.domain.match.match import Match
from gameserver.domain.match.records import Input, Opened
from gameserver.domain.pong.intents import Direction
from gameserver.domain.pong.ruleset import CLASSIC
from gameserver.domain.values import SIDES
from tests.support.harnesses.match import START, MatchHarness, Message, SimulatedLine

AT_MOST: Final = 0.25
MATCHES: Final = 12
CODEC: Final = ProtobufCodec()


@dataclass(frozen=True)
class Recording:
    """A match: every message of its players as the game server read it, and how long it took in match time."""

    opened: Opened
    messages: list[Message]
    directions: list[tuple[int, int, int]]
    duration_us: int


def record(seed: int) -> Recording:
    """Two average people at 20 and 60 ms."""
    world = MatchHarness(seed, (SimulatedLine(20_000), SimulatedLine(60_000)))
    world.run()
    inputs = (r for r in world.records if isinstance(r, Input))
    directions = [(r.te, r.side, r.intent.dir) for r in inputs if isinstance(r.intent, Direction)]
    return Recording(world.opened, world.messages, sorted(directions), world.result.duration_us)


def event_driven(recording: Recording, journal: bool = False) -> int:
    """Play the match again in the core and encode what it announces; how many frames there were."""
    match, codec, frames, seq = Match.open(recording.opened, START), CODEC, 0, 0
    for side in SIDES:
        match.connect(START, side, (20_000, 60_000)[side])
    messages, at = recording.messages, 0
    while (due := match.deadline) is not None:
        if at < len(messages) and messages[at][0] <= due:
            now = messages[at][0]
            match.receive(*messages[at])
            at += 1
        else:
            now = due
            match.advance(now)
        effects = match.drain()
        if journal:
            for record in effects.records:
                if not isinstance(record, Opened):
                    codec.record(record, 1)
        if effects.events:
            seq += len(effects.events)
            codec.frame(1, 1, seq, now, match.horizon, effects.events)
            frames += 1
    return frames


def naive(recording: Recording) -> int:
    """Step through as much match time with the same inputs, sending the state 60 times a second."""
    loop, codec, frames = Loop(recording.opened.ruleset, 1), CODEC, 0
    directions, at = recording.directions, 0
    while loop.t < recording.duration_us:
        while at < len(directions) and directions[at][0] <= loop.t:
            _, side, sign = directions[at]
            loop.dirs[side] = sign
            at += 1
        state = loop.tick()
        frames += 1
        codec.frame(1, 1, frames, loop.t, loop.t, state)
    return frames


def main() -> int:
    """Measure, print, and say whether the core is fast enough."""
    parser = argparse.ArgumentParser(description="CPU of matches in the pure core, beside a loop at 60 Hz.")
    parser.add_argument("rounds", nargs="?", type=int, default=7, help="rounds that are measured")
    rounds = parser.parse_args().rounds
    recordings = [record(seed * 977 + 3) for seed in range(MATCHES)]
    seconds = sum(r.duration_us for r in recordings) / 1e6
    inputs = sum(len(m[3]) for r in recordings for m in r.messages) / seconds
    messages = sum(len(r.messages) for r in recordings) / seconds
    ways = {
        "event-driven core": event_driven,
        "with the journal's encoding": lambda r: event_driven(r, journal=True),
        "naive 60 Hz loop": naive,
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    frames: dict[str, int] = {}
    gc.disable()
    for _ in range(rounds):
        for name, way in ways.items():
            gc.collect()
            began = time.process_time()
            frames[name] = sum(way(r) for r in recordings)
            taken[name].append((time.process_time() - began) / seconds * 1e6)
    print(f"{MATCHES} matches of {CLASSIC.id}, {seconds:.0f} match-seconds, {rounds} rounds, medians")
    print(f"{inputs:.1f} inputs and {messages:.1f} messages of the players per match-second")
    for name, times in taken.items():
        median = statistics.median(times)
        spread = f"{min(times):.0f}-{max(times):.0f}"
        print(f"{name:<28} {median:7.1f} µs CPU per match-second ({spread}), {frames[name] / seconds:.1f} frames/s")
    ratio = statistics.median(taken["event-driven core"]) / statistics.median(taken["naive 60 Hz loop"])
    print(f"ratio {ratio:.3f}, at most {AT_MOST}: {'met' if ratio <= AT_MOST else 'MISSED'}")
    return 0 if ratio <= AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
