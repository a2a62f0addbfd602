"""gRPC settings of every channel and server. docs/operations.md gives the reason of each value."""

import json
from typing import Final

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from matchpoint.internal.v1 import entry_pb2, fleet_pb2, play_pb2, report_pb2
from matchpoint.v1 import options_pb2, session_pb2, tournament_pb2
from matchpoint.v1.options_pb2 import Access

Options = tuple[tuple[str, int | str], ...]

SMALL_MESSAGE: Final = 64 * 1024
"""Receive limit in bytes where only control messages and frames travel."""
LARGE_MESSAGE: Final = 8 * 1024 * 1024
"""Receive limit in bytes where journals travel: 30 minutes of two players who send as much as they may."""

UNARY_DEADLINE_S: Final = 5.0
CREATE_SESSION_DEADLINE_S: Final = 2.0

_KEEPALIVE: Final[Options] = (
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    # Without it a hung peer is noticed after 60 s.
    ("grpc.http2.ping_timeout_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
)

BETWEEN_PROGRAMS: Final[tuple[FileDescriptor, ...]] = (
    entry_pb2.DESCRIPTOR,
    fleet_pb2.DESCRIPTOR,
    play_pb2.DESCRIPTOR,
    report_pb2.DESCRIPTOR,
    session_pb2.DESCRIPTOR,
    tournament_pb2.DESCRIPTOR,
)
"""Files of the contract with methods that programs call for themselves."""


def retried_methods() -> list[dict[str, str]]:
    """The methods that a channel retries: declared idempotent, and called by programs for themselves.

    What a gateway passes on for a browser is left to the browser, which tries again by itself: a backend that is busy
    does not get each of its calls four times.
    """
    return [
        {"service": service.full_name, "method": method.name}
        for file in BETWEEN_PROGRAMS
        for service in file.services_by_name.values()
        for method in service.methods
        if method.GetOptions().idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN
        and method.GetOptions().Extensions[options_pb2.access] == Access.ACCESS_SERVICE
    ]


_RETRY_POLICY: Final = {
    "maxAttempts": 4,
    "initialBackoff": "0.1s",
    "maxBackoff": "1s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],
}
_RETRY: Final = json.dumps({"methodConfig": [{"name": retried_methods(), "retryPolicy": _RETRY_POLICY}]})


SERVER: Final[Options] = (
    # By default two servers silently share a port.
    ("grpc.so_reuseport", 0),
    ("grpc.enable_channelz", 1),
    *_KEEPALIVE,
    # Clients that ping as often as ours are not sent away as abusive (GOAWAY too_many_pings after 30 s of quiet).
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
)

CHANNEL: Final[Options] = (
    *_KEEPALIVE,
    ("grpc.enable_retries", 1),
    ("grpc.service_config", _RETRY),
    ("grpc.initial_reconnect_backoff_ms", 100),
    # In spite of its name: how long one attempt to connect may take. With 100 ms nobody connects over a slow way.
    ("grpc.min_reconnect_backoff_ms", 2_000),
    ("grpc.max_reconnect_backoff_ms", 1_000),
)

# A stalled reader of StreamGameState holds 39 frames instead of 21,478.
STREAM_CHANNEL: Final[Options] = (
    *CHANNEL,
    ("grpc.http2.bdp_probe", 0),
    ("grpc.http2.lookahead_bytes", 8_192),
)


def receive_limit(size: int) -> Options:
    """The option that sets the largest message, in bytes, that this end accepts."""
    return (("grpc.max_receive_message_length", size),)
