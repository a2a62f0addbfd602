"""The whole of Matchpoint on PostgreSQL: real programs, real sockets, and what is kept of it read from the server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from matchpoint.v1.result_pb2 import Outcome, Result

from tests.support.clients.players import away_from_the_ball, to_the_ball
from tests.support.clients.site import Guest, Site, play_through, room_of_two
from tests.support.processes.installation import Installation, start, stop
from tests.support.storage.postgres import PostgresServer, stopped

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

SHORT = {"points_to_win": 3, "start_speed": 200_000}
RECORDED_WITHIN_S = 20.0


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> str:
    """The name of an empty database: the backend makes the tables itself."""
    return postgres.create()


@pytest.fixture(scope="module")
def matchpoint(
    tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer, database: str
) -> Iterator[Installation]:
    process, installation = start(
        tmp_path_factory.mktemp("matchpoint") / "data", MATCHPOINT_DATABASE_URL=postgres.url(database)
    )
    try:
        yield installation
    finally:
        code = stop(process)
    assert code == 0


@pytest.fixture
async def site(matchpoint: Installation) -> AsyncIterator[Site]:
    async with Site(matchpoint) as site:
        yield site


async def rows(postgres: PostgresServer, database: str, query: str, *values: object) -> list[Any]:
    """Rows that another connection finds in the database."""
    connection = await postgres.connect(database)
    try:
        found: list[Any] = await connection.fetch(query, *values)
        return found
    finally:
        await connection.close()


async def kept(postgres: PostgresServer, database: str, session_id: str) -> list[Any]:
    """Everything that is kept of the session's matches."""
    return await rows(
        postgres,
        database,
        "SELECT m.match, m.attempt, m.result, s.side, s.account_id, s.points_for, s.wins, length(j.body) AS journal"
        " FROM matches m JOIN match_sides s USING (match_id) JOIN journals j USING (match_id)"
        " WHERE m.session_id = $1 ORDER BY s.side",
        session_id,
    )


async def duel(mina: Guest, jun: Guest, meanwhile: Any = None) -> tuple[str, Result]:
    """They meet, and Mina wins to nil; `meanwhile` comes after the first goal.

    Returns the session, and the result that both were shown.
    """
    async with room_of_two(mina, jun, **SHORT) as lobbies:
        await lobbies[0].do(start={})
        ways = [await lobby.see_started() for lobby in lobbies]
        async with asyncio.timeout(60):
            playing = asyncio.gather(
                play_through(mina, *ways[0], to_the_ball), play_through(jun, *ways[1], away_from_the_ball)
            )
            if meanwhile is not None:
                async with mina.site.watch(ways[0][0]) as early:
                    await early.until(lambda view: bool(view.goals))
                await meanwhile(playing)
            left, right = await playing
    assert left.view.result is not None
    assert left.view.result == right.view.result
    assert (left.view.result.outcome, left.view.result.left) == (Outcome.OUTCOME_PLAYED, 3)
    return ways[0][0], left.view.result


async def test_a_duel_is_kept_in_the_server_as_both_players_saw_it(
    site: Site, postgres: PostgresServer, database: str, matchpoint: Installation
) -> None:
    mina, jun = await site.guests(2)
    session_id, result = await duel(mina, jun)
    await site.record(session_id)
    found = await kept(postgres, database, session_id)
    sides = [(row["match"], row["attempt"], row["account_id"], row["points_for"], row["wins"]) for row in found]
    assert sides == [(1, 1, mina.account_id, 3, 1), (1, 1, jun.account_id, 0, 0)]
    assert Result.FromString(found[0]["result"]) == result
    assert found[0]["journal"] > 0
    (session,) = await rows(postgres, database, "SELECT stage FROM sessions WHERE session_id = $1", session_id)
    assert session["stage"] == "over"
    (name,) = await rows(postgres, database, "SELECT name FROM accounts WHERE account_id = $1", mina.account_id)
    assert name["name"] == mina.name
    assert not [path.name for path in matchpoint.data.iterdir() if path.name.startswith("matchpoint.db")]


async def test_a_match_is_played_to_its_end_while_the_server_is_away_and_its_result_counts_once(
    site: Site, postgres: PostgresServer, database: str
) -> None:
    mina, jun = await site.guests(2)

    async def crash(playing: "asyncio.Future[Any]") -> None:
        async with stopped(postgres, "immediate"):
            await asyncio.shield(playing)
            refused = await mina.post("DirectoryService/StartSession", {"bot": {}})
            assert (refused.status, refused.refused) == (503, "REASON_SERVER_UNAVAILABLE")

    session_id, result = await duel(mina, jun, crash)
    async with asyncio.timeout(RECORDED_WITHIN_S):
        while not (found := await kept(postgres, database, session_id)):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    assert [(row["attempt"], row["wins"]) for row in found] == [(1, 1), (1, 0)]
    assert Result.FromString(found[0]["result"]) == result
    assert ((await mina.stats())["matches"], (await jun.stats())["matches"]) == (1, 1)
