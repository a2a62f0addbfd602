"""How a person's opaque token comes: in a cookie that pages cannot read, or from other programs as a bearer token."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

NAME = "matchpoint"
# The prefix makes browsers refuse the cookie unless it is Secure, host-only and for every path.
SECURE_NAME = "__Host-matchpoint"
YEAR_S = 365 * 24 * 3_600
LONGEST = 256


def token_of(connection: HTTPConnection) -> str:
    """The person's token; empty without one, or when it cannot be one of ours."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        token = connection.cookies.get(_name(connection), "")
    token = token.strip()
    # gRPC metadata takes visible ASCII only; anything else was never given out.
    return token if len(token) <= LONGEST and all("!" <= character <= "~" for character in token) else ""


def set_token(response: Response, token: str, connection: HTTPConnection) -> None:
    """Sets the cookie on the answer to a request; an empty token clears it."""
    name = _name(connection)
    response.set_cookie(
        name,
        token,
        max_age=YEAR_S if token else 0,
        path="/",
        secure=name == SECURE_NAME,
        httponly=True,
        samesite="lax",
    )


def _name(connection: HTTPConnection) -> str:
    # By what the browser sees, which behind a TLS proxy is not what arrives here. Origins are checked before.
    return SECURE_NAME if connection.headers.get("origin", "").startswith("https:") else NAME
