"""Bad input over the wire: it is refused, and takes nobody else with it."""

from collections.abc import Callable

import grpc
import pytest
from matchpoint.internal.v1.play_pb2 import Inbound, PlayResponse
from matchpoint.internal.v1.raw_pb2 import RawInbound, RawPlayRequest
from matchpoint.v1.frames_pb2 import Input, Mark, SeatMessage
from matchpoint.v1.pong_pb2 import PongInput, Side
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import StreamGameStateRequest

from gameserver.contract.codec import ProtobufCodec
from gameserver.domain.match.match import Match
from gameserver.domain.match.verify import verify
from tests.support.fakes.gameserver_peers import FleetBackend, PlayConnection
from tests.support.harnesses.gameserver import SESSION, GameServerHarness, duel
from tests.support.harnesses.playing import LEFT, RIGHT, seated
from wire.tickets import TicketSigner, new_private_key

pytestmark = pytest.mark.anyio

# Bad input.


async def refusal_of(browser: PlayConnection) -> tuple[int, int]:
    """Why a browser is sent away: the reason and the close code."""
    message = await browser.until("refusal")
    assert message.refusal.sentence
    return message.refusal.reason, browser.close_code


async def test_tickets_that_do_not_hold_are_refused(world: GameServerHarness) -> None:
    await world.create(duel())
    good = world.backend.ticket(SESSION, LEFT)
    stranger = TicketSigner("key-1", new_private_key())
    unknown_key = TicketSigner("key-9", new_private_key())
    tickets = {
        "": (Reason.REASON_TICKET_INVALID, 4500),
        "not a ticket": (Reason.REASON_TICKET_INVALID, 4500),
        "x" * 10_000: (Reason.REASON_TICKET_INVALID, 4500),
        good[:-4] + "AAAA": (Reason.REASON_TICKET_INVALID, 4500),
        world.backend.ticket(SESSION, LEFT, signer=stranger): (Reason.REASON_TICKET_INVALID, 4500),
        world.backend.ticket(SESSION, LEFT, signer=unknown_key): (Reason.REASON_TICKET_INVALID, 4500),
        world.backend.ticket(SESSION, LEFT, lasts_s=-1): (Reason.REASON_TICKET_EXPIRED, 4010),
        world.backend.ticket("elsewhere-0123456789", LEFT, server="gameserver-2"): (Reason.REASON_TICKET_FOREIGN, 4500),
        world.backend.ticket("vanished-0123456789", LEFT): (Reason.REASON_SESSION_UNKNOWN, 4504),
        world.backend.ticket(SESSION, 7): (Reason.REASON_NO_SEAT, 4505),
        world.backend.ticket(SESSION): (Reason.REASON_NO_SEAT, 4505),
    }
    for ticket, expected in tickets.items():
        browser = world.gateway.browser()
        await browser.join(ticket)
        assert await refusal_of(browser) == expected
    await seated(world, LEFT)  # the good one still is


async def test_a_bots_seat_is_nobodys(world: GameServerHarness) -> None:
    await world.create(duel(bots=1))
    browser = world.gateway.browser()
    await browser.join(world.backend.ticket(SESSION, RIGHT))
    assert await refusal_of(browser) == (Reason.REASON_NO_SEAT, 4505)


async def test_a_spectator_who_sends_input_is_sent_away(world: GameServerHarness) -> None:
    await world.create(duel())
    browser = world.gateway.browser()
    await browser.join(world.backend.ticket(SESSION, role="spectator"))
    assert (await browser.until("frame")).frame.HasField("snapshot")
    await browser.press(1, 1)
    assert await refusal_of(browser) == (Reason.REASON_NOT_ALLOWED, 4505)


async def test_an_input_for_the_other_seat_is_sent_away(world: GameServerHarness) -> None:
    await world.create(duel())
    left = await seated(world, LEFT)
    await left.press(1, 1, seat=RIGHT)
    assert await refusal_of(left) == (Reason.REASON_NO_SEAT, 4505)


def _joined(response: bytes) -> bool:
    return any(delivery.message.HasField("joined") for delivery in PlayResponse.FromString(response).deliveries)


async def test_bytes_that_are_no_message_close_that_connection_and_no_other(world: GameServerHarness) -> None:
    await world.create(duel())
    right = await seated(world, RIGHT)
    stream = world.gateway.raw_play()
    join = RawInbound(connection=1)
    join.join.ticket = world.backend.ticket(SESSION, LEFT)
    await stream.write(RawPlayRequest(inbound=[join]).SerializeToString())
    await stream.write(RawPlayRequest(inbound=[RawInbound(connection=1, seat=b"\xff\xff")]).SerializeToString())
    refused = None
    while refused is None:
        response = await stream.read()
        assert isinstance(response, bytes)
        for delivery in PlayResponse.FromString(response).deliveries:
            refused = delivery if delivery.message.HasField("refusal") else refused
    assert (refused.message.refusal.reason, refused.close_code) == (Reason.REASON_MALFORMED, 4501)
    # The stream still carries everybody else on it, and the other player was never touched.
    await stream.write(RawPlayRequest(inbound=[RawInbound(connection=2, join=join.join)]).SerializeToString())
    while not (isinstance(response := await stream.read(), bytes) and _joined(response)):
        pass
    stream.cancel()
    await right.ping(1)
    await right.until("pong")


async def test_an_oversized_message_is_refused(world: GameServerHarness) -> None:
    await world.create(duel())
    left = await seated(world, LEFT)
    await left.say(SeatMessage(marks=[Mark(t=2**32 - 1)] * 1_000))
    assert await refusal_of(left) == (Reason.REASON_TOO_LARGE, 1009)


async def test_too_many_items_in_one_message_are_refused(world: GameServerHarness) -> None:
    await world.create(duel())
    left = await seated(world, LEFT)
    await left.say(SeatMessage(marks=[Mark(t=1)] * 65))
    assert await refusal_of(left) == (Reason.REASON_TOO_MANY, 4503)


async def test_too_many_messages_are_refused(world: GameServerHarness) -> None:
    await world.create(duel())
    left = await seated(world, LEFT)
    for _ in range(600):
        await world.gateway.send(*[Inbound(connection=left.number, seat=SeatMessage())] * 2)
    assert await refusal_of(left) == (Reason.REASON_TOO_MANY, 4503)


async def test_too_many_inputs_are_refused_however_they_are_packed(world: GameServerHarness) -> None:
    await world.create(duel())
    left = await seated(world, LEFT)
    for _ in range(4):
        await left.say(SeatMessage(inputs=[Input(seq=n + 1, t=n, pong=PongInput(dir=n % 2)) for n in range(64)]))
    assert await refusal_of(left) == (Reason.REASON_TOO_MANY, 4503)


@pytest.mark.parametrize("payload", [PongInput(dir=2), PongInput(dir=-(2**31)), PongInput(target=90_001), PongInput()])
async def test_an_input_that_the_rules_do_not_know_is_refused(world: GameServerHarness, payload: PongInput) -> None:
    await world.create(duel())
    left = await seated(world, LEFT)
    await left.say(SeatMessage(inputs=[Input(seq=1, t=1, pong=payload)]))
    assert await refusal_of(left) == (Reason.REASON_INVALID_FIELD, 4501)


async def test_inputs_from_any_time_in_any_order_and_of_any_size_lose_nothing(
    world: GameServerHarness, backend: FleetBackend
) -> None:
    await world.create(duel())
    left, right = await seated(world, LEFT), await seated(world, RIGHT)
    await left.until_event("clock")
    highest = 2**32 - 1
    for seq, t in ((5, 0), (3, 10), (5, 0), (6, highest), (7, 1), (8, 0), (highest, highest), (9, 2)):
        await left.press(t, 1 if seq % 2 else -1, seq=seq)
    await right.say(SeatMessage(resign=True))
    result = (await left.until_event("result")).events[-1].result
    assert result.winner == Side.SIDE_LEFT
    report = await backend.reports.get()
    records = ProtobufCodec().read(report.journal).records
    assert verify(records).winner == 0
    seqs = [record.seq for record in records if type(record).__name__ == "Input" and record.seq]  # type: ignore[union-attr]
    assert seqs == sorted(set(seqs))
    assert seqs[0] == 5


async def test_messages_for_a_connection_that_never_joined_are_passed_over(world: GameServerHarness) -> None:
    await world.create(duel())
    left = await seated(world, LEFT)
    await world.gateway.send(Inbound(connection=999, seat=SeatMessage(resign=True)), Inbound(connection=998))
    await left.ping(1)
    await left.until("pong")


@pytest.mark.parametrize("broken", ["receive", "drain", "advance"])
async def test_a_match_that_breaks_takes_nobody_else_with_it(
    world: GameServerHarness, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.create(duel())
    await world.create(duel(), "another-session-12345")
    left = await seated(world, LEFT)
    other = world.gateway.browser()
    await other.join(world.backend.ticket("another-session-12345", LEFT))
    await other.until("frame")
    watching = world.gateway.stub.StreamGameState(
        StreamGameStateRequest(session_id=SESSION), metadata=world.gateway.metadata
    )
    await watching.read()

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    session = world.live()
    monkeypatch.setattr(type(session.match), broken, only_for(session.match, breaks, getattr(Match, broken)))
    session.on_due(session.match.deadline or 0)
    await left.press(1, 1)
    assert await refusal_of(left) == (Reason.REASON_INTERNAL, 1011)
    assert await watching.code() == grpc.StatusCode.INTERNAL
    await other.ping(1)
    await other.until("pong")
    assert (world.journals / f"{SESSION}.1.journal").exists()


def only_for(one: Match, instead: Callable[..., None], method: Callable[..., object]) -> Callable[..., object]:
    """The method, but for one match something else."""
    return lambda self, *args: instead() if self is one else method(self, *args)
