"""Host names and network addresses of requests."""

import ipaddress
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse

LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")


class Hosts:
    """Names under which this gateway answers.

    A page under another name could make a browser send its requests here (DNS rebinding): then both are of one origin.
    """

    def __init__(self, named: Iterable[str], origins: Iterable[str]) -> None:
        """`named` are host names without a port; those of `origins` and of this machine are added."""
        public = {urlsplit(origin).netloc.rpartition("@")[2] for origin in origins}
        self._public = frozenset(map(host_name, public)) - frozenset(LOOPBACK)
        self._allowed = frozenset(map(host_name, named)) | self._public | frozenset(LOOPBACK)

    def allow(self, host: str | None) -> bool:
        """Tells whether a request with this Host header is answered. Any port is allowed: it may be forwarded."""
        return host is not None and host_name(host) in self._allowed

    def is_loopback(self, host: str | None) -> bool:
        """Tells whether a request was meant for this machine, and not for a public name of it."""
        return host is not None and host_name(host) in LOOPBACK


def host_name(host: str) -> str:
    """Strips the port off a Host header, and lowers its letters."""
    name, colon, port = host.strip().lower().rpartition(":")
    return name if colon and port.isdigit() and (":" not in name or name.endswith("]")) else host.strip().lower()


def too_many() -> PlainTextResponse:
    """The answer to an address that has asked for too much."""
    sentence = "That was too many requests; wait a moment and try again.\n"
    return PlainTextResponse(sentence, HTTPStatus.TOO_MANY_REQUESTS, headers={"retry-after": "1"})


def address_of(connection: HTTPConnection) -> str:
    """The network address of a browser, without its port."""
    return connection.client.host if connection.client else ""


def is_loopback(address: str) -> bool:
    """Tells whether a network address is this machine's own."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
