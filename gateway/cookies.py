"""The session cookie: an opaque token that the backend made and that pages cannot read."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

NAME = "matchpoint"
# The prefix makes browsers refuse the cookie unless it is Secure, host-only and for every path.
SECURE_NAME = "__Host-matchpoint"
YEAR_S = 365 * 24 * 3_600
LONGEST = 256


def token_of(connection: HTTPConnection) -> str:
    """The person's token; empty without one, or when it cannot be one of ours."""
    secure = connection.url.scheme in ("https", "wss")
    token = connection.cookies.get(SECURE_NAME if secure else NAME, "")
    # gRPC metadata takes visible ASCII only; anything else was never given out.
    return token if len(token) <= LONGEST and all("!" <= character <= "~" for character in token) else ""


def set_token(response: Response, token: str, *, secure: bool) -> None:
    """Sets the cookie; an empty token clears it."""
    response.set_cookie(
        SECURE_NAME if secure else NAME,
        token,
        max_age=YEAR_S if token else 0,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
