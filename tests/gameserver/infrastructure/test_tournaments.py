"""Tournaments on a real game server: from CreateSession to the podium, through a restart, and what is refused."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest
from matchpoint.v1.frames_pb2 import BotStrength, Event, Frame, Ping, Position, SeatMessage
from matchpoint.v1.journal_pb2 import JournalRecord
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Outcome
from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import (
    CreateSessionRequest,
    EndSessionRequest,
    GetReplayRequest,
    Origin,
    SeatSpec,
    SessionSpec,
    SessionState,
    StreamGameStateRequest,
)
from matchpoint.v1.stats_pb2 import ReportStatsRequest
from matchpoint.v1.tournament_pb2 import (
    ActRequest,
    CallOff,
    CheckIn,
    CorrectResult,
    EntrantState,
    GetTournamentRequest,
    PairingKind,
    PairingState,
    Pause,
    Resume,
    TournamentAct,
    TournamentFormat,
    TournamentSpec,
    TournamentState,
    Withdraw,
)
from matchpoint.v1.tournament_pb2_grpc import TournamentServiceStub

from gameserver.domain.match.match import Match
from gameserver.domain.timing import Timing
from gameserver.sessions.runner import MatchRunner
from gameserver.sessions.tournament.session import TournamentSession
from tests.gameserver.infrastructure.conftest import SESSION, World, Worlds
from tests.gameserver.infrastructure.test_sessions import refused
from tests.gameserver.standins import Backend, Gateway
from wire.journal_file import decode

pytestmark = pytest.mark.anyio

WITHIN_S = 60.0


@pytest.fixture
def timing() -> Timing:
    """Waits that a tournament makes for people's sake are short here."""
    return Timing(call_countdown_ms=100, draw_s=0, between_s=0, rest_s=0, countdown_us=100_000)


def cup(
    entrants: int = 4, *, people: int = 0, form: TournamentFormat | None = None, delay_s: int = 0, check_in_s: int = 0
) -> SessionSpec:
    """So many people, then bots, over one short point."""
    seats = [
        SeatSpec(seat=n, name=f"Player {n}", account_id=f"account-{n}")
        if n < people
        else SeatSpec(seat=n, name=f"Bot {n}", bot=BotStrength.BOT_STRENGTH_EASY)
        for n in range(entrants)
    ]
    return SessionSpec(
        origin=Origin.ORIGIN_ROOM,
        ruleset=Ruleset(points_to_win=1, start_speed=200_000, paddle_half_height=3_000),
        seats=seats,
        seed=11,
        public=True,
        tournament=TournamentSpec(
            title="Cup",
            organiser_account_id="organiser",
            format=form,
            delay_s=delay_s,
            check_in_s=check_in_s,
        ),
    )


async def frames_of(
    world: World, topic: int, after: Position | None = None, *, live: bool = False
) -> AsyncIterator[Frame]:
    """The frames of a topic until it is over."""
    request = StreamGameStateRequest(session_id=SESSION, topic=topic, viewers=1, live=live)
    if after:
        request.after.CopyFrom(after)
    call = world.gateway.stub.StreamGameState(request, metadata=world.gateway.metadata)
    async for message in call:
        if message.HasField("frame"):
            yield message.frame


def match_of(world: World, match: int) -> MatchRunner:
    """A match inside the server."""
    tournament = world.server.registry.sessions[SESSION]
    assert isinstance(tournament, TournamentSession)
    return tournament.pool.matches[match]


async def reports_of(backend: Backend, count: int) -> list[ReportStatsRequest]:
    async with asyncio.timeout(WITHIN_S):
        return [await backend.reports.get() for _ in range(count)]


async def test_bots_play_a_single_elimination_to_its_podium(world: World, backend: Backend) -> None:
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


async def test_each_match_has_a_secret_of_its_own_and_no_seed(world: World, backend: Backend) -> None:
    await world.create(cup())
    reports = [report for report in await reports_of(backend, 4) if report.match]
    openings = [JournalRecord.FromString(decode(report.journal).records[0]).opened for report in reports]
    assert len({opening.secret for opening in openings if len(opening.secret) == 32}) == 3
    specs = [report.spec for report in reports] + [SessionSpec.FromString(opening.spec) for opening in openings]
    assert not any(spec.seed for spec in specs)


async def test_two_people_are_called_play_and_are_let_go_at_the_end(world: World, backend: Backend) -> None:
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


async def test_what_is_sent_for_a_match_of_others_closes_the_connection(world: World, backend: Backend) -> None:
    await world.create(cup(4, people=1))
    one = world.gateway.browser()
    await one.join(backend.ticket(SESSION, 0))
    await one.until("joined")
    await one.say(SeatMessage(ping=Ping(t0=1.0), topic=0))
    await one.until("pong")
    await one.say(SeatMessage(resign=True, topic=9))
    refusal = (await one.until("refusal")).refusal
    assert refusal.reason == Reason.REASON_NO_SEAT


async def test_a_player_who_comes_back_is_seated_again(world: World, backend: Backend) -> None:
    await world.create(cup(2, people=2))
    one, two, again = (world.gateway.browser() for _ in range(3))
    await one.join(backend.ticket(SESSION, 0))
    await two.join(backend.ticket(SESSION, 1))
    first = (await one.until("seated")).seated
    await again.join(backend.ticket(SESSION, 0))
    assert (await one.until("refusal")).refusal.reason == Reason.REASON_SEAT_REPLACED
    assert (await again.until("seated")).seated == first
    assert (await again.until("frame")).frame.topic == 1


async def waited_for_s(world: World, is_so: Callable[[float], bool]) -> None:
    """Returns when those who are called are waited for as long, seconds."""
    tournament = world.server.registry.sessions[SESSION]
    assert isinstance(tournament, TournamentSession)
    async with asyncio.timeout(WITHIN_S):
        while not is_so(((tournament.engine.deadline or 0) / 1000) - time.time()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_when_the_last_gateway_fails_its_players_are_waited_for_until_there_is_one_again(
    world: World, backend: Backend
) -> None:
    await world.create(cup(2, people=2))
    one = world.gateway.browser()
    await one.join(backend.ticket(SESSION, 0))
    await one.until("joined")
    await waited_for_s(world, lambda left: left < 60)
    await world.gateway.close()
    await waited_for_s(world, lambda left: 3_000 < left < 3_601)
    again = Gateway(world.port)
    try:
        await again.browser().join(backend.ticket(SESSION, 1))
        # Both have the rest of the call at least, and who was cut off has 20 s.
        await waited_for_s(world, lambda left: left < 60)
    finally:
        await again.close()


async def test_after_a_restart_people_are_waited_for_until_there_is_a_gateway(worlds: Worlds, backend: Backend) -> None:
    async with worlds() as world:
        await world.create(cup(2, people=2))
    async with worlds() as world:
        await waited_for_s(world, lambda left: 3_000 < left < 3_601)
        await anext(frames_of(world, 0))
        await waited_for_s(world, lambda left: left < 61)


async def test_a_tournament_at_one_keyboard_is_played_over_one_connection(world: World, backend: Backend) -> None:
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


async def act(world: World, by: str, message: TournamentAct) -> None:
    request = ActRequest(session_id=SESSION, by_account_id=by, act=message)
    await TournamentServiceStub(world.gateway.channel).Act(request, metadata=world.gateway.metadata)


async def state_of(world: World, *, live: bool = True) -> TournamentState:
    stub = TournamentServiceStub(world.gateway.channel)
    request = GetTournamentRequest(session_id=SESSION, live=live)
    return (await stub.GetTournament(request, metadata=world.gateway.metadata)).state


async def test_acts_change_the_tournament_and_what_may_not_be_is_refused_by_its_reason(
    world: World, backend: Backend
) -> None:
    await world.create(cup(4, people=4, check_in_s=600))
    check_in, withdraw = TournamentAct(check_in=CheckIn()), TournamentAct(withdraw=Withdraw())
    await act(world, "account-0", check_in)
    assert (await refused(act(world, "stranger", check_in))).reason == Reason.REASON_ENTRANT_UNKNOWN
    assert (await refused(act(world, "account-0", TournamentAct(pause=Pause())))).reason == Reason.REASON_NOT_ORGANISER
    await act(world, "organiser", TournamentAct(pause=Pause()))
    assert (await state_of(world)).status.paused
    again = await refused(act(world, "organiser", TournamentAct(pause=Pause())))
    assert again.reason == Reason.REASON_TOURNAMENT_STATE
    await act(world, "", TournamentAct(resume=Resume()))
    await act(world, "account-1", withdraw)
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
    world: World, reason: Reason.ValueType, change: Callable[[SessionSpec], object]
) -> None:
    spec = cup(3, people=3)
    change(spec)
    assert (await refused(world.create(spec))).reason == reason
    assert not list(world.journals.glob("*.journal"))
    assert not world.server.registry.dispatcher.running


async def test_a_tournament_goes_on_after_a_restart_with_the_same_numbers(worlds: Worlds, backend: Backend) -> None:
    seen: dict[int, Event] = {}
    place = Position()
    async with worlds() as world:
        await world.create(cup())
        async for frame in frames_of(world, 0):
            number(frame, seen)
            place = Position(epoch=frame.epoch, seq=frame.seq)
            if any(event.pairing.state == PairingState.PAIRING_STATE_DECIDED for event in frame.events):
                break
    async with worlds() as world, asyncio.timeout(WITHIN_S):
        assert (await world.create(cup())).session.epoch == 2
        async for frame in frames_of(world, 0, place):
            assert frame.epoch == 2
            assert min(frame.seq - len(frame.events), place.seq) == place.seq
            number(frame, seen)
    assert sorted(seen) == list(range(min(seen), max(seen) + 1)), "numbered without a gap"
    assert seen[max(seen)].tournament_result.has_champion
    reports = await reports_of(backend, 4)
    assert sorted((report.match, report.attempt) for report in reports) == [(0, 1), (1, 1), (2, 1), (3, 1)]


async def test_who_comes_back_after_a_restart_to_a_match_that_was_over_is_told_what_is_durable(
    worlds: Worlds, backend: Backend
) -> None:
    async with worlds() as world, asyncio.timeout(WITHIN_S):
        await world.create(cup())
        async for frame in frames_of(world, 0):
            over = [
                match.match for event in frame.events for match in event.pairing.matches if match.HasField("result")
            ]
            if over:
                break
    async with worlds() as world, asyncio.timeout(WITHIN_S):
        frame = await anext(frames_of(world, over[0], Position(epoch=1, seq=1)))
    assert [event.WhichOneof("body") for event in frame.events] == ["goal", "result"]
    assert frame.snapshot.result == frame.events[-1].result


def number(frame: Frame, seen: dict[int, Event]) -> None:
    """Keep each event by its number; the same number is the same event for ever."""
    for seq, event in enumerate(frame.events, frame.seq - len(frame.events) + 1):
        assert seen.setdefault(seq, event) == event


async def test_a_match_can_be_watched_while_it_is_on_and_shows_its_end_afterwards(
    world: World, backend: Backend
) -> None:
    await world.create(cup(2))
    async with asyncio.timeout(WITHIN_S):
        async for frame in frames_of(world, 0):
            if any(event.pairing.state == PairingState.PAIRING_STATE_PLAYING for event in frame.events):
                break
        frames = [frame async for frame in frames_of(world, 1)]
        assert frames[-1].events[-1].HasField("result")
        (frame,) = [frame async for frame in frames_of(world, 1)]
        assert frame.snapshot.HasField("result")
        found = await refused(anext(frames_of(world, 2)))
        assert found.reason == Reason.REASON_TOPIC_UNKNOWN
    await reports_of(backend, 2)
    metadata = world.gateway.metadata
    replay = await world.gateway.stub.GetReplay(GetReplayRequest(session_id=SESSION, match=1), metadata=metadata)
    assert replay.records[0].opened.match == 1


async def test_a_scoreboard_tells_what_is_on_to_those_who_watch_the_bracket(world: World) -> None:
    await world.create(cup())
    request = StreamGameStateRequest(session_id=SESSION, topic=0, viewers=3)
    async with asyncio.timeout(WITHIN_S):
        async for message in world.gateway.stub.StreamGameState(request, metadata=world.gateway.metadata):
            if len(message.scoreboard.scores) == 2:
                break
    assert [score.match for score in message.scoreboard.scores] == [1, 2]
    assert message.scoreboard.viewers == 3
    assert message.scoreboard.featured in (1, 2)


async def test_whoever_asks_for_it_sees_the_featured_match_beside_the_bracket(world: World, backend: Backend) -> None:
    await world.create(cup())
    request = StreamGameStateRequest(session_id=SESSION, topic=0, viewers=1, featured=True)
    topics: list[int] = []
    async with asyncio.timeout(WITHIN_S):
        async for message in world.gateway.stub.StreamGameState(request, metadata=world.gateway.metadata):
            if message.HasField("frame"):
                topics.append(message.frame.topic)
                last = message.frame
    assert {0, 1} <= set(topics)
    assert last.topic == 0
    assert last.events[-1].HasField("tournament_result")


async def test_a_clean_stop_tells_everybody_once_and_costs_no_player_a_pause(worlds: Worlds, backend: Backend) -> None:
    async with worlds() as world:
        await world.create(cup(3, people=3))
        browsers = [world.gateway.browser() for _ in range(3)]
        for seat, browser in enumerate(browsers):
            await browser.join(backend.ticket(SESSION, seat))
        # Three of them: the best seed has a bye, so one of them waits.
        playing = [browsers[1], browsers[2]]
        for browser in playing:
            await browser.until("seated")
            await browser.until_event("clock")
        await world.stop()
        for browser in browsers:
            await browser.until("notice")
            while not browser.got.empty():
                assert (await browser.next()).WhichOneof("body") != "notice"
    async with worlds() as world:
        match = match_of(world, 1)
        assert match.match.state.pauses == [2, 2]
        assert match.epoch == 2
        one = world.gateway.browser()
        await one.join(backend.ticket(SESSION, 1))
        assert (await one.until("seated")).seated.topic == 1


async def test_a_tournament_has_places_for_all_matches_that_it_may_have_on_at_once(
    worlds: Worlds, backend: Backend
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


async def test_a_match_that_breaks_goes_on_from_its_journal(
    world: World, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.create(cup(2))
    advance = Match.advance
    broken: list[Match] = []

    def break_the_first(match: Match, now: int) -> None:
        if not broken:
            broken.append(match)
        if match is broken[0]:
            raise RuntimeError("as the test wants it")
        advance(match, now)

    monkeypatch.setattr(Match, "advance", break_the_first)
    first, last = await reports_of(backend, 2)
    assert (first.match, first.attempt) == (1, 1)
    assert first.result.outcome == Outcome.OUTCOME_PLAYED
    assert last.tournament.result.has_champion
    assert not world.server.registry.dispatcher.running


async def test_a_match_that_breaks_again_and_again_is_given_up_and_holds_up_nobody(
    world: World, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.create(cup(2))

    def break_all(match: Match, now: int) -> None:
        raise RuntimeError("as the test wants it")

    monkeypatch.setattr(Match, "advance", break_all)
    (report,) = await reports_of(backend, 1)
    assert report.match == 0
    assert not report.tournament.result.has_champion
    assert report.tournament.pairings[0].kind == PairingKind.PAIRING_KIND_DOUBLE_FORFEIT
    assert not world.server.registry.dispatcher.running


async def test_a_match_that_was_over_before_a_restart_still_shows_its_end(worlds: Worlds, backend: Backend) -> None:
    async with worlds() as world, asyncio.timeout(WITHIN_S):
        await world.create(cup())
        async for frame in frames_of(world, 0):
            if any(event.pairing.state == PairingState.PAIRING_STATE_DECIDED for event in frame.events):
                break
        over = (await reports_of(backend, 1))[0]
    async with worlds() as world, asyncio.timeout(WITHIN_S):
        (frame,) = [frame async for frame in frames_of(world, over.match)]
        assert frame.snapshot.result == over.result
        assert frame.snapshot.card.match == over.match


async def until_playing(world: World, *, live: bool) -> None:
    """Returns when the bracket shows that a match is on, to those who watch it like that."""
    async for frame in frames_of(world, 0, live=live):
        if any(event.pairing.state == PairingState.PAIRING_STATE_PLAYING for event in frame.events):
            break


async def test_a_match_that_spectators_have_not_heard_of_is_unknown_to_them(world: World, backend: Backend) -> None:
    # Before, follow{n} was refused only until match n began: so anybody heard of each call at once.
    await world.create(cup(2, delay_s=3))
    async with asyncio.timeout(WITHIN_S):
        await until_playing(world, live=True)
        metadata = world.gateway.metadata
        for match in (1, 2):
            found = await refused(anext(frames_of(world, match)))
            assert found.reason == Reason.REASON_TOPIC_UNKNOWN
            replay = GetReplayRequest(session_id=SESSION, match=match)
            found = await refused(world.gateway.stub.GetReplay(replay, metadata=metadata))
            assert found.reason == Reason.REASON_RECORD_UNKNOWN
        assert (await anext(frames_of(world, 1, live=True))).HasField("snapshot")
    await reports_of(backend, 2)


async def test_who_has_withdrawn_watches_as_spectators_do(world: World, backend: Backend) -> None:
    await world.create(cup(4, people=2, delay_s=3))
    one = world.gateway.browser()
    await one.join(backend.ticket(SESSION, 0))
    assert not (await one.until("view")).view.delayed
    await act(world, "account-0", TournamentAct(withdraw=Withdraw()))
    assert (await one.until("view")).view.delayed
    # Whoever comes back with the same ticket has nothing more.
    again = world.gateway.browser()
    await again.join(backend.ticket(SESSION, 0))
    assert (await again.until("view")).view.delayed
    assert (await again.until("joined")).joined.topic == 0


async def test_spectators_see_everything_later_and_players_at_once(world: World, backend: Backend) -> None:
    delay_s = 3
    await world.create(cup(2, delay_s=delay_s))
    at: dict[tuple[bool, int, int], Frame] = {}

    async def watch(topic: int, live: bool) -> None:
        async for frame in frames_of(world, topic, live=live):
            if frame.events:
                at[live, topic, frame.seq] = frame
            if not live and (frame.events or topic):
                # The server's clock is ours. Only what was told at the opening has no delay.
                assert time.monotonic() * 1_000 - frame.server_ms >= delay_s * 1_000 - 1

    async with asyncio.timeout(WITHIN_S):
        brackets = asyncio.gather(watch(0, True), watch(0, False))
        async for frame in frames_of(world, 0, live=True):
            if any(event.pairing.state == PairingState.PAIRING_STATE_PLAYING for event in frame.events):
                break
        early = await state_of(world, live=False)
        assert all(pairing.state != PairingState.PAIRING_STATE_PLAYING for pairing in early.pairings)
        metadata = world.gateway.metadata
        replay = GetReplayRequest(session_id=SESSION, match=1)
        found = await refused(world.gateway.stub.GetReplay(replay, metadata=metadata))
        assert found.reason == Reason.REASON_RECORD_UNKNOWN
        live = asyncio.create_task(watch(1, True))
        await until_playing(world, live=False)
        await asyncio.gather(brackets, live, watch(1, False))
        await world.gateway.stub.GetReplay(replay, metadata=metadata)
    # What was announced before the first of them began to watch, only the later one was told.
    later = [
        (frame, at[True, topic, seq])
        for (live, topic, seq), frame in at.items()
        if not live and (True, topic, seq) in at
    ]
    assert {frame.topic for frame, _ in later} == {0, 1}
    for frame, twin in later:
        assert frame == twin, "the same, server_ms included"
    await reports_of(backend, 2)
