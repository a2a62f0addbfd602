"""Results of matches: reports in; records, totals and replays out."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from matchpoint.internal.v1 import report_pb2
from matchpoint.internal.v1.raw_pb2 import RawGetReplayResponse
from matchpoint.v1 import result_pb2, stats_pb2, tournament_pb2
from matchpoint.v1.pong_pb2 import Side
from matchpoint.v1.result_pb2 import Result

from backend.contract.session_specs import session_spec, session_spec_message
from backend.core.serialized import MatchResult, TournamentState
from backend.service.models import MatchPage, MatchRow, Outcome, PlayerTotals, RecordedResult, Report, SideStats
from wire.ranges import check
from wire.refusal import Reason, Refused

DIGEST_BYTES: Final = 32
OUTCOMES: Final = {
    result_pb2.Outcome.OUTCOME_PLAYED: Outcome.PLAYED,
    result_pb2.Outcome.OUTCOME_DRAW: Outcome.DRAW,
    result_pb2.Outcome.OUTCOME_FORFEIT: Outcome.FORFEIT,
    result_pb2.Outcome.OUTCOME_VOID: Outcome.VOID,
}
SIDES: Final = {Side.SIDE_LEFT: 0, Side.SIDE_RIGHT: 1}


def report_of(request: report_pb2.ReportStatsRequest) -> Report:
    """The report in a request. Raises Refused (INVALID_FIELD): out of range, not over, a digest that is wrong."""
    check(request)
    if len(request.digest) != DIGEST_BYTES:
        raise Refused(Reason.REASON_INVALID_FIELD, f"digest has to be {DIGEST_BYTES} bytes.", field="digest")
    if request.match == 0 and not request.tournament.HasField("result"):
        raise Refused(Reason.REASON_INVALID_FIELD, "A tournament is reported when it is over.", field="tournament")
    if request.match and request.result.outcome == result_pb2.Outcome.OUTCOME_UNSPECIFIED:
        raise Refused(Reason.REASON_INVALID_FIELD, "A match is reported when it is over.", field="result.outcome")
    if request.journal_digest and request.journal_digest != sha256(request.journal).digest():
        raise Refused(Reason.REASON_INVALID_FIELD, "This is not the digest of the journal.", field="journal_digest")
    return Report(
        session_id=request.session_id,
        match=request.match,
        attempt=request.attempt,
        digest=request.digest,
        spec=session_spec(request.spec),
        result=recorded_result(request.result),
        last_result=_without_stats(request.result),
        journal=request.journal,
        journal_digest=request.journal_digest,
        session_over=request.session_over,
        tournament=TournamentState(request.tournament.SerializeToString()),
        champion=champion_of(request.tournament),
    )


def recorded_result(result: Result) -> RecordedResult:
    pong = result.stats.pong
    return RecordedResult(
        outcome=OUTCOMES.get(result.outcome, Outcome.UNKNOWN),
        winner=SIDES.get(result.winner),
        points=(result.left, result.right),
        duration_us=result.duration_us,
        longest_rally=pong.longest_rally,
        top_speed=pong.top_speed,
        sides=(_side_stats(pong.left), _side_stats(pong.right)),
        document=result.SerializeToString(),
    )


def champion_of(state: tournament_pb2.TournamentState) -> str:
    """Name of the champion, or empty."""
    if not state.result.has_champion:
        return ""
    return next((one.name for one in state.entrants if one.entrant == state.result.champion), "")


def replay_message(records: Sequence[bytes]) -> bytes:
    """A serialized StatsServiceGetReplayResponse with these records.

    Messages behind each other are one message with the records of all.
    """
    return RawGetReplayResponse(records=records).SerializeToString()


def match_record_message(row: MatchRow) -> stats_pb2.MatchRecord:
    return stats_pb2.MatchRecord(
        session_id=row.session_id,
        match=row.match,
        attempt=row.attempt,
        spec=session_spec_message(row.spec),
        result=Result.FromString(row.result.document),
        recorded_unix_ms=row.recorded_ms,
        unlisted=not row.listed,
        journal_digest=row.journal_digest,
        counted=row.counted,
        rated=row.rated,
    )


def match_page_message(page: MatchPage) -> stats_pb2.ListMatchesResponse:
    return stats_pb2.ListMatchesResponse(
        matches=[match_record_message(row) for row in page.matches], next_page_token=page.next_page_token
    )


def player_stats_message(player: PlayerTotals) -> stats_pb2.PlayerStats:
    totals = player.totals
    return stats_pb2.PlayerStats(
        account_id=player.account_id,
        name=player.name,
        matches=totals.matches,
        wins=totals.wins,
        losses=totals.losses,
        draws=totals.draws,
        points_for=totals.points_for,
        points_against=totals.points_against,
        hits=totals.hits,
        longest_rally=totals.longest_rally,
        top_speed=totals.top_speed,
        play_us=totals.play_us,
        distance=totals.distance,
    )


def _without_stats(result: Result) -> MatchResult:
    brief = Result()
    brief.CopyFrom(result)
    brief.ClearField("stats")
    return MatchResult(brief.SerializeToString())


def _side_stats(side: result_pb2.SideStats) -> SideStats:
    return SideStats(hits=side.hits, top_speed=side.top_speed, distance=side.distance, rtt_us=side.latency.rtt_us)
