"""The browser's rules are the server's rules."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from gameserver.domain.pong.intents import Direction, Target
from gameserver.domain.pong.ruleset import CLASSIC, Ruleset
from tests.support.harnesses.pong_scripts import Script, a_ruleset, log_of, script_of

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[3]
MATCHES = 500


def node() -> str:
    """Node: the system's, else the one that playwright brings."""
    if found := shutil.which("node"):
        return found
    import playwright

    return str(Path(playwright.__file__).parent / "driver" / "node")


def vector(ruleset: Ruleset, seed: int | bytes, script: Script) -> str:
    inputs = [
        [side, te, "d", intent.dir, seq] if isinstance(intent, Direction) else [side, te, "t", intent.y, seq]
        for side, te, intent, seq in script
    ]
    rules = {
        "pointsToWin": ruleset.points_to_win,
        "startSpeed": ruleset.start_speed,
        "paddleHalfHeight": ruleset.paddle_half_height,
        "timeLimitS": ruleset.time_limit_s,
        "suddenDeathS": ruleset.sudden_death_s,
    }
    return json.dumps(
        {"seed": seed.hex() if isinstance(seed, bytes) else seed, "rules": rules, "inputs": inputs},
        separators=(",", ":"),
    )


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """simulate.mjs with the browser's rules in one file."""
    built = tmp_path_factory.mktemp("rules") / "simulate.mjs"
    web = CHECKOUT / "gateway/web"
    assert (web / "node_modules/esbuild").exists(), "run `npm ci` in gateway/web (`./matchpoint test` does)"
    options = {
        "entryPoints": [str(HERE / "simulate.mjs")],
        "outfile": str(built),
        "bundle": True,
        "platform": "node",
        "format": "esm",
    }
    # Through its JavaScript, so that node need not be on the path.
    build = f"require('esbuild').buildSync({json.dumps(options)})"
    subprocess.run([node(), "-e", build], cwd=web, check=True, timeout=60)
    return built


def simulated(program: Path, vectors: Iterable[str]) -> list[list[str]]:
    given = "".join(line + "\n" for line in vectors)
    done = subprocess.run([node(), str(program)], input=given, capture_output=True, text=True, check=True, timeout=300)
    return [log.splitlines() for log in done.stdout.removesuffix("\n\n").split("\n\n")]


def a_match(seed: int) -> tuple[Ruleset, int | bytes, Script, list[str]]:
    random = Random(seed)
    ruleset = CLASSIC if seed % 4 == 0 else a_ruleset(random)
    small: int | bytes = random.choice([0, 1, 2**31, 2**32 - 1, random.getrandbits(32)])
    start = random.randbytes(32) if random.random() < 0.5 else small
    script = script_of(ruleset, start, random)
    return ruleset, start, script, log_of(ruleset, start, script)


@pytest.mark.slow
def test_python_and_typescript_log_the_same_events_in_500_whole_matches(program: Path) -> None:
    matches = [a_match(seed) for seed in range(MATCHES)]
    logs = simulated(program, (vector(ruleset, seed, script) for ruleset, seed, script, _ in matches))
    assert len(logs) == MATCHES
    for number, ((_, _, _, python), typescript) in enumerate(zip(matches, logs, strict=True)):
        assert typescript == python, f"match {number}"
    kinds = {line[0] for log in logs for line in log}
    assert kinds == set("VPMGHE")
    assert any(line == "E -1" for log in logs for line in log), "no match among them was drawn"


def test_the_stored_matches_are_what_both_languages_play(program: Path) -> None:
    """They fix the rules of version 1: they change only together with the version."""
    stored = [json.loads(line) for line in (CHECKOUT / "tests/vectors/pong-1.jsonl").read_text().splitlines()]
    assert len(stored) == 6
    logs = simulated(program, (json.dumps(match["vector"]) for match in stored))
    for number, (match, log) in enumerate(zip(stored, logs, strict=True)):
        assert log == match["log"], f"TypeScript, match {number}"
        assert log_of(*read(match["vector"])) == match["log"], f"Python, match {number}"


def read(stored: dict[str, Any]) -> tuple[Ruleset, int, Script]:
    rules = stored["rules"]
    ruleset = Ruleset(
        points_to_win=rules["pointsToWin"],
        start_speed=rules["startSpeed"],
        paddle_half_height=rules["paddleHalfHeight"],
        time_limit_s=rules["timeLimitS"],
        sudden_death_s=rules["suddenDeathS"],
    )
    script: Script = [
        (side, te, Direction(value) if kind == "d" else Target(value), seq)
        for side, te, kind, value, seq in stored["inputs"]
    ]
    return ruleset, stored["seed"], script
