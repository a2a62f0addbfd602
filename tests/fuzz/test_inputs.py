"""Every entrance takes whatever bytes come: it answers or refuses, and nothing else happens.

50,000 inputs in all with `test_programs.py` and `test_lobby.py`, a million with `--long`. What has been a fault once is
kept in `cases/`.
"""

import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from google.protobuf.json_format import MessageToJson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matchpoint.v1.frames_pb2 import ClientMessage
from matchpoint.v1.journal_pb2 import JournalRecord
from matchpoint.v1.lobby_pb2 import ConnectRequest

from tests.fuzz.corpus import kept
from tests.fuzz.counts import EXAMPLES, GUIDED, MUTATED
from tests.fuzz.mutations import messages
from tests.fuzz.targets import METHODS, TARGETS, frame, journal_seeds, packed, unpacked
from tests.fuzz.ticket_target import CLAIMS

WITHIN_S: Final = 60 + GUIDED // 100


@pytest.mark.parametrize("name", TARGETS)
def test_what_was_a_fault_once_is_answered_and_so_are_the_good_inputs(name: str) -> None:
    for data in [*TARGETS[name].seeds(), *kept(name)]:
        TARGETS[name].run(data)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_nearly_good_inputs_are_answered_or_refused(name: str) -> None:
    target, random = TARGETS[name], Random(1)
    seeds = [*target.seeds(), *kept(name)]
    for _ in range(MUTATED):
        data = random.choice(seeds)
        for _ in range(random.randint(1, 3)):
            data = target.mutate(data, random)
        try:
            target.run(data)
        except BaseException as fault:
            fault.add_note(f"The input, for tests/fuzz/cases/{name}: {data!r}")
            raise


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_inputs_guided_by_coverage_are_answered_or_refused_within_bounded_memory(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz.guided", name, str(GUIDED), "1", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    found = {path.name: path.read_bytes() for path in tmp_path.glob("*-*") if path.is_file()}
    assert not found, f"for tests/fuzz/cases/{name}: {found}\n{done.stdout[-8_000:]}\n{done.stderr[-2_000:]}"
    assert done.returncode == 0, done.stderr[-4_000:]
    assert f"guided by coverage: {name}" in done.stdout or f"no atheris for this Python: {name}" in done.stdout


# What hypothesis makes of the contract's descriptors, and makes small when it is a fault.

CLIENT: Final = messages(ClientMessage.DESCRIPTOR)
JSON_VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64) | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def sockets(draw: st.DrawFn) -> bytes:
    """Frames of all kinds: messages in one or more pieces, control frames between them, noise."""
    frames = []
    for _ in range(draw(st.integers(1, 5))):
        payload = draw(CLIENT.map(lambda message: message.SerializeToString()) | st.binary(max_size=200))
        frames.append(frame(payload[:60_000], draw(st.integers(0, 15)), fin=draw(st.booleans())))
    return draw(st.sampled_from((b"\0", b"\1"))) + b"".join(frames) + draw(st.binary(max_size=4))


@st.composite
def calls(draw: st.DrawFn) -> bytes:
    """A body for any method, as JSON or protobuf."""
    number = draw(st.integers(0, len(METHODS) - 1))
    message = draw(messages(METHODS[number].DESCRIPTOR))
    if draw(st.booleans()):
        return bytes((number, 0)) + message.SerializeToString()
    return bytes((number, 1)) + MessageToJson(message).encode()


@st.composite
def commands(draw: st.DrawFn) -> bytes:
    """A command, as JSON or protobuf."""
    message = draw(messages(ConnectRequest.DESCRIPTOR))
    return draw(st.sampled_from((b"\0" + message.SerializeToString(), b"\1" + MessageToJson(message).encode())))


@st.composite
def tickets(draw: st.DrawFn) -> bytes:
    """Claims of which some are of another kind, behind a good signature."""
    claims: dict[str, Any] = json.loads(CLAIMS)
    changes = draw(st.dictionaries(st.sampled_from([*claims, "nbf", "iat", "crit"]), JSON_VALUES, max_size=3))
    return b"\1" + json.dumps({**claims, **changes}).encode()


@st.composite
def journals(draw: st.DrawFn) -> bytes:
    """Records of all kinds behind the beginning of an honest journal."""
    begun = unpacked(journal_seeds_once()[1])[: draw(st.integers(0, 4))]
    records = draw(st.lists(messages(JournalRecord.DESCRIPTOR), max_size=4))
    return packed([*begun, *(record.SerializeToString()[:60_000] for record in records)])


_seeds: list[bytes] = []


def journal_seeds_once() -> list[bytes]:
    """They take a whole match to make."""
    if not _seeds:
        _seeds.extend(journal_seeds())
    return _seeds


MADE: Final[dict[str, st.SearchStrategy[bytes]]] = {
    "socket": sockets(),
    "player": CLIENT.map(lambda message: message.SerializeToString()),
    "call": calls(),
    "command": commands(),
    "ticket": tickets(),
    "journal": journals(),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_inputs_made_of_the_contracts_descriptors_are_answered_or_refused(name: str, data: st.DataObject) -> None:
    TARGETS[name].run(data.draw(MADE[name]))
