"""`verify FILE --digest`: whatever is changed in a journal, with whatever care, it is not the one that was recorded."""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from matchpoint.v1.stats_pb2 import GetMatchRequest, GetMatchResponse, MatchRecord
from matchpoint.v1.stats_pb2_grpc import StatsServiceServicer, add_StatsServiceServicer_to_server

from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.specs import filled
from gameserver.domain.match.match import Match
from gameserver.domain.match.records import Cause, Checkpoint, Clock, Ended, Occupant, Opened, Record, Reported
from gameserver.domain.match.state import replay
from gameserver.domain.pong.bots import Strength
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.domain.values import LEFT, RIGHT
from gameserver.infrastructure.journal_files import JournalFolder
from gameserver.infrastructure.verify import DIFFERS, PROVEN, verify_file
from gameserver.sessions.ports import Key
from tests.support.fakes.gameserver_peers import SERVICE_TOKEN, FleetBackend
from tests.support.harnesses.gameserver import SESSION, duel
from tests.support.harnesses.match import MatchHarness, SimulatedLine
from wire.journal_file import HEADER, decode, encode

CODEC = ProtobufCodec()
Forge = Callable[[list[Record]], None]


def played(*, bot: bool = False) -> list[Record]:
    """A match between two people, or against a bot."""
    people = (Occupant("Ann", "ann"), Occupant("Bot" if bot else "Ben", "" if bot else "ben", Strength(2 * bot)))
    lines = (SimulatedLine(20_000), None if bot else SimulatedLine(60_000))
    world = MatchHarness(8, lines, ruleset=Ruleset(points_to_win=3), occupants=people, secret=bytes(range(32)))
    return world.run().records


def written(folder: Path, records: list[Record]) -> Path:
    """The journal as a game server writes it: with all its seals."""
    store = JournalFolder(folder)
    opened, *rest = records
    assert isinstance(opened, Opened)
    journal = store.create(Key(SESSION))
    journal.append([CODEC.opened(opened, filled(duel()))])
    for record in rest:
        journal.append([CODEC.record(record, 1, journal.seal() if type(record) in CODEC.sealed else None)])
    journal.close()
    store.close()
    return folder / f"{SESSION}.1.journal"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The journal of a match, as it was recorded."""
    return written(tmp_path_factory.mktemp("recorded"), played())


@pytest.fixture(scope="module")
def digest(recorded: Path) -> str:
    return sha256(recorded.read_bytes()).hexdigest()


def opening(**changes: Any) -> Forge:
    def forge(records: list[Record]) -> None:
        opened = records[0]
        assert isinstance(opened, Opened)
        records[0] = replace(opened, **{name: change(opened) for name, change in changes.items()})

    return forge


def another_start(records: list[Record]) -> None:
    at = next(i for i, r in enumerate(records) if isinstance(r, Clock) and r.cause == Cause.START)
    clock = records[at]
    assert isinstance(clock, Clock)
    records[at] = replace(clock, server_us=clock.server_us + 60_000_000)


def another_score(records: list[Record]) -> None:
    at = next(i for i, r in enumerate(records) if isinstance(r, Checkpoint))
    checkpoint = records[at]
    assert isinstance(checkpoint, Checkpoint)
    records[at] = replace(checkpoint, state=replace(checkpoint.state, left=checkpoint.state.left + 1))


def given_up(side: int) -> Forge:
    """Cut short before its end, with a forfeit of a side behind it."""

    def forge(records: list[Record]) -> None:
        del records[len(records) * 2 // 3 :]
        match = Match.restore(replay(records), 10**12)
        match.resign(10**12, side)
        records += match.drain().records

    return forge


FORGED: dict[str, Forge] = {
    "the names of the two sides swapped": opening(
        left=lambda o: replace(o.left, name=o.right.name), right=lambda o: replace(o.right, name=o.left.name)
    ),
    "another account": opening(left=lambda o: replace(o.left, account_id="eve")),
    "another session": opening(session_id=lambda o: "another-session-0123"),
    "another match of the session": opening(match=lambda o: 2),
    "a bot that was a person": opening(right=lambda o: Occupant("Ben", bot=Strength.EASY)),
    "a start at another time": another_start,
    "a forfeit of the left side in place of the end": given_up(LEFT),
    "a forfeit of the right side in place of the end": given_up(RIGHT),
    "another score at a checkpoint": another_score,
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_journal_that_was_written_anew_is_not_the_one_that_was_recorded(
    tmp_path: Path, digest: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    records = played()
    FORGED[kind](records)
    path = written(tmp_path, records)
    assert verify_file(path, digest) == DIFFERS
    alone = verify_file(path)
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert alone == DIFFERS or "That it is the journal that was recorded is not shown" in said.out


def test_a_stronger_bot_or_its_forfeit_is_not_what_was_recorded(tmp_path: Path) -> None:
    against_bot = written(tmp_path / "as it was", played(bot=True))
    digest = sha256(against_bot.read_bytes()).hexdigest()
    assert verify_file(against_bot, digest) == PROVEN
    stronger = opening(right=lambda o: replace(o.right, bot=Strength.HARD))
    for number, forge in enumerate((stronger, given_up(RIGHT))):
        records = played(bot=True)
        forge(records)
        assert verify_file(written(tmp_path / str(number), records), digest) == DIFFERS


@pytest.mark.parametrize("kind", FORGED)
def test_a_record_that_is_changed_alone_needs_no_digest_to_be_found(tmp_path: Path, recorded: Path, kind: str) -> None:
    forged = played()
    FORGED[kind](forged)
    was, now = decode(recorded.read_bytes()).records, decode(written(tmp_path / "new", forged).read_bytes()).records
    records = played()
    changed = [i for i, (a, b) in enumerate(zip(records, forged, strict=False)) if a != b and i < len(was)]
    mixed = [now[i] if i in changed else each for i, each in enumerate(was)]
    path = tmp_path / "changed.journal"
    path.write_bytes(HEADER + encode(mixed))
    assert verify_file(path) != PROVEN


def test_the_journal_that_was_recorded_is_said_to_be_it(
    recorded: Path, digest: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_file(recorded, digest.upper()) == PROVEN
    assert capsys.readouterr().out.endswith("It is the journal that was recorded.\n")
    kept = tmp_path / "reported.journal"
    kept.write_bytes(recorded.read_bytes() + encode([CODEC.record(Reported(1), 1)]))
    assert verify_file(kept, digest) == PROVEN, "the game server's own has one record more"


def test_without_a_digest_it_says_that_it_does_not_show_it(
    recorded: Path, digest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_file(recorded) == PROVEN
    assert f"is not shown: compare its digest, {digest}," in capsys.readouterr().out


def test_the_end_of_every_journal_holds_the_digest_of_what_is_before_it(recorded: Path) -> None:
    *before, end = decode(recorded.read_bytes()).records
    records = CODEC.read(recorded.read_bytes()).records
    assert isinstance(records[-1], Ended)
    assert sha256(HEADER + encode(before)).digest() in end


def test_a_journal_that_was_written_by_an_earlier_commit_is_still_read_and_plays_out() -> None:
    stored = Path(__file__).parents[2] / "vectors" / "duel.journal"
    assert verify_file(stored, sha256(stored.read_bytes()).hexdigest()) == PROVEN
    restored = CODEC.restore(stored.read_bytes())
    assert restored.state.result
    assert restored.state.durable[-1][0] == restored.state.seq


class Recording(FleetBackend, StatsServiceServicer):
    """A backend that has a record."""

    digest = b""

    async def start(self) -> None:
        add_StatsServiceServicer_to_server(self, self._server.grpc)
        await super().start()

    async def GetMatch(self, request: GetMatchRequest, context: Any) -> GetMatchResponse:
        assert request.session_id == SESSION
        return GetMatchResponse(match=MatchRecord(session_id=SESSION, match=1, journal_digest=self.digest))


@pytest.mark.anyio
async def test_the_backend_is_asked_for_the_record(tmp_path: Path) -> None:
    records = played()
    opened = records[0]
    assert isinstance(opened, Opened)
    records[0] = replace(opened, session_id=SESSION)
    path = written(tmp_path / "journals", records)
    (tmp_path / "service.token").write_text(SERVICE_TOKEN)
    backend = Recording()  # type: ignore[abstract]  # what is not there is UNIMPLEMENTED
    await backend.start()
    settings = {"MATCHPOINT_DATA": str(tmp_path), "MATCHPOINT_BACKEND_ADDRESS": f"127.0.0.1:{backend.port}"}

    async def verify() -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli", "verify", str(path), "--record"),
            env=os.environ | settings,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return process.returncode, said.decode()

    try:
        backend.digest = sha256(path.read_bytes()).digest()
        code, said = await verify()
        assert (code, said.count("\n")) == (0, 1), said
        assert said.endswith("It is the journal that was recorded.\n")
        backend.digest = bytes(32)
        code, said = await verify()
        assert code == 1
        assert "is not the journal that was recorded" in said
    finally:
        await backend.stop()
    code, said = await verify()
    assert code == 2
    assert "cannot be asked for" in said
