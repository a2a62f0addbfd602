"""Descriptions of sessions, heartbeats and reports as contract messages."""

from hashlib import sha256

from matchpoint.internal.v1.fleet_pb2 import ServerHeartbeat
from matchpoint.internal.v1.fleet_pb2 import SessionBrief as SessionBriefMessage
from matchpoint.internal.v1.report_pb2 import ReportStatsRequest
from matchpoint.v1.session_pb2 import Session
from matchpoint.v1.session_pb2 import SessionState as SessionStateMessage

from gameserver.contract.match_messages import result_message
from gameserver.contract.match_records import digest_of
from gameserver.contract.specs import spec_message
from gameserver.contract.tournament_messages import put_status, tournament_digest, tournament_message
from gameserver.sessions.ports import Report
from gameserver.sessions.values import Heartbeat, SessionBrief, SessionDescription


def session_message(described: SessionDescription) -> Session:
    """Make the message of a session."""
    session = Session(
        session_id=described.session_id,
        spec=spec_message(described.spec),
        state=SessionStateMessage.ValueType(described.state),
        epoch=described.epoch,
        left=described.left,
        right=described.right,
    )
    if described.result:
        session.result.CopyFrom(result_message(described.result))
    if described.tournament:
        session.tournament.SetInParent()
        put_status(session.tournament, described.tournament)
    return session


def heartbeat_message(heartbeat: Heartbeat) -> ServerHeartbeat:
    """Make the message of a heartbeat."""
    return ServerHeartbeat(
        sessions=heartbeat.sessions, draining=heartbeat.draining, briefs=map(_brief_message, heartbeat.briefs)
    )


def _brief_message(brief: SessionBrief) -> SessionBriefMessage:
    return SessionBriefMessage(session_id=brief.session_id, left=brief.left, right=brief.right, viewers=brief.viewers)


def report_message(report: Report, journal: bytes) -> ReportStatsRequest:
    """Make the message of a report, with the content of its journal."""
    key = report.key
    request = ReportStatsRequest(
        session_id=key.session_id,
        match=key.match,
        attempt=key.attempt,
        spec=spec_message(report.spec),
        session_over=report.session_over,
        journal=journal,
        journal_digest=sha256(journal).digest(),
    )
    if report.result:
        request.result.CopyFrom(result_message(report.result))
        request.digest = digest_of(request.result)
    elif report.tournament:
        request.tournament.CopyFrom(tournament_message(report.tournament))
        request.digest = tournament_digest(request.tournament)
    return request
