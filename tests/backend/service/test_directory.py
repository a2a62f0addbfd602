"""Sessions without a room, where sessions are, and who may enter."""

import asyncio

import pytest
from matchpoint.v1.directory_pb2 import BotSession, LocalSession, StartSessionRequest
from matchpoint.v1.frames_pb2 import BotStrength
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import Origin

from backend.service.ports import SessionNotCreated
from backend.service.sessions.directory import STARTS_AT_ONCE
from backend.service.sessions.fleet import ServerHeartbeat, SessionBrief
from backend.service.sessions.tickets import ANNOUNCED_MS, ROTATE_MS
from tests.support.harnesses.backend import ADDRESS, SERVER, BackendHarness, pair, report_of, start
from wire.constants import TICKET_LIFETIME_S
from wire.refusal import Refused
from wire.tickets import TicketExpired, TicketVerifier

pytestmark = pytest.mark.anyio

BOT = StartSessionRequest(bot=BotSession())
LOCAL = StartSessionRequest(local=LocalSession())


def verifier(harness: BackendHarness) -> TicketVerifier:
    return TicketVerifier([(key.kid, key.public_key) for key in harness.tickets.keys])


async def guest(harness: BackendHarness, name: str = "Ada") -> str:
    account, _ = await harness.accounts.create_guest(name, "", "test")
    return account.account_id


async def refusal(harness: BackendHarness, account_id: str, request: StartSessionRequest) -> Refused:
    with pytest.raises(Refused) as caught:
        await harness.start_session(account_id, request)
    return caught.value


async def test_a_bot_session_gives_the_left_seat_and_a_medium_bot(harness: BackendHarness) -> None:
    ada = await guest(harness)
    entry = await harness.start_session(ada, BOT)
    assert list(entry.seats) == [0]
    left, right = harness.game_servers.held[entry.session_id].seats
    assert (left.account_id, left.name) == (ada, "Ada")
    assert (right.account_id, right.bot) == ("", BotStrength.BOT_STRENGTH_MEDIUM)


async def test_a_local_session_gives_one_connection_both_seats(harness: BackendHarness) -> None:
    ada = await guest(harness)
    request = StartSessionRequest(local=LocalSession(right_name="Grandpa"))
    entry = await harness.start_session(ada, request)
    assert list(entry.seats) == [0, 1]
    assert verifier(harness).verify(entry.ticket, harness.clock.unix_ms() / 1_000).seats == (0, 1)
    spec = harness.game_servers.held[entry.session_id]
    assert [seat.name for seat in spec.seats] == ["Ada", "Grandpa"]
    assert not spec.public


@pytest.mark.parametrize(
    ("request_", "reason", "field"),
    [
        (StartSessionRequest(), Reason.REASON_INVALID_FIELD, "kind"),
        (
            StartSessionRequest(bot=BotSession(), ruleset=Ruleset(points_to_win=22)),
            Reason.REASON_INVALID_FIELD,
            "ruleset.points_to_win",
        ),
        (StartSessionRequest(bot=BotSession(reaction_ms=121)), Reason.REASON_INVALID_FIELD, "bot.reaction_ms"),
        (StartSessionRequest(bot=BotSession(strength=9)), Reason.REASON_INVALID_FIELD, "bot.strength"),  # type: ignore[arg-type]
        (StartSessionRequest(local=LocalSession(right_name="x" * 21)), Reason.REASON_NAME_INVALID, "local.right_name"),
        (StartSessionRequest(local=LocalSession(left_name="a\nb")), Reason.REASON_NAME_INVALID, "local.left_name"),
    ],
)
async def test_a_start_that_makes_no_sense_is_refused_by_the_field_at_fault(
    harness: BackendHarness, request_: StartSessionRequest, reason: "Reason.ValueType", field: str
) -> None:
    refused = await refusal(harness, await guest(harness), request_)
    assert (refused.reason, refused.field) == (reason, field)
    assert not harness.game_servers.asked


async def test_a_full_game_server_is_said_to_be_full_and_the_session_is_not_on(harness: BackendHarness) -> None:
    ada = await guest(harness)
    harness.game_servers.fails_with = SessionNotCreated(full=True)
    assert (await refusal(harness, ada, BOT)).reason == Reason.REASON_SERVER_FULL
    (_, session_id) = harness.game_servers.asked[0]
    assert (await harness.directory.locate(session_id)).over
    assert not (await harness.list_live()).sessions


async def test_a_fleet_at_its_capacity_is_full_without_being_asked(harness: BackendHarness) -> None:
    await harness.register(capacity=1)
    ada = await guest(harness)
    await harness.start_session(ada, BOT)
    assert (await refusal(harness, ada, BOT)).reason == Reason.REASON_SERVER_FULL
    assert len(harness.game_servers.asked) == 1


async def test_a_draining_fleet_takes_nothing(harness: BackendHarness) -> None:
    here = await harness.register()
    harness.fleet.heartbeat(here, ServerHeartbeat(draining=True))
    assert (await refusal(harness, await guest(harness), BOT)).reason == Reason.REASON_SERVER_UNAVAILABLE


async def test_a_start_waits_for_a_server_that_begins_to_drain_before_it_was_chosen(harness: BackendHarness) -> None:
    harness.fleet.patience_s = 10.0
    here = await harness.register()
    ada = await guest(harness)
    await harness.start_session(ada, BOT)
    async with harness.store.write():
        # The start has seen that the server takes sessions, and waits for the store.
        starting = asyncio.create_task(harness.start_session(ada, BOT))
        await asyncio.sleep(0.05)
        harness.fleet.heartbeat(here, ServerHeartbeat(draining=True))
    await harness.register()
    assert (await starting).session_id in harness.game_servers.held


async def test_a_session_is_located_on_its_server_until_it_is_over(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    here = await harness.directory.locate(session_id)
    assert (here.server, here.address, here.epoch, here.over, here.public) == (SERVER, ADDRESS, 1, False, True)
    await harness.report(report_of(session_id, harness.game_servers.held[session_id]))
    assert (await harness.directory.locate(session_id)).over


async def test_a_session_that_never_was_is_unknown(harness: BackendHarness) -> None:
    with pytest.raises(Refused, match="SESSION_UNKNOWN"):
        await harness.directory.locate("x" * 22)
    with pytest.raises(Refused, match="SESSION_UNKNOWN"):
        await harness.directory.issue_ticket(await guest(harness), "x" * 22)


async def test_a_ticket_runs_out_after_10_minutes_and_another_is_issued(harness: BackendHarness) -> None:
    ada = await guest(harness)
    entry = await harness.start_session(ada, BOT)
    now_s = harness.clock.unix_ms() / 1_000
    verifier(harness).verify(entry.ticket, now_s + TICKET_LIFETIME_S - 1)
    with pytest.raises(TicketExpired):
        verifier(harness).verify(entry.ticket, now_s + TICKET_LIFETIME_S)
    harness.clock.advance(TICKET_LIFETIME_S)
    again = await harness.directory.issue_ticket(ada, entry.session_id)
    assert verifier(harness).verify(again.ticket, harness.clock.unix_ms() / 1_000).seats == (0,)


async def test_who_has_no_seat_gets_no_ticket(harness: BackendHarness) -> None:
    entry = await harness.start_session(await guest(harness), BOT)
    with pytest.raises(Refused, match="NOT_ALLOWED"):
        await harness.directory.issue_ticket(await guest(harness, "Eve"), entry.session_id)


async def test_a_session_that_is_over_needs_no_ticket(harness: BackendHarness) -> None:
    ada = await guest(harness)
    entry = await harness.start_session(ada, BOT)
    await harness.report(report_of(entry.session_id, harness.game_servers.held[entry.session_id]))
    with pytest.raises(Refused, match="SESSION_OVER"):
        await harness.directory.issue_ticket(ada, entry.session_id)


async def test_the_list_has_most_viewers_first_and_the_house_last(harness: BackendHarness) -> None:
    await harness.showcase.ensure()
    quiet = (await harness.start_session(await guest(harness, "Quiet"), BOT)).session_id
    loud = (await harness.start_session(await guest(harness, "Loud"), BOT)).session_id
    here = await harness.register(held=[*harness.game_servers.held])
    brief = SessionBrief(session_id=loud, left=3, right=5, viewers=7)
    harness.fleet.heartbeat(here, ServerHeartbeat(sessions=3, briefs=[brief]))
    first, second, third = (await harness.list_live()).sessions
    assert (first.session_id, first.left_score, first.right_score, first.viewers) == (loud, 3, 5, 7)
    assert second.session_id == quiet
    assert third.origin == Origin.ORIGIN_HOUSE
    assert [live.session_id for live in (await harness.list_live(1)).sessions] == [loud]


async def test_local_and_unlisted_sessions_are_not_in_the_list(harness: BackendHarness) -> None:
    await harness.start_session(await guest(harness), LOCAL)
    assert not (await harness.list_live()).sessions


async def test_the_house_match_is_on_once_and_comes_back_after_its_end(harness: BackendHarness) -> None:
    await harness.showcase.ensure()
    await harness.showcase.ensure()
    (session_id,) = harness.game_servers.held
    await harness.report(report_of(session_id, harness.game_servers.held[session_id]))
    await harness.showcase.ensure()
    assert len(harness.game_servers.held) == 2


async def test_without_a_game_server_there_is_no_house_match_and_no_error(harness: BackendHarness) -> None:
    harness.clock.advance(11)
    await harness.showcase.ensure()
    assert not harness.game_servers.asked


async def test_ticket_keys_outlive_a_restart(harness: BackendHarness) -> None:
    again = await harness.restarted()
    assert again.tickets.keys == harness.tickets.keys


async def test_an_old_key_is_followed_by_a_new_one_and_still_accepted(harness: BackendHarness) -> None:
    entry = await harness.start_session(await guest(harness), BOT)
    (old,) = harness.tickets.keys
    harness.clock.advance(ROTATE_MS / 1_000 + 1)
    await harness.tickets.rotate()
    await harness.tickets.rotate()
    assert len(harness.tickets.keys) == 2
    assert harness.tickets.keys[1] == old
    assert verifier(harness).verify(entry.ticket, 0).session_id == entry.session_id


async def test_a_new_key_signs_only_once_everybody_has_had_time_to_learn_it(harness: BackendHarness) -> None:
    ada = await guest(harness)
    harness.clock.advance(ROTATE_MS / 1_000 + 1)
    await harness.tickets.rotate()
    await harness.register()
    new, old = (TicketVerifier([(key.kid, key.public_key)]) for key in harness.tickets.keys)
    entry = await harness.start_session(ada, BOT)
    assert (new.knows(entry.ticket), old.knows(entry.ticket)) == (False, True)
    harness.clock.advance(ANNOUNCED_MS / 1_000)
    entry = await harness.directory.issue_ticket(ada, entry.session_id)
    assert (new.knows(entry.ticket), old.knows(entry.ticket)) == (True, False)


async def test_one_person_cannot_fill_the_fleet(harness: BackendHarness) -> None:
    ada = await guest(harness)
    for _ in range(STARTS_AT_ONCE):
        await harness.start_session(ada, BOT)
    assert (await refusal(harness, ada, BOT)).reason == Reason.REASON_TOO_MANY
    await harness.start_session(await guest(harness, "Bob"), BOT)


async def test_a_new_ticket_for_a_local_session_has_both_seats(harness: BackendHarness) -> None:
    ada = await guest(harness)
    entry = await harness.start_session(ada, LOCAL)
    assert list((await harness.directory.issue_ticket(ada, entry.session_id)).seats) == [0, 1]
