"""ReportService over gRPC."""

import grpc
from matchpoint.internal.v1 import report_pb2, report_pb2_grpc

from backend.contract.records import report_of
from backend.service.reports.records import Records
from backend.service.sessions.fleet import Fleet
from wire.access import caller


class ReportServicer(report_pb2_grpc.ReportServiceServicer):
    def __init__(self, records: Records, fleet: Fleet) -> None:
        self._records = records
        self._fleet = fleet

    async def ReportStats(
        self,
        request: report_pb2.ReportStatsRequest,
        context: grpc.aio.ServicerContext[report_pb2.ReportStatsRequest, report_pb2.ReportStatsResponse],
    ) -> report_pb2.ReportStatsResponse:
        server = self._fleet.server_of(caller().server_credential)
        known = await self._records.report(server, report_of(request))
        return report_pb2.ReportStatsResponse(already_known=known)
