"""Everything that can be sent on a socket and must not be believed, from outside, against the running programs."""

import asyncio
import json
import time
from dataclasses import replace
from typing import Any, Final

import pytest
from matchpoint.v1.frames_pb2 import ClientMessage, Follow, Input, Mark
from matchpoint.v1.lobby_pb2 import Beat, ConnectRequest, ConnectResponse
from matchpoint.v1.pong_pb2 import Side
from matchpoint.v1.result_pb2 import Outcome
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gameserver.domain.values import RIGHT
from tests.support.clients.bad_input import (
    BadInput,
    Scene,
    backends_signer,
    entering,
    hello,
    in_json,
    of_another_installation,
    one_input,
    playing,
    reason_of,
    seat,
    tampered,
    unsigned,
    watching,
)
from tests.support.clients.players import away_from_the_ball
from tests.support.clients.site import Site, room_of_two
from tests.support.clients.views import WITHIN_S, Ending
from tests.support.processes.installation import Installation
from wire.tickets import TicketSigner, new_private_key

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

FAST: Final = {"pointsToWin": 5, "startSpeed": 200_000}
ATTACKS_PER_S: Final = 10
OVER: Final = (Ending("REASON_SESSION_OVER", 4504), Ending("", 1000))
"""Endings of a connection whose session ends."""
LARGEST: Final = 2**32 - 1


@pytest.fixture
async def scene(matchpoint: Installation, site: Site) -> Scene:
    attacker, victim = await site.guests(2)
    session_id, ticket = await attacker.start(bot={})
    aim, _ = await victim.start(bot={})
    return Scene(site, attacker, session_id, ticket, aim, backends_signer(matchpoint))


# What is sent, one message after the other.


UNKNOWN_SESSION: Final = "A-session-nobody-made"
NOT_PROTOBUF: Final = b"\xff\xff\xff\xff"
DEEP: Final = '{"hello":' + "[" * 1_000 + "]" * 1_000 + "}"

ATTACKS: Final[dict[str, BadInput]] = {
    # Tickets.
    "a ticket that is no ticket": entering(4500, "TICKET_INVALID", lambda s: hello("let me in")),
    "no ticket at all": entering(4500, "TICKET_INVALID", lambda s: hello()),
    "a ticket of 3 KiB": entering(4500, "TICKET_INVALID", lambda s: hello("a." + "b" * 3_000 + ".c")),
    "a ticket of a key that nobody knows": entering(
        4500,
        "TICKET_INVALID",
        lambda s: hello(replace(s, signer=TicketSigner("who", new_private_key())).ticket_for(s.aim)),
    ),
    "a ticket of another installation": entering(4500, "TICKET_INVALID", lambda s: hello(of_another_installation(s))),
    "a ticket without a signature": entering(4500, "TICKET_INVALID", lambda s: hello(unsigned(s.ticket))),
    "a ticket that was bent to another session": entering(
        4500, "TICKET_INVALID", lambda s: hello(tampered(s.ticket, sid=s.aim))
    ),
    "a ticket that was bent to both seats": entering(
        4500, "TICKET_INVALID", lambda s: hello(tampered(s.ticket, seats=[0, 1]))
    ),
    "a ticket that has run out": entering(
        4010, "TICKET_EXPIRED", lambda s: hello(s.ticket_for(s.session_id, expires=int(time.time()) - 1))
    ),
    "a ticket for another session than the one that is asked for": entering(
        4500, "TICKET_FOREIGN", lambda s: hello(s.ticket, session_id=s.aim)
    ),
    "a ticket for a session that nobody made": entering(
        4504, "SESSION_UNKNOWN", lambda s: hello(s.ticket_for(UNKNOWN_SESSION))
    ),
    "a ticket for the bot's seat": entering(4505, "NO_SEAT", lambda s: hello(s.ticket_for(s.session_id, seats=(1,)))),
    "a ticket for a seat that does not exist": entering(
        4505, "NO_SEAT", lambda s: hello(s.ticket_for(s.session_id, seats=(200,)))
    ),
    "watching with a ticket that is no ticket": entering(
        4500, "TICKET_INVALID", lambda s: hello("let me in"), "/ws/watch"
    ),
    "watching a session that nobody made": entering(
        4504, "SESSION_UNKNOWN", lambda s: hello(session_id=UNKNOWN_SESSION), "/ws/watch"
    ),
    "watching a session with an impossible name": entering(
        4504, "SESSION_UNKNOWN", lambda s: hello(session_id="../../etc/passwd\n"), "/ws/watch"
    ),
    # Spectators.
    "an input of somebody who watches": watching(4505, "NOT_ALLOWED", seat(inputs=[one_input()])),
    "giving up a match that one watches": watching(4505, "NOT_ALLOWED", seat(resign=True)),
    "an input with a spectator's ticket": BadInput(
        "/ws/play",
        lambda s: (hello(s.ticket_for(s.aim, role="spectator", seats=())), seat(inputs=[one_input()])),
        Ending("REASON_NOT_ALLOWED", 4505),
    ),
    "watching more topics than there are": watching(
        4504, "TOPIC_UNKNOWN", ClientMessage(follow=Follow(topic=77)).SerializeToString()
    ),
    # Inputs.
    "an input for the other seat": playing(4505, "NO_SEAT", seat(inputs=[one_input(in_seat=1)])),
    "a mark for the other seat": playing(4505, "NO_SEAT", seat(marks=[Mark(seat=1, t=1)])),
    "an input for a seat far outside": playing(4505, "NO_SEAT", seat(inputs=[one_input(in_seat=LARGEST)])),
    "a direction of 2": playing(4501, "INVALID_FIELD", seat(inputs=[one_input(dir=2)])),
    "a direction of -2147483648": playing(4501, "INVALID_FIELD", seat(inputs=[one_input(dir=-(2**31))])),
    "a target below the court": playing(4501, "INVALID_FIELD", seat(inputs=[one_input(target=90_001)])),
    "a target of 4294967295": playing(4501, "INVALID_FIELD", seat(inputs=[one_input(target=LARGEST)])),
    "an input that says nothing": playing(4501, "INVALID_FIELD", seat(inputs=[Input(seat=0, seq=1, t=1)])),
    "65 inputs at once": playing(4503, "TOO_MANY", seat(inputs=[one_input(n) for n in range(1, 66)])),
    "400 messages at once": playing(4503, "TOO_MANY", *[seat()] * 400),
    # Frames.
    "a message of more than 4 KiB": playing(1009, "", seat(inputs=[one_input(n) for n in range(1, 600)])),
    "a message of 1 MiB": playing(1009, "", b"\0" * 2**20),
    "bytes that are no message": playing(4501, "MALFORMED", NOT_PROTOBUF),
    "half a message": playing(4501, "MALFORMED", seat(inputs=[one_input()])[:-2]),
    "an empty message": playing(4501, "MALFORMED", b""),
    "text on a binary connection": playing(4501, "MALFORMED", '{"seat": {}}'),
    "a second hello": playing(4501, "MALFORMED", hello()),
    "an input before the hello": entering(4501, "MALFORMED", lambda s: seat(inputs=[one_input()])),
    "bytes that are no hello": entering(4501, "MALFORMED", lambda s: NOT_PROTOBUF),
    "a hello of a page from before the first": entering(4506, "VERSION_TOO_OLD", lambda s: hello(s.ticket, protocol=0)),
    "a second hello of somebody who watches": watching(4501, "MALFORMED", hello()),
    "bytes that are no message, watching": watching(4501, "MALFORMED", NOT_PROTOBUF),
    "text on a binary connection, watching": watching(4501, "MALFORMED", "{}"),
    "a message of more than 4 KiB, watching": watching(1009, "", b"\0" * 5_000),
    # JSON.
    "JSON that is not JSON, watching": in_json(4501, "MALFORMED", "/ws/watch", '{"hello": {'),
    "JSON of another kind, watching": in_json(4501, "MALFORMED", "/ws/watch", '["hello"]'),
    "JSON with a field that does not exist, watching": in_json(4501, "MALFORMED", "/ws/watch", '{"hullo": {}}'),
    "JSON with a number that is too large, watching": in_json(
        4501, "MALFORMED", "/ws/watch", '{"hello": {"protocol": 99999999999}}'
    ),
    "JSON that is nested 1,000 deep, watching": in_json(4501, "MALFORMED", "/ws/watch", DEEP),
    "bytes on a JSON connection, watching": in_json(4501, "MALFORMED", "/ws/watch", hello()),
    "JSON that is not JSON, in the lobby": in_json(4501, "MALFORMED", "/ws/lobby", "say hello"),
    "JSON that is nested 1,000 deep, in the lobby": in_json(4501, "MALFORMED", "/ws/lobby", DEEP),
    "bytes on a JSON connection, in the lobby": in_json(4501, "MALFORMED", "/ws/lobby", b"{}"),
    # The lobby.
    "bytes that are no command": BadInput("/ws/lobby", lambda _: (NOT_PROTOBUF,), Ending("REASON_MALFORMED", 4501)),
    "text on a binary connection, in the lobby": BadInput(
        "/ws/lobby", lambda _: ("{}",), Ending("REASON_MALFORMED", 4501)
    ),
    "a command of more than 16 KiB": BadInput("/ws/lobby", lambda _: (b"\0" * 17_000,), Ending("", 1009)),
    "300 commands at once": BadInput(
        "/ws/lobby",
        lambda _: [ConnectRequest(request_id=n, beat=Beat()).SerializeToString() for n in range(1, 301)],
        Ending("REASON_TOO_MANY", 4503),
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
async def test_it_is_refused_by_its_reason_and_the_connection_closed_by_its_code(name: str, scene: Scene) -> None:
    assert await ATTACKS[name](scene) == ATTACKS[name].ending


async def test_a_hello_that_does_not_come_is_waited_for_five_seconds(scene: Scene) -> None:
    begun = time.monotonic()
    silence = BadInput("/ws/play", lambda _: (), Ending("REASON_MALFORMED", 4501))
    assert await silence(scene) == silence.ending
    assert time.monotonic() - begun >= 4.5


# Before there is a connection.


@pytest.mark.parametrize("path", ["/ws/play", "/ws/watch", "/ws/lobby"])
async def test_a_socket_is_opened_only_from_this_sites_own_pages_and_in_a_language_that_is_spoken(
    path: str, site: Site
) -> None:
    async def status(**how: Any) -> int:
        with pytest.raises(InvalidStatus) as refused:
            async with site.socket(path, **how):
                pass
        code: int = refused.value.response.status_code
        return code

    assert await status(origin="https://example.org") == 403
    assert await status(origin="null") == 403
    assert await status(origin=None, token="a cookie") == 403
    assert await status(subprotocol=None) == 400
    assert await status(subprotocol="matchpoint.v99") == 400


@pytest.mark.parametrize("token", ["", "never given out", "한글", "x" * 5_000])
async def test_nobody_enters_the_lobby_without_a_cookie_that_is_known(token: str, site: Site) -> None:
    async with site.socket("/ws/lobby", token=token.encode().decode("latin-1")) as socket:
        assert reason_of(await socket.recv(), ConnectResponse()) == "REASON_UNAUTHENTICATED"
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 4500


async def test_what_strangers_do_is_no_fault_of_the_programs_in_their_logs(scene: Scene) -> None:
    logs = scene.site.installation.data / "logs"
    before = {log.name: log.stat().st_size for log in logs.iterdir()}
    for path in ("/ws/play", "/ws/watch", "/ws/lobby"):
        with pytest.raises(InvalidStatus):
            async with scene.site.socket(path, origin="https://example.org"):
                pass
    await raw(scene.site, b"\x82\x03abc")
    for name in ("bytes that are no message", "a message of 1 MiB", "JSON that is not JSON, in the lobby"):
        await ATTACKS[name](scene)
    await scene.site.post("AccountService/CreateGuest", NOT_PROTOBUF, kind="application/proto")
    for name, size in before.items():
        for line in (logs / name).read_bytes()[size:].splitlines():
            assert json.loads(line)["level"] in ("debug", "info"), line


# Bytes that are no WebSocket.


async def raw(site: Site, frame: bytes) -> int | None:
    """The close code with which a frame made by hand is answered, None when the connection is just cut."""
    host = site.page.removeprefix("http://")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(
        f"GET /ws/watch HTTP/1.1\r\nHost: {host}\r\nOrigin: {site.page}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: matchpoint.v1\r\n\r\n".encode()
    )
    async with asyncio.timeout(WITHIN_S):
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(frame)
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    while answer and answer[:1] != b"\x88":
        answer = answer[2 + answer[1] :]
    return int.from_bytes(answer[2:4]) if answer else None


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        pytest.param(b"\x82\x03abc", 1002, id="not masked"),
        pytest.param(b"\x8b\x80\0\0\0\0", 1002, id="of a kind that does not exist"),
        pytest.param(b"\xf2\x80\0\0\0\0", 1002, id="with reserved bits"),
        pytest.param(b"\x82\xff\x3f" + b"\xff" * 7 + b"\0\0\0\0", 1009, id="said to be four exabytes long"),
        pytest.param(b"\x81\x81\0\0\0\0\xff", 4501, id="text that is not UTF-8"),
        pytest.param(b"\x80\x80\0\0\0\0", 1002, id="that continues nothing"),
    ],
)
async def test_a_frame_that_breaks_the_websocket_protocol_ends_its_connection(
    frame: bytes, code: int, site: Site
) -> None:
    assert await raw(site, frame) == code


# All of it at once, beside other people's match.


async def test_a_match_goes_on_to_its_right_result_whatever_is_sent_beside_it(site: Site) -> None:
    mina, jun = await site.guests(2)
    async with room_of_two(mina, jun, points_to_win=FAST["pointsToWin"], start_speed=FAST["startSpeed"]) as lobbies:
        await lobbies[0].do(start={})
        ways = [await lobby.see_started() for lobby in lobbies]
        async with site.play(ways[0][1]) as left, site.play(ways[1][1]) as right, site.watch(ways[0][0]) as spectator:
            right.styles[RIGHT] = away_from_the_ball
            match = asyncio.gather(left.play(), right.play(), spectator.watch_to_the_end())
            made = await _attack(site, ways[0][0], match)
            hers, his, seen = await match
    print(f"{made} attacks, of {len(ATTACKS)} kinds")
    assert made >= len(ATTACKS)
    result = hers.result
    assert result is not None
    assert result == his.result == seen
    assert (result.outcome, result.winner, result.left, result.right) == (
        Outcome.OUTCOME_PLAYED,
        Side.SIDE_LEFT,
        FAST["pointsToWin"],
        0,
    )
    assert (hers.clock.pauses_left, hers.clock.pauses_right) == (2, 2), "nobody was away"
    record = await site.record(ways[0][0])
    assert record["result"]["left"] == FAST["pointsToWin"]
    assert [found["accountId"] for found in record["spec"]["seats"]] == [mina.account_id, jun.account_id]
    assert ((await mina.stats())["wins"], (await jun.stats())["losses"]) == (1, 1)


async def _attack(site: Site, aim: str, match: "asyncio.Future[Any]") -> int:
    """Every attack, one after the other and again, until the match is over; how many were made."""
    made, signer = 0, backends_signer(site.installation)
    while not match.done():
        for name, attack in ATTACKS.items():
            if match.done():
                break
            # Each from somebody else: there is a limit on sessions for an account, and one on all for an address.
            attacker = await site.guest()
            session_id, ticket = await attacker.start(bot={})
            scene = Scene(site, attacker, session_id, ticket, aim, signer)
            _, ending = await asyncio.gather(asyncio.sleep(1 / ATTACKS_PER_S), attack(scene))
            if ending != attack.ending and ending in OVER:
                # What it was aimed at ended meanwhile; the players are about to see that too.
                await asyncio.wait((match,), timeout=WITHIN_S)
                assert match.done(), name
                break
            assert ending == attack.ending, name
            made += 1
    return made
