"""Policies of the two kinds of rooms: all in which a room for duels and one for a tournament differ."""

from dataclasses import replace
from typing import Final, Protocol

from backend.core import entrants
from backend.core.room import SEATS, Member, RefusalCode, Room, RoomRefused, Settings

KEEP_MS: Final = 30_000
"""Milliseconds for which the place of a member without a connection is kept in a room for duels."""


class RoomPolicy(Protocol):
    """Decisions of one kind of room. Each method raises RoomRefused where the kind refuses."""

    @property
    def keep_ms(self) -> int:
        """Milliseconds for which the place of a member without a connection is kept."""

    def newcomer(self, room: Room, account_id: str, name: str, address: str) -> Member:
        """Member that comes in: on a free seat, on the bench, or on the waiting list."""

    def check_ready(self, member: Member) -> None:
        """Returns if the member may say that they are ready, or not."""

    def take_seat(self, room: Room, member: Member, wanted: bool) -> tuple[Member, ...]:
        """Members after one of them takes part, or only watches from now on."""

    def change_settings(self, before: Settings, wanted: Settings) -> Settings:
        """Settings after the host has changed them."""

    def start(self, room: Room, session_id: str) -> Room:
        """Room whose match or tournament is on."""

    def finish(self, settings: Settings) -> Settings:
        """Settings after the match or tournament."""

    def in_order(self, members: tuple[Member, ...], settings: Settings) -> tuple[Member, ...]:
        """Members in the order of the kind."""


class DuelPolicy:
    """Two seats, a bench, and both players ready before the start."""

    keep_ms: Final = KEEP_MS

    def newcomer(self, room: Room, account_id: str, name: str, address: str) -> Member:
        return Member(account_id, name, seat=_free_seat(room), address=address)

    def check_ready(self, member: Member) -> None:
        if member.seat is None:
            raise RoomRefused(RefusalCode.NOT_ALLOWED, "Only players with a seat can be ready; take a seat first.")

    def take_seat(self, room: Room, member: Member, wanted: bool) -> tuple[Member, ...]:
        if wanted == (member.seat is not None):
            return room.members
        seat = _free_seat(room) if wanted else None
        if wanted and seat is None:
            raise RoomRefused(RefusalCode.FULL, "Both seats are taken; wait until one is free.")
        moved = replace(member, seat=seat, ready=False)
        return tuple(moved if one.account_id == member.account_id else one for one in room.members)

    def change_settings(self, before: Settings, wanted: Settings) -> Settings:
        return wanted

    def start(self, room: Room, session_id: str) -> Room:
        if len(room.seated) < SEATS:
            raise RoomRefused(
                RefusalCode.NEEDS_PLAYERS, "A second player has to take a seat; send them the room's link."
            )
        waiting = [member.name for member in room.seated if not member.ready]
        if waiting:
            raise RoomRefused(RefusalCode.NOT_READY, f"{' and '.join(waiting)} must be ready first.")
        return replace(room, revision=room.revision + 1, session_id=session_id)

    def finish(self, settings: Settings) -> Settings:
        return settings

    def in_order(self, members: tuple[Member, ...], settings: Settings) -> tuple[Member, ...]:
        return members


class TournamentPolicy:
    """Entrants by their ranking, a waiting list, and nobody who has to be ready."""

    keep_ms: Final = entrants.KEEP_MS

    def newcomer(self, room: Room, account_id: str, name: str, address: str) -> Member:
        return Member(account_id, name, waiting=True, address=address)

    def check_ready(self, member: Member) -> None:
        raise RoomRefused(
            RefusalCode.NOT_ALLOWED, "Nobody has to be ready for a tournament; check in once it has started."
        )

    def take_seat(self, room: Room, member: Member, wanted: bool) -> tuple[Member, ...]:
        return entrants.take_part(room, member, wanted)

    def change_settings(self, before: Settings, wanted: Settings) -> Settings:
        assert before.tournament is not None
        assert wanted.tournament is not None
        opened_ms = before.tournament.opened_ms or wanted.tournament.opened_ms
        return replace(wanted, tournament=replace(wanted.tournament, opened_ms=opened_ms))

    def start(self, room: Room, session_id: str) -> Room:
        return entrants.start(room, session_id)

    def finish(self, settings: Settings) -> Settings:
        assert settings.tournament is not None
        return replace(settings, tournament=replace(settings.tournament, opened_ms=0))

    def in_order(self, members: tuple[Member, ...], settings: Settings) -> tuple[Member, ...]:
        assert settings.tournament is not None
        return entrants.in_order(members, settings.tournament)


DUEL: Final = DuelPolicy()
TOURNAMENT: Final = TournamentPolicy()


def policy_of(settings: Settings) -> RoomPolicy:
    """Policy of the kind of room that has these settings."""
    return TOURNAMENT if settings.tournament else DUEL


def _free_seat(room: Room) -> int | None:
    taken = {member.seat for member in room.members}
    return next((seat for seat in range(SEATS) if seat not in taken), None)
