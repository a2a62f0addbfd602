"""Refusals: the one exception for them, and the table of the status and close code of each reason."""

import base64
from collections.abc import Mapping
from typing import Any, Final

import grpc
from google.protobuf import any_pb2
from google.rpc import status_pb2  # type: ignore[import-untyped]
from grpc_status import rpc_status
from matchpoint.v1 import refusal_pb2
from matchpoint.v1.refusal_pb2 import Reason as Reason  # noqa: PLC0414  # for layers that import no contract
from matchpoint.v1.refusal_pb2 import Refusal

_Code = grpc.StatusCode

TABLE: Final[Mapping["Reason.ValueType", tuple[grpc.StatusCode, int]]] = {
    Reason.REASON_UNSPECIFIED: (_Code.INTERNAL, 1011),
    Reason.REASON_UNAUTHENTICATED: (_Code.UNAUTHENTICATED, 4500),
    Reason.REASON_NOT_ALLOWED: (_Code.PERMISSION_DENIED, 4505),
    Reason.REASON_INVALID_FIELD: (_Code.INVALID_ARGUMENT, 4501),
    Reason.REASON_MALFORMED: (_Code.INVALID_ARGUMENT, 4501),
    Reason.REASON_TOO_LARGE: (_Code.RESOURCE_EXHAUSTED, 1009),
    Reason.REASON_TOO_MANY: (_Code.RESOURCE_EXHAUSTED, 4503),
    Reason.REASON_INTERNAL: (_Code.INTERNAL, 1011),
    Reason.REASON_NAME_INVALID: (_Code.INVALID_ARGUMENT, 4501),
    Reason.REASON_NAME_TAKEN: (_Code.ALREADY_EXISTS, 4501),
    Reason.REASON_ACCOUNT_UNKNOWN: (_Code.NOT_FOUND, 4501),
    Reason.REASON_CREDENTIALS_WRONG: (_Code.UNAUTHENTICATED, 4500),
    Reason.REASON_PASSWORD_INVALID: (_Code.INVALID_ARGUMENT, 4501),
    Reason.REASON_NAME_RESERVED: (_Code.INVALID_ARGUMENT, 4501),
    Reason.REASON_PASSWORD_COMMON: (_Code.INVALID_ARGUMENT, 4501),
    Reason.REASON_ROOM_UNKNOWN: (_Code.NOT_FOUND, 4504),
    Reason.REASON_ROOM_FULL: (_Code.FAILED_PRECONDITION, 4504),
    Reason.REASON_ROOM_STARTED: (_Code.FAILED_PRECONDITION, 4504),
    Reason.REASON_NOT_IN_ROOM: (_Code.FAILED_PRECONDITION, 4505),
    Reason.REASON_NOT_HOST: (_Code.PERMISSION_DENIED, 4505),
    Reason.REASON_ROOM_NEEDS_PLAYERS: (_Code.FAILED_PRECONDITION, 4505),
    Reason.REASON_NOT_READY: (_Code.FAILED_PRECONDITION, 4505),
    Reason.REASON_ROOM_CHANGED: (_Code.ABORTED, 4505),
    Reason.REASON_ALREADY_IN_ROOM: (_Code.FAILED_PRECONDITION, 4505),
    Reason.REASON_TOO_MANY_ROOMS: (_Code.FAILED_PRECONDITION, 4505),
    Reason.REASON_SESSION_UNKNOWN: (_Code.NOT_FOUND, 4504),
    Reason.REASON_SESSION_EXISTS: (_Code.ALREADY_EXISTS, 4504),
    Reason.REASON_SERVER_FULL: (_Code.RESOURCE_EXHAUSTED, 1013),
    Reason.REASON_SERVER_UNAVAILABLE: (_Code.UNAVAILABLE, 1014),
    Reason.REASON_SESSION_OVER: (_Code.FAILED_PRECONDITION, 4504),
    Reason.REASON_TOPIC_UNKNOWN: (_Code.NOT_FOUND, 4504),
    Reason.REASON_TICKET_INVALID: (_Code.UNAUTHENTICATED, 4500),
    Reason.REASON_TICKET_EXPIRED: (_Code.UNAUTHENTICATED, 4010),
    Reason.REASON_TICKET_FOREIGN: (_Code.PERMISSION_DENIED, 4500),
    Reason.REASON_SEAT_REPLACED: (_Code.ABORTED, 4502),
    Reason.REASON_NO_SEAT: (_Code.PERMISSION_DENIED, 4505),
    Reason.REASON_RESULT_DIFFERS: (_Code.ALREADY_EXISTS, 4501),
    Reason.REASON_NOT_HOLDER: (_Code.PERMISSION_DENIED, 4505),
    Reason.REASON_RECORD_UNKNOWN: (_Code.NOT_FOUND, 4504),
    Reason.REASON_HISTORY_HIDDEN: (_Code.PERMISSION_DENIED, 4505),
    Reason.REASON_SELF: (_Code.INVALID_ARGUMENT, 4501),
    Reason.REASON_NOT_ASKED: (_Code.NOT_FOUND, 4501),
    Reason.REASON_NOT_FRIENDS: (_Code.PERMISSION_DENIED, 4505),
    Reason.REASON_NOT_INVITED: (_Code.NOT_FOUND, 4504),
    Reason.REASON_INVITATION_DECLINED: (_Code.FAILED_PRECONDITION, 4505),
    Reason.REASON_VERSION_TOO_OLD: (_Code.FAILED_PRECONDITION, 4506),
    Reason.REASON_TOURNAMENT_UNKNOWN: (_Code.NOT_FOUND, 4504),
    Reason.REASON_TOURNAMENT_OVER: (_Code.FAILED_PRECONDITION, 4504),
    Reason.REASON_NOT_ORGANISER: (_Code.PERMISSION_DENIED, 4505),
    Reason.REASON_ENTRANT_UNKNOWN: (_Code.NOT_FOUND, 4501),
    Reason.REASON_ENTRANT_OUT: (_Code.FAILED_PRECONDITION, 4501),
    Reason.REASON_ENTRANT_DUPLICATE: (_Code.INVALID_ARGUMENT, 4501),
    Reason.REASON_ENTRANTS_COUNT: (_Code.FAILED_PRECONDITION, 4501),
    Reason.REASON_SETTINGS_CONTRADICT: (_Code.INVALID_ARGUMENT, 4501),
    Reason.REASON_PAIRING_UNKNOWN: (_Code.NOT_FOUND, 4501),
    Reason.REASON_PAIRING_STATE: (_Code.FAILED_PRECONDITION, 4501),
    Reason.REASON_PAIRING_LOCKED: (_Code.FAILED_PRECONDITION, 4501),
    Reason.REASON_TOURNAMENT_STATE: (_Code.FAILED_PRECONDITION, 4501),
    Reason.REASON_ROOM_LOCKED: (_Code.FAILED_PRECONDITION, 4505),
    Reason.REASON_ROOM_KNOCKED: (_Code.FAILED_PRECONDITION, 4505),
}
"""gRPC status and WebSocket close code of each reason. docs/errors.md prints this table; a test holds the two equal."""

TYPE_URL: Final = "type.googleapis.com/"


class Refused(Exception):
    """A request was refused, and nothing has changed.

    `reason` is for programs, `sentence` tells a person what is wrong and what to do, `field` is the path of the
    field at fault or "", `session_id` is a session that can be watched instead or "".
    """

    def __init__(self, reason: "Reason.ValueType", sentence: str, *, field: str = "", session_id: str = "") -> None:
        super().__init__(f"{Reason.Name(reason)}: {sentence}")
        self.reason = reason
        self.sentence = sentence
        self.field = field
        self.session_id = session_id

    @property
    def status(self) -> grpc.StatusCode:
        """The gRPC status that goes with the reason."""
        return TABLE[self.reason][0]

    @property
    def close_code(self) -> int:
        """The WebSocket close code that goes with the reason."""
        return TABLE[self.reason][1]

    @property
    def message(self) -> Refusal:
        """The message that is sent to the caller."""
        return Refusal(reason=self.reason, sentence=self.sentence, field=self.field, session_id=self.session_id)

    @classmethod
    def from_message(cls, refusal: Refusal) -> "Refused":
        """The exception for a refusal that was received. A reason newer than this program reads as unspecified."""
        known = refusal.reason in TABLE
        reason = refusal.reason if known else Reason.REASON_UNSPECIFIED
        return cls(reason, refusal.sentence, field=refusal.field, session_id=refusal.session_id)


def internal_error() -> Refused:
    """The refusal for a fault of ours; its traceback is in the log."""
    return Refused(Reason.REASON_INTERNAL, "Something broke in the server; it has been logged.")


def to_status(refused: Refused) -> Any:
    """The `grpc.Status` to abort with: code, sentence, and the refusal in the details."""
    detail = any_pb2.Any(type_url=TYPE_URL + Refusal.DESCRIPTOR.full_name, value=refused.message.SerializeToString())
    code: int = refused.status.value[0]
    return rpc_status.to_status(status_pb2.Status(code=code, message=refused.sentence, details=[detail]))


def from_rpc_error(error: grpc.RpcError) -> Refused | None:
    """The refusal inside an RPC error, or None when the other end sent none (it was not reached, or it broke)."""
    if not isinstance(error, grpc.aio.AioRpcError):
        return None
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            status = status_pb2.Status.FromString(value)
            for detail in status.details:
                if detail.type_url == TYPE_URL + Refusal.DESCRIPTOR.full_name:
                    return Refused.from_message(Refusal.FromString(detail.value))
    return None


def to_connect(refused: Refused) -> dict[str, Any]:
    """The refusal as the Connect protocol's JSON error."""
    detail = refused.message
    return {
        "code": refused.status.name.lower(),
        "message": refused.sentence,
        "details": [
            {
                "type": Refusal.DESCRIPTOR.full_name,
                "value": base64.b64encode(detail.SerializeToString()).decode().rstrip("="),
                "debug": {
                    "reason": refusal_pb2.Reason.Name(detail.reason),
                    "sentence": detail.sentence,
                    "field": detail.field,
                    "sessionId": detail.session_id,
                },
            }
        ],
    }
