"""Cookies: a person's opaque token, which programs that are no browser send as a bearer token, and a browser's own."""

from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from wire.channel import PERSON_DEVICE

NAME: Final = "matchpoint"
SECURE_NAME: Final = "__Host-matchpoint"
"""With this prefix browsers refuse the cookie unless it is Secure, host-only and for every path."""
DEVICE: Final = "-device"
"""Suffix of the name of the browser's own cookie."""
YEAR_S: Final = 365 * 24 * 3_600
TOKEN_LENGTH_MAX: Final = 256
AGENT_LENGTH_MAX: Final = 512


def token_of(connection: HTTPConnection) -> str:
    """Reads the person's token; empty without one, or when the backend cannot have issued it."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        token = connection.cookies.get(_name(connection), "")
    return _printable(token.strip())


def set_token(response: Response, token: str, connection: HTTPConnection) -> None:
    """Sets the cookie on the answer to a request; an empty token clears it."""
    _set(response, _name(connection), token, YEAR_S if token else 0, connection)


def device_of(connection: HTTPConnection) -> str:
    """Reads the token of the browser itself; empty without one, or when the backend cannot have issued it.

    Programs that are no browser send a header of the metadata's name.
    """
    return _printable(connection.cookies.get(_name(connection) + DEVICE) or connection.headers.get(PERSON_DEVICE, ""))


def set_device(response: Response, device: str, connection: HTTPConnection) -> None:
    """Sets the cookie of a browser that has signed in. It outlives the session, and lets nobody in."""
    _set(response, _name(connection) + DEVICE, device, YEAR_S, connection)


def agent_of(connection: HTTPConnection) -> str:
    """Reads the browser's User-Agent, shortened and in the characters that gRPC metadata allows."""
    agent = connection.headers.get("user-agent", "")[:AGENT_LENGTH_MAX]
    return "".join(character for character in agent if " " <= character <= "~").strip()


def _printable(token: str) -> str:
    # gRPC metadata takes visible ASCII only; anything else was never given out.
    return token if len(token) <= TOKEN_LENGTH_MAX and all("!" <= character <= "~" for character in token) else ""


def _set(response: Response, name: str, value: str, max_age: int, connection: HTTPConnection) -> None:
    secure = _name(connection) == SECURE_NAME
    response.set_cookie(name, value, max_age=max_age, path="/", secure=secure, httponly=True, samesite="lax")


def _name(connection: HTTPConnection) -> str:
    # By what the browser sees, which behind a TLS proxy is not what arrives here. Origins are checked before; what is
    # only read is asked for without one.
    secure = connection.headers.get("origin", "https:" if SECURE_NAME in connection.cookies else "")
    return SECURE_NAME if secure.startswith("https:") else NAME
