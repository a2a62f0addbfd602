"""Session specs of tournaments."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from backend.core import names
from backend.core.bots import BotStrength
from backend.core.room import Member, Room
from backend.service.accounts.accounts import clean_name
from backend.service.session_specs import Origin, SeatSpec, SessionSpec, SessionTournament, TermsReader, TournamentTerms
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
    BotStrength.EASY: 800,
    BotStrength.MEDIUM: 1_000,
    BotStrength.HARD: 1_200,
}


def tournament_session(room: Room, balances: Mapping[str, int], read_terms: TermsReader) -> SessionSpec:
    """The session of a room's tournament: its entrants by their ranking, then the waiting list. Raises Refused.

    `balances` are wins minus losses by account.
    """
    tournament = room.settings.tournament
    assert tournament is not None
    waiting = [member for member in room.members if member.waiting]
    seats = [
        _entrant(number, member, balances.get(member.account_id, 0))
        for number, member in enumerate((*room.seated, *waiting))
    ]
    terms = read_terms(tournament.spec)
    _take(terms, len(room.seated))
    setup = SessionTournament(tournament.spec, terms, room.host, len(room.seated) if waiting else 0)
    return session_spec(Origin.ROOM, room.settings.ruleset, seats, setup)


def _entrant(number: int, member: Member, balance: int) -> SeatSpec:
    if member.bot:
        seat = bot_seat(number, BotStrength(member.bot))
        return replace(seat, name=member.name, rating=rating(balance, seat.bot))
    return SeatSpec(number, member.name, member.account_id, rating=rating(balance))


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
    seats = [SeatSpec(seat, name) for seat, name in enumerate(players)]
    _take(wanted.terms, len(seats))
    return session_spec(Origin.LOCAL, wanted.ruleset, seats, SessionTournament(wanted.spec, wanted.terms, account_id))


def rating(balance: int, bot: BotStrength | None = None) -> int:
    """Wins minus losses as a figure for seeding; that of a bot is fixed."""
    if bot is not None:
        return BOT_RATINGS[bot]
    return min(max(0, RATING + RATING_PER_WIN * balance), RATING_MOST)


def _take(terms: TournamentTerms, entrants: int) -> None:
    least, most = ENTRANTS[terms.format]
    if not least <= entrants <= most:
        raise Refused(
            Reason.REASON_ENTRANTS_COUNT,
            f"This format takes {least} to {most} entrants, and there are {entrants}.",
        )
