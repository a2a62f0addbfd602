"""Input that must not be believed: what is sent on a socket, and how that has to end."""

import asyncio
import base64
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from google.protobuf.json_format import Parse
from google.protobuf.message import Message
from matchpoint.v1.frames_pb2 import ClientMessage, Hello, Input, SeatMessage, ServerMessage
from matchpoint.v1.lobby_pb2 import ConnectResponse
from matchpoint.v1.pong_pb2 import PongInput
from matchpoint.v1.refusal_pb2 import Reason
from websockets.exceptions import ConnectionClosed

from tests.support.clients.site import Guest, Site
from tests.support.clients.views import WITHIN_S, Ending
from tests.support.processes.installation import Installation
from tests.support.storage import sql
from wire.tickets import Ticket, TicketSigner, new_private_key

Payload = bytes | str


@dataclass(frozen=True)
class Scene:
    """Means of an attacker: a session and a ticket of their own, and others' session to aim at."""

    site: Site
    attacker: Guest
    session_id: str
    ticket: str
    #: A session of other people.
    aim: str
    #: Signs as the backend does.
    signer: TicketSigner

    def ticket_for(self, session_id: str, **changes: Any) -> str:
        """A ticket with a signature that holds, and whatever else."""
        ticket = Ticket(
            session_id=session_id,
            server="gameserver-1",
            account_id=self.attacker.account_id,
            name=self.attacker.name,
            seats=(0,),
            role="player",
            expires=int(time.time()) + 600,
        )
        return self.signer.sign(replace(ticket, **changes))


def backends_signer(matchpoint: Installation) -> TicketSigner:
    """Signs with the key of this installation: what only somebody who can read its database is able to."""
    query = "SELECT kid, secret FROM signing_keys WHERE purpose = 'ticket' ORDER BY created_ms"
    kid, secret = sql.rows(matchpoint.database, query)[0]
    return TicketSigner(kid, secret)


def hello(ticket: str = "", session_id: str = "", protocol: int = 1) -> bytes:
    return ClientMessage(hello=Hello(ticket=ticket, session_id=session_id, protocol=protocol)).SerializeToString()


def seat(**fields: Any) -> bytes:
    return ClientMessage(seat=SeatMessage(**fields)).SerializeToString()


def one_input(number: int = 1, in_seat: int = 0, **intent: int) -> Input:
    return Input(seat=in_seat, seq=number, t=1, pong=PongInput(**(intent or {"dir": 1})))


def tampered(ticket: str, **claims: object) -> str:
    """The same ticket with other claims under its old signature."""
    head, body, signature = ticket.split(".")
    found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    text = base64.urlsafe_b64encode(json.dumps({**found, **claims}).encode()).decode().rstrip("=")
    return f"{head}.{text}.{signature}"


def unsigned(ticket: str) -> str:
    """The same ticket, saying of itself that it needs no signature."""
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    return f"{head}.{ticket.split('.')[1]}.{'A' * 86}"


def of_another_installation(scene: Scene) -> str:
    """Signed by somebody else's key under the name of ours."""
    forger = replace(scene, signer=TicketSigner(scene.signer.kid, new_private_key()))
    return forger.ticket_for(scene.aim)


@dataclass(frozen=True)
class BadInput:
    """Messages for each socket, and the ending that each has to have."""

    path: str
    messages: Callable[[Scene], Sequence[Payload]]
    ending: Ending
    subprotocol: str = "matchpoint.v1"

    async def __call__(self, scene: Scene) -> Ending:
        answers = ConnectResponse if self.path == "/ws/lobby" else ServerMessage
        token = scene.attacker.token if self.path == "/ws/lobby" else ""
        async with scene.site.socket(self.path, subprotocol=self.subprotocol, token=token) as socket:
            reason = ""
            try:
                for message in self.messages(scene):
                    await socket.send(message)
                async with asyncio.timeout(WITHIN_S):
                    while True:
                        reason = reason_of(await socket.recv(), answers()) or reason
            except ConnectionClosed:
                # What came before the close is still to be read.
                async with asyncio.timeout(WITHIN_S):
                    try:
                        while True:
                            reason = reason_of(await socket.recv(), answers()) or reason
                    except ConnectionClosed:
                        return Ending(reason, socket.close_code)


def reason_of(received: Payload, answer: Message) -> str:
    if isinstance(received, str):
        Parse(received, answer)
    else:
        answer.ParseFromString(received)
    assert isinstance(answer, ConnectResponse | ServerMessage)
    return Reason.Name(answer.refusal.reason) if answer.HasField("refusal") else ""


def playing(code: int, reason: str, *messages: Payload) -> BadInput:
    """Sent by somebody who has been let in to play."""
    return BadInput(
        "/ws/play", lambda scene: (hello(scene.ticket), *messages), Ending(reason and f"REASON_{reason}", code)
    )


def entering(code: int, reason: str, first: Callable[[Scene], Payload], path: str = "/ws/play") -> BadInput:
    """Sent in the place of a good hello."""
    return BadInput(path, lambda scene: (first(scene),), Ending(reason and f"REASON_{reason}", code))


def watching(code: int, reason: str, *messages: Payload) -> BadInput:
    """Sent by somebody who watches other people's match."""
    send = BadInput("/ws/watch", lambda scene: (hello(session_id=scene.aim), *messages), Ending("", code))
    return replace(send, ending=Ending(reason and f"REASON_{reason}", code))


def in_json(code: int, reason: str, path: str, *messages: Payload) -> BadInput:
    """Sent on a connection that speaks JSON."""
    return BadInput(path, lambda _: messages, Ending(reason and f"REASON_{reason}", code), "matchpoint.v1.json")
