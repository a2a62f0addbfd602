"""Tournaments from their room to their record, through real programs: what the backend and the game server agree on."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.clients.lasting_players import insist
from tests.support.clients.site import Guest, LobbyClient, Site
from tests.support.processes.programs import running
from tests.support.storage import sql
from wire.refusal import Refused

pytestmark = [pytest.mark.slow, pytest.mark.storage, pytest.mark.anyio]

RULES = {"points_to_win": 1, "start_speed": 200_000, "paddle_half_height": 3_000}
SPEC = {"title": "Cup", "rest_s": 1, "call_s": 60}
OVER_WITHIN_S = 180.0
EASY, HARD = 1, 3


async def opened(host: LobbyClient, **room: Any) -> str:
    """A room for a tournament; returns its code."""
    await host.do(create_room={"ruleset": RULES, "tournament": {"spec": SPEC, "capacity": 4, **room}})
    return (await host.see_room()).code


async def read(site: Site, session_id: str) -> dict[str, Any]:
    """State of a tournament, for anybody. Until its game server has it nobody can say."""
    async with asyncio.timeout(OVER_WITHIN_S):
        while (  # noqa: ASYNC110
            answer := await site.post("DirectoryService/ReadTournament", {"sessionId": session_id})
        ).status == 503:
            await asyncio.sleep(0.1)
    assert answer.status == 200, answer
    state: dict[str, Any] = answer.body["state"]
    return state


async def over(site: Site, session_id: str) -> dict[str, Any]:
    """State once it is over. Between its end and its record nobody can say."""
    async with asyncio.timeout(OVER_WITHIN_S):
        while True:
            answer = await site.post("DirectoryService/ReadTournament", {"sessionId": session_id})
            assert answer.status in (200, 503), answer
            state: dict[str, Any] = answer.body.get("state", {})
            if "result" in state:
                return state
            await asyncio.sleep(0.2)


async def act(guest: Guest, session_id: str, **what: Any) -> str:
    """Does something to a tournament: the reason of the refusal, "" without one."""
    return (await guest.post("DirectoryService/ActOnTournament", {"sessionId": session_id, "act": what})).refused


async def test_a_tournament_is_gathered_played_by_bots_watched_and_kept(site: Site) -> None:
    mina, jun = await site.guests(2)
    async with mina.lobby() as host, jun.lobby() as other:
        code = await opened(host)
        listed = (await site.post("DirectoryService/ListTournaments", {})).body["tournaments"]
        assert [brief["organiser"] for brief in listed if brief.get("roomCode") == code] == [mina.name]
        await other.do(join_room={"code": code})
        for strength in (EASY, HARD):
            await host.do(add_bot={"strength": strength})
        for lobby in (host, other):
            await lobby.do(set_seat={"seated": False})
        room = await other.see_room(lambda room: not any(m.seated and not m.bot for m in room.members))
        assert [(m.name, m.seat) for m in room.members if m.seated] == [
            ("Bot (easy)", 0),
            ("Bot (hard)", 1),
        ]
        await host.do(start={})
        session_id, organisers = await host.see_started()
        assert await other.see_started() == (session_id, "")
        assert organisers, "who organises it may watch it as it is"

        assert await act(jun, session_id, pause={}) == "REASON_NOT_ORGANISER"
        assert await act(jun, session_id, checkIn={}) == "REASON_ENTRANT_UNKNOWN"
        assert await act(mina, session_id, pause={}) == ""
        assert (await read(site, session_id))["status"]["paused"] is True
        assert await act(mina, session_id, resume={}) == ""

        state = await over(site, session_id)
        champion = state["entrants"][state["result"].get("champion", 0)]["name"]
        (brief,) = (
            brief
            for brief in (await site.post("DirectoryService/ListTournaments", {})).body["tournaments"]
            if brief.get("sessionId") == session_id
        )

    async def recorded() -> dict[str, Any]:
        matches = (await site.post("StatsService/ListMatches", {"pageSize": 100})).body.get("matches", [])
        return {match["match"]: match for match in matches if match["sessionId"] == session_id}

    played = [one["match"] for pairing in state["pairings"] for one in pairing.get("matches", [])]
    async with asyncio.timeout(30):
        while sorted(found := await recorded()) != sorted(played) or brief["phase"] != "TOURNAMENT_PHASE_OVER":
            await asyncio.sleep(0.1)
            listed = (await site.post("DirectoryService/ListTournaments", {})).body["tournaments"]
            brief = next(brief for brief in listed if brief.get("sessionId") == session_id)
    assert len(played) == 1
    assert all(len(match["spec"]["seats"]) == 2 for match in found.values())
    assert (brief["champion"], brief["entrants"]) == (champion, 2)
    replay = await site.post("StatsService/GetReplay", {"sessionId": session_id, "match": played[0]})
    assert replay.status == 200
    assert len(replay.body["records"]) > 5
    kept = sql.rows(
        site.installation.database,
        "SELECT t.champion, s.stage FROM tournaments t JOIN sessions s USING (session_id) WHERE session_id = :id",
        id=session_id,
    )
    assert kept == [(champion, "over")]
    assert await act(mina, session_id, pause={}) == "REASON_TOURNAMENT_OVER"
    async with mina.lobby() as host:
        room = await host.see_room()
        assert (room.session_id, room.last.session_id) == ("", session_id)


async def test_who_is_put_out_while_it_is_on_has_withdrawn(site: Site) -> None:
    mina, jun, ada = await site.guests(3)
    async with mina.lobby() as host, jun.lobby() as second, ada.lobby() as third:
        code = await opened(host, spec={**SPEC, "check_in_s": 600})
        for lobby in (second, third):
            await lobby.do(join_room={"code": code})
        await host.do(start={})
        session_id, _ = await host.see_started()
        await second.do(leave_room={})
        await host.do(kick={"account_id": ada.account_id})
        states = [entrant["state"] for entrant in (await read(site, session_id))["entrants"]]
        assert states == ["ENTRANT_STATE_EXPECTED", "ENTRANT_STATE_WITHDRAWN", "ENTRANT_STATE_WITHDRAWN"]
        assert await act(jun, session_id, checkIn={}) == "REASON_ENTRANT_OUT"
        assert await act(mina, session_id, callOff={}) == ""
        assert (await over(site, session_id))["result"]["cancelled"] is True


async def test_settings_that_the_format_cannot_take_open_the_room_again(site: Site) -> None:
    (mina,) = await site.guests(1)
    async with mina.lobby() as host:
        rounds = {**SPEC, "best_of_rounds": [{"stage": "STAGE_SWISS", "round": 1, "best_of": 3}]}
        await opened(host, spec=rounds)
        for _ in range(2):
            await host.do(add_bot={})
        with pytest.raises(Refused) as caught:
            await host.do(start={})
        assert caught.value.session_id == ""
        assert (await host.see_room(lambda room: not room.session_id)).members[0].account_id == mina.account_id


async def test_a_tournament_starts_at_its_time_though_the_backend_was_killed_before(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as programs, Site(programs.installation) as site:
        (mina,) = await site.guests(1)
        starts_ms = round((time.time() + 6) * 1000)
        async with mina.lobby() as host:
            await opened(host, starts_unix_ms=starts_ms)
            await host.do(add_bot={})
            await programs.backend.kill()
        await programs.backend.start()
        await programs.backend.until_ready()

        async def entry() -> str:
            async with mina.lobby() as host:
                room = await host.see_room(lambda room: bool(room.session_id))
                return room.session_id

        session_id = await insist(entry)
        assert time.time() * 1000 >= starts_ms
        assert [entrant["name"] for entrant in (await read(site, session_id))["entrants"]] == [
            mina.name,
            "Bot (medium)",
        ]
