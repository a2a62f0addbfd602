"""CreateSession, GetSession, EndSession, GetReplay, and what is reported."""

import asyncio
from collections.abc import Callable
from hashlib import sha256

import grpc
import pytest
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Outcome
from matchpoint.v1.session_pb2 import (
    CreateSessionRequest,
    EndSessionRequest,
    GetReplayRequest,
    GetSessionRequest,
    Origin,
    SessionSpec,
    SessionState,
)

from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.match_messages import result_message
from gameserver.contract.match_records import digest_of
from gameserver.domain.match.records import Cause
from gameserver.domain.match.verify import verify
from gameserver.infrastructure.verify import verify_file
from tests.support.fakes.gameserver_peers import FleetBackend
from tests.support.harnesses.gameserver import SESSION, GameServerHarness, StartGameServer, duel, end, refused
from wire.journal_file import HEADER
from wire.refusal import Refused

pytestmark = pytest.mark.anyio


async def test_a_session_is_created_with_every_default_filled_in(world: GameServerHarness) -> None:
    session = (await world.create(duel(points=0))).session
    assert session.session_id == SESSION
    assert session.state == SessionState.SESSION_STATE_WAITING
    assert session.epoch == 1
    assert session.spec.ruleset.points_to_win == 11
    assert session.spec.ruleset.id == "classic"


async def test_the_same_call_again_gives_the_same_session(world: GameServerHarness) -> None:
    first = await world.create(duel())
    spelled_out = duel()
    spelled_out.ruleset.id = "classic"
    spelled_out.seats.reverse()
    assert await world.create(spelled_out) == first


async def test_two_calls_at_once_give_one_session(world: GameServerHarness) -> None:
    first, second = await asyncio.gather(world.create(duel()), world.create(duel()))
    assert first == second
    assert len(list(world.journals.glob("*.journal"))) == 1


async def test_the_same_id_with_other_contents_is_refused(world: GameServerHarness) -> None:
    await world.create(duel(points=1))
    other = CreateSessionRequest(session_id=SESSION, spec=duel(points=2))
    found = await refused(world.gateway.stub.CreateSession(other, metadata=world.gateway.metadata))
    assert (found.reason, found.status) == (Reason.REASON_SESSION_EXISTS, grpc.StatusCode.ALREADY_EXISTS)


async def test_a_full_server_refuses_and_has_room_again_when_a_session_ends(worlds: StartGameServer) -> None:
    async with worlds(capacity=1) as world:
        operators = duel(origin=Origin.ORIGIN_SERVICE)
        await world.create(operators)
        another = CreateSessionRequest(session_id="another-session-12345", spec=duel())
        found = await refused(world.gateway.stub.CreateSession(another, metadata=world.gateway.metadata))
        assert (found.reason, found.status) == (Reason.REASON_SERVER_FULL, grpc.StatusCode.RESOURCE_EXHAUSTED)
        await world.create(operators)  # the one that it holds
        await end(world)
        await world.create(duel(), "another-session-12345")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("spec.ruleset.points_to_win", lambda spec: setattr(spec.ruleset, "points_to_win", 22)),
        ("spec.ruleset.start_speed", lambda spec: setattr(spec.ruleset, "start_speed", 1)),
        ("spec.seats", lambda spec: spec.seats.pop()),
        ("spec.seats", lambda spec: setattr(spec.seats[1], "seat", 0)),
        ("spec.seats[0].name", lambda spec: setattr(spec.seats[0], "name", "")),
        ("spec.seats[1].bot_reaction_ms", lambda spec: setattr(spec.seats[1], "bot_reaction_ms", 10)),
        ("spec.seats[1].bot", lambda spec: setattr(spec.seats[1], "bot", 9)),
        ("spec.join_within_s", lambda spec: setattr(spec, "join_within_s", 1)),
    ],
)
async def test_a_spec_out_of_range_is_refused_by_its_field(
    world: GameServerHarness, field: str, change: Callable[[SessionSpec], object]
) -> None:
    spec = duel()
    change(spec)
    request = CreateSessionRequest(session_id=SESSION, spec=spec)
    found = await refused(world.gateway.stub.CreateSession(request, metadata=world.gateway.metadata))
    assert (found.reason, found.field) == (Reason.REASON_INVALID_FIELD, field)
    assert not list(world.journals.glob("*.journal"))


@pytest.mark.parametrize("session_id", ["", "short", "../../etc/passwd-0123", "x" * 65, "spaces are not allowed"])
async def test_an_id_that_is_none_is_refused(world: GameServerHarness, session_id: str) -> None:
    request = CreateSessionRequest(session_id=session_id, spec=duel())
    found = await refused(world.gateway.stub.CreateSession(request, metadata=world.gateway.metadata))
    assert (found.reason, found.field) == (Reason.REASON_INVALID_FIELD, "session_id")


async def test_a_session_that_never_was_is_unknown(world: GameServerHarness) -> None:
    stub, metadata = world.gateway.stub, world.gateway.metadata
    for session_id in ("", "unknown-0123456789", "../../etc/passwd-0123"):
        for call in (
            stub.GetSession(GetSessionRequest(session_id=session_id), metadata=metadata),
            stub.EndSession(EndSessionRequest(session_id=session_id), metadata=metadata),
            stub.GetReplay(GetReplayRequest(session_id=session_id), metadata=metadata),
        ):
            assert (await refused(call)).reason == Reason.REASON_SESSION_UNKNOWN


async def test_without_the_service_token_nothing_is_open(world: GameServerHarness) -> None:
    stub = world.gateway.stub
    found = await refused(stub.GetSession(GetSessionRequest(session_id=SESSION)))
    assert found.reason == Reason.REASON_UNAUTHENTICATED


async def test_an_operator_ends_a_session_as_void_and_it_is_reported_once(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    await world.create(duel())
    await end(world)
    session = await world.gateway.stub.EndSession(
        EndSessionRequest(session_id=SESSION), metadata=world.gateway.metadata
    )
    assert session.session.state == SessionState.SESSION_STATE_OVER
    assert session.session.result.outcome == Outcome.OUTCOME_VOID
    async with asyncio.timeout(5):
        report = await backend.reports.get()
    assert report.session_id == SESSION
    assert report.result == session.session.result
    assert report.digest == digest_of(report.result)
    assert report.session_over
    await world.server.reporter.settled()
    assert backend.reports.empty()


async def test_a_session_that_nobody_joins_ends_as_void_by_its_deadline(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    await world.create(duel(join_within_s=5))
    async with asyncio.timeout(7):
        report = await backend.reports.get()
    assert report.result.outcome == Outcome.OUTCOME_VOID


async def test_a_reported_journal_proves_its_result(world: GameServerHarness, backend: FleetBackend) -> None:
    await world.create(duel())
    await end(world)
    report = await backend.reports.get()
    past = ProtobufCodec().read(report.journal)
    assert result_message(verify(past.records)) == report.result
    assert report.journal_digest == sha256(report.journal).digest()
    await world.server.reporter.settled()
    kept = world.journals / "reported" / f"{SESSION}.1.journal"
    assert verify_file(kept, report.journal_digest.hex()) == 0
    assert verify_file(kept, bytes(32).hex()) == 1


async def test_a_report_is_tried_again_until_the_backend_takes_it(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    backend.faults = [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.INTERNAL]
    await world.create(duel())
    await end(world)
    async with asyncio.timeout(5):
        await backend.reports.get()
    assert not backend.faults


async def test_a_report_that_is_refused_for_good_is_set_aside_and_holds_up_no_other(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    backend.faults = [Refused(Reason.REASON_RESULT_DIFFERS, "Another result is recorded.")]
    await world.create(duel())
    await end(world)
    await world.create(duel(), "another-session-12345")
    await end(world, "another-session-12345")
    async with asyncio.timeout(5):
        assert (await backend.reports.get()).session_id == "another-session-12345"
    assert (world.journals / "refused" / f"{SESSION}.1.journal").exists()


async def test_what_was_not_reported_is_reported_after_a_restart(
    worlds: StartGameServer, backend: FleetBackend
) -> None:
    backend.faults = [grpc.StatusCode.UNAVAILABLE] * 1_000
    async with worlds() as world:
        await world.create(duel())
        await end(world)
    backend.faults = []
    async with worlds(), asyncio.timeout(5):
        report = await backend.reports.get()
    assert report.session_id == SESSION


async def test_a_session_goes_on_after_a_restart_in_the_next_epoch(worlds: StartGameServer) -> None:
    async with worlds() as world:
        await world.create(duel())
    async with worlds() as world:
        session = (await world.create(duel())).session
        assert session.epoch == 2
        assert session.state == SessionState.SESSION_STATE_WAITING


async def test_a_clean_stop_costs_no_player_a_pause(worlds: StartGameServer) -> None:
    async with worlds() as world:
        await world.create(duel())
        browser = world.gateway.browser()
        await browser.join(world.backend.ticket(SESSION, 0, 1))
        await browser.until_event("clock")
    async with worlds() as world:
        match = world.live().match
        assert match.state.pauses == [2, 2]
        assert match.clock.cause == Cause.RESTORE


async def test_a_finished_session_is_found_after_a_restart(worlds: StartGameServer, backend: FleetBackend) -> None:
    async with worlds() as world:
        before = await world.create(duel())
        await end(world)
        await backend.reports.get()
    async with worlds() as world:
        again = await world.create(duel())
        assert again.session.state == SessionState.SESSION_STATE_OVER
        assert again.session.result.outcome == Outcome.OUTCOME_VOID
        assert again.session.spec == before.session.spec


async def test_a_damaged_journal_is_set_aside_and_the_others_go_on(worlds: StartGameServer) -> None:
    async with worlds() as world:
        await world.create(duel())
        await world.create(duel(), "another-session-12345")
    path = world.journals / f"{SESSION}.1.journal"
    content = bytearray(path.read_bytes())
    content[60] ^= 1
    path.write_bytes(content)
    async with worlds() as world:
        metadata = world.gateway.metadata
        another = GetSessionRequest(session_id="another-session-12345")
        found = await world.gateway.stub.GetSession(another, metadata=metadata)
        assert found.session.epoch == 2
        assert (world.journals / "refused" / path.name).exists()


async def test_a_journal_without_a_record_was_never_answered_for_and_is_removed(worlds: StartGameServer) -> None:
    async with worlds() as world:
        await world.create(duel())
    path = world.journals / f"{SESSION}.1.journal"
    path.write_bytes(HEADER)
    async with worlds() as world:
        assert (await world.create(duel())).session.epoch == 1, "the same id is free again"
        await end(world)


async def test_a_torn_journal_goes_on_from_its_last_whole_record(worlds: StartGameServer) -> None:
    async with worlds() as world:
        await world.create(duel())
    path = world.journals / f"{SESSION}.1.journal"
    with path.open("ab") as file:
        file.write(b"\x20\x00\x00")
    async with worlds() as world:
        assert (await world.create(duel())).session.epoch == 2
        await end(world)


async def test_a_house_match_leaves_no_journal_behind(world: GameServerHarness, backend: FleetBackend) -> None:
    await world.create(duel(bots=2, origin=Origin.ORIGIN_HOUSE))
    await end(world)
    await backend.reports.get()
    await world.server.reporter.settled()
    assert not list(world.journals.rglob("*.journal"))


async def test_heartbeats_tell_the_load_and_who_is_on(world: GameServerHarness, backend: FleetBackend) -> None:
    await world.create(duel(origin=Origin.ORIGIN_SERVICE))
    async with asyncio.timeout(2):
        while not (beat := await backend.heartbeats.get()).briefs:
            pass
    assert beat.sessions == 1
    assert beat.briefs[0].session_id == SESSION


async def test_a_replay_begins_with_the_opening(world: GameServerHarness) -> None:
    await world.create(duel(bots=2))
    replay = await world.gateway.stub.GetReplay(GetReplayRequest(session_id=SESSION), metadata=world.gateway.metadata)
    assert replay.records[0].opened.left.name == "Ann"
    assert SessionSpec.FromString(replay.records[0].opened.spec) == (await world.create(duel(bots=2))).session.spec
