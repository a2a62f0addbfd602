"""Deleting one's own account, and what is left of it: opponents' records, without the name."""

from hashlib import sha256

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.frames_pb2 import Occupant
from matchpoint.v1.journal_pb2 import JournalOpened, JournalRecord
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import SeatSpec, SessionSpec
from matchpoint.v1.stats_pb2 import StatsServiceGetReplayResponse

from backend.contract.accounts import export_message
from backend.contract.erasure import DELETED, erased_journal
from backend.contract.records import recorded_result
from tests.support.harnesses.backend import BackendHarness, Tab, pair, report_of, start
from tests.support.harnesses.backend_duels import duel
from tests.support.harnesses.backend_tournaments import begin, end_of, gathered, match_of
from tests.support.storage import sql
from tests.support.storage.temporary_database import TemporaryDatabase
from wire.journal_file import HEADER, decode, encode
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse"


async def account(harness: BackendHarness, name: str = "Ada") -> Tab:
    """Somebody with a password."""
    made, token = await harness.credentials.register("", "", name, PASSWORD, "home")
    return await Tab.open(harness, made.account_id, token)


async def refusal(harness: BackendHarness, tab: Tab, name: str = "Ada", password: str = PASSWORD) -> tuple[str, str]:
    """Reason and field."""
    with pytest.raises(Refused) as caught:
        await harness.deletion.delete(tab.account_id, name, password, "home")
    assert caught.value.sentence.endswith(".")
    return Reason.Name(caught.value.reason), caught.value.field


async def erased(harness: BackendHarness) -> None:
    """Steps until nothing is left to be taken out."""
    for _ in range(100):
        async with harness.store.read() as unit:
            if await unit.erasures.next() is None:
                return
        await harness.erasing.step()
    raise AssertionError("it does not come to an end")


def journal_of(*seats: SeatSpec) -> bytes:
    left, right = (Occupant(account_id=seat.account_id, name=seat.name) for seat in seats)
    spec = SessionSpec(seats=seats).SerializeToString()
    opened = JournalRecord(opened=JournalOpened(left=left, right=right, spec=spec))
    rest = [JournalRecord().SerializeToString(), b"\x52\x00"]
    return HEADER + encode([opened.SerializeToString(), *rest])


def everywhere(place: TemporaryDatabase, name: str) -> list[str]:
    """The tables in which a name or an id still stands, whatever the column."""
    found = []
    tables: tuple[str, ...] = (
        "accounts",
        "tokens",
        "passwords",
        "known_devices",
        "stances",
        "room_members",
        "rooms",
        "invitations",
    )
    tables += ("matches", "match_sides", "journals", "sessions", "session_seats", "tournaments")
    for table in tables:
        for row in sql.rows(place.url, f"SELECT * FROM {table}"):
            kept = b"|".join(
                bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in row
            )
            if name.encode() in kept:
                found.append(table)
    return found


async def test_nothing_of_a_deleted_account_is_kept_but_the_records_of_opponents(
    harness: BackendHarness, place: TemporaryDatabase
) -> None:
    ada, bob = await account(harness, "Ada Lovelace"), await harness.guest("Bob")
    device = await harness.devices.remember("", ada.account_id)
    assert device
    await harness.friends.ask(ada.account_id, "Bob")
    await harness.friends.ask(bob.account_id, "Ada Lovelace")
    await ada.do(create_room=lobby_pb2.CreateRoom())
    await bob.do(join_room=lobby_pb2.JoinRoom(code=(await ada.hears("room")).room.code))
    for tab in (ada, bob):
        await tab.do(set_ready=lobby_pb2.SetReady(ready=True))
    session_id = await start(ada, bob)
    spec = harness.game_servers.held[session_id]
    request = report_of(session_id, spec)
    request.journal = journal_of(*spec.seats)
    request.journal_digest = sha256(request.journal).digest()
    await harness.report(request)
    await harness.deletion.delete(ada.account_id, "ada lovelace", PASSWORD, "home")
    assert ada.connection.end_reason is not None
    assert ada.connection.end_reason.reason == Reason.REASON_UNAUTHENTICATED
    assert await harness.sign_ins.account_of(ada.token) is None
    assert (await harness.friends.list_of(bob.account_id)).friends == ()
    await erased(harness)
    assert everywhere(place, "Ada Lovelace") == []
    assert everywhere(place, ada.account_id) == []
    record = await harness.records.get_match(session_id, 1)
    assert [(seat.account_id, seat.name) for seat in record.spec.seats] == [("", DELETED), (bob.account_id, "Bob")]
    assert record.result == recorded_result(request.result)
    assert record.journal_digest == b""
    assert (await harness.records.player_stats(bob.account_id)).totals.losses == 1
    opened, *rest = StatsServiceGetReplayResponse.FromString(await harness.records.replay(session_id, 1)).records
    assert (opened.opened.left.name, opened.opened.right.name) == (DELETED, "Bob")
    assert len(rest) == 2
    # The name is free.
    await harness.guest("Ada Lovelace")


async def test_between_the_deletion_and_the_last_step_strangers_see_no_match_of_it(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    await harness.report(report_of(session_id, harness.game_servers.held[session_id]))
    await harness.deletion.delete(ada.account_id, "Ada", "", "home")
    assert list((await harness.records.list_matches("", 0, "")).matches) == []
    with pytest.raises(Refused, match="RECORD_UNKNOWN"):
        await harness.records.get_match(session_id, 1)
    await erased(harness)
    assert [match.session_id for match in (await harness.records.list_matches("", 0, "")).matches] == [session_id]


async def test_an_account_is_deleted_only_with_its_name_and_its_password(harness: BackendHarness) -> None:
    ada = await account(harness)
    assert await refusal(harness, ada, name="Bob") == ("REASON_INVALID_FIELD", "name")
    assert await refusal(harness, ada, password="wrong password") == ("REASON_CREDENTIALS_WRONG", "password")
    assert await refusal(harness, ada, password="") == ("REASON_PASSWORD_INVALID", "password")
    assert await harness.sign_ins.account_of(ada.token) == ada.account_id
    await harness.deletion.delete(ada.account_id, "Ada", PASSWORD, "home")


async def test_a_guest_deletes_itself_with_nothing_but_its_name(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    await harness.deletion.delete(ada.account_id, "Ada", "", "home")
    with pytest.raises(Refused, match="ACCOUNT_UNKNOWN"):
        await harness.accounts.get(ada.account_id)


async def test_nobody_is_deleted_in_the_middle_of_a_duel(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    session_id = await start(ada, bob)
    with pytest.raises(Refused) as caught:
        await harness.deletion.delete(ada.account_id, "Ada", "", "home")
    assert (caught.value.reason, caught.value.session_id) == (Reason.REASON_ROOM_STARTED, session_id)
    assert await harness.sign_ins.account_of(ada.token) == ada.account_id
    await harness.report(report_of(session_id, harness.game_servers.held[session_id]))
    await harness.deletion.delete(ada.account_id, "Ada", "", "home")


async def test_from_a_tournament_one_is_withdrawn_and_what_is_reported_later_is_without_the_name(
    harness: BackendHarness, place: TemporaryDatabase
) -> None:
    ada, bob, eve = await gathered(harness, "Ada", "Bob", "Eve Online")
    session_id = await begin(ada, bob, eve)
    await harness.deletion.delete(eve.account_id, "Eve Online", "", "home")
    assert harness.game_servers.acts[0][2].withdraw.entrant == 2
    await erased_but_waiting(harness)
    await harness.report(match_of(harness, session_id, 1, 2, 0))
    await harness.report(end_of(harness, session_id, champion=2))
    await erased(harness)
    assert everywhere(place, "Eve Online") == []
    state = await harness.tournament(session_id)
    assert [entrant.name for entrant in state.entrants] == ["Ada", "Bob", DELETED]
    (brief,) = (await harness.list_tournaments()).tournaments
    assert brief.champion == DELETED


async def erased_but_waiting(harness: BackendHarness) -> None:
    for _ in range(5):
        await harness.erasing.step()
    async with harness.store.read() as unit:
        assert await unit.erasures.next() is not None


async def test_tickets_of_a_deleted_account_stay_void(harness: BackendHarness) -> None:
    ada = await harness.guest("Ada")
    await harness.deletion.delete(ada.account_id, "Ada", "", "home")
    await harness.accounts.refresh_voided_tickets()
    assert ada.account_id in harness.accounts.voided_within(10)


async def test_a_room_goes_to_the_next_when_its_host_is_deleted(harness: BackendHarness) -> None:
    ada, bob, _ = await pair(harness)
    await harness.deletion.delete(ada.account_id, "Ada", "", "home")
    room = await bob.sees(host_account_id=bob.account_id)
    assert [member.name for member in room.members] == ["Bob"]


def test_a_name_is_taken_out_of_a_journal_and_nothing_else_of_it() -> None:
    seats = SeatSpec(seat=0, account_id="a", name="Ada"), SeatSpec(seat=1, account_id="b", name="Bob")
    before = decode(journal_of(*seats)).records
    after = decode(erased_journal(journal_of(*seats), "a")).records
    assert after[1:] == before[1:]
    opened = JournalRecord.FromString(after[0]).opened
    assert (opened.left.name, opened.left.account_id, opened.right.name) == (DELETED, "", "Bob")
    assert [seat.name for seat in SessionSpec.FromString(opened.spec).seats] == [DELETED, "Bob"]
    assert erased_journal(b"not a journal", "a") == b""
    assert erased_journal(journal_of(*seats), "c") == journal_of(*seats)


async def test_everything_that_is_kept_of_one_is_exported_page_by_page(harness: BackendHarness) -> None:
    ada, bob = await account(harness), await harness.guest("Bob")
    await harness.devices.remember("", ada.account_id)
    await harness.friends.ask(ada.account_id, "Bob")
    await harness.friends.block(ada.account_id, (await harness.guest("Eve")).account_id)
    await ada.do(create_room=lobby_pb2.CreateRoom(unlisted=True))
    code = (await ada.hears("room")).room.code
    await bob.do(join_room=lobby_pb2.JoinRoom(code=code))
    for tab in (ada, bob):
        await tab.do(set_ready=lobby_pb2.SetReady(ready=True))
    session_id = await start(ada, bob)
    await harness.report(report_of(session_id, harness.game_servers.held[session_id]))
    page = await harness.exports.page(ada.account_id, ada.token, "")
    data = page.data
    assert data is not None
    assert (data.account.name, data.account.guest) == ("Ada", False)
    assert data.created_ms == data.password_changed_ms == harness.clock.unix_ms()
    assert [one.current for one in data.sign_ins] == [True]
    assert len(data.devices_seen_ms) == 1
    assert sorted(friend.name for friend in data.friends) == ["Bob", "Eve"]
    assert (list(data.room_codes), list(data.session_ids)) == ([code], [session_id])
    assert data.totals.totals.wins == 1
    assert [match.session_id for match in page.matches] == [session_id]
    assert page.next_page_token == ""
    secret = export_message(page).SerializeToString()
    assert ada.token.encode() not in secret
    assert b"argon" not in secret


async def test_an_export_has_every_match_once_and_what_is_beside_them_on_the_first_page_only(
    harness: BackendHarness,
) -> None:
    harness = await harness.restarted(export_page_size=2)
    await harness.register()
    ada, bob = await harness.guest("Ada"), await harness.guest("Bob")
    played = [await duel(harness, ada, bob) for _ in range(5)]
    found: list[str] = []
    token, pages = "", 0
    while pages == 0 or token:
        page = await harness.exports.page(ada.account_id, ada.token, token)
        assert (page.data is not None) is (pages == 0)
        found += [match.session_id for match in page.matches]
        token, pages = page.next_page_token, pages + 1
    assert (found, pages) == (played[::-1], 3)
