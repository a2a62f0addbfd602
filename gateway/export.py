"""/tournament/SESSION.json and .csv: a tournament to take away. What spectators may know, and no more."""

import asyncio
import csv
import io
from collections.abc import Callable
from typing import Any, Final

import grpc
from google.protobuf.json_format import MessageToJson
from matchpoint.v1.directory_pb2 import ReadTournamentRequest
from matchpoint.v1.directory_pb2_grpc import DirectoryServiceStub
from matchpoint.v1.pong_pb2 import Side
from matchpoint.v1.tournament_pb2 import Pairing, PairingKind, PairingSide, PairingState, Stage, TournamentState
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from gateway.api import http_status
from gateway.directory import answered
from gateway.hosts import address_of
from gateway.limits import Limits
from wire.channel import credentials
from wire.refusal import Refused
from wire.settings import UNARY_DEADLINE_S

COLUMNS: Final = (
    "pairing",
    "stage",
    "group",
    "round",
    "left",
    "right",
    "state",
    "decided",
    "winner",
    "match",
    "left_points",
    "right_points",
    "duration_s",
)
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula: such a name is written behind an apostrophe (OWASP, CSV injection)."""
BYTE_ORDER_MARK: Final = "\ufeff"
"""By which spreadsheets know that it is UTF-8."""


class Export:
    """Writes tournaments as files."""

    def __init__(self, backend: grpc.aio.Channel, service_token: str, limits: Limits) -> None:
        self._stub: Any = DirectoryServiceStub(backend)
        self._metadata = credentials(service_token)
        self._limits = limits

    async def json(self, request: Request) -> Response:
        """The whole state, as protobuf's JSON."""
        return await self._file(request, "json", "application/json", as_json)

    async def csv(self, request: Request) -> Response:
        """A line for each match, and for each pairing without one."""
        return await self._file(request, "csv", "text/csv; charset=utf-8", as_csv)

    async def _file(
        self, request: Request, suffix: str, kind: str, write: Callable[[TournamentState], str]
    ) -> Response:
        session_id = request.path_params["session"]
        if not self._limits.may_call(address_of(request), asyncio.get_running_loop().time()):
            return PlainTextResponse("That was too many calls; wait a moment and try again.\n", status_code=429)
        try:
            answer = await answered(
                self._stub.ReadTournament(
                    ReadTournamentRequest(session_id=session_id), metadata=self._metadata, timeout=UNARY_DEADLINE_S
                )
            )
        except Refused as refused:
            return PlainTextResponse(refused.sentence + "\n", status_code=http_status(refused))
        headers = {
            "content-disposition": f'attachment; filename="matchpoint-{session_id}.{suffix}"',
            "cache-control": "no-store",
        }
        return Response(write(answer.state), media_type=kind, headers=headers)


def as_json(state: TournamentState) -> str:
    """The state as protobuf's JSON, fields that are not set included, so that a table can be made of it."""
    return MessageToJson(state, always_print_fields_with_no_presence=True) + "\n"


def as_csv(state: TournamentState) -> str:
    """UTF-8 with a byte order mark, lines ended as RFC 4180 has it."""
    names = {entrant.entrant: plain(entrant.name) for entrant in state.entrants}
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for pairing in state.pairings:
        head = (
            pairing.pairing,
            word(Stage.Name(pairing.stage)),
            pairing.group or "",
            pairing.round,
            side(pairing.left, names),
            side(pairing.right, names),
            word(PairingState.Name(pairing.state)),
            word(PairingKind.Name(pairing.kind)) if pairing.kind else "",
            winner(pairing, names),
        )
        for match in pairing.matches:
            result = match.result
            points = (result.left, result.right, f"{result.duration_us / 1e6:.1f}") if match.HasField("result") else ()
            lines.writerow((*head, match.match, *points))
        if not pairing.matches:
            lines.writerow(head)
    return text.getvalue()


def plain(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name.startswith(FORMULA) else name


def word(name: str) -> str:
    """An enum's value without its kind: PAIRING_KIND_WALKOVER is "walkover"."""
    for kind in ("PAIRING_KIND_", "PAIRING_STATE_", "STAGE_"):
        name = name.removeprefix(kind)
    return name.lower()


def side(who: PairingSide, names: dict[int, str]) -> str:
    """A side: a name, or where it will come from."""
    match who.WhichOneof("who"):
        case "entrant":
            return names.get(who.entrant, "")
        case "winner_of":
            return f"winner of {who.winner_of}"
        case "loser_of":
            return f"loser of {who.loser_of}"
        case "place_of":
            return f"{who.place_of.place} of group {who.place_of.group}"
        case _:
            return ""


def winner(pairing: Pairing, names: dict[int, str]) -> str:
    """The name of who won; empty when nobody has."""
    if pairing.winner == Side.SIDE_UNSPECIFIED:
        return ""
    return side(pairing.left if pairing.winner == Side.SIDE_LEFT else pairing.right, names)
