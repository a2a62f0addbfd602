"""Calls that cannot be: over HTTP as a page's, and over gRPC as a program's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import grpc
import pytest
from matchpoint.internal.v1.report_pb2 import ReportStatsRequest
from matchpoint.internal.v1.report_pb2_grpc import ReportServiceStub
from matchpoint.v1.frames_pb2 import BotStrength, ClientMessage, Hello, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Outcome
from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import (
    CreateSessionRequest,
    EndSessionRequest,
    GetSessionRequest,
    Origin,
    SeatSpec,
    Session,
    SessionSpec,
    SessionState,
)
from matchpoint.v1.session_pb2_grpc import SessionServiceStub

from tests.support.clients.site import Guest, Site
from tests.support.clients.views import Ending
from tests.support.processes.installation import Installation
from wire.channel import Metadata, connect, credentials
from wire.refusal import Refused, from_rpc_error

if TYPE_CHECKING:
    from matchpoint.internal.v1.report_pb2_grpc import ReportServiceAsyncStub
    from matchpoint.v1.session_pb2_grpc import SessionServiceAsyncStub

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


# Pages.


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


# Programs.


@dataclass
class ProgramPorts:
    """The ports that programs and operators use."""

    sessions: "SessionServiceAsyncStub"
    reports: "ReportServiceAsyncStub"
    metadata: Metadata

    async def create(self, session_id: str, spec: SessionSpec) -> Session:
        request = CreateSessionRequest(session_id=session_id, spec=spec)
        return (await self.sessions.CreateSession(request, metadata=self.metadata)).session

    async def get(self, session_id: str) -> Session:
        request = GetSessionRequest(session_id=session_id)
        return (await self.sessions.GetSession(request, metadata=self.metadata)).session

    async def end(self, session_id: str) -> Session:
        request = EndSessionRequest(session_id=session_id)
        return (await self.sessions.EndSession(request, metadata=self.metadata)).session


@pytest.fixture
async def programs(matchpoint: Installation, site: Site) -> AsyncIterator[ProgramPorts]:
    backend, game_server = connect(matchpoint.backend), connect(matchpoint.gameserver)
    metadata = credentials(matchpoint.service_token)
    yield ProgramPorts(SessionServiceStub(game_server), ReportServiceStub(backend), metadata)
    await backend.close()
    await game_server.close()


def duel(**ruleset: int) -> SessionSpec:
    """Two people that an operator invites."""
    seats = [SeatSpec(seat=0, account_id="a", name="Ann"), SeatSpec(seat=1, account_id="b", name="Ben")]
    return SessionSpec(origin=Origin.ORIGIN_SERVICE, ruleset=Ruleset(**ruleset), seats=seats, seed=7)  # type: ignore[arg-type]


async def refused(call: Awaitable[object]) -> Refused:
    """Refusal of a call; its status is the one that goes with the reason."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    found = from_rpc_error(caught.value)
    assert found is not None, caught.value
    assert found.status == caught.value.code()
    assert found.sentence == caught.value.details()
    return found


async def test_a_session_is_created_once_and_stays_what_it_was(programs: ProgramPorts) -> None:
    session_id = "bad-calls-session-1"
    first = await programs.create(session_id, duel(points_to_win=3))
    spelled_out = duel(points_to_win=3, paddle_half_height=7_500, version=1)
    assert await programs.create(session_id, spelled_out) == first, "the same contents, with a default written down"
    swapped = duel(points_to_win=3)
    swapped.seats[0].name, swapped.seats[1].name = "Ben", "Ann"
    others = [duel(points_to_win=4), swapped, duel(points_to_win=3, directions_only=True)]
    outcomes = await asyncio.gather(*(refused(programs.create(session_id, other)) for other in others))
    assert [outcome.reason for outcome in outcomes] == [Reason.REASON_SESSION_EXISTS] * 3
    assert await programs.get(session_id) == first
    ended = await programs.end(session_id)
    assert (ended.state, ended.result.outcome) == (SessionState.SESSION_STATE_OVER, Outcome.OUTCOME_VOID)
    assert await programs.end(session_id) == ended
    assert await programs.create(session_id, duel(points_to_win=3)) == ended, "it is not played again"
    assert (await refused(programs.create(session_id, others[0]))).reason == Reason.REASON_SESSION_EXISTS


async def test_of_many_first_calls_at_once_all_get_the_one_session_or_the_refusal(programs: ProgramPorts) -> None:
    session_id = "bad-calls-session-2"
    specs = [duel(points_to_win=1 + number % 2) for number in range(10)]
    outcomes = await asyncio.gather(*(programs.create(session_id, spec) for spec in specs), return_exceptions=True)
    kept = await programs.get(session_id)
    for spec, outcome in zip(specs, outcomes, strict=True):
        if spec.ruleset.points_to_win == kept.spec.ruleset.points_to_win:
            assert outcome == kept
        else:
            assert isinstance(outcome, grpc.aio.AioRpcError)
            assert outcome.code() is grpc.StatusCode.ALREADY_EXISTS
    await programs.end(session_id)


def changed(**fields: Any) -> SessionSpec:
    spec = duel()
    spec.MergeFrom(SessionSpec(**fields))
    return spec


@pytest.mark.parametrize(
    ("session_id", "spec", "field"),
    [
        ("short", duel(), "session_id"),
        ("x" * 65, duel(), "session_id"),
        ("../../../etc/passwd", duel(), "session_id"),
        ("a session with blanks", duel(), "session_id"),
        ("bad-calls-session-3", duel(points_to_win=22), "spec.ruleset.points_to_win"),
        ("bad-calls-session-3", duel(start_speed=2**32 - 1), "spec.ruleset.start_speed"),
        ("bad-calls-session-3", changed(seats=[SeatSpec(seat=1, name="Cy")]), "spec.seats"),
        ("bad-calls-session-3", changed(join_within_s=601), "spec.join_within_s"),
        ("bad-calls-session-3", SessionSpec(origin=Origin.ORIGIN_SERVICE), "spec.seats"),
        (
            "bad-calls-session-3",
            SessionSpec(origin=Origin.ORIGIN_SERVICE, seats=[SeatSpec(seat=0, name="A"), SeatSpec(seat=0, name="B")]),
            "spec.seats",
        ),
        (
            "bad-calls-session-3",
            SessionSpec(
                origin=Origin.ORIGIN_SERVICE,
                seats=[
                    SeatSpec(seat=0, name="A", bot=BotStrength.BOT_STRENGTH_EASY, bot_reaction_ms=121),
                    SeatSpec(seat=1, name="B"),
                ],
            ),
            "spec.seats[0].bot_reaction_ms",
        ),
    ],
)
async def test_a_session_that_cannot_be_is_refused_by_its_field_and_not_made(
    session_id: str, spec: SessionSpec, field: str, programs: ProgramPorts
) -> None:
    refusal = await refused(programs.create(session_id, spec))
    assert (refusal.reason, refusal.field) == (Reason.REASON_INVALID_FIELD, field)
    assert (await refused(programs.get(session_id))).reason == Reason.REASON_SESSION_UNKNOWN


async def test_nothing_is_done_for_who_brings_no_service_token(programs: ProgramPorts) -> None:
    for metadata in ((), (("authorization", "Bearer guessed"),), (("authorization", ""),)):
        request = CreateSessionRequest(session_id="bad-calls-session-4", spec=duel())
        call = programs.sessions.CreateSession(request, metadata=metadata)
        assert (await refused(call)).reason == Reason.REASON_UNAUTHENTICATED
    assert (await refused(programs.get("bad-calls-session-4"))).reason == Reason.REASON_SESSION_UNKNOWN


async def test_a_session_that_was_just_made_on_the_game_server_can_be_watched_at_once(
    programs: ProgramPorts, site: Site
) -> None:
    for number in range(3):
        session_id = f"just-made-session-{number}"
        spec = duel()
        spec.public = True
        await programs.create(session_id, spec)
        async with site.socket("/ws/watch", origin=None) as socket:
            await socket.send(ClientMessage(hello=Hello(session_id=session_id, protocol=1)).SerializeToString())
            first = await socket.recv()
            assert isinstance(first, bytes)
            assert ServerMessage.FromString(first).WhichOneof("body") == "joined"


async def test_a_result_is_believed_only_from_the_server_that_held_the_match(
    programs: ProgramPorts, site: Site
) -> None:
    guest = await site.guest()
    session_id, _ = await guest.start(bot={})
    report = ReportStatsRequest(session_id=session_id, match=1, attempt=1, digest=b"x" * 32)
    for credential in ("", "gameserver-1.guessed"):
        metadata = (*programs.metadata, ("matchpoint-server", credential))
        reason = (await refused(programs.reports.ReportStats(report, metadata=metadata))).reason
        assert reason in (Reason.REASON_UNAUTHENTICATED, Reason.REASON_NOT_HOLDER)
    answer = await site.post("StatsService/GetMatch", {"sessionId": session_id})
    assert answer.refused == "REASON_RECORD_UNKNOWN"
