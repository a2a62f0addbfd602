"""A database of f929a3c, brought forward and served by a backend of today, answers as it did then."""

import json
import lzma
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import grpc
import pytest
from matchpoint.v1.account_pb2 import ExportMyDataRequest, GetMeRequest, RenameRequest, SignInRequest
from matchpoint.v1.directory_pb2 import ReadTournamentRequest
from matchpoint.v1.friend_pb2 import Bond, ListFriendsRequest
from matchpoint.v1.stats_pb2 import (
    GetMatchRequest,
    GetPlayerStatsRequest,
    ListMatchesRequest,
    StatsServiceGetReplayRequest,
)

from gateway.conversion.csv_table import as_csv
from tests.support.fakes.backend_ports import FakeClock
from tests.support.harnesses.backend_port import Wire, serving
from tests.support.harnesses.readings import RECORDED, encoded
from wire.channel import PERSON_TOKEN

pytestmark = pytest.mark.anyio

NOTED: Final[dict[str, Any]] = json.loads((RECORDED / "database.json").read_text())
"""Answers of that commit's API, asked before it was stopped."""
PEOPLE: Final[list[dict[str, Any]]] = list(NOTED["people"].values())
HIDDEN: Final = {NOTED["sessions"][name] for name in ("keyboard", "unlisted")}
"""Sessions that were in no list while they were on; their records were in one nevertheless, and are no more."""
NEW_FIELDS: Final = ("unlisted", "counted", "rated", "journal_digest")
"""Fields of a record that there were not yet."""


@pytest.fixture
async def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Wire]:
    """A backend over the recorded database, ten seconds after it was recorded."""
    clock = FakeClock()
    clock.now_ms = NOTED["recorded_ms"] + 10_000
    monkeypatch.setattr("backend.compose.SystemClock", lambda: clock)
    async with serving(tmp_path, lzma.decompress((RECORDED / "matchpoint.db.xz").read_bytes())) as wire:
        yield wire


def of(person: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The metadata of somebody's calls."""
    return ((PERSON_TOKEN, person["token"]),)


async def test_accounts_keep_their_names_tokens_passwords_and_friends(wire: Wire) -> None:
    for person in PEOPLE:
        me = (await wire.accounts.GetMe(GetMeRequest(), metadata=of(person))).account
        assert (me.account_id, me.name, me.guest) == (person["account_id"], person["name"], person["guest"])
        friends = (await wire.friends.ListFriends(ListFriendsRequest(), metadata=of(person))).list.friends
        assert sorted([each.account_id, each.name, Bond.Name(each.bond)] for each in friends) == person["friends"]
    second = {"token": NOTED["second_token_of_ada"]}
    assert (await wire.accounts.GetMe(GetMeRequest(), metadata=of(second))).account.name == "Ada"
    for name, password in NOTED["passwords"].items():
        signed_in = await wire.accounts.SignIn(SignInRequest(name=name, password=password))
        assert signed_in.account.name == name
        with pytest.raises(grpc.aio.AioRpcError):
            await wire.accounts.SignIn(SignInRequest(name=name, password=password + "?"))


async def test_records_replays_lists_and_totals_are_the_same_bytes(wire: Wire) -> None:
    counted = {(session_id, match): bool(counts) for session_id, match, _, counts in NOTED["counted"]}
    assert NOTED["records"]
    for name, before in NOTED["records"].items():
        session_id, match = name.split()[0], int(name.split()[1])
        record = (await wire.stats.GetMatch(GetMatchRequest(session_id=session_id, match=match))).match
        assert record.unlisted == (session_id in HIDDEN)
        assert record.counted == counted.get((session_id, match), False)
        assert not record.journal_digest, "nobody noted it then"
        for field in NEW_FIELDS:
            record.ClearField(field)
        assert encoded(record).hex() == before
        replay = await wire.stats.GetReplay(StatsServiceGetReplayRequest(session_id=session_id, match=match))
        assert sha256(encoded(replay)).hexdigest() == NOTED["replays"][name]
    for person in PEOPLE:
        account_id = person["account_id"]
        stats = (await wire.stats.GetPlayerStats(GetPlayerStatsRequest(account_id=account_id))).stats
        assert encoded(stats).hex() == person["stats"]
        request = ListMatchesRequest(account_id=account_id, page_size=50)
        page = await wire.stats.ListMatches(request, metadata=of(person))
        assert [[record.session_id, record.match] for record in page.matches] == person["matches"]
    page = await wire.stats.ListMatches(ListMatchesRequest(page_size=100))
    listed = [match for match in NOTED["listed"] if match[0] not in HIDDEN]
    assert [[record.session_id, record.match] for record in page.matches] == listed


async def test_tournaments_have_the_same_state_podium_and_export(wire: Wire) -> None:
    assert NOTED["tournaments"]
    for noted in NOTED["tournaments"].values():
        state = (await wire.directory.ReadTournament(ReadTournamentRequest(session_id=noted["session_id"]))).state
        assert encoded(state.result).hex() == noted["podium"]
        assert [[line.entrant, line.place, line.half_points] for line in state.standings.lines] == noted["standings"]
        assert sha256(encoded(state)).hexdigest() == noted["state"]
        assert sha256(as_csv(state).encode()).hexdigest() == noted["csv"]


async def test_rooms_keep_their_members_and_everybody_can_go_on(wire: Wire) -> None:
    for name, host in (("later", "ada"), ("duel", "bob")):
        lobby = wire.connect(NOTED["people"][host]["token"])
        room = (await lobby.hears("room")).room
        assert room.code == NOTED["rooms"][name]
        people = sorted([room.code, member.account_id] for member in room.members if not member.bot)
        assert people == [member for member in NOTED["members"] if member[0] == room.code]
        assert room.tournament.spec.title == ("Later" if name == "later" else "")
        assert [member.bot for member in room.members if member.bot] == ([1, 3] if name == "later" else [])
        lobby.cancel()
    for person in PEOPLE:
        page = await wire.accounts.ExportMyData(ExportMyDataRequest(), metadata=of(person))
        assert page.data.account.name == person["name"]
        assert [[record.session_id, record.match] for record in page.matches] == person["matches"]
    renamed = await wire.accounts.Rename(RenameRequest(name="Somebody else"), metadata=of(NOTED["people"]["long"]))
    assert renamed.account.name == "Somebody else"
