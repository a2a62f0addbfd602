"""Session specs of tournaments."""

from collections.abc import Mapping
from typing import Final

from matchpoint.v1 import frames_pb2
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec
from matchpoint.v1.tournament_pb2 import TournamentSpec

from backend.core import names
from backend.core.bots import BotStrength
from backend.core.room import Room
from backend.service.accounts.accounts import clean_name
from backend.service.sessions.requests import LocalTournament
from backend.service.sessions.session_spec import bot_seat, session_spec
from wire.refusal import Reason, Refused

ENTRANTS: Final = {
    "single_elimination": (2, 64),
    "double_elimination": (2, 64),
    "round_robin": (2, 64),
    "swiss": (2, 256),
    "groups": (4, 64),
}
"""Range of entrants by format, as in tournament.proto."""
RATING: Final = 1_000
RATING_PER_WIN: Final = 25
RATING_MOST: Final = 100_000
"""Past results as one figure, for seeding: 1000, and 25 for each win more than losses; never below 0."""
BOT_RATINGS: Final = {
    frames_pb2.BotStrength.BOT_STRENGTH_EASY: 800,
    frames_pb2.BotStrength.BOT_STRENGTH_MEDIUM: 1_000,
    frames_pb2.BotStrength.BOT_STRENGTH_HARD: 1_200,
}


def tournament_session(room: Room, balances: Mapping[str, int]) -> SessionSpec:
    """The session of a room's tournament: its entrants by their ranking, then the waiting list. Raises Refused.

    `balances` are wins minus losses by account.
    """
    tournament = room.settings.tournament
    assert tournament is not None
    waiting = [member for member in room.members if member.waiting]
    seats = []
    for number, member in enumerate((*room.seated, *waiting)):
        if member.bot:
            seat = bot_seat(number, BotStrength(member.bot))
            seat.name = member.name
        else:
            seat = SeatSpec(seat=number, account_id=member.account_id, name=member.name)
        seat.rating = rating(balances.get(member.account_id, 0), seat.bot)
        seats.append(seat)
    spec = session_spec(Origin.ORIGIN_ROOM, room.settings.ruleset, seats)
    spec.tournament.ParseFromString(tournament.spec)
    spec.tournament.organiser_account_id = room.host
    spec.tournament.waiting_from = len(room.seated) if waiting else 0
    _take(spec.tournament, len(room.seated))
    return spec


def local_tournament(account_id: str, wanted: LocalTournament) -> SessionSpec:
    """Spec of a tournament at one keyboard, whose account is the organiser. Raises Refused."""
    field = "local_tournament"
    players = [clean_name(name, f"{field}.names[{number}]") for number, name in enumerate(wanted.names)]
    keys = [names.key(name) for name in players]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            raise Refused(
                Reason.REASON_ENTRANT_DUPLICATE,
                f"Two are called {players[number]}; give one of them another name.",
                field=f"{field}.names[{number}]",
            )
    seats = [SeatSpec(seat=seat, name=name) for seat, name in enumerate(players)]
    spec = session_spec(Origin.ORIGIN_LOCAL, wanted.ruleset, seats)
    spec.tournament.ParseFromString(wanted.spec)
    spec.tournament.organiser_account_id = account_id
    spec.tournament.at_once = 1
    spec.tournament.check_in_s = spec.tournament.delay_s = 0
    _take(spec.tournament, len(seats))
    return spec


def rating(
    balance: int, bot: "frames_pb2.BotStrength.ValueType" = frames_pb2.BotStrength.BOT_STRENGTH_UNSPECIFIED
) -> int:
    """Wins minus losses as a figure for seeding."""
    return BOT_RATINGS.get(bot) or min(max(0, RATING + RATING_PER_WIN * balance), RATING_MOST)


def _take(spec: TournamentSpec, entrants: int) -> None:
    least, most = ENTRANTS[spec.format.WhichOneof("kind") or ""]
    if not least <= entrants <= most:
        raise Refused(
            Reason.REASON_ENTRANTS_COUNT,
            f"This format takes {least} to {most} entrants, and there are {entrants}.",
        )
