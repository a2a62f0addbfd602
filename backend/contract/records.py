"""Records of matches, and totals."""

from matchpoint.v1 import stats_pb2

from backend.service.models import MatchPage, MatchRow, PlayerTotals


def match_record_message(row: MatchRow) -> stats_pb2.MatchRecord:
    return stats_pb2.MatchRecord(
        session_id=row.session_id,
        match=row.match,
        attempt=row.attempt,
        spec=row.spec,
        result=row.result,
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
