"""The lobby's commands about rooms: what a request says, checked, and the transition that it asks for."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from matchpoint.v1.frames_pb2 import BotStrength
from matchpoint.v1.lobby_pb2 import ConnectRequest, CreateRoom, SetSettings

from backend.core import doors, entrants, rooms
from backend.core.places import Leaving
from backend.core.room import Room, Settings, Step
from backend.service.limits import Limits
from backend.service.models import Person
from backend.service.ports import Clock
from backend.service.rooms.messages import DOORS
from backend.service.rooms.rooms import Rooms
from backend.service.rooms.session_lifecycle import SessionLifecycle
from backend.service.sessions.session_spec import BOT_NAMES, STRENGTHS
from backend.service.sessions.tournament_spec import checked
from wire.ranges import check, fill_ruleset
from wire.refusal import Reason, Refused

Command = Callable[[Person, ConnectRequest], Awaitable[None]]


class RoomCommands:
    """Each command raises Refused, and then nothing has changed."""

    def __init__(self, rooms_: Rooms, sessions: SessionLifecycle, clock: Clock, limits: Limits) -> None:
        self._rooms = rooms_
        self._sessions = sessions
        self._clock = clock
        self._guests_list = limits.guests_list

    @property
    def table(self) -> Mapping[str, Command]:
        """The commands by the name of their field in ConnectRequest."""
        return {
            "create_room": self._create_room,
            "join_room": self._join_room,
            "leave_room": lambda who, request: self._rooms.leave(who.account_id, request.leave_room.code),
            "set_ready": self._set_ready,
            "set_settings": self._set_settings,
            "kick": self._kick,
            "start": lambda who, request: self._sessions.start(who),
            "set_seat": self._set_seat,
            "add_bot": self._add_bot,
            "set_ranking": self._set_ranking,
            "set_door": self._set_door,
            "new_code": lambda who, request: self._rooms.give_new_code(who),
            "answer_knock": self._answer_knock,
        }

    async def _create_room(self, who: Person, request: ConnectRequest) -> None:
        settings = self._settings(request.create_room, "create_room")
        if settings.tournament and not self._may_list(who):
            settings = replace(settings, unlisted=True)
        await self._rooms.open_room(who, settings)

    async def _join_room(self, who: Person, request: ConnectRequest) -> None:
        wanted = request.join_room
        await self._rooms.join(who, wanted.code, Leaving(wanted.leave_code, wanted.leave_session_id))

    async def _set_ready(self, who: Person, request: ConnectRequest) -> None:
        ready = request.set_ready.ready
        await self._rooms.change(who, lambda room: rooms.set_ready(room, who.account_id, ready))

    async def _set_settings(self, who: Person, request: ConnectRequest) -> None:
        room = await self._rooms.current(who.account_id)
        before = room.settings.tournament if room is not None else None
        settings = self._settings(request.set_settings, "set_settings", before.starts_ms if before else 0)

        def change(room: Room) -> Step:
            # What an account has listed before stays listed under another host.
            kept_off = settings.tournament and room.settings.unlisted and not self._may_list(who)
            wanted = replace(settings, unlisted=settings.unlisted or bool(kept_off))
            return rooms.set_settings(room, who.account_id, wanted)

        await self._rooms.change(who, change)

    def _may_list(self, who: Person) -> bool:
        """True if their tournaments may be listed publicly: guests cost nothing, and there can be many."""
        return self._guests_list or not who.account.guest

    async def _set_seat(self, who: Person, request: ConnectRequest) -> None:
        seated = request.set_seat.seated
        await self._rooms.change(who, lambda room: rooms.set_seat(room, who.account_id, seated))

    async def _set_door(self, who: Person, request: ConnectRequest) -> None:
        door = next((door for door, number in DOORS.items() if number == request.set_door.door), None)
        if door is None:
            raise Refused(Reason.REASON_INVALID_FIELD, "Say open, knock or locked.", field="set_door.door")
        await self._rooms.change(who, lambda room: doors.set_door(room, who.account_id, door))

    async def _answer_knock(self, who: Person, request: ConnectRequest) -> None:
        check(request.answer_knock, "answer_knock.")
        whom, accept = request.answer_knock.account_id, request.answer_knock.accept
        await self._rooms.change(who, lambda room: doors.answer_knock(room, who.account_id, whom, accept))

    async def _kick(self, who: Person, request: ConnectRequest) -> None:
        whom = request.kick.account_id
        await self._rooms.change(who, lambda room: rooms.kick(room, who.account_id, whom))

    async def _add_bot(self, who: Person, request: ConnectRequest) -> None:
        strength = request.add_bot.strength or BotStrength.BOT_STRENGTH_MEDIUM
        if strength not in BOT_NAMES:
            raise Refused(
                Reason.REASON_INVALID_FIELD,
                "There is no such bot; choose easy, medium or hard.",
                field="add_bot.strength",
            )
        name, number = BOT_NAMES[strength], STRENGTHS.index(strength)
        await self._rooms.change(who, lambda room: entrants.add_bot(room, who.account_id, name, number))

    async def _set_ranking(self, who: Person, request: ConnectRequest) -> None:
        check(request.set_ranking, "set_ranking.")
        order = list(request.set_ranking.account_ids)
        await self._rooms.change(who, lambda room: entrants.rank(room, who.account_id, order))

    def _settings(self, wanted: CreateRoom | SetSettings, command: str, starts_ms: int = 0) -> Settings:
        """The settings as they are kept; `starts_ms` is the start that the room has already, 0 for none."""
        try:
            filled = fill_ruleset(wanted.ruleset)
        except Refused as refused:
            raise Refused(refused.reason, refused.sentence, field=f"{command}.{refused.field}") from None
        tournament = None
        if wanted.HasField("tournament"):
            now_ms = self._clock.unix_ms()
            tournament = checked(wanted.tournament, f"{command}.tournament", now_ms, set_before_ms=starts_ms)
        return Settings(filled.SerializeToString(deterministic=True), wanted.unlisted, tournament)
