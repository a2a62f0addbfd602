"""Calls over HTTP, as a page's, that cannot be."""

import asyncio
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.clients.site import Guest, Site
from tests.support.clients.views import Ending

if TYPE_CHECKING:
    pass

pytestmark = [pytest.mark.slow, pytest.mark.storage, pytest.mark.anyio]

UNKNOWN_SESSION: Final = "A-session-nobody-made"
NOT_PROTOBUF: Final = b"\xff\xff\xff\xff"
CUP: Final = {"title": "Cup"}
WRONG: Final = {"pairing": 1, "kind": "PAIRING_KIND_PLAYED", "winner": "SIDE_LEFT"}
#: What only the organiser of a tournament may do.
ORGANISERS: Final[tuple[dict[str, object], ...]] = (
    {"disqualify": {"entrant": 0}},
    {"pause": {}},
    {"resume": {}},
    {"extendDeadline": {"seconds": 60}},
    {"correctResult": WRONG},
    {"reopen": {"pairing": 1}},
    {"addEntrant": {"botStrength": 1}},
    {"callOff": {}},
)
DEEP: Final = '{"name":' + "[" * 1_000 + "]" * 1_000 + "}"


@pytest.mark.parametrize(
    ("body", "kind", "status", "reason"),
    [
        pytest.param(b"{", "application/json", 400, "REASON_MALFORMED", id="JSON that is not JSON"),
        pytest.param(b"", "application/json", 400, "REASON_MALFORMED", id="nothing"),
        pytest.param(b"[]", "application/json", 400, "REASON_MALFORMED", id="a list"),
        pytest.param(b'{"nam": "x"}', "application/json", 400, "REASON_MALFORMED", id="a field that does not exist"),
        pytest.param(b'{"name": 1}', "application/json", 400, "REASON_MALFORMED", id="a number for a text"),
        pytest.param(b'{"name": "\xff"}', "application/json", 400, "REASON_MALFORMED", id="text that is not UTF-8"),
        pytest.param(b'{"name": "\\ud800"}', "application/json", 400, "REASON_MALFORMED", id="half a character"),
        pytest.param(DEEP.encode(), "application/json", 400, "REASON_MALFORMED", id="1,000 brackets"),
        pytest.param(NOT_PROTOBUF, "application/proto", 400, "REASON_MALFORMED", id="bytes that are no message"),
        pytest.param(b"\n\x01\xff", "application/proto", 400, "REASON_MALFORMED", id="a name that is not UTF-8"),
        pytest.param(b" " * 70_000, "application/json", 413, "REASON_TOO_LARGE", id="70 kB"),
        pytest.param(b"{}", "text/plain", 415, "", id="a form of another page"),
    ],
)
async def test_a_call_that_cannot_be_read_is_refused(
    body: bytes, kind: str, status: int, reason: str, site: Site
) -> None:
    answer = await site.post("AccountService/CreateGuest", body, kind=kind)
    assert (answer.status, answer.refused) == (status, reason)
    assert "set-cookie" not in answer.headers
    assert answer.body["message"]


@pytest.mark.parametrize(
    "method",
    [
        "LobbyService/Connect",
        "SessionService/CreateSession",
        "SessionService/EndSession",
        "TournamentService/GetTournament",
        "TournamentService/Act",
        "AccountService/Nothing",
        "Nothing/Nothing",
    ],
)
async def test_what_programs_say_to_each_other_cannot_be_said_from_a_page(method: str, site: Site) -> None:
    answer = await (await site.guest()).post(method, {})
    assert (answer.status, answer.body["code"]) == (404, "unimplemented")


async def test_a_call_from_another_sites_page_is_refused(site: Site) -> None:
    for origin in ("https://example.org", "null", site.page.replace("127.0.0.1", "127.0.0.2")):
        answer = await site.post("AccountService/CreateGuest", {}, origin=origin)
        assert (answer.status, answer.refused) == (403, "REASON_NOT_ALLOWED")


async def test_what_belongs_to_a_person_needs_their_cookie(site: Site) -> None:
    for method in ("AccountService/GetMe", "AccountService/Rename", "DirectoryService/StartSession"):
        for token in ("", "never given out"):
            answer = await site.post(method, {}, token=token)
            assert (answer.status, answer.refused) == (401, "REASON_UNAUTHENTICATED")


async def test_a_cookie_is_void_after_signing_out(site: Site) -> None:
    guest = await site.guest()
    async with guest.lobby() as lobby:
        await guest.call("AccountService/SignOut", {})
        assert await lobby.ending() == Ending("REASON_UNAUTHENTICATED", 4500)
    assert (await guest.post("AccountService/GetMe", {})).refused == "REASON_UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({}, "kind"),
        ({"bot": {"strength": 9}}, "bot.strength"),
        ({"bot": {"reactionMs": 999}}, "bot.reaction_ms"),
        ({"bot": {}, "ruleset": {"pointsToWin": 22}}, "ruleset.points_to_win"),
        ({"bot": {}, "ruleset": {"startSpeed": 4294967295}}, "ruleset.start_speed"),
        ({"bot": {}, "ruleset": {"id": "chess"}}, "ruleset.id"),
        ({"bot": {}, "ruleset": {"version": 2}}, "ruleset.version"),
        ({"local": {"rightName": "x" * 21}}, "local.right_name"),
        ({"localTournament": {"names": ["A"], "tournament": CUP}}, "local_tournament.names"),
        ({"localTournament": {"names": ["A", "B"]}}, "local_tournament.tournament.title"),
        (
            {"localTournament": {"names": ["A", "B"], "tournament": {**CUP, "bestOf": 2}}},
            "local_tournament.tournament.best_of",
        ),
        (
            {"localTournament": {"names": ["A", "B"], "tournament": {**CUP, "format": {"swiss": {"rounds": 21}}}}},
            "local_tournament.tournament.format.swiss.rounds",
        ),
    ],
)
async def test_a_session_with_impossible_wishes_is_refused_by_the_name_of_the_wish(
    request_: dict[str, object], field: str, site: Site
) -> None:
    before = await sessions(site)
    answer = await (await site.guest()).post("DirectoryService/StartSession", request_)
    reason = "REASON_NAME_INVALID" if field.endswith("_name") else "REASON_INVALID_FIELD"
    assert (answer.status, answer.refused, answer.field) == (400, reason, field)
    assert await sessions(site) <= before, "nothing was started"


async def sessions(site: Site) -> set[str]:
    """Lists what is on, without the house match, which may change at any moment."""
    answer = await site.post("DirectoryService/ListSessions", {"pageSize": 100})
    return {found["sessionId"] for found in answer.body.get("sessions", ()) if found["origin"] != "ORIGIN_HOUSE"}


async def test_nobody_gets_a_ticket_for_other_peoples_seats(site: Site) -> None:
    attacker, victim = await site.guests(2)
    aim, _ = await victim.start(bot={})
    for session_id, reason in (
        (aim, "REASON_NOT_ALLOWED"),
        (UNKNOWN_SESSION, "REASON_SESSION_UNKNOWN"),
        ("", "REASON_SESSION_UNKNOWN"),
    ):
        answer = await attacker.post("DirectoryService/IssueTicket", {"sessionId": session_id})
        assert answer.refused == reason


# Tournaments.


async def test_what_cannot_be_done_to_a_tournament_is_refused_and_leaves_it_as_it_was(site: Site) -> None:
    mina, jun, stranger = await site.guests(3)
    room = {"spec": {"title": "Cup", "check_in_s": 600}}
    async with mina.lobby() as host, jun.lobby() as other:
        await host.do(create_room={"tournament": room})
        await other.do(join_room={"code": (await host.see_room()).code})
        await host.do(start={})
        session_id, _ = await other.see_started()

    async def state() -> object:
        return (await site.post("DirectoryService/ReadTournament", {"sessionId": session_id})).body["state"]

    before = await state()
    cases: list[tuple[Guest, str, dict[str, object], str]] = [
        (stranger, session_id, {"checkIn": {}}, "REASON_ENTRANT_UNKNOWN"),
        (stranger, session_id, {"withdraw": {}}, "REASON_ENTRANT_UNKNOWN"),
        (jun, session_id, {"withdraw": {"entrant": 0}}, "REASON_INVALID_FIELD"),
        *((jun, session_id, act, "REASON_NOT_ORGANISER") for act in ORGANISERS),
        (mina, session_id, {}, "REASON_INVALID_FIELD"),
        (mina, session_id, {"disqualify": {"entrant": 9}}, "REASON_ENTRANT_UNKNOWN"),
        (mina, session_id, {"resume": {}}, "REASON_TOURNAMENT_STATE"),
        (mina, session_id, {"extendDeadline": {"seconds": 0}}, "REASON_INVALID_FIELD"),
        (mina, session_id, {"correctResult": {**WRONG, "pairing": 99}}, "REASON_PAIRING_UNKNOWN"),
        (mina, session_id, {"reopen": {"pairing": 1}}, "REASON_PAIRING_UNKNOWN"),
        (mina, session_id, {"addEntrant": {"accountId": jun.account_id}}, "REASON_ENTRANT_DUPLICATE"),
        (mina, session_id, {"addEntrant": {"accountId": "nobody"}}, "REASON_ACCOUNT_UNKNOWN"),
        (mina, UNKNOWN_SESSION, {"pause": {}}, "REASON_TOURNAMENT_UNKNOWN"),
    ]
    for who, session, act, reason in cases:
        answer = await who.post("DirectoryService/ActOnTournament", {"sessionId": session, "act": act})
        assert (answer.refused, act) == (reason, act)
        assert answer.body["message"].endswith(".")
    assert await state() == before
    for _ in range(2):
        answer = await jun.post("DirectoryService/ActOnTournament", {"sessionId": session_id, "act": {"withdraw": {}}})
    assert answer.refused == "REASON_ENTRANT_OUT"


# Names.

BAD_NAMES: Final = {
    "blanks": "   ",
    "too long": "x" * 21,
    "a line break": "Mi\nna",
    "a null": "Mi\0na",
    "a delete": "Mi\x7fna",
    "written backwards": "\u202eanim",
    "in a bidi isolate": "\u2066Mina\u2069",
    "a zero-width space": "Mi\u200bna",
    "a zero-width joiner": "Mi\u200dna",
    "a byte order mark": "\ufeffMina",
    "a Hangul filler": "\u3164",
    "a blank of Braille": "\u2800",
    "a wide blank": "Mi\u3000na",
    "a private character": "\ue000",
    "a pile of accents": "a" + "\u0301" * 5,
}


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES.keys())
async def test_a_name_that_cannot_be_read_is_refused_and_the_old_one_kept(name: str, site: Site) -> None:
    guest = await site.guest()
    for answer in (
        await site.post("AccountService/CreateGuest", {"name": name}),
        await guest.post("AccountService/Rename", {"name": name}),
    ):
        assert (answer.status, answer.refused, answer.field) == (400, "REASON_NAME_INVALID", "name")
        assert "set-cookie" not in answer.headers
    assert (await guest.call("AccountService/GetMe", {}))["account"]["name"] == guest.name


async def test_nobody_is_renamed_to_nothing(site: Site) -> None:
    guest = await site.guest()
    assert (await guest.post("AccountService/Rename", {"name": ""})).refused == "REASON_NAME_INVALID"


async def test_a_name_is_taken_in_whatever_case_and_width_it_is_written(site: Site) -> None:
    holder, other = await site.guest("Taken straße"), await site.guest()
    for name in ("Taken straße", "TAKEN STRASSE", " taken  straße ", "Ｔａｋｅｎ straße"):
        for answer in (
            await site.post("AccountService/CreateGuest", {"name": name}),
            await other.post("AccountService/Rename", {"name": name}),
        ):
            assert (answer.status, answer.refused, answer.field) == (409, "REASON_NAME_TAKEN", "name")
    assert (await other.call("AccountService/GetMe", {}))["account"]["name"] == other.name
    await holder.call("AccountService/Rename", {"name": "Taken no more"})
    await other.call("AccountService/Rename", {"name": "Taken straße"})


async def test_of_ten_who_want_a_name_at_once_one_gets_it(site: Site) -> None:
    answers = await asyncio.gather(
        *(site.post("AccountService/CreateGuest", {"name": "Race winner"}) for _ in range(10))
    )
    assert sorted(answer.refused for answer in answers) == [""] + ["REASON_NAME_TAKEN"] * 9
