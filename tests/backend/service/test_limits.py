"""Nobody can take up what is everybody's: limits of accounts and addresses, as they are if nobody sets them."""

from contextlib import suppress

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.directory_pb2 import BotSession, StartSessionRequest
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Outcome

from backend.core.friends import GUEST_REQUESTS
from backend.service.limits import Limits
from backend.service.sessions.fleet import ServerHeartbeat
from tests.support.harnesses.backend import BackendHarness, Tab, report_of
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

BOT = StartSessionRequest(bot=BotSession())
USUAL = Limits()
FLOOD, CLASS = "203.0.113.66", "198.51.100.1"
"""Addresses of an attacker, and of a school."""


async def guest(harness: BackendHarness, address: str) -> str:
    account, _ = await harness.accounts.create_guest("", "", address)
    return account.account_id


async def start(harness: BackendHarness, account_id: str, address: str) -> str:
    return (await harness.start_session(account_id, BOT, address)).session_id


async def refused(harness: BackendHarness, account_id: str, address: str) -> "Reason.ValueType":
    with pytest.raises(Refused) as caught:
        await start(harness, account_id, address)
    return caught.value.reason


async def test_a_class_comes_in_at_once_and_a_flood_of_guests_is_slowed_down(limited: BackendHarness) -> None:
    for _ in range(USUAL.guests_per_address.at_once):
        await guest(limited, FLOOD)
    with pytest.raises(Refused, match="TOO_MANY"):
        await guest(limited, FLOOD)
    for _ in range(32):
        await guest(limited, CLASS)
    limited.clock.advance(60)
    for _ in range(round(USUAL.guests_per_address.per_minute)):
        await guest(limited, FLOOD)
    with pytest.raises(Refused, match="TOO_MANY"):
        await guest(limited, FLOOD)


async def test_an_account_has_five_sessions_on_and_another_one_when_one_is_over(limited: BackendHarness) -> None:
    ada = await guest(limited, CLASS)
    sessions = [await start(limited, ada, CLASS) for _ in range(USUAL.sessions_per_account)]
    assert await refused(limited, ada, CLASS) == Reason.REASON_TOO_MANY
    await limited.report(report_of(sessions[0], limited.game_servers.held[sessions[0]]))
    await start(limited, ada, CLASS)


async def test_one_address_cannot_fill_the_game_servers_however_many_guests_it_makes(limited: BackendHarness) -> None:
    here = await limited.register(capacity=1_000)
    asked = held = 0
    for _ in range(USUAL.guests_per_address.at_once):
        account_id = await guest(limited, FLOOD)
        limited.clock.advance(2)
        limited.fleet.heartbeat(here, ServerHeartbeat(sessions=held))
        for _ in range(USUAL.sessions_per_account):
            asked += 1
            with suppress(Refused):
                await start(limited, account_id, FLOOD)
                held += 1
    assert (asked, held) == (200, USUAL.places_per_address)
    limited.fleet.heartbeat(here, ServerHeartbeat(sessions=held))
    await start(limited, await guest(limited, CLASS), CLASS)


async def test_the_last_places_go_to_newcomers_before_somebodys_second(limited: BackendHarness) -> None:
    here = await limited.register(capacity=10)
    ada = await guest(limited, CLASS)
    await start(limited, ada, CLASS)
    limited.fleet.heartbeat(here, ServerHeartbeat(sessions=8))
    assert await refused(limited, ada, CLASS) == Reason.REASON_SERVER_FULL
    await start(limited, await guest(limited, FLOOD), FLOOD)


async def test_who_was_refused_for_lack_of_places_has_cost_none(limited: BackendHarness) -> None:
    here = await limited.register(capacity=10)
    ada = await guest(limited, CLASS)
    await start(limited, ada, CLASS)
    limited.fleet.heartbeat(here, ServerHeartbeat(sessions=9))
    for _ in range(3):
        await refused(limited, ada, CLASS)
    assert limited.fleet.left() == (1, 10)


async def test_what_nobody_came_to_is_no_record_and_holds_nothing_any_more(limited: BackendHarness) -> None:
    ada = await guest(limited, CLASS)
    session_id = await start(limited, ada, CLASS)
    request = report_of(session_id, limited.game_servers.held[session_id], left=0, right=0)
    request.result.Clear()
    request.result.outcome = Outcome.OUTCOME_VOID
    await limited.report(request)
    await limited.report(request)
    assert not (await limited.records.list_matches("", 0, "")).matches
    with pytest.raises(Refused, match="RECORD_UNKNOWN"):
        await limited.records.get_match(session_id, 0)
    assert (await limited.directory.locate(session_id)).over
    async with limited.store.read() as unit:
        held = await unit.directory.usage_of(ada, CLASS)
    assert (held.sessions, held.places) == (0, 0)


async def opened(harness: BackendHarness) -> tuple[Tab, str]:
    """Ada's room, and its code."""
    ada = await harness.guest("Ada", "192.0.2.1")
    await ada.do(create_room=lobby_pb2.CreateRoom())
    return ada, (await ada.hears("room")).room.code


async def carried_out(tab: Tab, times: int, **command: object) -> int:
    """Number of equal commands that were accepted."""
    return sum([await tab.ask(**command) is None for _ in range(times)])


async def test_more_tabs_are_not_more_chat_lines(limited: BackendHarness) -> None:
    ada, _ = await opened(limited)
    said = 0
    for _ in range(8):
        tab = await ada.another()
        said += await carried_out(tab, 5, say=lobby_pb2.Say(text="hello"))
    assert said <= USUAL.lines_per_account.at_once
    limited.clock.advance(60)
    assert await carried_out(ada, 8, say=lobby_pb2.Say(text="hello again")) == 8


async def test_many_guests_of_one_address_do_not_use_up_a_rooms_chat(limited: BackendHarness) -> None:
    ada, code = await opened(limited)
    said = 0
    for number in range(6):
        tab = await limited.guest(f"Flood {number}", FLOOD)
        await tab.do(join_room=lobby_pb2.JoinRoom(code=code))
        said += await carried_out(tab, 8, say=lobby_pb2.Say(text="buy this"))
    assert said == USUAL.lines_per_address_and_room.at_once
    await ada.do(say=lobby_pb2.Say(text="I can still be heard"))


async def test_more_tabs_are_not_more_changes_to_a_room(limited: BackendHarness) -> None:
    ada, _ = await opened(limited)
    changed = 0
    for _ in range(8):
        tab = await ada.another()
        changed += await carried_out(tab, 3, set_ready=lobby_pb2.SetReady(ready=True))
    assert changed < USUAL.changes_per_account.at_once


async def test_guessing_at_room_codes_is_slowed_down_for_accounts_and_addresses(limited: BackendHarness) -> None:
    _, code = await opened(limited)
    answers: list[str] = []
    for letter in "ABCDEFGHJK":
        tab = await limited.guest(f"Flood {letter}", FLOOD)
        answers += [await tab.refused(join_room=lobby_pb2.JoinRoom(code=f"2222{letter}{n}")) for n in range(2, 10)]
    # Five of each guest until the address has had its share, then one.
    assert answers.count("REASON_ROOM_UNKNOWN") == USUAL.wrong_codes_per_address.at_once + 6
    neighbour = await limited.guest("Neighbour", FLOOD)
    await neighbour.do(join_room=lobby_pb2.JoinRoom(code=code))


async def test_guests_from_one_address_cannot_close_somebodys_box_of_requests(limited: BackendHarness) -> None:
    ada = await limited.guest("Ada", CLASS)
    asked = 0
    for number in range(30):
        tab = await limited.guest(f"Flood {number}", FLOOD)
        with suppress(Refused):
            await limited.friends.ask(tab.account_id, "Ada", FLOOD)
            asked += 1
    assert asked == USUAL.requests_per_address_and_account.at_once
    bob = await limited.guest("Bob", CLASS)
    await limited.friends.ask(bob.account_id, "Ada", CLASS)
    assert len((await limited.friends.list_of(ada.account_id)).friends) == asked + 1


async def test_guests_requests_leave_room_for_those_of_accounts(limited: BackendHarness) -> None:
    ada = await limited.guest("Ada", CLASS)
    for number in range(GUEST_REQUESTS):
        tab = await limited.guest(f"Guest {number}", f"192.0.2.{number}")
        await limited.friends.ask(tab.account_id, "Ada", f"192.0.2.{number}")
    late = await limited.guest("Late", "192.0.2.99")
    with pytest.raises(Refused, match="TOO_MANY"):
        await limited.friends.ask(late.account_id, "Ada", "192.0.2.99")
    account, _ = await limited.credentials.register("", "", "Bob", "a long enough secret", CLASS)
    await limited.friends.ask(account.account_id, "Ada", CLASS)
    assert len((await limited.friends.list_of(ada.account_id)).friends) == GUEST_REQUESTS + 1


async def test_names_are_not_changed_faster_than_people_can_read_them(limited: BackendHarness) -> None:
    ada = await limited.guest("Ada", CLASS)
    taken = 0
    for number in range(30):
        with suppress(Refused):
            await limited.accounts.rename(ada.account_id, f"Ada {number}")
            taken += 1
    assert taken == USUAL.names_per_account.at_once
