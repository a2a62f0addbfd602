"""Errors of calls to other programs, as the refusals that a browser is told."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import grpc
from matchpoint.v1.refusal_pb2 import Reason

from wire.refusal import Refused, from_rpc_error, internal_error


async def await_rpc(call: Awaitable[Any]) -> Any:
    """Returns the answer of a call.

    Raises Refused, also when this gateway ends and its channels are closed under the call: gRPC then cancels the call,
    which must not be taken for a cancellation of the task that waits.
    """
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        raise refusal_from_rpc_error(error) from None
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if current is None or current.cancelling():
            raise
        raise Refused(
            Reason.REASON_SERVER_UNAVAILABLE, "The server is being restarted; try again in a moment."
        ) from None


def refusal_from_rpc_error(error: grpc.aio.AioRpcError) -> Refused:
    """The refusal inside an error, or one made from its status when the other end sent none."""
    refused = from_rpc_error(error)
    if refused is not None:
        return refused
    if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED):
        return Refused(Reason.REASON_SERVER_UNAVAILABLE, "The server cannot be reached; it is tried again.")
    if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return Refused(Reason.REASON_TOO_MANY, "That was too much at once; wait a moment and try again.")
    return internal_error()


def session_unknown() -> Refused:
    """The refusal for a session that no backend knows."""
    return Refused(Reason.REASON_SESSION_UNKNOWN, "There is no such session; check the link.")


def session_over() -> Refused:
    """The refusal for a session that has ended."""
    return Refused(Reason.REASON_SESSION_OVER, "The session is over; its result can be read.")
