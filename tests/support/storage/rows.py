"""Accounts and rooms for the tests of what is stored."""

from dataclasses import replace

from backend.adapters.sql.store import SqlStore
from backend.core.room import Member, Room, Settings, Tournament
from backend.core.serialized import Ruleset, TournamentSpec
from backend.service.models import Account


async def add(store: SqlStore, name: str) -> None:
    """An account whose id is its name."""
    async with store.write() as unit:
        await unit.accounts.add(Account(name, name, guest=True), name, 1)


async def has(store: SqlStore, name: str) -> bool:
    """True if `add` has come through."""
    async with store.read() as unit:
        return await unit.accounts.get(name) is not None


def room_of(code: str, *account_ids: str) -> Room:
    members = tuple(Member(account_id, account_id, seat=n) for n, account_id in enumerate(account_ids))
    return Room(code=code, host=account_ids[0], settings=Settings(Ruleset(b"\x00\xff")), members=members)


def cup_of(code: str, *account_ids: str) -> Room:
    """A room for a tournament."""
    settings = Settings(
        Ruleset(b"\x00\xff"), tournament=Tournament(TournamentSpec(b"\x00\xff"), capacity=8, opened_ms=1)
    )
    return replace(room_of(code, *account_ids), settings=settings)
