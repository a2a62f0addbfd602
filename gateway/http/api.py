"""API bridge, POST /api/<package.Service>/<Method>: the contract's unary methods, by the Connect unary protocol.

It is generic over the descriptors: a method is here when the backend serves it, it is unary, and its access is PUBLIC
or PLAYER. Everything else does not exist here.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import grpc
import structlog
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.json_format import ParseError
from google.protobuf.message import DecodeError, Message
from matchpoint.v1 import account_pb2, directory_pb2, friend_pb2, lobby_pb2, options_pb2, stats_pb2
from matchpoint.v1.options_pb2 import Access
from matchpoint.v1.refusal_pb2 import Reason
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from gateway.backend_client.errors import await_rpc
from gateway.conversion.converter import Converter
from gateway.http.cookies import agent_of, device_of, set_device, set_token, token_of
from gateway.http.hosts import address_of
from gateway.http.limits import Limits, Origins
from wire.channel import SET_DEVICE, SET_TOKEN, credentials
from wire.durations import Durations
from wire.refusal import Refused, to_connect
from wire.settings import UNARY_DEADLINE_S

log = structlog.get_logger("api")

BODY_BYTES_MAX: Final = 64 * 1024
BODY_WITHIN_S: Final = 5.0
"""Time that the body of a call may take."""
FOREIGN_ORIGIN: Final = (
    "Calls are accepted from this site's own pages, and from programs that bring no cookie: send the token as "
    '"Authorization: Bearer".'
)
COSTS: Final[Mapping[str, int]] = {"GetReplay": 10, "ReadTournament": 5, "ListMatches": 2}
"""Methods that count as several calls, since they take longer."""
BODY_BYTES_PER_CALL: Final = 4 * 1024
ANSWER_BYTES_PER_CALL: Final = 64 * 1024
"""Bytes that count as one more call."""
CALLS_PER_REFUSAL: Final = 4
"""Further calls that one counts as which the backend refuses as one too many: the backend has worked for it."""
JSON: Final = "application/json"
PROTO: Final = "application/proto"
SERVED: Final = (account_pb2, directory_pb2, friend_pb2, lobby_pb2, stats_pb2)
OPEN_TO_BROWSERS: Final = (Access.ACCESS_PUBLIC, Access.ACCESS_PLAYER)

STATUS: Final[Mapping[grpc.StatusCode, int]] = {
    grpc.StatusCode.CANCELLED: 499,
    grpc.StatusCode.UNKNOWN: 500,
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.INTERNAL: 500,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DATA_LOSS: 500,
    grpc.StatusCode.UNAUTHENTICATED: 401,
}
"""The Connect protocol's HTTP status for each code."""


@dataclass(frozen=True, slots=True)
class Method:
    """A unary method of the backend."""

    request: type[Message]
    response: str
    """The full name of the answer's message."""
    call: Any
    cost: int
    """Number of calls that it counts as."""


def open_methods(service: ServiceDescriptor) -> list[MethodDescriptor]:
    """The methods of a service that browsers may call here."""
    return [
        method
        for method in service.methods
        if not method.client_streaming
        and not method.server_streaming
        and method.GetOptions().Extensions[options_pb2.access] in OPEN_TO_BROWSERS
    ]


class ApiBridge:
    """Bridge from HTTP to the unary methods of one backend."""

    def __init__(
        self,
        channel: grpc.aio.Channel,
        service_token: str,
        limits: Limits,
        origins: Origins,
        converter: Converter,
        calls: Durations,
    ) -> None:
        """`calls` counts answers by method and HTTP status; what is no method counts as "unknown"."""
        self._calls = calls
        self._converter = converter
        self._service_token = service_token
        self._limits = limits
        self._origins = origins
        self._methods: dict[tuple[str, str], Method] = {}
        for module in SERVED:
            for service in module.DESCRIPTOR.services_by_name.values():
                for method in open_methods(service):
                    request = message_factory.GetMessageClass(method.input_type)
                    # Answers are passed on as they are: those in protobuf cost no conversion.
                    call: Any = channel.unary_unary(
                        f"/{service.full_name}/{method.name}",
                        request_serializer=None,
                        response_deserializer=None,
                    )
                    cost = COSTS.get(method.name, 1)
                    found = Method(request, method.output_type.full_name, call, cost)
                    self._methods[service.full_name, method.name] = found

    async def call(self, request: Request) -> Response:
        """Answers one call."""
        began_s = time.perf_counter()
        response = await self._answer(request)
        took_s = time.perf_counter() - began_s
        name = request.path_params["service"], request.path_params["method"]
        method = "/".join(name) if name in self._methods else "unknown"
        self._calls.add(took_s, method, str(response.status_code))
        log.debug("call answered", method=method, status=response.status_code, ms=round(took_s * 1e3, 1))
        return response

    async def _answer(self, request: Request) -> Response:
        try:
            if not self._origins.allow(request.headers):
                raise Refused(Reason.REASON_NOT_ALLOWED, FOREIGN_ORIGIN)
            method = self._methods.get((request.path_params["service"], request.path_params["method"]))
            address, clock = address_of(request), asyncio.get_running_loop().time
            cost = method.cost if method else 1
            if not self._limits.may_call(address, clock(), cost):
                raise Refused(Reason.REASON_TOO_MANY, "That was too many calls; wait a few seconds and try again.")
            if method is None:
                return _error("unimplemented", "There is no such method.", HTTPStatus.NOT_FOUND)
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind not in (JSON, PROTO):
                sentence = f"Send {JSON} or {PROTO}."
                return _error("invalid_argument", sentence, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
            if request.headers.get("content-encoding", "identity") != "identity":
                return _error("unimplemented", "Send the body as it is, not compressed.", HTTPStatus.NOT_IMPLEMENTED)
            with self._limits.running(address, clock(), cost):
                async with asyncio.timeout(BODY_WITHIN_S):
                    body = await _body(request)
                self._limits.owe(address, clock(), len(body) // BODY_BYTES_PER_CALL)
                response = await self._forward(request, method, await self._message(body, method, kind), kind)
            self._limits.owe(address, clock(), len(response.body) // ANSWER_BYTES_PER_CALL)
            return response
        except Refused as refused:
            return JSONResponse(to_connect(refused), status_code=http_status(refused))
        except TimeoutError:
            return _error("deadline_exceeded", "The body did not come in time; send it again.", 408)
        except ClientDisconnect:
            return Response(status_code=499)

    async def _message(self, body: bytes, method: Method, kind: str) -> bytes:
        """Checks and serializes the body of a request. Raises Refused."""
        try:
            if kind == JSON:
                return await self._converter.message(method.request.DESCRIPTOR.full_name, body)
            method.request.FromString(body)
            return body
        except (DecodeError, ParseError) as error:
            reason = str(error).splitlines()[0][:200] if isinstance(error, ParseError) else "it cannot be read"
            sentence = f"The body is not a {method.request.DESCRIPTOR.name} message: {reason}"
            raise Refused(Reason.REASON_MALFORMED, sentence) from None

    async def _forward(self, request: Request, method: Method, message: bytes, kind: str) -> Response:
        metadata = credentials(
            self._service_token,
            person_token=token_of(request),
            person_address=address_of(request),
            person_agent=agent_of(request),
            person_device=device_of(request),
        )
        call = method.call(message, metadata=metadata, timeout=UNARY_DEADLINE_S)
        try:
            answer = await await_rpc(call)
        except Refused as refused:
            if refused.reason == Reason.REASON_TOO_MANY:
                self._limits.owe(address_of(request), asyncio.get_running_loop().time(), CALLS_PER_REFUSAL)
            raise
        if kind == JSON:
            answer = await self._converter.json(method.response, answer)
        response = Response(answer, media_type=kind, headers={"cache-control": "no-store"})
        for key, value in await await_rpc(call.initial_metadata()):
            if key == SET_TOKEN and "origin" in request.headers:
                set_token(response, value, request)
            elif key == SET_DEVICE and "origin" in request.headers:
                set_device(response, value, request)
            elif key in (SET_TOKEN, SET_DEVICE):
                # A program that is no browser has no use for a cookie; it sends `Authorization: Bearer` next time.
                response.headers[key] = value
        return response


def http_status(refused: Refused) -> int:
    """The HTTP status of a refusal."""
    if refused.reason == Reason.REASON_TOO_LARGE:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return STATUS[refused.status]


async def _body(request: Request) -> bytes:
    """Reads the body. Raises Refused as soon as it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise Refused(Reason.REASON_TOO_LARGE, f"A call has at most {BODY_BYTES_MAX // 1024} KiB.")
    return bytes(body)


def _error(code: str, sentence: str, status: int) -> Response:
    return JSONResponse({"code": code, "message": sentence}, status_code=status)
