"""A result counts exactly once, and only from the server that holds the session."""

import asyncio
from hashlib import sha256

import pytest
from matchpoint.internal.v1.report_pb2 import ReportStatsRequest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.directory_pb2 import BotSession, LocalSession, StartSessionRequest
from matchpoint.v1.journal_pb2 import JournalEnded, JournalHeartbeat, JournalInput, JournalRecord
from matchpoint.v1.pong_pb2 import Side
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Outcome
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec
from matchpoint.v1.stats_pb2 import StatsServiceGetReplayResponse

from backend.contract.records import recorded_result
from backend.core.counting import PAIR_A_DAY
from backend.service.reports.records import STEP
from tests.support.harnesses.backend import SERVER, BackendHarness, Tab, pair, report_of, start
from wire.journal_file import HEADER, encode
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

BOT = StartSessionRequest(bot=BotSession())
LOCAL = StartSessionRequest(local=LocalSession())


async def played(harness: BackendHarness, account_id: str, request: StartSessionRequest = BOT) -> ReportStatsRequest:
    """A session that is on, and the report of its end."""
    entry = await harness.start_session(account_id, request)
    return report_of(entry.session_id, harness.game_servers.held[entry.session_id])


async def guest(harness: BackendHarness, name: str = "Ada") -> str:
    return (await harness.accounts.create_guest(name, "", "test"))[0].account_id


async def refusal(harness: BackendHarness, request: ReportStatsRequest, server: str = SERVER) -> "Reason.ValueType":
    with pytest.raises(Refused) as caught:
        await harness.report(request, server)
    return caught.value.reason


async def test_a_reported_match_is_recorded_with_both_players_totals(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    request = report_of(session_id, harness.game_servers.held[session_id])
    assert await harness.report(request) is False
    record = await harness.records.get_match(session_id, 0)
    assert record.result == recorded_result(request.result)
    assert record.recorded_ms == harness.clock.unix_ms()
    player = await harness.records.player_stats(ada.account_id)
    hers, his = player.totals, (await harness.records.player_stats(bob.account_id)).totals
    assert (player.name, hers.matches, hers.wins, hers.losses, hers.draws) == ("Ada", 1, 1, 0, 0)
    assert (hers.points_for, hers.points_against, hers.hits, hers.top_speed) == (11, 4, 50, 240_000)
    assert (his.matches, his.wins, his.losses, his.points_for, his.hits) == (1, 0, 1, 4, 40)
    assert (his.longest_rally, his.play_us, his.distance) == (17, 90_000_000, 6_000_000)


async def test_the_same_report_again_is_acknowledged_and_counts_once(harness: BackendHarness) -> None:
    ada = await guest(harness)
    request = await played(harness, ada)
    assert await harness.report(request) is False
    assert await harness.report(request) is True
    assert (await harness.records.player_stats(ada)).totals.matches == 1


async def test_the_same_report_many_times_at_once_counts_once(harness: BackendHarness) -> None:
    ada = await guest(harness)
    request = await played(harness, ada)
    known = await asyncio.gather(*(harness.report(request) for _ in range(8)))
    assert sorted(known) == [False] + [True] * 7
    assert (await harness.records.player_stats(ada)).totals.matches == 1


async def test_another_digest_for_the_same_match_is_refused_and_the_first_stays(harness: BackendHarness) -> None:
    request = await played(harness, await guest(harness))
    await harness.report(request)
    forged = report_of(request.session_id, request.spec, left=4, right=11)
    assert await refusal(harness, forged) == Reason.REASON_RESULT_DIFFERS
    assert (await harness.records.get_match(request.session_id, 1)).result.points[0] == 11


async def test_only_the_server_that_holds_the_session_may_report_it(harness: BackendHarness) -> None:
    request = await played(harness, await guest(harness))
    await harness.register("gameserver-2")
    assert await refusal(harness, request, "gameserver-2") == Reason.REASON_NOT_HOLDER
    with pytest.raises(Refused, match="RECORD_UNKNOWN"):
        await harness.records.get_match(request.session_id, 1)


@pytest.mark.parametrize("credential", ["", "gameserver-1", "gameserver-1.0000", "é.é"])
async def test_a_report_without_a_credential_of_the_backend_is_refused(
    harness: BackendHarness, credential: str
) -> None:
    request = await played(harness, await guest(harness))
    with pytest.raises(Refused, match="UNAUTHENTICATED"):
        await harness.report_with(credential, request)


async def test_a_credential_is_good_after_a_restart_of_the_backend(harness: BackendHarness) -> None:
    request = await played(harness, await guest(harness))
    credential = harness.fleet.credential(SERVER)
    assert await (await harness.restarted()).report_with(credential, request) is False


async def test_a_session_that_nobody_minted_is_unknown(harness: BackendHarness) -> None:
    seats = [SeatSpec(seat=0, name="a"), SeatSpec(seat=1, name="b")]
    request = report_of("x" * 22, SessionSpec(origin=Origin.ORIGIN_ROOM, seats=seats))
    assert await refusal(harness, request) == Reason.REASON_SESSION_UNKNOWN


async def test_a_session_that_an_operator_made_is_recorded(harness: BackendHarness) -> None:
    spec = SessionSpec(origin=Origin.ORIGIN_SERVICE, seats=[SeatSpec(seat=0, name="a"), SeatSpec(seat=1, name="b")])
    request = report_of("x" * 22, spec)
    assert await harness.report(request) is False
    assert await harness.report(request) is True
    assert (await harness.records.get_match("x" * 22, 1)).result == recorded_result(request.result)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"attempt": 0}, "attempt"),
        ({"digest": b"short"}, "digest"),
    ],
)
async def test_a_report_out_of_range_is_refused_by_the_field_at_fault(
    harness: BackendHarness, change: dict[str, object], field: str
) -> None:
    request = await played(harness, await guest(harness))
    for name, value in change.items():
        setattr(request, name, value)
    with pytest.raises(Refused) as caught:
        await harness.report(request)
    assert (caught.value.reason, caught.value.field) == (Reason.REASON_INVALID_FIELD, field)


async def test_a_match_at_one_keyboard_is_recorded_and_does_not_count(harness: BackendHarness) -> None:
    ada = await guest(harness)
    request = await played(harness, ada, LOCAL)
    await harness.report(request)
    assert (await harness.records.player_stats(ada)).totals.matches == 0
    mine = (await harness.records.list_matches(ada, 0, "", viewer=ada)).matches
    assert [match.session_id for match in mine] == [request.session_id]


async def test_a_void_match_does_not_count_and_a_draw_counts_as_one(harness: BackendHarness) -> None:
    ada = await guest(harness)
    for outcome in (Outcome.OUTCOME_VOID, Outcome.OUTCOME_DRAW):
        request = await played(harness, ada)
        request.result.outcome = outcome
        request.result.winner = Side.SIDE_UNSPECIFIED
        await harness.report(request)
    stats = (await harness.records.player_stats(ada)).totals
    assert (stats.matches, stats.wins, stats.losses, stats.draws) == (1, 0, 0, 1)


async def test_the_house_match_leaves_no_record(harness: BackendHarness) -> None:
    await harness.showcase.ensure()
    (session_id,) = harness.game_servers.held
    request = report_of(session_id, harness.game_servers.held[session_id])
    assert await harness.report(request) is False
    assert await harness.report(request) is True
    assert not (await harness.records.list_matches("", 0, "")).matches
    assert (await harness.directory.locate(session_id)).over


async def test_matches_come_in_pages_newest_first_without_a_gap_or_a_double(harness: BackendHarness) -> None:
    ada, eve = await guest(harness), await guest(harness, "Eve")
    sessions = []
    for n in range(7):
        request = await played(harness, eve if n == 3 else ada)
        await harness.report(request)
        if n != 3:
            sessions.append(request.session_id)
    token, pages = "", []
    while True:
        page = await harness.records.list_matches(ada, 2, token)
        pages.append([match.session_id for match in page.matches])
        token = page.next_page_token
        if not token:
            break
    assert [len(page) for page in pages] == [2, 2, 2]
    assert [session for page in pages for session in page] == sessions[::-1]
    assert len((await harness.records.list_matches("", 100, "")).matches) == 7


@pytest.mark.parametrize("token", ["x", "!!!!", "AAAAAAAAAAA", "____________", "é", "AQAAAAAAAAB"])
async def test_a_page_token_that_is_not_ours_is_refused(harness: BackendHarness, token: str) -> None:
    with pytest.raises(Refused) as caught:
        await harness.records.list_matches("", 0, token)
    assert (caught.value.reason, caught.value.field) == (Reason.REASON_INVALID_FIELD, "page_token")


async def test_totals_of_nobody_are_an_error_and_of_a_newcomer_zero(harness: BackendHarness) -> None:
    with pytest.raises(Refused, match="ACCOUNT_UNKNOWN"):
        await harness.records.player_stats("nobody")
    assert (await harness.records.player_stats(await guest(harness))).totals.matches == 0


async def test_the_replay_is_the_journal_that_was_reported(harness: BackendHarness) -> None:
    request = await played(harness, await guest(harness))
    records = [
        JournalRecord(heartbeat=JournalHeartbeat(t=250_000)),
        JournalRecord(ended=JournalEnded(result=request.result, digest=request.digest)),
    ]
    request.journal = HEADER + encode(record.SerializeToString() for record in records)
    await harness.report(request)
    replay = StatsServiceGetReplayResponse.FromString(await harness.records.replay(request.session_id, 0))
    assert list(replay.records) == records
    assert await harness.records.journal(request.session_id, 0) == request.journal


async def test_a_replay_is_made_in_small_steps_and_once(harness: BackendHarness) -> None:
    request = await played(harness, await guest(harness))
    input_ = JournalRecord(input=JournalInput(seat=1, seq=1, te=1_000, arrival=2_000)).SerializeToString()
    request.journal = HEADER + encode([input_] * (3 * STEP + 1))
    await harness.report(request)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    waiting = asyncio.create_task(others())
    replay = await harness.records.replay(request.session_id, 1)
    assert turns >= 3
    assert len(StatsServiceGetReplayResponse.FromString(replay).records) == 3 * STEP + 1
    assert await harness.records.replay(request.session_id, 1) is replay
    waiting.cancel()


async def test_a_record_has_the_digest_of_the_journal_that_was_reported_and_no_other(harness: BackendHarness) -> None:
    request = await played(harness, await guest(harness))
    request.journal = HEADER + encode([JournalRecord(heartbeat=JournalHeartbeat(t=1)).SerializeToString()])
    request.journal_digest = bytes(32)
    with pytest.raises(Refused, match="digest of the journal"):
        await harness.report(request)
    request.journal_digest = sha256(request.journal).digest()
    await harness.report(request)
    record = await harness.records.get_match(request.session_id, 0)
    assert record.journal_digest == sha256(request.journal).digest()


async def test_there_is_no_replay_of_what_is_not_recorded(harness: BackendHarness) -> None:
    with pytest.raises(Refused, match="RECORD_UNKNOWN"):
        await harness.records.replay("x" * 22, 1)


# PostgreSQL cannot be made full so easily: tests/backend/storage/test_faults.py.
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_a_full_database_acknowledges_nothing_and_takes_the_report_once_there_is_space(
    harness: BackendHarness,
) -> None:
    request = await played(harness, await guest(harness))
    request.journal = bytes(200_000)
    async with harness.store.write() as unit:
        pages = (await unit._connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await unit._connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    for _ in range(2):
        assert await refusal(harness, request) == Reason.REASON_SERVER_UNAVAILABLE
    async with harness.store.write() as unit:
        await unit._connection.exec_driver_sql("PRAGMA max_page_count=1073741823")
    assert await harness.report(request) is False


async def accounts(harness: BackendHarness, *names: str) -> list[Tab]:
    """People with accounts of their own."""
    tabs = []
    for name in names:
        account, token = await harness.credentials.register("", "", name, "a long enough secret", "")
        tabs.append(await Tab.open(harness, account.account_id, token))
    return tabs


async def duel(harness: BackendHarness, ada: Tab, bob: Tab, code: str = "") -> tuple[ReportStatsRequest, str]:
    """A match between them in a room, and the report that they played it out."""
    if not code:
        await ada.do(create_room=lobby_pb2.CreateRoom())
        code = (await ada.hears("room")).room.code
        await bob.do(join_room=lobby_pb2.JoinRoom(code=code))
    for tab in (ada, bob):
        await tab.do(set_ready=lobby_pb2.SetReady(ready=True))
    session_id = await start(ada, bob)
    return report_of(session_id, harness.game_servers.held[session_id]), code


async def balances(harness: BackendHarness, *tabs: Tab) -> list[int]:
    async with harness.store.read() as unit:
        found = await unit.records.balances([tab.account_id for tab in tabs])
    return [found.get(tab.account_id, 0) for tab in tabs]


async def test_four_instant_resignations_between_ones_own_guests_are_no_wins_and_no_rating(
    harness: BackendHarness,
) -> None:
    ada, bob = await harness.guest("Ada"), await harness.guest("Bob")
    code = ""
    for number in range(4):
        request, code = await duel(harness, ada, bob, code)
        request.result.outcome = Outcome.OUTCOME_FORFEIT
        request.result.left = request.result.right = 0
        request.result.duration_us = 400_000 + number
        await harness.report(request)
        record = await harness.records.get_match(request.session_id, 1, ada.account_id)
        assert (record.counted, record.rated) == (False, False)
    assert (await harness.records.player_stats(ada.account_id)).totals.wins == 0
    assert await balances(harness, ada, bob) == [0, 0]


async def test_a_match_with_a_guest_counts_and_moves_nobodys_rating(harness: BackendHarness) -> None:
    (ada,) = await accounts(harness, "Ada")
    bob = await harness.guest("Bob")
    request, _ = await duel(harness, ada, bob)
    await harness.report(request)
    record = await harness.records.get_match(request.session_id, 1, ada.account_id)
    assert (record.counted, record.rated) == (True, False)
    assert (await harness.records.player_stats(ada.account_id)).totals.wins == 1
    assert await balances(harness, ada, bob) == [0, 0]


async def test_the_same_two_move_their_ratings_ten_times_a_day(harness: BackendHarness) -> None:
    ada, bob = await accounts(harness, "Ada", "Bob")
    code = ""
    for _ in range(PAIR_A_DAY + 2):
        request, code = await duel(harness, ada, bob, code)
        await harness.report(request)
    assert await balances(harness, ada, bob) == [PAIR_A_DAY, -PAIR_A_DAY]
    assert (await harness.records.player_stats(ada.account_id)).totals.wins == PAIR_A_DAY + 2
    harness.clock.advance(25 * 3_600)
    await harness.register()
    request, _ = await duel(harness, ada, bob, code)
    await harness.report(request)
    assert await balances(harness, ada, bob) == [PAIR_A_DAY + 1, -PAIR_A_DAY - 1]


async def test_beating_bots_counts_and_moves_no_rating(harness: BackendHarness) -> None:
    (ada,) = await accounts(harness, "Ada")
    await harness.report(await played(harness, ada.account_id))
    assert await balances(harness, ada) == [0]
    assert (await harness.records.player_stats(ada.account_id)).totals.wins == 1
