"""Access to methods, and the way in which a refusal leaves a server. Methods are closed by default.

Ownership (host, seat, the server that holds a session) is a rule of the domain and is not decided here.
"""

import asyncio
import hmac
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol

import grpc
import structlog
from google.protobuf import descriptor_pool
from google.protobuf.message import DecodeError
from matchpoint.v1 import options_pb2
from matchpoint.v1.options_pb2 import Access
from matchpoint.v1.refusal_pb2 import Reason

from wire.addresses import network_of
from wire.channel import (
    AUTHORIZATION,
    PERSON_ADDRESS,
    PERSON_AGENT,
    PERSON_DEVICE,
    PERSON_TOKEN,
    SERVER_CREDENTIAL,
)
from wire.durations import Durations
from wire.refusal import Refused, internal_error, to_status
from wire.request_ids import REQUEST_ID, bind_request_id, new_request_id, received_request_id

if TYPE_CHECKING:
    # At run time the class is not generic.
    Handler = grpc.RpcMethodHandler[Any, Any]

log = structlog.get_logger("access")

CODES: Final[Mapping[int, str]] = {code.value[0]: code.name for code in grpc.StatusCode}
"""Name of each gRPC status."""

HEADER_LENGTH_MAX: Final = 512
"""Characters that are kept of what a browser says about itself."""

FOREIGN_SERVICES: Final[Mapping[str, "Access.ValueType"]] = {
    "grpc.health.v1.Health": Access.ACCESS_PUBLIC,
    "grpc.reflection.v1alpha.ServerReflection": Access.ACCESS_PUBLIC,
    "grpc.reflection.v1.ServerReflection": Access.ACCESS_PUBLIC,
    "grpc.channelz.v1.Channelz": Access.ACCESS_SERVICE,
}
"""Access of services that are not ours and so cannot carry the option."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Caller of a method.

    `service` holds when a service credential came along; `account_id` is the signed-in person or ""; `token` is the
    person's own token (to end it); `server_credential` is what a game server was given at Register, or "";
    `peer` is the origin of the call: for a person behind a gateway the network address that the gateway names, else
    the peer as gRPC names it. `agent` is the browser's User-Agent, `device` the token of that browser, or "".
    """

    service: bool
    account_id: str
    token: str
    server_credential: str
    peer: str
    agent: str = ""
    device: str = ""

    @property
    def address(self) -> str:
        """The network address that limits count by."""
        return network_of(self.peer)


class Authenticator(Protocol):
    """Turns a person's token into an account."""

    async def account_of(self, token: str) -> str | None:
        """The account id that the token belongs to, or None."""
        ...


_caller: ContextVar[Caller] = ContextVar("caller")


def caller() -> Caller:
    """The caller of the method that is running. Raises LookupError outside a method."""
    return _caller.get()


def access_of(method: str) -> "Access.ValueType":
    """The access of a full method name (`/package.Service/Method`); closed for what is not in the contract."""
    service_name, _, method_name = method.lstrip("/").partition("/")
    if service_name in FOREIGN_SERVICES:
        return FOREIGN_SERVICES[service_name]
    try:
        service = descriptor_pool.Default().FindServiceByName(service_name)
    except KeyError:
        return Access.ACCESS_UNSPECIFIED
    descriptor = service.methods_by_name.get(method_name)
    if descriptor is None:
        return Access.ACCESS_UNSPECIFIED
    return descriptor.GetOptions().Extensions[options_pb2.access]


class Malformed:
    """Stands in for a request whose bytes are no message of its type: gRPC itself would answer UNKNOWN and log a
    traceback, before any code of ours runs."""


MALFORMED: Final = Malformed()


def malformed() -> Refused:
    """The refusal of such a request."""
    return Refused(Reason.REASON_MALFORMED, "The bytes are not a message of the type that this method takes.")


class AccessInterceptor(grpc.aio.ServerInterceptor):
    """Admits or refuses a call by the method's access; gives every refusal its status and details."""

    def __init__(self, service_token: str, authenticator: Authenticator | None, calls: Durations) -> None:
        """`calls` counts calls by method and status."""
        if not service_token:
            raise ValueError("an empty service token would let everybody in")
        self._calls = calls
        self._expected = f"Bearer {service_token}".encode()
        self._authenticator = authenticator
        self._access: dict[str, Access.ValueType] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable["Handler | None"]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "Handler | None":
        """Wraps the method's handler. What no server here implements stays UNIMPLEMENTED."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return handler
        method = handler_call_details.method
        if method not in self._access:
            self._access[method] = access_of(method)
        metadata = dict(handler_call_details.invocation_metadata or ())
        # Only our own programs are believed when they say which request a call follows from.
        request_id = received_request_id(metadata) if self._is_service(metadata) else ""
        begin = partial(Call, method, request_id or new_request_id(), self._calls)
        return _wrap(handler, begin, lambda context: self._identify(self._access[method], metadata, context))

    def _is_service(self, metadata: Mapping[str, Any]) -> bool:
        authorization = str(metadata.get(AUTHORIZATION, ""))
        return bool(authorization) and hmac.compare_digest(authorization.encode(), self._expected)

    async def _identify(self, access: "Access.ValueType", metadata: Mapping[str, Any], context: Any) -> Caller:
        """Identifies the caller. Raises Refused when it may not call the method."""
        service = self._is_service(metadata)
        if metadata.get(AUTHORIZATION) and not service:
            raise Refused(Reason.REASON_UNAUTHENTICATED, "The service credential is not known; check the token file.")
        token = str(metadata.get(PERSON_TOKEN, ""))
        account_id = await self._authenticator.account_of(token) if token and self._authenticator else None
        if access == Access.ACCESS_UNSPECIFIED:
            raise Refused(Reason.REASON_NOT_ALLOWED, "This method is closed.")
        if access == Access.ACCESS_SERVICE and not service:
            raise Refused(Reason.REASON_UNAUTHENTICATED, "This method needs a service credential.")
        if access == Access.ACCESS_PLAYER and account_id is None:
            raise Refused(Reason.REASON_UNAUTHENTICATED, "You are not signed in; sign in or play as a guest.")
        # Only our own programs are believed when they say that they call for somebody elsewhere.
        address = str(metadata.get(PERSON_ADDRESS, "")) if service else ""
        peer = address or context.peer()
        return Caller(
            service,
            account_id or "",
            token,
            str(metadata.get(SERVER_CREDENTIAL, "")),
            peer,
            agent=str(metadata.get(PERSON_AGENT, ""))[:HEADER_LENGTH_MAX],
            device=str(metadata.get(PERSON_DEVICE, ""))[:HEADER_LENGTH_MAX],
        )


class Call:
    """One call of a method, from its arrival to its end: names it in the log, and turns what it raises into a status.

    The request id goes back in the trailing metadata, so that a caller can quote it.
    """

    __slots__ = ("_began_s", "_calls", "_context", "_method", "_request_id")

    def __init__(self, method: str, request_id: str, calls: Durations, context: Any) -> None:
        self._method = method
        self._request_id = request_id
        self._calls = calls
        self._context = context

    async def __aenter__(self) -> None:
        self._began_s = time.perf_counter()
        bind_request_id(self._request_id)
        self._context.set_trailing_metadata(((REQUEST_ID, self._request_id),))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        """Ends the call. Raises AbortError for a refusal, and for a fault of ours, which is logged."""
        code = ""
        try:
            if isinstance(error, Exception) and not isinstance(error, grpc.aio.AbortError):
                if isinstance(error, Refused):
                    refused = error
                else:
                    refused = internal_error()
                    log.error("method failed", method=self._method, exc_info=error)
                code = refused.status.name
                status = to_status(refused)
                trailing = (*status.trailing_metadata, (REQUEST_ID, self._request_id))
                await self._context.abort_with_status(status._replace(trailing_metadata=trailing))
            elif isinstance(error, asyncio.CancelledError | GeneratorExit):
                code = grpc.StatusCode.CANCELLED.name
        finally:
            took_s = time.perf_counter() - self._began_s
            code = code or CODES.get(self._context.code() or 0, grpc.StatusCode.UNKNOWN.name)
            self._calls.add(took_s, self._method, code)
            log.debug("method ended", method=self._method, code=code, ms=round(took_s * 1e3, 1))


def serialized(message: bytes) -> Any:
    """A response that is serialized already: from a handler such bytes go out as they are."""
    return message


def _passing(serialize: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """The same serializer, which leaves bytes alone."""
    return lambda message: message if isinstance(message, bytes) else serialize(message)


def _tolerant(deserialize: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """The same deserializer, with MALFORMED for what it cannot read."""

    def read(data: bytes) -> Any:
        try:
            return deserialize(data)
        except DecodeError:
            return MALFORMED

    return read


async def _checked(requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
    """The requests of a stream. Raises Refused at the first that is no message."""
    async for request in requests:
        if request is MALFORMED:
            raise malformed()
        yield request


def _wrap(handler: "Handler", begin: Callable[[Any], Call], identify: Callable[[Any], Awaitable[Caller]]) -> "Handler":
    """The same handler behind the check of the caller and of the request's bytes.

    The responses of a stream pass untouched unless the handler is a generator. A handler that calls `context.read()`
    compares what it gets with MALFORMED itself: a wrapper there would cost on every message.
    """

    def readable(request: Any) -> Any:
        if request is MALFORMED:
            raise malformed()
        return _checked(request) if handler.request_streaming else request

    async def answer(inner: Callable[[Any, Any], Any], request: Any, context: Any) -> Any:
        async with begin(context):
            _caller.set(await identify(context))
            if handler.response_streaming:
                # Headers first: a handler may fail while its first message is being written, and gRPC can end a call
                # with a status only when headers are not on the way at the same moment.
                await context.send_initial_metadata(())
            return await inner(readable(request), context)

    async def generate(
        inner: Callable[[Any, Any], AsyncIterator[Any]], request: Any, context: Any
    ) -> AsyncIterator[Any]:
        async with begin(context):
            _caller.set(await identify(context))
            async for response in inner(readable(request), context):
                yield response

    def around(inner: Any) -> Any:
        if inspect.isasyncgenfunction(inner):

            async def generator(request: Any, context: Any) -> AsyncIterator[Any]:
                async for response in generate(inner, request, context):
                    yield response

            return generator

        async def coroutine(request: Any, context: Any) -> Any:
            return await answer(inner, request, context)

        return coroutine

    codec: dict[str, Any] = {
        "request_deserializer": handler.request_deserializer and _tolerant(handler.request_deserializer),
        "response_serializer": handler.response_serializer and _passing(handler.response_serializer),
    }
    if handler.request_streaming and handler.response_streaming:
        return grpc.stream_stream_rpc_method_handler(around(handler.stream_stream), **codec)
    if handler.request_streaming:
        return grpc.stream_unary_rpc_method_handler(around(handler.stream_unary), **codec)
    if handler.response_streaming:
        return grpc.unary_stream_rpc_method_handler(around(handler.unary_stream), **codec)
    return grpc.unary_unary_rpc_method_handler(around(handler.unary_unary), **codec)
