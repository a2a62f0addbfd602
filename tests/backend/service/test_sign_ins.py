"""Sign-ins of an account: lifetimes, the list, and the ways to end one."""

import pytest
from matchpoint.v1.refusal_pb2 import Reason

from backend.core.sign_ins import DAY_MS, HOUR_MS, MOST
from backend.service.accounts import tokens
from tests.support.harnesses.backend import BackendHarness, Tab
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse"
DAY_S, HOUR_S = DAY_MS / 1_000, HOUR_MS / 1_000


async def ada_with(harness: BackendHarness, *labels: str) -> tuple[str, list[str]]:
    """Ada's account, and a token from each browser."""
    account, token = await harness.credentials.register("", "", "Ada", PASSWORD, "home", labels[0])
    held = [token]
    for label in labels[1:]:
        harness.clock.advance(1)
        held.append((await harness.credentials.sign_in("Ada", PASSWORD, "home", "", label))[1])
    return account.account_id, held


async def listed(harness: BackendHarness, account_id: str, token: str) -> list[tuple[str, bool]]:
    """Device, and whether it is the one that asks."""
    return [(one.sign_in.device, one.current) for one in await harness.sign_ins.list_of(account_id, token, guest=False)]


def ended_with(tab: Tab) -> str:
    """Sentence with which the connection was ended; empty while it goes on."""
    return tab.connection.end_reason.sentence if tab.connection.end_reason is not None else ""


async def test_a_sign_in_that_is_not_used_for_30_days_ends(harness: BackendHarness) -> None:
    account_id, (token,) = await ada_with(harness, "Firefox")
    harness.clock.advance(30 * DAY_S - 1)
    assert await harness.sign_ins.account_of(token) == account_id
    harness.clock.advance(1)
    assert await harness.sign_ins.account_of(token) is None


async def test_a_sign_in_that_is_used_goes_on_but_no_longer_than_180_days(harness: BackendHarness) -> None:
    account_id, (token,) = await ada_with(harness, "Firefox")
    for _ in range(8):
        harness.clock.advance(20 * DAY_S)
        assert await harness.sign_ins.account_of(token) == account_id
        await harness.sign_ins.write_uses()
    harness.clock.advance(20 * DAY_S)
    assert await harness.sign_ins.account_of(token) is None


async def test_a_use_is_written_down_once_an_hour_and_not_with_every_call(harness: BackendHarness) -> None:
    account_id, (token,) = await ada_with(harness, "Firefox")
    made_ms = harness.clock.unix_ms()
    for _ in range(10):
        harness.clock.advance(300)
        await harness.sign_ins.account_of(token)
        await harness.sign_ins.write_uses()
    (listed_one,) = await harness.sign_ins.list_of(account_id, token, guest=False)
    one = listed_one.sign_in
    assert one.used_ms == made_ms
    harness.clock.advance(HOUR_S)
    await harness.sign_ins.account_of(token)
    await harness.sign_ins.write_uses()
    (listed_one,) = await harness.sign_ins.list_of(account_id, token, guest=False)
    one, expires_ms = listed_one.sign_in, listed_one.expires_ms
    assert one.used_ms == harness.clock.unix_ms()
    assert expires_ms == one.used_ms + 30 * DAY_MS


async def test_an_open_lobby_is_use(harness: BackendHarness) -> None:
    account_id, (token,) = await ada_with(harness, "Firefox")
    tab = await Tab.open(harness, account_id, token)
    for _ in range(5):
        harness.clock.advance(20 * DAY_S)
        await tab.do(beat={})
        await harness.sign_ins.write_uses()
    assert await harness.sign_ins.account_of(token) == account_id


async def test_the_list_names_browsers_and_the_one_that_asks_first_and_has_no_token(harness: BackendHarness) -> None:
    account_id, (first, second) = await ada_with(harness, "Firefox on Linux", "Safari on iPhone")
    assert await listed(harness, account_id, first) == [("Firefox on Linux", True), ("Safari on iPhone", False)]
    assert await listed(harness, account_id, second) == [("Safari on iPhone", True), ("Firefox on Linux", False)]
    shown = repr(await harness.sign_ins.list_of(account_id, first, guest=False))
    for token in (first, second):
        assert token not in shown
        assert repr(tokens.digest(token)) not in shown


async def test_one_that_is_ended_closes_its_lobby_and_voids_tickets_and_the_others_stay(
    harness: BackendHarness,
) -> None:
    account_id, (here, there) = await ada_with(harness, "Firefox", "Safari")
    near, far = await Tab.open(harness, account_id, here), await Tab.open(harness, account_id, there)
    other = next(
        one.sign_in for one in await harness.sign_ins.list_of(account_id, here, guest=False) if not one.current
    )
    gone = await harness.accounts.end_sign_in(account_id, other.sign_in_id)
    harness.lobby.sign_in_ended(account_id, gone, "Ended.")
    assert await harness.sign_ins.account_of(there) is None
    assert await harness.sign_ins.account_of(here) == account_id
    assert far.connection.end_reason is not None
    assert far.connection.end_reason.reason == Reason.REASON_UNAUTHENTICATED
    assert near.connection.end_reason is None
    await harness.accounts.refresh_voided_tickets()
    assert account_id in harness.accounts.voided_within(10)
    # Once more is no error.
    assert await harness.accounts.end_sign_in(account_id, other.sign_in_id) == []


async def test_nobody_ends_somebody_elses(harness: BackendHarness) -> None:
    account_id, (token,) = await ada_with(harness, "Firefox")
    (listed_one,) = await harness.sign_ins.list_of(account_id, token, guest=False)
    one = listed_one.sign_in
    eve = await harness.guest("Eve")
    assert await harness.accounts.end_sign_in(eve.account_id, one.sign_in_id) == []
    assert await harness.sign_ins.account_of(token) == account_id


async def test_all_others_are_ended_at_once(harness: BackendHarness) -> None:
    account_id, held = await ada_with(harness, "Firefox", "Safari", "Chrome")
    assert len(await harness.accounts.end_other_sign_ins(account_id, held[1])) == 2
    assert [await harness.sign_ins.account_of(token) for token in held] == [None, account_id, None]
    assert await listed(harness, account_id, held[1]) == [("Safari", True)]


async def test_one_sign_in_too_many_ends_the_one_that_was_used_longest_ago(harness: BackendHarness) -> None:
    account_id, held = await ada_with(harness, "the oldest")
    for number in range(MOST - 1):
        harness.clock.advance(20)
        held.append((await harness.credentials.sign_in("Ada", PASSWORD, "home", "", f"browser {number}"))[1])
    harness.clock.advance(20)
    _, newest = await harness.credentials.sign_in("Ada", PASSWORD, "home", "", "one more")
    assert await harness.sign_ins.account_of(held[0]) is None
    assert await harness.sign_ins.account_of(held[1]) == account_id
    assert len(await listed(harness, account_id, newest)) == MOST


async def test_a_sign_in_that_runs_out_closes_its_lobby_and_a_guests_name_is_free(harness: BackendHarness) -> None:
    bob = await harness.guest("Bob")
    await harness.sign_ins.write_uses()
    harness.clock.advance(89 * DAY_S)
    await harness.lobby.end_old_sign_ins()
    assert ended_with(bob) == ""
    harness.clock.advance(2 * DAY_S)
    await harness.lobby.end_old_sign_ins()
    assert ended_with(bob) == "Your sign-in has run out; sign in again."
    await harness.guest("Bob")


async def test_an_account_whose_sign_in_ran_out_keeps_its_name_and_signs_in_again(harness: BackendHarness) -> None:
    _, (token,) = await ada_with(harness, "Firefox")
    harness.clock.advance(31 * DAY_S)
    await harness.lobby.end_old_sign_ins()
    assert await harness.sign_ins.account_of(token) is None
    with pytest.raises(Refused, match="NAME_TAKEN"):
        await harness.guest("Ada")
    await harness.credentials.sign_in("Ada", PASSWORD, "home")
