"""Handlers of the lobby's commands about rooms."""

from dataclasses import replace
from typing import Final, assert_never

from backend.core import doors, entrants, rooms
from backend.core.bots import BOT_NAMES
from backend.core.room import Room, Settings, Step
from backend.service.limits import Limits
from backend.service.models import Person
from backend.service.ports import Clock
from backend.service.rooms import commands
from backend.service.rooms.commands import RoomCommand
from backend.service.rooms.rooms import Rooms
from backend.service.rooms.session_lifecycle import SessionLifecycle
from backend.service.rooms.transitions import Transition
from wire.refusal import Reason, Refused

AHEAD_MS: Final = 30 * 24 * 3_600_000
"""A start can be set this far ahead: less than places are kept."""

MemberCommand = (
    commands.SetReady
    | commands.SetSeat
    | commands.SetDoor
    | commands.AnswerKnock
    | commands.Kick
    | commands.AddBot
    | commands.SetRanking
)
"""Commands that are one transition of the current room."""


class RoomCommandHandlers:
    def __init__(self, rooms_: Rooms, sessions: SessionLifecycle, clock: Clock, limits: Limits) -> None:
        self._rooms = rooms_
        self._sessions = sessions
        self._clock = clock
        self._guests_list = limits.guests_list

    async def handle(self, who: Person, command: RoomCommand) -> None:
        """Carries out a command. Raises Refused, and then nothing has changed."""
        match command:
            case commands.CreateRoom(settings):
                await self._create_room(who, settings)
            case commands.JoinRoom(code, leaving):
                await self._rooms.join(who, code, leaving)
            case commands.LeaveRoom(code):
                await self._rooms.leave(who.account_id, code)
            case commands.SetSettings(settings):
                await self._set_settings(who, settings)
            case commands.Start():
                await self._sessions.start(who)
            case commands.GiveNewCode():
                await self._rooms.give_new_code(who)
            case _:
                await self._rooms.change(who, transition_of(command, who.account_id))

    async def _create_room(self, who: Person, settings: Settings) -> None:
        settings = self._timed(settings, "create_room")
        if settings.tournament and not self._may_list(who):
            settings = replace(settings, unlisted=True)
        await self._rooms.open_room(who, settings)

    async def _set_settings(self, who: Person, settings: Settings) -> None:
        room = await self._rooms.current(who.account_id)
        before = room.settings.tournament if room is not None else None
        settings = self._timed(settings, "set_settings", before.starts_ms if before else 0)

        def change(room: Room) -> Step:
            # A tournament that is listed already stays listed under another host.
            kept_off = settings.tournament and room.settings.unlisted and not self._may_list(who)
            wanted = replace(settings, unlisted=settings.unlisted or bool(kept_off))
            return rooms.set_settings(room, who.account_id, wanted)

        await self._rooms.change(who, change)

    def _may_list(self, who: Person) -> bool:
        """True if their tournaments may be listed publicly: guests cost nothing, and there can be many."""
        return self._guests_list or not who.account.guest

    def _timed(self, wanted: Settings, command: str, starts_before_ms: int = 0) -> Settings:
        """The settings with the time from which a tournament is open. Raises Refused for a bad time of its start.

        `starts_before_ms` is the start that was set before, 0 for none: it stays, however near, so that it does not
        get in the way of other changes.
        """
        if wanted.tournament is None:
            return wanted
        now_ms = self._clock.unix_ms()
        starts_ms = wanted.tournament.starts_ms
        if starts_ms not in (0, starts_before_ms) and not now_ms < starts_ms <= now_ms + AHEAD_MS:
            raise Refused(
                Reason.REASON_INVALID_FIELD,
                "The start has to be in the future, and within 30 days; choose another time or none.",
                field=f"{command}.tournament.starts_unix_ms",
            )
        return replace(wanted, tournament=replace(wanted.tournament, opened_ms=now_ms))


def transition_of(command: MemberCommand, account_id: str) -> Transition:
    """Transition that the account asks for."""
    match command:
        case commands.SetReady(ready):
            return lambda room: rooms.set_ready(room, account_id, ready)
        case commands.SetSeat(seated):
            return lambda room: rooms.set_seat(room, account_id, seated)
        case commands.SetDoor(door):
            return lambda room: doors.set_door(room, account_id, door)
        case commands.AnswerKnock(whom, accept):
            return lambda room: doors.answer_knock(room, account_id, whom, accept)
        case commands.Kick(whom):
            return lambda room: rooms.kick(room, account_id, whom)
        case commands.AddBot(strength):
            return lambda room: entrants.add_bot(room, account_id, BOT_NAMES[strength], strength)
        case commands.SetRanking(account_ids):
            return lambda room: entrants.rank(room, account_id, account_ids)
        case _:
            assert_never(command)
