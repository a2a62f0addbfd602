"""Targets of the fuzzing: functions of bytes that answer or refuse. Whatever else they raise is a fault of ours."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import Any, Final

from google.protobuf import message_factory
from google.protobuf.json_format import MessageToJson, ParseError
from google.protobuf.message import DecodeError, Message
from matchpoint.internal.v1.raw_pb2 import RawInbound, RawPlayRequest
from matchpoint.v1.frames_pb2 import BotStrength, ClientMessage, Follow, Hello, Input, Mark, Ping, SeatMessage
from matchpoint.v1.journal_pb2 import JournalRecord
from matchpoint.v1.lobby_pb2 import ConnectRequest
from matchpoint.v1.pong_pb2 import PongInput
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec
from matchpoint.v1.tournament_pb2 import TournamentSpec

from gameserver.contract import tournament_specs
from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.replay import replay
from gameserver.contract.specs import spec_of
from gameserver.domain.match.match import Match
from gameserver.domain.match.records import JournalError, Occupant, Opened
from gameserver.domain.match.state import MatchState
from gameserver.domain.match.state import replay as replay_match
from gameserver.domain.match.verify import verify
from gameserver.domain.pong.ruleset import CLASSIC
from gameserver.domain.tournament import records as tournaments
from gameserver.domain.tournament.commands import Pause
from gameserver.domain.tournament.replay import replay as replay_tournament
from gameserver.domain.values import LEFT, SIDES
from gameserver.infrastructure.grpc.play_stream import PlayStreams
from gameserver.streaming.connection import Connection, GatewayStream
from gateway.conversion.worker import to_message
from gateway.http import api
from gateway.websocket.encoding import seat_part
from tests.fuzz.memory import SESSION, MemoryGateway
from tests.fuzz.mutations import Mutator, bent, changed
from tests.fuzz.ticket_target import NOW_S, ticket, ticket_mutated, ticket_seeds
from tests.support.harnesses.journals import bots_play, file_of
from wire import ranges
from wire.journal_file import HEADER, JournalUnreadable, decode, encode
from wire.refusal import Refused
from wire.tickets import Ticket
from wire.varint import varint

START_US: Final = 1_000_000_000
CODEC: Final = ProtobufCodec()


@dataclass(frozen=True)
class Target:
    """One entrance. `run` takes an input, `seeds` are good ones, `mutate` makes nearly good ones of them."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    mutate: Mutator


# A WebSocket's bytes: the first byte chooses the subprotocol, the rest is what comes after the handshake.

_memory: list[MemoryGateway] = []


def socket(data: bytes) -> None:
    """Frames of any kind, in any pieces, from somebody who watches."""
    if not _memory:
        _memory.append(MemoryGateway())
    try:
        _memory[0].take(data[1:], json=bool(data[:1] and data[0] & 1))
    except BaseException:
        # What is left of it would be blamed on the next input.
        _memory.clear()
        raise


def frame(payload: bytes, opcode: int = 2, *, fin: bool = True) -> bytes:
    """A client's frame, masked with zeros."""
    size = len(payload)
    length = bytes((0x80 | size,)) if size < 126 else bytes((0x80 | 126,)) + size.to_bytes(2)
    return bytes((opcode | (0x80 if fin else 0),)) + length + bytes(4) + payload


WATCHED: Final = (
    ClientMessage(hello=Hello(session_id=SESSION, protocol=1)),
    ClientMessage(follow=Follow(topic=3)),
    ClientMessage(seat=SeatMessage(ping=Ping(t0=1.5))),
)


def socket_seeds() -> list[bytes]:
    binary = [frame(message.SerializeToString()) for message in WATCHED]
    text = [frame(MessageToJson(message).encode(), 1) for message in WATCHED]
    hello = WATCHED[0].SerializeToString()
    pieces = frame(hello[:5], fin=False) + frame(hello[5:], 0)
    control = frame(b"x", 9) + frame(b"", 10) + frame((1000).to_bytes(2), 8)
    return [b"\0" + b"".join(binary), b"\1" + b"".join(text), b"\0" + pieces + control, b"\0" + frame(bytes(4_096))]


def socket_mutated(data: bytes, random: Random) -> bytes:
    """Other messages in whole frames, or other bytes."""
    if random.random() < 0.5:
        return bent(data, random)
    frames = []
    for _ in range(random.randint(1, 4)):
        message = changed(random.choice(WATCHED).SerializeToString(), ClientMessage, random)
        opcode = random.choice((0, 1, 2, 2, 2, 8, 9, 10, 3))
        frames.append(frame(message[:60_000], opcode, fin=random.random() < 0.9))
    return data[:1] + b"".join(frames)


# A player's message: what the gateway makes of it, then the game server.


def player(data: bytes) -> None:
    """Inputs, marks, pings and resignations of the left side, in a match that is on."""
    body = seat_part(data)
    if body is None:
        try:
            parsed = ClientMessage.FromString(data)
        except DecodeError:
            return
        payload = parsed.seat.SerializeToString()
    else:
        payload = body[len(varint(len(data) - 2)) :] if data[1] >= 0x80 else body[1:]
    match = Match.open(Opened(CLASSIC, CLASSIC.hash(), 7, Occupant("Ada"), Occupant("Bob"), SESSION), START_US)
    for side in SIDES:
        match.connect(START_US, side, 40_000)
    now = START_US + 5_000_000
    match.advance(now)
    _play(match).on_message(_stream, RawPlayRequest(inbound=[RawInbound(connection=1, seat=payload)]), now)
    for _ in range(20):
        if match.deadline is None:
            break
        now = max(now, match.deadline)
        match.advance(now)
    match.drain()
    match.snapshot()


_stream: Final = GatewayStream(CODEC, lambda: None)


def _play(match: Match) -> PlayStreams:
    """A game server that has this match and one connection, which plays on the left."""

    def broke(connection: object) -> None:
        raise AssertionError("the match broke") from sys.exception()

    live = SimpleNamespace(receive=match.receive, resign=lambda now, sides: match.resign(now, *sides))
    session: Any = SimpleNamespace(
        session_id=SESSION,
        match_for=lambda connection, topic: (live if topic in (0, 1) else None, (LEFT,)),
        leave=lambda connection, now: None,
        abandon_for=broke,
    )
    registry: Any = SimpleNamespace(
        context=SimpleNamespace(clock=lambda: START_US),
        dispatcher=SimpleNamespace(settle=lambda now: None),
        sessions={SESSION: session},
    )
    gate: Any = SimpleNamespace()
    ticket = Ticket(SESSION, "gameserver-1", "ada", "Ada", (LEFT,), "player", NOW_S)
    _stream.pending.clear()
    _stream.pings.clear()
    _stream.bytes = 0
    _stream.connections[1] = Connection(_stream, 1, ticket, START_US)
    return PlayStreams(registry, gate)


PLAYED: Final = (
    SeatMessage(clock_epoch=1, inputs=[Input(seat=0, seq=1, t=1_900_000, pong=PongInput(dir=-1))]),
    SeatMessage(clock_epoch=1, inputs=[Input(seat=0, seq=3, t=2_000_000, pong=PongInput(target=9_000))]),
    SeatMessage(clock_epoch=1, marks=[Mark(seat=0, t=2_200_000)], ping=Ping(t0=4.0)),
    SeatMessage(clock_epoch=2, resign=True, resign_seat=0, topic=1),
)


def player_seeds() -> list[bytes]:
    return [ClientMessage(seat=seat).SerializeToString() for seat in PLAYED]


def player_mutated(data: bytes, random: Random) -> bytes:
    return changed(data, ClientMessage, random) if random.random() < 0.8 else bent(data, random)


# The body of a call: the first byte chooses the method, the second JSON or protobuf.

METHODS: Final = tuple(
    message_factory.GetMessageClass(method.input_type)
    for module in api.SERVED
    for service in module.DESCRIPTOR.services_by_name.values()
    for method in api.open_methods(service)
)


def call(data: bytes) -> None:
    """The body of any method that is open to browsers, as far as the rules that need no database."""
    if len(data) < 2:
        return
    checked(METHODS[data[0] % len(METHODS)], data[2:], json=bool(data[1] & 1))


def checked(kind: type[Message], received: bytes, *, json: bool) -> None:
    """Takes a message: it is none, or its ranges are checked."""
    try:
        if json:
            received = to_message(kind.DESCRIPTOR.full_name, received)
        ranges.check(kind.FromString(received))
    except (DecodeError, ParseError):
        return
    except Refused as refused:
        refusal_is_whole(refused)


def refusal_is_whole(refused: Refused) -> None:
    """A refusal has a sentence, and is nobody's fault but the caller's."""
    assert refused.message.sentence
    assert api.http_status(refused) < 500


def call_seeds() -> list[bytes]:
    return [bytes((number, form)) + (b"{}" if form else b"") for number in range(len(METHODS)) for form in (0, 1)]


def call_mutated(data: bytes, random: Random) -> bytes:
    if len(data) < 2 or random.random() < 0.2:
        return bent(data, random)
    kind = METHODS[data[0] % len(METHODS)]
    message = kind()
    message.MergeFromString(changed(b"", kind, random))
    if data[1] & 1 == 0:
        return data[:2] + message.SerializeToString()
    text = MessageToJson(message).encode()
    return data[:2] + (bent(text, random) if random.random() < 0.5 else text)


# A command to the lobby: the first byte chooses JSON or protobuf.


def command(data: bytes) -> None:
    """Parses a command as the gateway does before it passes it on."""
    json = bool(data[:1] and data[0] & 1)
    received = data[1:].decode("utf-8", "replace").encode() if json else data[1:]
    checked(ConnectRequest, received, json=json)


COMMANDS: Final = tuple(ConnectRequest.DESCRIPTOR.oneofs_by_name["command"].fields)


def command_seeds() -> list[bytes]:
    seeds = []
    for field in COMMANDS:
        request = ConnectRequest(request_id=1)
        getattr(request, field.name).SetInParent()
        seeds += [b"\0" + request.SerializeToString(), b"\1" + MessageToJson(request).encode()]
    return seeds


def command_mutated(data: bytes, random: Random) -> bytes:
    if random.random() < 0.2:
        return bent(data, random)
    request = ConnectRequest(request_id=random.choice((0, 1, 2**32 - 1)))
    getattr(request, random.choice(COMMANDS).name).SetInParent()
    request.MergeFromString(changed(request.SerializeToString(), ConnectRequest, random))
    if data[:1] == b"\1":
        return b"\1" + MessageToJson(request).encode()
    return b"\0" + request.SerializeToString()


# A ticket: the first byte says whether the rest is its text, or claims that our key then signs.


# A journal: records, each behind its length in two bytes. Checksums are made again, so that they are good.


def journal(data: bytes) -> None:
    """A journal that somebody has put together: taken up, or refused by a journal error; and so for `verify`."""
    content = HEADER + encode(unpacked(data))
    with suppress(JournalError, JournalUnreadable):
        taken_up(CODEC.restore(content).state)
    with suppress(JournalError, JournalUnreadable):
        records = CODEC.read(content).records
        taken_up(replay_match(records))
        verify(records)
    with suppress(JournalUnreadable):
        list(replay(content))
    with suppress(JournalError, JournalUnreadable):
        replay_tournament(CODEC.read_tournament(content).records)


def taken_up(facts: MatchState) -> None:
    """A match that was read back can go on."""
    match = Match.restore(facts, START_US)
    for _ in range(20):
        if match.deadline is None:
            break
        match.advance(match.deadline)


def packed(records: Sequence[bytes]) -> bytes:
    return b"".join(len(record).to_bytes(2) + record for record in records)


def unpacked(data: bytes) -> list[bytes]:
    records, at = [], 0
    while at + 2 <= len(data):
        size = int.from_bytes(data[at : at + 2])
        records.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    return records


def journal_seeds() -> list[bytes]:
    """A match between two bots, cut off late and soon, and without its middle; and a tournament that has begun."""
    encoded = decode(file_of(bots_play(5, points=1))).records
    return [packed(encoded[:40]), packed(encoded[:4]), packed([*encoded[:25], *encoded[-4:]]), packed(tournament())]


def tournament() -> list[bytes]:
    """The records of a tournament of four bots, of which the first two play."""
    seats = [SeatSpec(seat=seat, name=name, bot=BotStrength.BOT_STRENGTH_EASY) for seat, name in enumerate("ABCD")]
    spec = SessionSpec(origin=Origin.ORIGIN_SERVICE, seats=seats, seed=7, tournament=TournamentSpec(title="Cup"))
    tournament_specs.fill(spec)
    first = tournaments.TournamentOpened(tournament_specs.tournament_of(spec), 1_000, SESSION)
    later = (tournaments.Drawn((0, 1, 2, 3), 1_002), tournaments.Called(1, 1, 1, 1_004, 1_005, 1_006))
    records = (*later, tournaments.Begun(1, 1, 1_007), tournaments.CommandAccepted("", Pause(), 1_010))
    return [CODEC.tournament_opened(first, spec_of(spec)), *(CODEC.tournament_record(record) for record in records)]


def journal_mutated(data: bytes, random: Random) -> bytes:
    records = unpacked(data) or [b""]
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(records))
        match random.randrange(8):
            case 0 if len(records) > 1:
                del records[at]
            case 1:
                records.insert(random.randrange(len(records) + 1), records[at])
            case 2:
                del records[max(1, at) :]
            case 3:
                records[at] = bent(records[at], random)
            case _:
                records[at] = changed(records[at], JournalRecord, random)
    return packed([record[:60_000] for record in records[:200]])


TARGETS: Final[Mapping[str, Target]] = {
    "socket": Target(socket, socket_seeds, socket_mutated),
    "player": Target(player, player_seeds, player_mutated),
    "call": Target(call, call_seeds, call_mutated),
    "command": Target(command, command_seeds, command_mutated),
    "ticket": Target(ticket, ticket_seeds, ticket_mutated),
    "journal": Target(journal, journal_seeds, journal_mutated),
}
