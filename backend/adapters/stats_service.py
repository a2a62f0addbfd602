"""StatsService over gRPC."""

import grpc
from matchpoint.v1 import stats_pb2, stats_pb2_grpc

from backend.contract.records import match_page_message, match_record_message, player_stats_message
from backend.service.reports.records import Records
from wire.access import caller, serialized
from wire.ranges import check


class StatsServicer(stats_pb2_grpc.StatsServiceServicer):
    def __init__(self, records: Records) -> None:
        self._records = records

    async def GetPlayerStats(
        self,
        request: stats_pb2.GetPlayerStatsRequest,
        context: grpc.aio.ServicerContext[stats_pb2.GetPlayerStatsRequest, stats_pb2.GetPlayerStatsResponse],
    ) -> stats_pb2.GetPlayerStatsResponse:
        check(request)
        return stats_pb2.GetPlayerStatsResponse(
            stats=player_stats_message(await self._records.player_stats(request.account_id, caller().account_id))
        )

    async def ListMatches(
        self,
        request: stats_pb2.ListMatchesRequest,
        context: grpc.aio.ServicerContext[stats_pb2.ListMatchesRequest, stats_pb2.ListMatchesResponse],
    ) -> stats_pb2.ListMatchesResponse:
        check(request)
        viewer = caller().account_id
        page = await self._records.list_matches(request.account_id, request.page_size, request.page_token, viewer)
        return match_page_message(page)

    async def GetMatch(
        self,
        request: stats_pb2.GetMatchRequest,
        context: grpc.aio.ServicerContext[stats_pb2.GetMatchRequest, stats_pb2.GetMatchResponse],
    ) -> stats_pb2.GetMatchResponse:
        check(request)
        match = await self._records.get_match(request.session_id, request.match, caller().account_id)
        return stats_pb2.GetMatchResponse(match=match_record_message(match))

    async def GetReplay(
        self,
        request: stats_pb2.StatsServiceGetReplayRequest,
        context: grpc.aio.ServicerContext[
            stats_pb2.StatsServiceGetReplayRequest, stats_pb2.StatsServiceGetReplayResponse
        ],
    ) -> stats_pb2.StatsServiceGetReplayResponse:
        check(request)
        viewer = caller().account_id
        if request.as_file:
            journal = await self._records.journal(request.session_id, request.match, viewer)
            return stats_pb2.StatsServiceGetReplayResponse(journal=journal)
        replay: stats_pb2.StatsServiceGetReplayResponse = serialized(
            await self._records.replay(request.session_id, request.match, viewer)
        )
        return replay
