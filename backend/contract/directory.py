"""Mapping of the session directory's answers."""

from matchpoint.internal.v1.entry_pb2 import LocateSessionResponse
from matchpoint.v1.directory_pb2 import ListSessionsResponse, ListTournamentsResponse, TournamentBrief
from matchpoint.v1.directory_pb2 import LiveSession as LiveSessionMessage
from matchpoint.v1.frames_pb2 import Occupant
from matchpoint.v1.tournament_pb2 import TournamentPhase

from backend.contract.bots import PERSON, STRENGTHS
from backend.contract.session_specs import ORIGIN_MESSAGES, tournament_message
from backend.service.session_specs import SessionSpec
from backend.service.sessions.directory import LivePage, LiveSession, SessionLocation
from backend.service.sessions.tournaments import OpenTournament, StartedTournament, TournamentPage


def location_message(location: SessionLocation) -> LocateSessionResponse:
    return LocateSessionResponse(
        server=location.server,
        address=location.address,
        epoch=location.epoch,
        over=location.over,
        public=location.public,
        tournament=location.tournament,
        organiser_account_id=location.organiser_account_id,
    )


def live_page_message(page: LivePage) -> ListSessionsResponse:
    return ListSessionsResponse(
        sessions=[_live_session(live) for live in page.sessions], next_page_token=page.next_page_token
    )


def _live_session(live: LiveSession) -> LiveSessionMessage:
    session = live.record
    message = LiveSessionMessage(
        session_id=session.session_id,
        origin=ORIGIN_MESSAGES[session.spec.origin],
        left=_occupant(session.spec, 0),
        right=_occupant(session.spec, 1),
        created_unix_ms=session.created_ms,
    )
    message.ruleset.ParseFromString(session.spec.ruleset)
    if brief := live.brief:
        message.left_score, message.right_score, message.viewers = brief.left, brief.right, brief.viewers
    return message


def tournament_page_message(page: TournamentPage) -> ListTournamentsResponse:
    briefs = [_open(one) if isinstance(one, OpenTournament) else _started(one) for one in page.tournaments]
    return ListTournamentsResponse(tournaments=briefs, next_page_token=page.next_page_token)


def _open(listed: OpenTournament) -> TournamentBrief:
    tournament = listed.room.settings.tournament
    assert tournament is not None
    brief = TournamentBrief(
        room_code=listed.room.code,
        entrants=len(listed.room.seated),
        capacity=tournament.capacity,
        starts_unix_ms=tournament.starts_ms,
        organiser=listed.organiser,
    )
    brief.spec.ParseFromString(tournament.spec)
    return brief


def _started(listed: StartedTournament) -> TournamentBrief:
    spec = listed.record.spec
    on = listed.champion is None
    return TournamentBrief(
        session_id=listed.record.session_id,
        spec=tournament_message(spec.tournament) if spec.tournament else None,
        phase=TournamentPhase.TOURNAMENT_PHASE_PLAYING if on else TournamentPhase.TOURNAMENT_PHASE_OVER,
        entrants=spec.entrants,
        capacity=spec.entrants,
        starts_unix_ms=listed.record.created_ms,
        champion=listed.champion or "",
        viewers=listed.viewers,
        organiser=listed.organiser,
    )


def _occupant(spec: SessionSpec, seat: int) -> Occupant:
    """Occupant of a seat; empty for none."""
    for found in spec.seats:
        if found.seat == seat:
            return Occupant(account_id=found.account_id, name=found.name, bot=STRENGTHS[found.bot or PERSON])
    return Occupant()
