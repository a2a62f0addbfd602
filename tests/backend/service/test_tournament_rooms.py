"""Rooms that collect the entrants of a tournament, until it starts."""

import pytest
from matchpoint.v1 import lobby_pb2, tournament_pb2
from matchpoint.v1.frames_pb2 import BotStrength
from matchpoint.v1.lobby_pb2 import TournamentRoom
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Origin
from matchpoint.v1.tournament_pb2 import (
    TournamentFormat,
    TournamentSpec,
)

from backend.service.sessions.tournament_spec import rating
from tests.support.harnesses.backend import BackendHarness, Tab
from tests.support.harnesses.backend_tournaments import CUP, DAY_S, begin, end_of, gathered, match_of, people, room_of
from wire.refusal import Refused

pytestmark = pytest.mark.anyio


async def test_a_room_collects_entrants_and_shows_what_they_will_play(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    await ada.do(add_bot=lobby_pb2.AddBot(strength=BotStrength.BOT_STRENGTH_HARD))
    room = await room_of(bob)
    assert (room.tournament.spec.title, room.tournament.capacity) == ("Friday Cup", 4)
    assert room.tournament.spec.format.WhichOneof("kind") == "single_elimination"
    assert [(m.name, m.seated, m.seat, m.bot) for m in room.members] == [
        ("Ada", True, 0, 0),
        ("Bob", True, 1, 0),
        ("Bot (hard)", True, 2, BotStrength.BOT_STRENGTH_HARD),
    ]
    await ada.do(set_ranking=lobby_pb2.SetRanking(account_ids=["bot-1", bob.account_id, ada.account_id]))
    assert [m.name for m in (await room_of(bob)).members] == ["Bot (hard)", "Bob", "Ada"]
    await ada.do(kick=lobby_pb2.Kick(account_id="bot-1"))
    assert [m.name for m in (await room_of(bob)).members] == ["Bob", "Ada"]


async def test_a_start_gives_everybody_their_number_and_those_who_watch_none(harness: BackendHarness) -> None:
    two = TournamentRoom(spec=CUP.spec, capacity=2)
    ada, bob, eve, joe = await gathered(harness, "Ada", "Bob", "Eve", "Joe", room=two)
    await joe.do(set_seat=lobby_pb2.SetSeat(seated=False))
    await ada.do(start=lobby_pb2.Start())
    seats = [list((await tab.hears("started")).started.entry.seats) for tab in (ada, bob, eve, joe)]
    assert seats == [[0], [1], [2], []]
    (spec,) = harness.game_servers.held.values()
    assert (spec.origin, spec.tournament.organiser_account_id, spec.tournament.waiting_from) == (
        Origin.ORIGIN_ROOM,
        ada.account_id,
        2,
    )
    assert [(seat.seat, seat.name) for seat in spec.seats] == [(0, "Ada"), (1, "Bob"), (2, "Eve")]
    located = await harness.directory.locate(next(iter(harness.game_servers.held)))
    assert located.tournament
    entry = await harness.directory.issue_ticket(eve.account_id, next(iter(harness.game_servers.held)))
    assert (list(entry.seats), bool(entry.ticket)) == ([2], True)


async def test_the_directory_says_who_organises_a_tournament_also_when_the_host_has_left(
    harness: BackendHarness,
) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    session_id = await begin(ada, bob)
    assert (await harness.directory.locate(session_id)).organiser_account_id == ada.account_id
    await ada.do(leave_room=lobby_pb2.LeaveRoom())
    assert (await harness.directory.locate(session_id)).organiser_account_id == bob.account_id


async def test_past_results_come_along_for_seeding(harness: BackendHarness) -> None:
    ada, bob, eve = await gathered(harness, "Ada", "Bob", "Eve")
    for tab, name in ((ada, "Ada"), (bob, "Bob")):
        await harness.credentials.register(tab.account_id, tab.token, name, "a long enough secret", "")
    first = await begin(ada, bob, eve)
    for match in (1, 2):
        await harness.report(match_of(harness, first, match, 1, 0))
    await harness.report(end_of(harness, first))
    await ada.do(add_bot=lobby_pb2.AddBot(strength=BotStrength.BOT_STRENGTH_EASY))
    second = await begin(ada, bob, eve)
    ratings = {seat.name: seat.rating for seat in harness.game_servers.held[second].seats}
    assert ratings == {"Ada": 950, "Bob": 1_050, "Eve": 1_000, "Bot (easy)": 800}
    assert (rating(-100), rating(10**9)) == (0, 100_000)


async def test_who_drops_out_keeps_the_place_for_days(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    await bob.close()
    harness.clock.advance(5 * DAY_S)
    await harness.periodic_jobs.run_once()
    assert [(m.name, m.connected) for m in (await room_of(ada)).members] == [("Ada", True), ("Bob", False)]
    again = await harness.restarted()
    again.clock.advance(DAY_S)
    await again.periodic_jobs.run_once()
    room = await again.rooms.current(bob.account_id)
    assert room is not None
    assert len(room.seated) == 2


async def test_it_starts_when_its_time_has_come_also_after_a_restart_of_the_backend(harness: BackendHarness) -> None:
    starts = harness.clock.unix_ms() + 60_000
    room = TournamentRoom(spec=CUP.spec, capacity=4, starts_unix_ms=starts)
    ada, _bob = await gathered(harness, "Ada", "Bob", room=room)
    await harness.periodic_jobs.run_once()
    assert not harness.game_servers.held
    again = await harness.restarted()
    await again.register()
    tab = await Tab.open(again, ada.account_id, ada.token)
    harness.clock.advance(60)
    await again.register()
    await again.periodic_jobs.run_once()
    assert list((await tab.hears("started")).started.entry.seats) == [0]
    await again.periodic_jobs.run_once()
    assert len(harness.game_servers.held) == 1


async def test_in_the_last_seconds_something_else_can_be_changed_and_the_start_stays(harness: BackendHarness) -> None:
    starts = harness.clock.unix_ms() + 10_123
    ada, _bob = await gathered(harness, "Ada", "Bob", room=TournamentRoom(spec=CUP.spec, starts_unix_ms=starts))
    for passed_s in (5, 6):
        harness.clock.advance(passed_s)
        room = (await room_of(ada)).tournament
        room.capacity = 2 + passed_s
        await ada.do(set_settings=lobby_pb2.SetSettings(tournament=room))
        after = (await room_of(ada)).tournament
        assert (after.capacity, after.starts_unix_ms) == (2 + passed_s, starts)
    past = TournamentRoom(spec=CUP.spec, starts_unix_ms=starts - 1)
    assert await ada.refused(set_settings=lobby_pb2.SetSettings(tournament=past)) == "REASON_INVALID_FIELD"


async def test_alone_at_its_time_the_host_is_told_and_starts_it_later(harness: BackendHarness) -> None:
    room = TournamentRoom(spec=CUP.spec, starts_unix_ms=harness.clock.unix_ms() + 5_000)
    (ada,) = await gathered(harness, "Ada", room=room)
    harness.clock.advance(6)
    await harness.periodic_jobs.run_once()
    assert (await ada.hears("refusal")).refusal.reason == Reason.REASON_ENTRANTS_COUNT
    assert (await room_of(ada)).tournament.starts_unix_ms == 0
    await ada.do(add_bot=lobby_pb2.AddBot())
    assert await begin(ada)


async def test_without_a_game_server_at_its_time_it_starts_as_soon_as_there_is_one(harness: BackendHarness) -> None:
    room = TournamentRoom(spec=CUP.spec, starts_unix_ms=harness.clock.unix_ms() + 5_000)
    ada, _bob = await gathered(harness, "Ada", "Bob", room=room)
    harness.clock.advance(20)
    await harness.periodic_jobs.run_once()
    assert (await room_of(ada)).session_id == ""
    await harness.register()
    await harness.periodic_jobs.run_once()
    assert (await ada.hears("started")).started.entry.session_id


@pytest.mark.parametrize(
    ("room", "reason", "field"),
    [
        (TournamentRoom(), "REASON_INVALID_FIELD", "spec.title"),
        (TournamentRoom(spec=TournamentSpec(title="a\u202eb")), "REASON_INVALID_FIELD", "spec.title"),
        (TournamentRoom(spec=TournamentSpec(title="x" * 61)), "REASON_INVALID_FIELD", "spec.title"),
        (TournamentRoom(spec=TournamentSpec(title="x", best_of=2)), "REASON_INVALID_FIELD", "spec.best_of"),
        (TournamentRoom(spec=TournamentSpec(title="x", delay_s=31)), "REASON_INVALID_FIELD", "spec.delay_s"),
        (TournamentRoom(spec=TournamentSpec(title="x"), capacity=65), "REASON_SETTINGS_CONTRADICT", "capacity"),
        (TournamentRoom(spec=TournamentSpec(title="x"), capacity=257), "REASON_INVALID_FIELD", "capacity"),
        (TournamentRoom(spec=TournamentSpec(title="x"), starts_unix_ms=1), "REASON_INVALID_FIELD", "starts_unix_ms"),
        (
            TournamentRoom(
                spec=TournamentSpec(title="x", format=TournamentFormat(groups=tournament_pb2.Groups(groups=4))),
                capacity=7,
            ),
            "REASON_SETTINGS_CONTRADICT",
            "spec.format.groups.groups",
        ),
    ],
)
async def test_settings_that_cannot_be_are_refused_by_the_field_at_fault(
    harness: BackendHarness, room: TournamentRoom, reason: str, field: str
) -> None:
    ada = await harness.guest("Ada")
    refused = await ada.ask(create_room=lobby_pb2.CreateRoom(tournament=room))
    assert refused is not None
    assert (Reason.Name(refused.reason), refused.field) == (reason, f"create_room.tournament.{field}")
    assert await harness.rooms.current(ada.account_id) is None


async def test_a_start_that_its_format_or_the_game_server_refuses_leaves_the_room_as_it_was(
    harness: BackendHarness,
) -> None:
    groups = TournamentRoom(spec=TournamentSpec(title="x", format=TournamentFormat(groups=tournament_pb2.Groups())))
    ada, bob = await gathered(harness, "Ada", "Bob", room=groups)
    assert await ada.refused(start=lobby_pb2.Start()) == "REASON_ENTRANTS_COUNT"
    assert await bob.refused(start=lobby_pb2.Start()) == "REASON_NOT_HOST"
    assert not harness.game_servers.asked
    await ada.do(set_settings=lobby_pb2.SetSettings(tournament=CUP))
    harness.game_servers.refuses = Refused(Reason.REASON_SETTINGS_CONTRADICT, "That cannot be.", field="spec.rounds")
    assert await ada.refused(start=lobby_pb2.Start()) == "REASON_SETTINGS_CONTRADICT"
    assert (await bob.hears("refusal")).refusal.sentence == "That cannot be."
    assert (await room_of(ada)).session_id == ""
    harness.game_servers.refuses = None
    assert await begin(ada, bob)


async def test_what_is_for_tournaments_is_refused_in_a_room_for_duels(harness: BackendHarness) -> None:
    (ada,) = await people(harness, "Ada")
    await ada.do(create_room=lobby_pb2.CreateRoom())
    assert await ada.refused(add_bot=lobby_pb2.AddBot()) == "REASON_NOT_ALLOWED"
    assert await ada.refused(set_ranking=lobby_pb2.SetRanking(account_ids=["x"])) == "REASON_NOT_ALLOWED"
    assert await ada.refused(set_settings=lobby_pb2.SetSettings(tournament=CUP)) == "REASON_NOT_ALLOWED"
    assert await ada.refused(set_ranking=lobby_pb2.SetRanking()) == "REASON_INVALID_FIELD"
