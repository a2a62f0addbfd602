"""The way into a match: a guest account, then a bot or a room; what comes out is a ticket."""

import json
import urllib.request

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

RULESET = {"pointsToWin": 2, "startSpeed": 200_000, "paddleHalfHeight": 4_000}
COME_BACK = (1006, 1011, 1012, 1013, 1014, 4001, 4002, 4008)
"""Close codes after which one connects again; docs/errors.md says what the others mean."""


def comes_back(lost: Exception) -> bool:
    """Tells whether to connect again after a connection was lost like this."""
    if isinstance(lost, ConnectionClosed) and lost.rcvd:
        return lost.rcvd.code in COME_BACK
    return isinstance(lost, (ConnectionClosed, OSError))


def post(url: str, method: str, body: dict, token: str = "") -> tuple[dict, str]:
    """A call of the API: the answer, and the token if it signs one in."""
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(f"{url}/api/matchpoint.v1.{method}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer), answer.headers.get("matchpoint-set-token", "")


async def meet(url: str, token: str, code: str) -> str:
    """Makes a room, or enters the one with this code; the ticket once its match begins."""
    way_in = {"joinRoom": {"code": code}} if code != "create" else {"createRoom": {"ruleset": RULESET}}
    headers = {"authorization": f"Bearer {token}"}
    async with connect(url + "/ws/lobby", subprotocols=["matchpoint.v1.json"], additional_headers=headers) as socket:
        await socket.send(json.dumps({"requestId": 1, **way_in}))
        await socket.send(json.dumps({"requestId": 2, "setReady": {"ready": True}}))
        async for data in socket:
            message = json.loads(data)
            if "refusal" in message:
                raise SystemExit(message["refusal"]["sentence"])
            if "started" in message:
                return message["started"]["entry"]["ticket"]
            if "room" in message and code == "create":
                # A room is sent whole after each change. Once both are ready, its host starts.
                ready = sum(member.get("ready", False) for member in message["room"]["members"])
                if ready == 2:
                    await socket.send(json.dumps({"requestId": 3, "start": {}}))
                    code = message["room"]["code"]
                elif ready:
                    print(f"room {message['room']['code']}", flush=True)
    raise SystemExit("The lobby has ended.")


async def ticket_for(url: str, code: str = "") -> str:
    """A ticket: against a bot, or with "create" or a room's code against another person."""
    _, token = post(url, "AccountService/CreateGuest", {})
    if code:
        return await meet(url.replace("http", "ws", 1), token, code)
    answer, _ = post(url, "DirectoryService/StartSession", {"bot": {}, "ruleset": RULESET}, token)
    return answer["entry"]["ticket"]
