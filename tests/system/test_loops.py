"""No public call holds the loop of any program for more than 20 ms: on the largest tournaments, a match of an hour with
190,000 inputs, and a list of a million records.

Each program notes itself what its loop's thread was kept busy with (`wire.loop_watch`); here it looks every 2 ms.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from matchpoint.v1.directory_pb2 import ReadTournamentRequest
from matchpoint.v1.frames_pb2 import ClientMessage, Follow, Hello
from matchpoint.v1.journal_pb2 import JournalInput, JournalOpened, JournalRecord
from matchpoint.v1.pong_pb2 import PongInput, Side
from matchpoint.v1.result_pb2 import Outcome, Result
from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import CreateSessionRequest, EndSessionRequest, Origin, SeatSpec, SessionSpec
from matchpoint.v1.session_pb2_grpc import SessionServiceStub
from matchpoint.v1.stats_pb2 import StatsServiceGetReplayRequest, StatsServiceGetReplayResponse
from matchpoint.v1.tournament_pb2 import (
    Entrant,
    GetTournamentRequest,
    Pairing,
    PairingMatch,
    PairingSide,
    RoundRobin,
    Swiss,
    TournamentFormat,
    TournamentPhase,
    TournamentSpec,
    TournamentState,
    TournamentStatus,
)
from matchpoint.v1.tournament_pb2_grpc import TournamentServiceStub
from sqlalchemy import text

from backend.adapters.sql.database import Database
from backend.adapters.sql.store import SqlStore
from backend.contract.records import recorded_result
from backend.contract.session_specs import session_spec
from backend.core.serialized import TournamentState as SerializedState
from backend.service.models import GameServer, MatchRow, SessionRecord, Stage, TournamentRow
from tests.support.clients.site import Site
from tests.support.processes.installation import Installation, start, stop
from tests.support.storage import databases
from wire.channel import connect, credentials
from wire.journal_file import HEADER, encode

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

OVER: Final = "largest-tournament-over"
LONG: Final = "match-of-a-whole-hour"
MANY: Final = "a-million-of-matches-0"
RECORDS: Final = 1_000_000
INPUTS: Final = 190_000
LIVE: Final = {
    "largest-swiss-that-is-on": (256, TournamentFormat(swiss=Swiss(rounds=20))),
    "largest-round-robin-on": (64, TournamentFormat(round_robin=RoundRobin())),
}
HELD: Final = "the loop was held"
ATTEMPTS: Final = 3
PROGRAMS: Final = ("backend", "gameserver", "gateway")


def largest() -> TournamentState:
    """A round robin of 64, best of five: 2,016 pairings, 10,080 matches."""
    sides = [(left, right) for left in range(64) for right in range(left)]
    result = Result(outcome=Outcome.OUTCOME_PLAYED, winner=Side.SIDE_LEFT, left=11, right=9, duration_us=95_000_000)
    return TournamentState(
        session_id=OVER,
        entrants=[
            Entrant(entrant=number, account_id=f"account-{number}", name=f"Entrant {number}") for number in range(64)
        ],
        pairings=[
            Pairing(
                pairing=number,
                left=PairingSide(entrant=left, won=3),
                right=PairingSide(entrant=right, won=2),
                winner=Side.SIDE_LEFT,
                matches=[PairingMatch(match=5 * number + game, attempt=1, result=result) for game in range(5)],
            )
            for number, (left, right) in enumerate(sides, 1)
        ],
    )


def hour() -> bytes:
    """A journal with as many inputs as two players may send in that time."""
    opened = JournalRecord(opened=JournalOpened(session_id=LONG, match=1))
    played = JournalRecord(input=JournalInput(pong=PongInput()))
    records = [opened.SerializeToString()]
    for number in range(INPUTS):
        played.input.seat, played.input.seq = number % 2, number // 2
        played.input.te = played.input.arrival = 19_000 * number % 2**31
        records.append(played.SerializeToString())
    return HEADER + encode(records)


async def fill(url: str) -> None:
    """Puts all that into the database."""
    database = Database(url)
    await database.open()
    try:
        async with SqlStore(database).write() as unit:
            await unit.directory.add_server(GameServer("gameserver-1", "127.0.0.1:1", 1))
            for session_id in (OVER, LONG, MANY):
                spec = SessionSpec(origin=Origin.ORIGIN_BOT, public=True)
                if session_id == OVER:
                    spec.tournament.title = "Largest"
                placement = SessionRecord(
                    session_id, "gameserver-1", session_spec(spec), True, True, "", "", 1, stage=Stage.OVER
                )
                await unit.directory.add(placement)
            state = SerializedState(largest().SerializeToString())
            await unit.tournaments.end(TournamentRow(OVER, b"d" * 32, state, "Entrant 1", 1))
            duel = SessionSpec(seats=[SeatSpec(seat=0, name="A"), SeatSpec(seat=1, name="B")])
            result = recorded_result(Result(outcome=Outcome.OUTCOME_PLAYED, left=11, right=9))
            row = MatchRow(LONG, 1, 1, b"d" * 32, session_spec(duel), result, 1)
            await unit.records.add(row, (), hour())
        numbers = (
            f"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i <= {RECORDS})"
            if databases.kind == "sqlite"
            else f"WITH n(i) AS (SELECT generate_series(2, {RECORDS + 1}))"
        )
        copied = "attempt, digest, spec, result, recorded_ms, listed, journal_digest"
        async with database.write() as connection:
            await connection.execute(
                text(
                    f"{numbers} INSERT INTO matches (session_id, match, {copied})"
                    f" SELECT '{MANY}', n.i, {copied} FROM n, matches WHERE matches.session_id = '{LONG}'"
                )
            )
    finally:
        await database.close()


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A Matchpoint that has all of it, and looks closely at its loops."""
    data = tmp_path_factory.mktemp("loops") / "data"
    data.mkdir()
    url = databases.url_for(data)
    asyncio.run(fill(url))
    process, installation = start(data, MATCHPOINT_DATABASE_URL=url, MATCHPOINT_LOOP_TICK_MS="2")
    try:
        yield installation
    finally:
        assert stop(process) == 0


class Logs:
    """Lines that the programs log from here on."""

    def __init__(self, data: Path) -> None:
        self._files = {program: data / "logs" / f"{program}.log" for program in PROGRAMS}
        self._begin = {program: file.stat().st_size for program, file in self._files.items()}

    def held(self) -> dict[str, list[float]]:
        """For how long each loop was held, ms, where that was too long."""
        found: dict[str, list[float]] = {}
        for program, file in self._files.items():
            for line in file.read_text()[self._begin[program] :].splitlines():
                event: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
                if event.get("event") == HELD:
                    found.setdefault(program, []).append(event["ms"])
        return found


async def begin(installation: Installation, session_id: str, kind: TournamentFormat, count: int) -> None:
    """Begins one of the largest tournaments that can be on: everybody is waited for. Returns when all are called."""
    seats = [SeatSpec(seat=n, account_id=f"account-{n}", name=f"Entrant {n}") for n in range(count)]
    spec = SessionSpec(
        origin=Origin.ORIGIN_SERVICE,
        public=True,
        ruleset=Ruleset(points_to_win=1),
        seats=seats,
        tournament=TournamentSpec(title="Large", format=kind, call_s=900, best_of=5),
    )
    create = CreateSessionRequest(session_id=session_id, spec=spec)
    metadata = credentials(installation.service_token)
    async with connect(installation.gameserver) as channel:
        await SessionServiceStub(channel).CreateSession(create, metadata=metadata)
        get, status = TournamentServiceStub(channel).GetTournament, TournamentStatus()
        async with asyncio.timeout(30):
            while status.phase != TournamentPhase.TOURNAMENT_PHASE_PLAYING:
                await asyncio.sleep(0.2)
                status = (await get(GetTournamentRequest(session_id=session_id), metadata=metadata)).state.status


async def end(installation: Installation, session_id: str) -> None:
    """Ends a tournament, so that it takes no place any more."""
    async with connect(installation.gameserver) as channel:
        request = EndSessionRequest(session_id=session_id)
        await SessionServiceStub(channel).EndSession(request, metadata=credentials(installation.service_token))


async def api(http: httpx.AsyncClient, method: str, body: bytes, kind: str = "application/json") -> httpx.Response:
    return await http.post(f"/api/matchpoint.v1.{method}", content=body, headers={"content-type": kind})


async def test_no_public_call_holds_any_programs_loop_for_20_ms(watched: Installation) -> None:
    """A step that holds a loop is taken again, up to three times: what it does takes as long each time, whereas the CPU
    time of the same work varies by half on a machine whose cores are shared."""
    found: dict[str, list[dict[str, list[float]]]] = {}
    live: dict[str, str] = {}

    async with httpx.AsyncClient(base_url=watched.page, trust_env=False, timeout=30) as http, Site(watched) as site:
        read = partial(api, http)

        async def step(name: str, call: Callable[[], Awaitable[Any]], times: int = 1, status: int = 200) -> None:
            """Takes a step: this call, so many times at once."""
            held = []
            for _ in range(ATTEMPTS):
                logs = Logs(watched.data)
                answers = await asyncio.gather(*(call() for _ in range(times)))
                statuses = {answer.status_code for answer in answers if isinstance(answer, httpx.Response)}
                assert statuses <= {status}, (name, answers)
                await asyncio.sleep(0.05)  # A line about it has been written by then.
                if not (now := logs.held()):
                    return
                held.append(now)
            found[name] = held

        async def begin_again(session_id: str) -> None:
            count, kind = LIVE[session_id]
            before = live.get(session_id, "")
            if before:
                await end(watched, before)
            live[session_id] = f"{before or session_id}-"
            await begin(watched, live[session_id], kind, count)

        async def read_replay() -> None:
            request = StatsServiceGetReplayRequest(session_id=LONG, match=1).SerializeToString()
            answer = await read("StatsService/GetReplay", request, "application/proto")
            assert len(StatsServiceGetReplayResponse.FromString(answer.content).records) == INPUTS + 1

        for session_id in LIVE:
            await step(f"{session_id} begins", partial(begin_again, session_id))
        for suffix in ("json", "csv"):
            await step(f"export {suffix}", partial(http.get, f"/tournament/{OVER}.{suffix}"), times=3)
        for session_id in (OVER, *live.values()):
            request = ReadTournamentRequest(session_id=session_id).SerializeToString()
            as_json = json.dumps({"sessionId": session_id}).encode()
            for content, kind in ((request, "application/proto"), (as_json, "application/json")):
                await step(f"{session_id} as {kind}", partial(read, "DirectoryService/ReadTournament", content, kind))
        await step("an hour's replay", read_replay, times=2)
        as_json = json.dumps({"sessionId": LONG}).encode()
        await step("an hour's replay in JSON", partial(read, "StatsService/GetReplay", as_json), status=413)
        await step("an hour's journal", partial(http.get, f"/replay/{LONG}/1.journal"))
        for size in (1, 100):
            page = (await read("StatsService/ListMatches", json.dumps({"pageSize": size}).encode())).json()
            token = json.dumps({"pageSize": size, "pageToken": page["nextPageToken"]}).encode()
            await step(f"pages of {size} records", partial(read, "StatsService/ListMatches", token))
        for method in ("DirectoryService/ListSessions", "DirectoryService/ListTournaments"):
            await step(method, partial(read, method, b'{"pageSize": 100}'))
        hostile = (
            b'{"localTournament":{"tournament":{"bestOfRounds":[' + b",".join([b"{}"] * 20_000) + b"]}}}",
            b'{"localTournament":{"names":[' + b",".join([b'""'] * 20_000) + b"]}}",
            b'{"x":' * 10_000 + b"1" + b"}" * 10_000,
        )
        for body in hostile:
            status = 400 if body[2:3] == b"x" else 401
            await step("hostile JSON", partial(read, "DirectoryService/StartSession", body), status=status)
        for session_id in live.values():
            for subprotocol in ("matchpoint.v1", "matchpoint.v1.json"):
                for number in ("first", "second"):
                    name = f"{session_id} watched by {subprotocol}, {number} viewer"
                    await step(name, partial(watch, site, session_id, subprotocol))
    assert found == {}


async def watch(site: Site, session_id: str, subprotocol: str) -> None:
    """Joins, and reads until there is the whole of a tournament."""
    hello = {"sessionId": session_id, "protocol": 1, "follow": [{"topic": 0}]}
    message = ClientMessage(hello=Hello(session_id=session_id, protocol=1, follow=[Follow(topic=0)]))
    async with site.socket("/ws/watch", subprotocol=subprotocol) as socket, asyncio.timeout(20):
        await socket.send(json.dumps({"hello": hello}) if "json" in subprotocol else message.SerializeToString())
        while len(await socket.recv()) < 5_000:
            pass
