"""Tournaments on a real game server: from CreateSession to the podium, and what is refused."""

import asyncio
from collections.abc import Callable

import pytest
from matchpoint.v1.frames_pb2 import Ping, SeatMessage
from matchpoint.v1.journal_pb2 import JournalRecord
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Outcome
from matchpoint.v1.session_pb2 import (
    CreateSessionRequest,
    EndSessionRequest,
    Origin,
    SessionSpec,
    SessionState,
)
from matchpoint.v1.tournament_pb2 import (
    CallOff,
    CheckIn,
    CorrectResult,
    EntrantState,
    PairingKind,
    Pause,
    Resume,
    TournamentAct,
    Withdraw,
)

from gameserver.domain.timing import Timing
from tests.support.fakes.gameserver_peers import FleetBackend
from tests.support.harnesses.gameserver import SESSION, GameServerHarness, StartGameServer, refused
from tests.support.harnesses.tournament_sessions import HURRIED, WITHIN_S, act, cup, frames_of, reports_of, state_of
from wire.journal_file import decode

pytestmark = pytest.mark.anyio


@pytest.fixture
def timing() -> Timing:
    return HURRIED


async def test_bots_play_a_single_elimination_to_its_podium(world: GameServerHarness, backend: FleetBackend) -> None:
    session = (await world.create(cup())).session
    assert session.state == SessionState.SESSION_STATE_PLAYING
    seq, matches = 0, set()
    async with asyncio.timeout(WITHIN_S):
        async for frame in frames_of(world, 0):
            assert frame.topic == 0
            if frame.HasField("snapshot"):
                seq = frame.seq
                assert len(frame.snapshot.tournament.entrants) == 4
                continue
            assert frame.seq == seq + len(frame.events), "numbered without a gap"
            seq = frame.seq
            for event in frame.events:
                matches |= {match.match for match in event.pairing.matches}
            last = frame.events[-1]
    assert matches == {1, 2, 3}
    assert last.WhichOneof("body") == "tournament_result"
    result = last.tournament_result
    assert result.has_champion, result
    assert [line.place for line in result.standings.lines] == [1, 2, 3, 3]
    assert result.event.matches == 3
    reports = await reports_of(backend, 4)
    assert sorted(report.match for report in reports[:3]) == [1, 2, 3]
    assert not any(report.session_over for report in reports[:3])
    assert all(len(report.spec.seats) == 2 for report in reports[:3])
    assert (reports[3].match, reports[3].session_over) == (0, True)
    assert reports[3].tournament.result == result
    await world.server.reporter.settled()
    assert backend.reports.empty()
    assert sorted(path.name for path in world.journals.rglob("*.journal")) == [
        f"{SESSION}.{n}.journal" for n in range(4)
    ]
    assert not list(world.journals.glob("*.journal"))


async def test_each_match_has_a_secret_of_its_own_and_no_seed(world: GameServerHarness, backend: FleetBackend) -> None:
    await world.create(cup())
    reports = [report for report in await reports_of(backend, 4) if report.match]
    openings = [JournalRecord.FromString(decode(report.journal).records[0]).opened for report in reports]
    assert len({opening.secret for opening in openings if len(opening.secret) == 32}) == 3
    specs = [report.spec for report in reports] + [SessionSpec.FromString(opening.spec) for opening in openings]
    assert not any(spec.seed for spec in specs)


async def test_two_people_are_called_play_and_are_let_go_at_the_end(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    await world.create(cup(2, people=2))
    one, two = world.gateway.browser(), world.gateway.browser()
    await one.join(backend.ticket(SESSION, 0))
    joined = (await one.until("joined")).joined
    assert (list(joined.seats), joined.topic) == ([0], 0)
    await two.join(backend.ticket(SESSION, 1))
    seated = (await one.until("seated")).seated
    assert seated.topic == 1
    assert list((await two.until("seated")).seated.sides) == [1 - seated.sides[0]]
    snapshot = (await one.until("frame")).frame
    assert snapshot.topic == 1
    assert snapshot.snapshot.card.pairing == 1
    await one.until_event("clock")
    await one.press(0, 0, seat=seated.sides[0], topic=1)
    await one.say(SeatMessage(ping=Ping(t0=5.0)))
    assert (await one.until("pong")).pong.t0 == 5.0
    await two.say(SeatMessage(resign=True, topic=1))
    frame = await one.until_event("result")
    assert frame.events[-1].result.outcome == Outcome.OUTCOME_FORFEIT
    while not one.close_code:
        await one.next()
    assert one.close_code == 1000
    *_, last = await reports_of(backend, 2)
    assert last.tournament.result.champion == 0


async def test_what_is_sent_for_a_match_of_others_closes_the_connection(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    await world.create(cup(4, people=1))
    one = world.gateway.browser()
    await one.join(backend.ticket(SESSION, 0))
    await one.until("joined")
    await one.say(SeatMessage(ping=Ping(t0=1.0), topic=0))
    await one.until("pong")
    await one.say(SeatMessage(resign=True, topic=9))
    refusal = (await one.until("refusal")).refusal
    assert refusal.reason == Reason.REASON_NO_SEAT


async def test_a_player_who_comes_back_is_seated_again(world: GameServerHarness, backend: FleetBackend) -> None:
    await world.create(cup(2, people=2))
    one, two, again = (world.gateway.browser() for _ in range(3))
    await one.join(backend.ticket(SESSION, 0))
    await two.join(backend.ticket(SESSION, 1))
    first = (await one.until("seated")).seated
    await again.join(backend.ticket(SESSION, 0))
    assert (await one.until("refusal")).refusal.reason == Reason.REASON_SEAT_REPLACED
    assert (await again.until("seated")).seated == first
    assert (await again.until("frame")).frame.topic == 1


async def test_a_tournament_at_one_keyboard_is_played_over_one_connection(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    spec = cup(2, people=2)
    spec.origin = Origin.ORIGIN_LOCAL
    for seat in spec.seats:
        seat.account_id = ""
    assert (await world.create(spec)).session.spec.tournament.at_once == 1
    one = world.gateway.browser()
    await one.join(backend.ticket(SESSION, 0, 1))
    assert list((await one.until("seated")).seated.sides) == [0, 1]
    await one.until_event("clock")
    await world.gateway.stub.EndSession(EndSessionRequest(session_id=SESSION), metadata=world.gateway.metadata)
    while not one.close_code:
        await one.next()
    reports = await reports_of(backend, 2)
    assert reports[0].result.outcome == Outcome.OUTCOME_VOID
    assert reports[1].tournament.result.cancelled


async def test_acts_change_the_tournament_and_what_may_not_be_is_refused_by_its_reason(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    await world.create(cup(4, people=4, check_in_s=600))
    check_in, withdraw = TournamentAct(check_in=CheckIn()), TournamentAct(withdraw=Withdraw())
    for _ in range(2):
        entrant = (await act(world, "account-0", check_in)).entrant
        assert (entrant.account_id, entrant.state) == ("account-0", EntrantState.ENTRANT_STATE_IN)
    assert (await refused(act(world, "stranger", check_in))).reason == Reason.REASON_ENTRANT_UNKNOWN
    assert (await refused(act(world, "account-0", TournamentAct(pause=Pause())))).reason == Reason.REASON_NOT_ORGANISER
    assert not (await act(world, "organiser", TournamentAct(pause=Pause()))).HasField("entrant")
    assert (await state_of(world)).status.paused
    again = await refused(act(world, "organiser", TournamentAct(pause=Pause())))
    assert again.reason == Reason.REASON_TOURNAMENT_STATE
    await act(world, "", TournamentAct(resume=Resume()))
    entrant = (await act(world, "account-1", withdraw)).entrant
    assert (entrant.entrant, entrant.state) == (1, EntrantState.ENTRANT_STATE_WITHDRAWN)
    assert (await refused(act(world, "account-1", withdraw))).reason == Reason.REASON_ENTRANT_OUT
    unknown = TournamentAct(correct_result=CorrectResult(pairing=99, kind=PairingKind.PAIRING_KIND_PLAYED))
    assert (await refused(act(world, "organiser", unknown))).reason == Reason.REASON_PAIRING_UNKNOWN
    assert (await refused(act(world, "organiser", TournamentAct()))).reason == Reason.REASON_INVALID_FIELD
    entrants = (await state_of(world)).entrants
    assert [entrant.state for entrant in entrants] == [
        EntrantState.ENTRANT_STATE_IN,
        EntrantState.ENTRANT_STATE_WITHDRAWN,
        EntrantState.ENTRANT_STATE_EXPECTED,
        EntrantState.ENTRANT_STATE_EXPECTED,
    ]
    await act(world, "organiser", TournamentAct(call_off=CallOff()))
    (report,) = await reports_of(backend, 1)
    assert report.tournament.result.cancelled
    assert (await refused(act(world, "organiser", withdraw))).reason == Reason.REASON_TOURNAMENT_OVER


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        (Reason.REASON_ENTRANT_DUPLICATE, lambda spec: setattr(spec.seats[1], "account_id", "account-0")),
        (Reason.REASON_SETTINGS_CONTRADICT, lambda spec: setattr(spec.tournament, "best_of", 2)),
        (
            Reason.REASON_SETTINGS_CONTRADICT,
            lambda spec: spec.tournament.best_of_rounds.add(stage=1, round=1, best_of=3, before_last=0),
        ),
        (Reason.REASON_SETTINGS_CONTRADICT, lambda spec: setattr(spec.tournament, "waiting_from", 1)),
        (Reason.REASON_INVALID_FIELD, lambda spec: setattr(spec.tournament, "delay_s", 31)),
        (Reason.REASON_INVALID_FIELD, lambda spec: setattr(spec.tournament, "title", "")),
        (Reason.REASON_INVALID_FIELD, lambda spec: setattr(spec.seats[1], "seat", 7)),
        (Reason.REASON_ENTRANTS_COUNT, lambda spec: spec.tournament.format.groups.SetInParent()),
    ],
)
async def test_a_tournament_that_cannot_be_is_refused_by_its_reason(
    world: GameServerHarness, reason: Reason.ValueType, change: Callable[[SessionSpec], object]
) -> None:
    spec = cup(3, people=3)
    change(spec)
    assert (await refused(world.create(spec))).reason == reason
    assert not list(world.journals.glob("*.journal"))
    assert not world.server.registry.dispatcher.running


async def test_a_tournament_has_places_for_all_matches_that_it_may_have_on_at_once(
    worlds: StartGameServer, backend: FleetBackend
) -> None:
    async with worlds(capacity=4) as world:
        await world.create(cup(4, people=4))
        request = CreateSessionRequest(session_id="another-session-12345", spec=cup(6))
        found = await refused(world.gateway.stub.CreateSession(request, metadata=world.gateway.metadata))
        assert found.reason == Reason.REASON_SERVER_FULL
        request.spec.tournament.at_once = 2
        await world.gateway.stub.CreateSession(request, metadata=world.gateway.metadata)
        assert world.server.registry.heartbeat().sessions == 4
        await world.gateway.stub.EndSession(EndSessionRequest(session_id=SESSION), metadata=world.gateway.metadata)
        assert world.server.registry.heartbeat().sessions == 2
