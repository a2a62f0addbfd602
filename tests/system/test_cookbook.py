"""docs/grpc.md is carried out, call by call, against a running Matchpoint."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.processes.installation import Installation

pytestmark = pytest.mark.slow

DOCUMENT = Path(__file__).parents[2] / "docs" / "grpc.md"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
DATA = re.compile(r"-d '([^']*)'")
METHOD = re.compile(r"(matchpoint\.v1\.\w+/\w+|grpc\.[\w.]+/\w+)\s*$")


@dataclass(frozen=True)
class Recipe:
    """One call of the cookbook in both spellings."""

    grpcurl: str
    buf: str

    @property
    def method(self) -> str:
        found = METHOD.search(self.buf)
        return found[1] if found else ""


def recipes() -> list[Recipe]:
    """Every block that has both spellings, in the order of the document."""
    found = []
    for block in BLOCK.findall(DOCUMENT.read_text()):
        lines = {line.split()[0]: line for line in block.splitlines() if line.strip()}
        if "buf" in lines:
            found.append(Recipe(lines["grpcurl"], lines["buf"]))
    return found


def run(recipe: Recipe, matchpoint: Installation) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", "-c", recipe.buf],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "BACKEND": matchpoint.backend,
            "GAMESERVER": matchpoint.gameserver,
            "TOKEN": matchpoint.service_token,
        },
    )


def documents(text: str) -> list[dict[str, object]]:
    """The JSON documents that a call printed, one after the other."""
    decoder, found, place = json.JSONDecoder(), [], 0
    while place < len(text.rstrip()):
        document, end = decoder.raw_decode(text[place:].lstrip())
        place += len(text[place:]) - len(text[place:].lstrip()) + end
        found.append(document)
    return found


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.method or recipe.buf.split()[-1])
def test_both_spellings_of_a_call_say_the_same(recipe: Recipe) -> None:
    assert DATA.findall(recipe.grpcurl) == DATA.findall(recipe.buf)
    assert ("authorization" in recipe.grpcurl) == ("authorization" in recipe.buf)
    if recipe.method:
        assert recipe.grpcurl.endswith(" " + recipe.method)


def test_the_cookbook_works_from_its_first_call_to_its_last(matchpoint: Installation) -> None:
    answers: dict[str, list[subprocess.CompletedProcess[str]]] = {}
    for recipe in recipes():
        answer = run(recipe, matchpoint)
        refused = "GetSession" in recipe.method and "authorization" not in recipe.buf
        assert (answer.returncode != 0) == refused, f"{recipe.buf}\n{answer.stderr}"
        answers.setdefault(recipe.method, []).append(answer)

    listed = answers[""][0].stdout
    assert "matchpoint.v1.SessionService" in listed
    assert "grpc.channelz.v1.Channelz" in listed

    frames = [
        document["frame"]
        for document in documents(answers["matchpoint.v1.SessionService/StreamGameState"][0].stdout)
        if "frame" in document
    ]
    assert "snapshot" in frames[0]  # type: ignore[operator]
    assert "result" in json.dumps(frames[-1])

    (session,) = documents(answers["matchpoint.v1.SessionService/GetSession"][0].stdout)
    result = session["session"]["result"]  # type: ignore[index]
    assert result["outcome"] == "OUTCOME_PLAYED"
    assert result["stats"]["pong"]["points"]

    refusal = answers["matchpoint.v1.SessionService/GetSession"][1].stderr
    assert "unauthenticated" in refusal
    assert "REASON_UNAUTHENTICATED" in refusal or "matchpoint.v1.Refusal" in refusal
