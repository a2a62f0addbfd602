"""Checked settings of tournaments, and the session specs made of them."""

from collections.abc import Mapping
from typing import Final

from matchpoint.v1.directory_pb2 import LocalTournament
from matchpoint.v1.frames_pb2 import BotStrength
from matchpoint.v1.lobby_pb2 import TournamentRoom
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec
from matchpoint.v1.tournament_pb2 import TournamentSpec

from backend.core import names, text
from backend.core.room import Room, Tournament
from backend.core.text import TextInvalid
from backend.service.accounts.accounts import clean_name
from backend.service.sessions.session_spec import STRENGTHS, bot_seat, session_spec
from wire.ranges import check
from wire.refusal import Reason, Refused

ENTRANTS: Final = {
    "single_elimination": (2, 64),
    "double_elimination": (2, 64),
    "round_robin": (2, 64),
    "swiss": (2, 256),
    "groups": (4, 64),
}
"""Range of entrants by format, as in tournament.proto."""
USUAL_CAPACITY: Final = 64
TITLE_LENGTH: Final = 60
TITLE_BYTES: Final = 240
"""Maximum of a title: characters as they are seen, and bytes in UTF-8."""
BEST_OF: Final = (1, 3, 5)
AHEAD_MS: Final = 30 * 24 * 3_600_000
"""A start can be set this far ahead: less than places are kept."""
RATING: Final = 1_000
RATING_PER_WIN: Final = 25
RATING_MOST: Final = 100_000
"""Past results as one figure, for seeding: 1000, and 25 for each win more than losses; never below 0."""
BOT_RATINGS: Final = {
    BotStrength.BOT_STRENGTH_EASY: 800,
    BotStrength.BOT_STRENGTH_MEDIUM: 1_000,
    BotStrength.BOT_STRENGTH_HARD: 1_200,
}


def checked(wanted: TournamentRoom, field: str, now_ms: int, *, set_before_ms: int = 0) -> Tournament:
    """Checks a host's settings and fills in defaults. Raises Refused: out of range, or contradicting.

    A start that was set before stays, however near, so that it does not get in the way of other changes.
    """
    spec = checked_spec(wanted.spec, f"{field}.spec")
    check(wanted, f"{field}.")
    least, most = ENTRANTS[spec.format.WhichOneof("kind") or ""]
    capacity = wanted.capacity or min(most, USUAL_CAPACITY)
    if not least <= capacity <= most:
        raise Refused(
            Reason.REASON_SETTINGS_CONTRADICT,
            f"This format takes {least} to {most} entrants; choose another format or number of places.",
            field=f"{field}.capacity",
        )
    groups = spec.format.groups
    if 2 * groups.groups > capacity:
        raise Refused(
            Reason.REASON_SETTINGS_CONTRADICT,
            f"{groups.groups} groups need {2 * groups.groups} entrants at least; choose fewer groups or more places.",
            field=f"{field}.spec.format.groups.groups",
        )
    changed = wanted.starts_unix_ms != set_before_ms
    if changed and wanted.starts_unix_ms and not now_ms < wanted.starts_unix_ms <= now_ms + AHEAD_MS:
        raise Refused(
            Reason.REASON_INVALID_FIELD,
            "The start has to be in the future, and within 30 days; choose another time or none.",
            field=f"{field}.starts_unix_ms",
        )
    return Tournament(spec.SerializeToString(deterministic=True), capacity, wanted.starts_unix_ms, now_ms)


def checked_spec(wanted: TournamentSpec, field: str) -> TournamentSpec:
    """Checks all that does not depend on the entrants; the game server decides the rest. Raises Refused."""
    spec = TournamentSpec()
    spec.CopyFrom(wanted)
    spec.title = _title(wanted.title, f"{field}.title")
    # Both are the house's to say.
    spec.organiser_account_id = ""
    spec.waiting_from = 0
    if not spec.format.WhichOneof("kind"):
        spec.format.single_elimination.SetInParent()
    check(spec, f"{field}.")
    chosen = [("best_of", spec.best_of or 1)]
    chosen += [(f"best_of_rounds[{n}].best_of", one.best_of) for n, one in enumerate(spec.best_of_rounds)]
    for name, best_of in chosen:
        if best_of not in BEST_OF:
            raise Refused(
                Reason.REASON_INVALID_FIELD, "A pairing is the best of 1, 3 or 5 matches.", field=f"{field}.{name}"
            )
    return spec


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
            seat = bot_seat(number, STRENGTHS[member.bot])
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


def local_tournament(account_id: str, wanted: LocalTournament, ruleset: bytes) -> SessionSpec:
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
    spec = session_spec(Origin.ORIGIN_LOCAL, ruleset, seats)
    spec.tournament.CopyFrom(checked_spec(wanted.tournament, f"{field}.tournament"))
    spec.tournament.organiser_account_id = account_id
    spec.tournament.at_once = 1
    spec.tournament.check_in_s = spec.tournament.delay_s = 0
    _take(spec.tournament, len(seats))
    return spec


def rating(balance: int, bot: "BotStrength.ValueType" = BotStrength.BOT_STRENGTH_UNSPECIFIED) -> int:
    """Wins minus losses as a figure for seeding."""
    return BOT_RATINGS.get(bot) or min(max(0, RATING + RATING_PER_WIN * balance), RATING_MOST)


def _take(spec: TournamentSpec, entrants: int) -> None:
    least, most = ENTRANTS[spec.format.WhichOneof("kind") or ""]
    if not least <= entrants <= most:
        raise Refused(
            Reason.REASON_ENTRANTS_COUNT,
            f"This format takes {least} to {most} entrants, and there are {entrants}.",
        )


def _title(wanted: str, field: str) -> str:
    title = text.SPACES.sub(" ", wanted).strip()
    try:
        return text.clean(title, TITLE_LENGTH, TITLE_BYTES) if title else ""
    except TextInvalid as invalid:
        raise Refused(Reason.REASON_INVALID_FIELD, f"A title {invalid}", field=field) from None
