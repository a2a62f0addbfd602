"""Tournaments that are on or over: who may do what, what is kept, and where it is found."""

import pytest
from matchpoint.v1 import lobby_pb2, tournament_pb2
from matchpoint.v1.directory_pb2 import LocalTournament, StartSessionRequest
from matchpoint.v1.lobby_pb2 import OutCause, TournamentRoom
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec
from matchpoint.v1.tournament_pb2 import (
    TournamentAct,
    TournamentFormat,
    TournamentPhase,
    TournamentSpec,
)

from backend.contract.records import recorded_result
from backend.service.models import Stage
from backend.service.ports import SessionNotCreated
from backend.service.sessions.fleet import ServerHeartbeat, SessionBrief
from backend.service.social.presence_status import Activity
from tests.support.harnesses.backend import SERVER, BackendHarness
from tests.support.harnesses.backend_tournaments import begin, end_of, gathered, match_of, refusal, room_of, state_of
from wire.refusal import Refused
from wire.tickets import TicketVerifier

pytestmark = pytest.mark.anyio


def verifier(harness: BackendHarness) -> TicketVerifier:
    return TicketVerifier([(key.kid, key.public_key) for key in harness.tickets.keys])


async def test_while_it_is_on_friends_see_its_entrants_in_a_match_and_its_room_says_so(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    await harness.friends.ask(ada.account_id, "Bob")
    await harness.friends.answer(bob.account_id, ada.account_id, accept=True)
    session_id = await begin(ada, bob)
    (friend,) = (await harness.friends.list_of(ada.account_id)).friends
    assert (friend.activity, friend.session_id) == (Activity.IN_MATCH, session_id)
    late = await harness.guest("Late")
    assert await late.refused(join_room=lobby_pb2.JoinRoom(code=(await room_of(ada)).code)) == "REASON_ROOM_STARTED"


async def test_its_matches_and_then_itself_are_recorded_each_once(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    session_id = await begin(ada, bob)
    assert await harness.report(match_of(harness, session_id, 1, 0, 1)) is False
    assert await harness.report(match_of(harness, session_id, 1, 0, 1)) is True
    assert (await room_of(ada)).session_id == session_id
    assert (await harness.directory.locate(session_id)).over is False
    end = end_of(harness, session_id, champion=0)
    assert await harness.report(end) is False
    assert await harness.report(end) is True
    await bob.hears("finished")
    room = await room_of(bob)
    assert (room.session_id, room.last.session_id, room.last.HasField("result")) == ("", session_id, False)
    # A match's report that is overtaken by the tournament's is still taken.
    assert await harness.report(match_of(harness, session_id, 2, 1, 0)) is False
    record = await harness.records.get_match(session_id, 2)
    assert [seat.name for seat in record.spec.seats] == ["Bob", "Ada"]
    hers = (await harness.records.player_stats(ada.account_id)).totals
    assert (hers.matches, hers.wins, hers.losses) == (2, 1, 1)
    assert await harness.tournament(session_id) == end.tournament
    assert (await harness.directory.locate(session_id)).over


async def test_a_tournament_reported_otherwise_or_by_another_server_is_refused(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    session_id = await begin(ada, bob)
    await harness.register("gameserver-2")
    unfinished = end_of(harness, session_id)
    unfinished.tournament.ClearField("result")
    cases = [
        (unfinished, SERVER, Reason.REASON_INVALID_FIELD),
        (end_of(harness, session_id), "gameserver-2", Reason.REASON_NOT_HOLDER),
    ]
    for report, server, reason in cases:
        with pytest.raises(Refused) as caught:
            await harness.report(report, server)
        assert caught.value.reason == reason
    await harness.report(end_of(harness, session_id))
    with pytest.raises(Refused, match="RESULT_DIFFERS"):
        await harness.report(end_of(harness, session_id, champion=1, digest=b"u" * 32))
    assert (await harness.tournament(session_id)).result.champion == 0


async def test_one_that_an_operator_made_is_kept_in_whatever_order_it_is_reported(harness: BackendHarness) -> None:
    session_id = "o" * 22
    seats = [SeatSpec(seat=seat, name=name) for seat, name in enumerate("ab")]
    spec = SessionSpec(
        origin=Origin.ORIGIN_SERVICE, seats=seats, tournament=TournamentSpec(title="Theirs"), public=True
    )
    harness.game_servers.held[session_id] = spec
    match = match_of(harness, session_id, 1, 0, 1)
    with pytest.raises(Refused, match="SERVER_UNAVAILABLE"):
        await harness.report(match)
    await harness.report(end_of(harness, session_id, champion=1))
    assert await harness.report(match) is False
    assert (await harness.records.get_match(session_id, 1)).result == recorded_result(match.result)
    (brief,) = (await harness.list_tournaments()).tournaments
    assert (brief.spec.title, brief.champion, brief.organiser) == ("Theirs", "b", "")


async def test_a_duel_has_no_match_0(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    entry = await harness.start_session(ada.account_id, StartSessionRequest(bot={}))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="INVALID_FIELD"):
        await harness.report(end_of(harness, entry.session_id))
    with pytest.raises(Refused, match="TOURNAMENT_UNKNOWN"):
        await harness.tournament(entry.session_id)


async def test_one_that_is_on_is_read_from_its_game_server_as_spectators_may_know_it(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    session_id = await begin(ada, bob)
    with pytest.raises(Refused, match="TOURNAMENT_UNKNOWN"):
        await harness.tournament(session_id)
    # Until its game server was seen to have it nobody can say.
    async with harness.store.write() as unit:
        await unit.directory.set_stage(session_id, Stage.CREATING)
    with pytest.raises(Refused, match="SERVER_UNAVAILABLE"):
        await harness.tournament(session_id)
    harness.game_servers.tournaments[session_id] = state_of(harness, session_id)
    assert await harness.tournament(session_id) == state_of(harness, session_id)
    harness.game_servers.answering = False
    with pytest.raises(Refused, match="SERVER_UNAVAILABLE"):
        await harness.tournament(session_id)
    with pytest.raises(Refused, match="TOURNAMENT_UNKNOWN"):
        await harness.tournament("nothing")


async def test_entrants_act_for_themselves_and_only_the_organiser_for_all(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    session_id = await begin(ada, bob)
    acts = harness.game_servers.acts
    await harness.act(bob.account_id, session_id, TournamentAct(check_in=tournament_pb2.CheckIn()))
    assert acts.pop() == (session_id, bob.account_id, TournamentAct(check_in=tournament_pb2.CheckIn()))
    await harness.act(ada.account_id, session_id, TournamentAct(pause=tournament_pb2.Pause()))
    assert acts.pop() == (session_id, "", TournamentAct(pause=tournament_pb2.Pause()))
    assert await refusal(harness, bob.account_id, session_id, pause=tournament_pb2.Pause()) == "REASON_NOT_ORGANISER"
    assert await refusal(harness, bob.account_id, session_id) == "REASON_INVALID_FIELD"
    other = tournament_pb2.Withdraw(entrant=0)
    assert await refusal(harness, bob.account_id, session_id, withdraw=other) == "REASON_INVALID_FIELD"
    late = tournament_pb2.ExtendDeadline(seconds=0)
    assert await refusal(harness, ada.account_id, session_id, extend_deadline=late) == "REASON_INVALID_FIELD"
    assert await refusal(harness, ada.account_id, "x", pause=tournament_pb2.Pause()) == "REASON_TOURNAMENT_UNKNOWN"
    harness.game_servers.refuses = Refused(Reason.REASON_ENTRANT_OUT, "Out already.")
    assert (
        await refusal(harness, bob.account_id, session_id, withdraw=tournament_pb2.Withdraw()) == "REASON_ENTRANT_OUT"
    )
    harness.game_servers.answering = False
    check_in = tournament_pb2.CheckIn()
    assert await refusal(harness, bob.account_id, session_id, check_in=check_in) == "REASON_SERVER_UNAVAILABLE"
    assert not acts
    await harness.report(end_of(harness, session_id))
    assert await refusal(harness, bob.account_id, session_id, check_in=check_in) == "REASON_TOURNAMENT_OVER"


async def test_who_acts_too_often_has_to_wait(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    session_id = await begin(ada, bob)
    check_in = tournament_pb2.CheckIn()
    for _ in range(20):
        await harness.act(bob.account_id, session_id, TournamentAct(check_in=check_in))
    assert await refusal(harness, bob.account_id, session_id, check_in=check_in) == "REASON_TOO_MANY"


async def test_whoever_leaves_or_is_put_out_withdraws_and_the_organisers_rights_go_on(harness: BackendHarness) -> None:
    ada, bob, eve, joe = await gathered(harness, "Ada", "Bob", "Eve", "Joe")
    await joe.do(set_seat=lobby_pb2.SetSeat(seated=False))
    session_id = await begin(ada, bob, eve, joe)
    acts = harness.game_servers.acts
    await joe.do(leave_room=lobby_pb2.LeaveRoom())
    assert not acts
    await ada.do(kick=lobby_pb2.Kick(account_id=eve.account_id))
    assert (await eve.hears("out_of_room")).out_of_room.cause == OutCause.OUT_CAUSE_KICKED
    assert acts.pop() == (session_id, "", TournamentAct(withdraw=tournament_pb2.Withdraw(entrant=2)))
    await ada.do(leave_room=lobby_pb2.LeaveRoom())
    assert acts.pop() == (session_id, "", TournamentAct(withdraw=tournament_pb2.Withdraw(entrant=0)))
    await harness.act(bob.account_id, session_id, TournamentAct(pause=tournament_pb2.Pause()))
    assert await refusal(harness, ada.account_id, session_id, pause=tournament_pb2.Pause()) == "REASON_NOT_ORGANISER"
    # The last one may leave while the game server does not answer: nobody is kept in a room.
    harness.game_servers.answering = False
    await bob.do(leave_room=lobby_pb2.LeaveRoom())
    assert await harness.rooms.current(bob.account_id) is None


async def test_who_organises_without_a_seat_has_a_ticket_to_watch_it_as_it_is(harness: BackendHarness) -> None:
    ada, joe, *_ = await gathered(harness, "Ada", "Joe", "Bob", "Eve")
    for person in (ada, joe):
        await person.do(set_seat=lobby_pb2.SetSeat(seated=False))
    await ada.do(start=lobby_pb2.Start())
    started = (await ada.hears("started")).started.entry
    session_id = started.session_id
    again = await harness.directory.issue_ticket(ada.account_id, session_id)
    for entry in (started, again):
        ticket = verifier(harness).verify(entry.ticket, harness.clock.unix_ms() / 1_000)
        assert (ticket.role, ticket.seats, list(entry.seats)) == ("organiser", (), [])
    assert not (await joe.hears("started")).started.entry.ticket
    with pytest.raises(Refused, match="NOT_ALLOWED"):
        await harness.directory.issue_ticket(joe.account_id, session_id)
    # With the room the rights go on, and the view with them.
    await ada.do(leave_room=lobby_pb2.LeaveRoom())
    with pytest.raises(Refused, match="NOT_ALLOWED"):
        await harness.directory.issue_ticket(ada.account_id, session_id)


async def test_who_comes_in_late_gets_a_ticket(harness: BackendHarness) -> None:
    (
        ada,
        bob,
    ) = await gathered(harness, "Ada", "Bob")
    late = await harness.guest("Late")
    session_id = await begin(ada, bob)
    state = state_of(harness, session_id)
    state.entrants.add(entrant=2, account_id=late.account_id, name="Late")
    harness.game_servers.tournaments[session_id] = state
    with pytest.raises(Refused, match="NOT_ALLOWED"):
        await harness.directory.issue_ticket(late.account_id, session_id)
    add = tournament_pb2.AddEntrant(account_id=late.account_id, name="The organiser's own idea")
    assert await harness.act(ada.account_id, session_id, TournamentAct(add_entrant=add))
    await harness.tournaments.answer(late.account_id, session_id, accept=True)
    assert harness.game_servers.acts[0][2].add_entrant == tournament_pb2.AddEntrant(
        account_id=late.account_id, name="Late", rating=1_000
    )
    assert list((await harness.directory.issue_ticket(late.account_id, session_id)).seats) == [2]
    for wrong, reason in (
        (tournament_pb2.AddEntrant(account_id="nobody"), "REASON_ACCOUNT_UNKNOWN"),
        (tournament_pb2.AddEntrant(name="Nobody"), "REASON_INVALID_FIELD"),
        (tournament_pb2.AddEntrant(bot_strength=4, name="x"), "REASON_INVALID_FIELD"),
    ):
        assert await refusal(harness, ada.account_id, session_id, add_entrant=wrong) == reason


async def test_the_list_has_what_is_open_then_what_is_on_then_what_is_over(harness: BackendHarness) -> None:
    first = await gathered(harness, "Ada", "Bob", room=TournamentRoom(spec=TournamentSpec(title="over")))
    over = await begin(*first)
    await harness.report(end_of(harness, over, champion=1))
    harness.clock.advance(1)
    second = await gathered(harness, "Eve", "Joe", room=TournamentRoom(spec=TournamentSpec(title="on")))
    here = await harness.register()
    on = await begin(*second)
    harness.fleet.heartbeat(here, ServerHeartbeat(sessions=1, briefs=[SessionBrief(session_id=on, viewers=3)]))
    await gathered(harness, "Kim", room=TournamentRoom(spec=TournamentSpec(title="open"), capacity=8))
    soon = harness.clock.unix_ms() + 60_000
    await gathered(harness, "Lee", room=TournamentRoom(spec=TournamentSpec(title="soon"), starts_unix_ms=soon))
    await gathered(harness, "Max", room=TournamentRoom(spec=TournamentSpec(title="hidden")), unlisted=True)
    (gone,) = await gathered(harness, "Gone", room=TournamentRoom(spec=TournamentSpec(title="nobody there")))
    await gone.close()
    found = (await harness.list_tournaments()).tournaments
    assert [(brief.spec.title, brief.phase, brief.organiser) for brief in found] == [
        ("soon", TournamentPhase.TOURNAMENT_PHASE_UNSPECIFIED, "Lee"),
        ("open", TournamentPhase.TOURNAMENT_PHASE_UNSPECIFIED, "Kim"),
        ("on", TournamentPhase.TOURNAMENT_PHASE_PLAYING, "Eve"),
        ("over", TournamentPhase.TOURNAMENT_PHASE_OVER, "Ada"),
    ]
    assert (found[0].starts_unix_ms, found[1].entrants, found[1].capacity) == (soon, 1, 8)
    assert (found[2].session_id, found[2].entrants, found[2].viewers) == (on, 2, 3)
    assert (found[3].session_id, found[3].champion) == (over, "Bob")
    assert bool(found[0].room_code)
    assert [brief.spec.title for brief in (await harness.list_tournaments(3)).tournaments] == ["soon", "open", "on"]
    assert not (await harness.list_live()).sessions
    # A person who has played can set up another one, and only then is it open for others.
    harness.clock.advance(1)
    await first[0].do(set_settings=lobby_pb2.SetSettings(tournament=TournamentRoom(spec=TournamentSpec(title="again"))))
    assert [brief.spec.title for brief in (await harness.list_tournaments()).tournaments][1:3] == ["again", "open"]


def local(*names: str, **spec: object) -> StartSessionRequest:
    cup = TournamentSpec(**{"title": "At home", **spec})  # type: ignore[arg-type]
    return StartSessionRequest(local_tournament=LocalTournament(names=names, tournament=cup))


async def test_at_one_keyboard_one_connection_has_every_seat_and_nothing_counts(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    entry = await harness.start_session(ada.account_id, local("Ada", "Mum", "Dad", delay_s=9, check_in_s=60))
    assert list(entry.seats) == [0, 1, 2]
    spec = harness.game_servers.held[entry.session_id]
    assert (spec.origin, spec.public, [seat.account_id for seat in spec.seats]) == (
        Origin.ORIGIN_LOCAL,
        False,
        [""] * 3,
    )
    cup = spec.tournament
    assert (cup.organiser_account_id, cup.at_once, cup.delay_s, cup.check_in_s) == (ada.account_id, 1, 0, 0)
    await harness.report(match_of(harness, entry.session_id, 1, 0, 1))
    await harness.report(end_of(harness, entry.session_id))
    assert (await harness.records.player_stats(ada.account_id)).totals.matches == 0
    assert not (await harness.list_tournaments()).tournaments
    assert (await harness.tournament(entry.session_id)).result.has_champion


@pytest.mark.parametrize(
    ("request_", "reason", "field"),
    [
        (local("Ada"), "REASON_INVALID_FIELD", "local_tournament.names"),
        (local("Ada", " ADA "), "REASON_ENTRANT_DUPLICATE", "local_tournament.names[1]"),
        (local("Ada", ""), "REASON_NAME_INVALID", "local_tournament.names[1]"),
        (local("Ada", "Bob", title=""), "REASON_INVALID_FIELD", "local_tournament.tournament.title"),
        (local("Ada", "Bob", best_of=4), "REASON_INVALID_FIELD", "local_tournament.tournament.best_of"),
        (
            local("Ada", "Bob", format=TournamentFormat(groups=tournament_pb2.Groups())),
            "REASON_ENTRANTS_COUNT",
            "",
        ),
    ],
)
async def test_a_local_tournament_that_cannot_be_is_refused(
    harness: BackendHarness, request_: StartSessionRequest, reason: str, field: str
) -> None:
    ada = await harness.guest("Someone")
    with pytest.raises(Refused) as caught:
        await harness.start_session(ada.account_id, request_)
    assert (Reason.Name(caught.value.reason), caught.value.field) == (reason, field)
    assert not harness.game_servers.asked


async def test_a_tournament_that_was_lost_opens_its_room_and_is_tied_again_when_it_is_back(
    harness: BackendHarness,
) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    await ada.do(add_bot=lobby_pb2.AddBot())
    session_id = await begin(ada, bob)
    harness.clock.advance(11)
    await harness.periodic_jobs.run_once()
    assert (await room_of(bob)).session_id == ""
    async with harness.store.read() as unit:
        session = await unit.directory.get(session_id)
    assert session is not None
    assert session.stage is Stage.LOST
    await harness.register(incarnation=2, held=[session_id])
    assert (await room_of(bob)).session_id == session_id


async def test_a_full_game_server_opens_the_room_again(harness: BackendHarness) -> None:
    ada, bob = await gathered(harness, "Ada", "Bob")
    harness.game_servers.fails_with = SessionNotCreated(full=True)
    assert await ada.refused(start=lobby_pb2.Start()) == "REASON_SERVER_FULL"
    assert (await room_of(bob)).session_id == ""
