"""Passwords: who gets in, who waits, and what never reaches a hash."""

import asyncio

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.refusal_pb2 import Reason

from backend.service.accounts.credentials import TRIES_PER_NAME, TRIES_PER_NAME_PER_S
from tests.support.harnesses.backend import BackendHarness
from wire.refusal import Refused

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse"
HOME, ELSEWHERE = "home", "elsewhere"


async def refusal(work: object) -> tuple[str, str]:
    """Reason and field."""
    with pytest.raises(Refused) as caught:
        await work  # type: ignore[misc]
    assert caught.value.sentence.endswith(".")
    return Reason.Name(caught.value.reason), caught.value.field


async def register(harness: BackendHarness, name: str = "Ada", address: str = HOME) -> str:
    """The new account's id."""
    account, _ = await harness.credentials.register("", "", name, PASSWORD, address)
    return account.account_id


async def exhaust(harness: BackendHarness, name: str, address: str) -> None:
    """Tries wrong passwords until there is no trying any more."""
    for _ in range(TRIES_PER_NAME):
        wrong = harness.credentials.sign_in(name, "wrong password", address)
        assert (await refusal(wrong))[0] == "REASON_CREDENTIALS_WRONG"
    assert (await refusal(harness.credentials.sign_in(name, "wrong password", address)))[0] == "REASON_TOO_MANY"


@pytest.mark.parametrize("password", ["", "x" * 7, "x" * 201, "x" * 10_000_000])
async def test_a_password_of_a_wrong_size_reaches_no_hash_and_costs_no_try(
    harness: BackendHarness, password: str
) -> None:
    account_id = await register(harness)
    harness.passwords.hashed.clear()
    invalid = "REASON_PASSWORD_INVALID"
    for _ in range(2 * TRIES_PER_NAME):
        assert await refusal(harness.credentials.sign_in("Ada", password, HOME)) == (invalid, "password")
    assert await refusal(harness.credentials.register("", "", "Bob", password, HOME)) == (invalid, "password")
    change = harness.credentials.change_password(account_id, "", PASSWORD, password, HOME)
    assert await refusal(change) == (invalid, "new_password")
    assert (harness.passwords.hashed, harness.passwords.compared) == ([], [])
    await harness.credentials.sign_in("Ada", PASSWORD, HOME)


async def test_an_unknown_name_costs_a_comparison_all_the_same(harness: BackendHarness) -> None:
    await register(harness)
    await harness.accounts.create_guest("Guest", "", HOME)
    for name in ("Nobody", "Guest", "a\nb"):
        assert await refusal(harness.credentials.sign_in(name, PASSWORD, HOME)) == ("REASON_CREDENTIALS_WRONG", "")
    assert harness.passwords.compared == [None, None, None]


async def test_many_wrong_passwords_have_to_wait_but_nobody_is_locked_out_for_good(harness: BackendHarness) -> None:
    await register(harness)
    await exhaust(harness, "Ada", ELSEWHERE)
    assert (await refusal(harness.credentials.sign_in("Ada", PASSWORD, ELSEWHERE)))[0] == "REASON_TOO_MANY"
    harness.clock.advance(1 / TRIES_PER_NAME_PER_S + 1)
    await harness.credentials.sign_in("Ada", PASSWORD, ELSEWHERE)


async def test_who_guesses_from_elsewhere_does_not_keep_the_owner_out(harness: BackendHarness) -> None:
    await register(harness)
    await exhaust(harness, "Ada", ELSEWHERE)
    await harness.credentials.sign_in("Ada", PASSWORD, HOME)


async def test_one_address_may_not_try_every_name(harness: BackendHarness) -> None:
    harness = await harness.restarted(tries_per_address=20)
    for number in range(20):
        wrong = harness.credentials.sign_in(f"name {number}", PASSWORD, ELSEWHERE)
        assert (await refusal(wrong))[0] == "REASON_CREDENTIALS_WRONG"
    assert (await refusal(harness.credentials.sign_in("name", PASSWORD, ELSEWHERE)))[0] == "REASON_TOO_MANY"
    await register(harness)
    await harness.credentials.sign_in("Ada", PASSWORD, HOME)


async def test_wrong_old_passwords_are_counted_too(harness: BackendHarness) -> None:
    account_id = await register(harness)
    for _ in range(TRIES_PER_NAME):
        change = harness.credentials.change_password(account_id, "", "wrong password", PASSWORD, HOME)
        assert await refusal(change) == ("REASON_CREDENTIALS_WRONG", "old_password")
    change = harness.credentials.change_password(account_id, "", PASSWORD, PASSWORD, HOME)
    assert (await refusal(change))[0] == "REASON_TOO_MANY"


async def test_registering_is_limited_by_address(harness: BackendHarness) -> None:
    harness = await harness.restarted(registrations=3)
    for number in range(3):
        await register(harness, f"name {number}")
    too_many = harness.credentials.register("", "", "one more", PASSWORD, HOME)
    assert (await refusal(too_many))[0] == "REASON_TOO_MANY"
    await register(harness, "from elsewhere", ELSEWHERE)


async def test_two_who_register_a_name_at_once_do_not_both_get_it(harness: BackendHarness) -> None:
    both = await asyncio.gather(
        *(harness.credentials.register("", "", name, PASSWORD, HOME) for name in ("Ada", "ADA")), return_exceptions=True
    )
    (refused,) = [one for one in both if isinstance(one, Refused)]
    assert refused.reason == Reason.REASON_NAME_TAKEN


async def test_a_guest_who_registers_twice_at_once_becomes_one_account_with_one_token(harness: BackendHarness) -> None:
    guest, token = await harness.accounts.create_guest("Ada", "", HOME)
    both = await asyncio.gather(
        *(harness.credentials.register(guest.account_id, token, "", PASSWORD, HOME) for _ in range(2)),
        return_exceptions=True,
    )
    (done,) = [one for one in both if not isinstance(one, BaseException)]
    account, new = done
    assert await harness.sign_ins.account_of(new) == account.account_id == guest.account_id
    assert await harness.sign_ins.account_of(token) is None


async def test_a_guest_may_take_another_name_with_the_password_and_the_room_learns_it(harness: BackendHarness) -> None:
    guest, token = await harness.accounts.create_guest("Ada", "", HOME)
    account, _ = await harness.credentials.register(guest.account_id, token, "Countess", PASSWORD, HOME)
    assert (account.name, account.guest) == ("Countess", False)
    assert (await harness.accounts.get(guest.account_id)) == account
    # The name so far is free.
    await harness.accounts.create_guest("Ada", "", HOME)


async def test_an_account_keeps_its_name_and_friends_when_its_last_token_ends(harness: BackendHarness) -> None:
    account, token = await harness.credentials.register("", "", "Ada", PASSWORD, HOME)
    bob = await harness.guest("Bob")
    await harness.friends.ask(bob.account_id, "Ada")
    await harness.accounts.sign_out(account.account_id, token)
    with pytest.raises(Refused, match="NAME_TAKEN"):
        await harness.accounts.create_guest("ada", "", HOME)
    again, _ = await harness.credentials.sign_in("ADA", PASSWORD, HOME)
    assert [friend.name for friend in (await harness.friends.list_of(again.account_id)).friends] == ["Bob"]


async def test_tickets_of_those_who_signed_out_are_named_for_as_long_as_a_ticket_lives(harness: BackendHarness) -> None:
    ada, bob = await harness.guest("Ada"), await harness.guest("Bob")
    await ada.do(beat=lobby_pb2.Beat())
    await harness.accounts.sign_out(ada.account_id, ada.token)
    await harness.accounts.refresh_voided_tickets()
    assert harness.accounts.voided_within(10) == {ada.account_id: harness.clock.unix_ms()}
    again = await harness.restarted()
    await again.accounts.refresh_voided_tickets()
    assert set(again.accounts.voided_within(600)) == {ada.account_id}
    harness.clock.advance(601)
    await again.accounts.refresh_voided_tickets()
    assert again.accounts.voided_within(600) == {}
    assert bob.account_id not in again.accounts.voided_within(10_000)


async def test_who_guesses_does_not_keep_the_owner_out_at_a_new_address_with_the_same_browser(
    harness: BackendHarness,
) -> None:
    account_id = await register(harness)
    device = await harness.devices.remember("", account_id)
    await exhaust(harness, "Ada", ELSEWHERE)
    # On the train: an address that has never signed in, and the guesses from there are used up too.
    assert (await refusal(harness.credentials.sign_in("Ada", PASSWORD, "train")))[0] == "REASON_TOO_MANY"
    await harness.credentials.sign_in("Ada", PASSWORD, "train", device)


async def test_a_known_browser_has_no_more_tries_than_anybody(harness: BackendHarness) -> None:
    device = await harness.devices.remember("", await register(harness))
    for _ in range(TRIES_PER_NAME):
        wrong = harness.credentials.sign_in("Ada", "wrong password", "train", device)
        assert (await refusal(wrong))[0] == "REASON_CREDENTIALS_WRONG"
    await exhaust(harness, "Ada", "train")
    assert (await refusal(harness.credentials.sign_in("Ada", PASSWORD, "train", device)))[0] == "REASON_TOO_MANY"


async def test_a_browser_that_is_known_to_another_account_or_made_up_gives_no_tries(harness: BackendHarness) -> None:
    await register(harness)
    bobs = await harness.devices.remember("", await register(harness, "Bob"))
    await exhaust(harness, "Ada", ELSEWHERE)
    for device in (bobs, "x" * 43, "x"):
        assert (await refusal(harness.credentials.sign_in("Ada", PASSWORD, "train", device)))[0] == "REASON_TOO_MANY"


async def test_a_new_password_forgets_the_browsers_that_were_known(harness: BackendHarness) -> None:
    account_id = await register(harness)
    device = await harness.devices.remember("", account_id)
    await harness.credentials.change_password(account_id, "", PASSWORD, "another horse", HOME)
    assert not await harness.devices.knows(device, account_id)


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "PassWord",
        "12345678",
        "ｐａｓｓｗｏｒｄ",
        "aaaaaaaaa",
        "qlalfqjsgh",
        "Grasshopper",
        "grasshopper99!",
    ],
)
async def test_a_password_that_everybody_tries_first_or_that_is_the_name_is_refused(
    harness: BackendHarness, password: str
) -> None:
    common = ("REASON_PASSWORD_COMMON", "password")
    assert await refusal(harness.credentials.register("", "", "Grasshopper", password, HOME)) == common
    account_id = await register(harness, "Grasshopper")
    change = harness.credentials.change_password(account_id, "", PASSWORD, password, HOME)
    assert await refusal(change) == ("REASON_PASSWORD_COMMON", "new_password")
    assert len(harness.passwords.hashed) == 1
