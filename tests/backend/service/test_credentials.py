"""Passwords: who gets in, who waits, and what never reaches a hash."""

import asyncio

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.refusal_pb2 import Reason

from backend.service.accounts import credentials
from backend.service.accounts.credentials import TRIES_PER_NAME, TRIES_PER_NAME_PER_S
from tests.backend.conftest import World
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


async def register(world: World, name: str = "Ada", address: str = HOME) -> str:
    """The new account's id."""
    account, _ = await world.credentials.register("", "", name, PASSWORD, address)
    return account.account_id


async def exhaust(world: World, name: str, address: str) -> None:
    """Tries wrong passwords until there is no trying any more."""
    for _ in range(TRIES_PER_NAME):
        wrong = world.credentials.sign_in(name, "wrong password", address)
        assert (await refusal(wrong))[0] == "REASON_CREDENTIALS_WRONG"
    assert (await refusal(world.credentials.sign_in(name, "wrong password", address)))[0] == "REASON_TOO_MANY"


@pytest.mark.parametrize("password", ["", "x" * 7, "x" * 201, "x" * 10_000_000])
async def test_a_password_of_a_wrong_size_reaches_no_hash_and_costs_no_try(world: World, password: str) -> None:
    account_id = await register(world)
    world.passwords.hashed.clear()
    invalid = "REASON_PASSWORD_INVALID"
    for _ in range(2 * TRIES_PER_NAME):
        assert await refusal(world.credentials.sign_in("Ada", password, HOME)) == (invalid, "password")
    assert await refusal(world.credentials.register("", "", "Bob", password, HOME)) == (invalid, "password")
    change = world.credentials.change_password(account_id, "", PASSWORD, password, HOME)
    assert await refusal(change) == (invalid, "new_password")
    assert (world.passwords.hashed, world.passwords.compared) == ([], [])
    await world.credentials.sign_in("Ada", PASSWORD, HOME)


async def test_an_unknown_name_costs_a_comparison_all_the_same(world: World) -> None:
    await register(world)
    await world.accounts.create_guest("Guest", "", HOME)
    for name in ("Nobody", "Guest", "a\nb"):
        assert await refusal(world.credentials.sign_in(name, PASSWORD, HOME)) == ("REASON_CREDENTIALS_WRONG", "")
    assert world.passwords.compared == [None, None, None]


async def test_many_wrong_passwords_have_to_wait_but_nobody_is_locked_out_for_good(world: World) -> None:
    await register(world)
    await exhaust(world, "Ada", ELSEWHERE)
    assert (await refusal(world.credentials.sign_in("Ada", PASSWORD, ELSEWHERE)))[0] == "REASON_TOO_MANY"
    world.clock.advance(1 / TRIES_PER_NAME_PER_S + 1)
    await world.credentials.sign_in("Ada", PASSWORD, ELSEWHERE)


async def test_who_guesses_from_elsewhere_does_not_keep_the_owner_out(world: World) -> None:
    await register(world)
    await exhaust(world, "Ada", ELSEWHERE)
    await world.credentials.sign_in("Ada", PASSWORD, HOME)


async def test_one_address_may_not_try_every_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "TRIES_PER_ADDRESS", 20)
    world = await world.restarted()
    for number in range(20):
        wrong = world.credentials.sign_in(f"name {number}", PASSWORD, ELSEWHERE)
        assert (await refusal(wrong))[0] == "REASON_CREDENTIALS_WRONG"
    assert (await refusal(world.credentials.sign_in("name", PASSWORD, ELSEWHERE)))[0] == "REASON_TOO_MANY"
    await register(world)
    await world.credentials.sign_in("Ada", PASSWORD, HOME)


async def test_wrong_old_passwords_are_counted_too(world: World) -> None:
    account_id = await register(world)
    for _ in range(TRIES_PER_NAME):
        change = world.credentials.change_password(account_id, "", "wrong password", PASSWORD, HOME)
        assert await refusal(change) == ("REASON_CREDENTIALS_WRONG", "old_password")
    change = world.credentials.change_password(account_id, "", PASSWORD, PASSWORD, HOME)
    assert (await refusal(change))[0] == "REASON_TOO_MANY"


async def test_registering_is_limited_by_address(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "REGISTRATIONS", 3)
    world = await world.restarted()
    for number in range(3):
        await register(world, f"name {number}")
    too_many = world.credentials.register("", "", "one more", PASSWORD, HOME)
    assert (await refusal(too_many))[0] == "REASON_TOO_MANY"
    await register(world, "from elsewhere", ELSEWHERE)


async def test_two_who_register_a_name_at_once_do_not_both_get_it(world: World) -> None:
    both = await asyncio.gather(
        *(world.credentials.register("", "", name, PASSWORD, HOME) for name in ("Ada", "ADA")), return_exceptions=True
    )
    (refused,) = [one for one in both if isinstance(one, Refused)]
    assert refused.reason == Reason.REASON_NAME_TAKEN


async def test_a_guest_who_registers_twice_at_once_becomes_one_account_with_one_token(world: World) -> None:
    guest, token = await world.accounts.create_guest("Ada", "", HOME)
    both = await asyncio.gather(
        *(world.credentials.register(guest.account_id, token, "", PASSWORD, HOME) for _ in range(2)),
        return_exceptions=True,
    )
    (done,) = [one for one in both if not isinstance(one, BaseException)]
    account, new = done
    assert await world.sign_ins.account_of(new) == account.account_id == guest.account_id
    assert await world.sign_ins.account_of(token) is None


async def test_a_guest_may_take_another_name_with_the_password_and_the_room_learns_it(world: World) -> None:
    guest, token = await world.accounts.create_guest("Ada", "", HOME)
    account, _ = await world.credentials.register(guest.account_id, token, "Countess", PASSWORD, HOME)
    assert (account.name, account.guest) == ("Countess", False)
    assert (await world.accounts.get(guest.account_id)) == account
    # The name so far is free.
    await world.accounts.create_guest("Ada", "", HOME)


async def test_an_account_keeps_its_name_and_friends_when_its_last_token_ends(world: World) -> None:
    account, token = await world.credentials.register("", "", "Ada", PASSWORD, HOME)
    bob = await world.guest("Bob")
    await world.friends.ask(bob.account_id, "Ada")
    await world.accounts.sign_out(account.account_id, token)
    with pytest.raises(Refused, match="NAME_TAKEN"):
        await world.accounts.create_guest("ada", "", HOME)
    again, _ = await world.credentials.sign_in("ADA", PASSWORD, HOME)
    assert [friend.name for friend in (await world.friends.list_of(again.account_id)).friends] == ["Bob"]


async def test_tickets_of_those_who_signed_out_are_named_for_as_long_as_a_ticket_lives(world: World) -> None:
    ada, bob = await world.guest("Ada"), await world.guest("Bob")
    await ada.do(beat=lobby_pb2.Beat())
    await world.accounts.sign_out(ada.account_id, ada.token)
    await world.accounts.hear_voided()
    assert world.accounts.voided_in(10) == {ada.account_id: world.clock.unix_ms()}
    again = await world.restarted()
    await again.accounts.hear_voided()
    assert set(again.accounts.voided_in(600)) == {ada.account_id}
    world.clock.advance(601)
    await again.accounts.hear_voided()
    assert again.accounts.voided_in(600) == {}
    assert bob.account_id not in again.accounts.voided_in(10_000)


async def test_who_guesses_does_not_keep_the_owner_out_at_a_new_address_with_the_same_browser(world: World) -> None:
    account_id = await register(world)
    device = await world.devices.remember("", account_id)
    await exhaust(world, "Ada", ELSEWHERE)
    # On the train: an address that has never signed in, and the guesses from there are used up too.
    assert (await refusal(world.credentials.sign_in("Ada", PASSWORD, "train")))[0] == "REASON_TOO_MANY"
    await world.credentials.sign_in("Ada", PASSWORD, "train", device)


async def test_a_known_browser_has_no_more_tries_than_anybody(world: World) -> None:
    device = await world.devices.remember("", await register(world))
    for _ in range(TRIES_PER_NAME):
        wrong = world.credentials.sign_in("Ada", "wrong password", "train", device)
        assert (await refusal(wrong))[0] == "REASON_CREDENTIALS_WRONG"
    await exhaust(world, "Ada", "train")
    assert (await refusal(world.credentials.sign_in("Ada", PASSWORD, "train", device)))[0] == "REASON_TOO_MANY"


async def test_a_browser_that_is_known_to_another_account_or_made_up_gives_no_tries(world: World) -> None:
    await register(world)
    bobs = await world.devices.remember("", await register(world, "Bob"))
    await exhaust(world, "Ada", ELSEWHERE)
    for device in (bobs, "x" * 43, "x"):
        assert (await refusal(world.credentials.sign_in("Ada", PASSWORD, "train", device)))[0] == "REASON_TOO_MANY"


async def test_a_new_password_forgets_the_browsers_that_were_known(world: World) -> None:
    account_id = await register(world)
    device = await world.devices.remember("", account_id)
    await world.credentials.change_password(account_id, "", PASSWORD, "another horse", HOME)
    assert not await world.devices.knows(device, account_id)


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
    world: World, password: str
) -> None:
    common = ("REASON_PASSWORD_COMMON", "password")
    assert await refusal(world.credentials.register("", "", "Grasshopper", password, HOME)) == common
    account_id = await register(world, "Grasshopper")
    change = world.credentials.change_password(account_id, "", PASSWORD, password, HOME)
    assert await refusal(change) == ("REASON_PASSWORD_COMMON", "new_password")
    assert len(world.passwords.hashed) == 1
