"""Guests, names and tokens."""

import pytest
from matchpoint.v1.refusal_pb2 import Reason

from backend.core import names
from tests.support.harnesses.backend import BackendHarness
from wire.refusal import Refused

pytestmark = pytest.mark.anyio


async def refusal(harness: BackendHarness, name: str, language: str = "") -> Refused:
    with pytest.raises(Refused) as caught:
        await harness.accounts.create_guest(name, language, "peer")
    return caught.value


async def test_a_guest_without_a_name_gets_a_friendly_one(harness: BackendHarness) -> None:
    account, _ = await harness.accounts.create_guest("", "ko", "peer")
    assert account.name.split(" ")[0] in names.WORDS["ko"][0]
    assert account.guest


async def test_a_token_says_who_it_belongs_to_until_the_account_signs_out(harness: BackendHarness) -> None:
    account, token = await harness.accounts.create_guest("Ada", "", "peer")
    assert await harness.sign_ins.account_of(token) == account.account_id
    await harness.accounts.sign_out(account.account_id, token)
    assert await harness.sign_ins.account_of(token) is None


async def test_an_unknown_token_belongs_to_nobody(harness: BackendHarness) -> None:
    assert await harness.sign_ins.account_of("x" * 43) is None


async def test_the_token_itself_is_not_in_the_database(harness: BackendHarness) -> None:
    _, token = await harness.accounts.create_guest("Ada", "", "peer")
    async with harness.store.read() as unit:
        rows = (await unit._connection.exec_driver_sql("SELECT digest FROM tokens")).scalars().all()
    assert len(rows) == 1
    assert token.encode() not in rows[0]


@pytest.mark.parametrize("name", ["x" * 21, " ", "a\nb", "a\u202eb"])
async def test_a_name_that_nobody_may_have_is_refused(harness: BackendHarness, name: str) -> None:
    refused = await refusal(harness, name)
    assert (refused.reason, refused.field) == (Reason.REASON_NAME_INVALID, "name")


@pytest.mark.parametrize("again", ["Ada", "ADA", "Ａｄａ", "  ada "])
async def test_a_name_that_is_taken_is_refused_in_every_spelling(harness: BackendHarness, again: str) -> None:
    await harness.accounts.create_guest("Ada", "", "peer")
    assert (await refusal(harness, again)).reason == Reason.REASON_NAME_TAKEN


async def test_an_unknown_language_is_refused(harness: BackendHarness) -> None:
    refused = await refusal(harness, "", "xx")
    assert (refused.reason, refused.field) == (Reason.REASON_INVALID_FIELD, "language")


async def test_renaming_frees_the_old_name(harness: BackendHarness) -> None:
    account, _ = await harness.accounts.create_guest("Ada", "", "peer")
    assert (await harness.accounts.rename(account.account_id, "Countess")).name == "Countess"
    await harness.accounts.create_guest("Ada", "", "peer")
    with pytest.raises(Refused, match="NAME_TAKEN"):
        await harness.accounts.rename(account.account_id, "ada")


async def test_one_may_rename_to_another_spelling_of_the_own_name(harness: BackendHarness) -> None:
    account, _ = await harness.accounts.create_guest("Ada", "", "peer")
    assert (await harness.accounts.rename(account.account_id, "ADA")).name == "ADA"


async def test_the_name_of_a_guest_who_signed_out_is_free(harness: BackendHarness) -> None:
    account, token = await harness.accounts.create_guest("Ada", "", "peer")
    await harness.accounts.sign_out(account.account_id, token)
    again, _ = await harness.accounts.create_guest("ada", "", "peer")
    assert again.account_id != account.account_id
    assert (await harness.accounts.get(account.account_id)).name == "Ada"


@pytest.mark.parametrize("name", ["Admin", "Bot (hard)", "운영자", "Аdmin".replace("А", "A")])
async def test_a_name_of_the_house_is_refused(harness: BackendHarness, name: str) -> None:
    account, _ = await harness.accounts.create_guest("Ada", "", "home")
    for work in (
        harness.accounts.create_guest(name, "", "home"),
        harness.accounts.rename(account.account_id, name),
        harness.credentials.register("", "", name, "correct horse", "home"),
    ):
        with pytest.raises(Refused, match="NAME_RESERVED"):
            await work


@pytest.mark.parametrize(("held", "wanted"), [("paypal", "paypaI"), ("BEPA", "ВЕРА"), ("Champion", "Charnpion")])
async def test_a_name_that_looks_like_another_is_taken(harness: BackendHarness, held: str, wanted: str) -> None:
    account, token = await harness.accounts.create_guest(held, "", "home")
    other, _ = await harness.accounts.create_guest("Bob", "", "home")
    for work in (
        harness.accounts.create_guest(wanted, "", "home"),
        harness.accounts.rename(other.account_id, wanted),
        harness.credentials.register("", "", wanted, "correct horse", "home"),
    ):
        with pytest.raises(Refused, match="NAME_TAKEN"):
            await work
    # Its own look is no hindrance, and with the guest it is free again.
    await harness.accounts.rename(account.account_id, wanted)
    await harness.accounts.sign_out(account.account_id, token)
    await harness.accounts.create_guest(held, "", "home")
