"""Mapping of the session directory's answers."""

from matchpoint.v1.directory_pb2 import ListSessionsResponse, LocateSessionResponse
from matchpoint.v1.directory_pb2 import LiveSession as LiveSessionMessage
from matchpoint.v1.frames_pb2 import Occupant
from matchpoint.v1.session_pb2 import SessionSpec

from backend.service.sessions.directory import LivePage, LiveSession, SessionLocation


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
        origin=session.spec.origin,
        left=_occupant(session.spec, 0),
        right=_occupant(session.spec, 1),
        ruleset=session.spec.ruleset,
        created_unix_ms=session.created_ms,
    )
    if brief := live.brief:
        message.left_score, message.right_score, message.viewers = brief.left, brief.right, brief.viewers
    return message


def _occupant(spec: SessionSpec, seat: int) -> Occupant:
    """Occupant of a seat; empty for none."""
    for found in spec.seats:
        if found.seat == seat:
            return Occupant(account_id=found.account_id, name=found.name, bot=found.bot)
    return Occupant()
