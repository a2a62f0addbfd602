"""Players and viewers of a duel on a real game server, for tests."""

from collections.abc import AsyncGenerator

from matchpoint.v1.frames_pb2 import Frame, Position
from matchpoint.v1.session_pb2 import (
    StreamGameStateRequest,
    StreamGameStateResponse,
)

from tests.support.fakes.gameserver_peers import PlayConnection
from tests.support.harnesses.gameserver import SESSION, GameServerHarness

LEFT, RIGHT = 0, 1


async def seated(world: GameServerHarness, *seats: int) -> PlayConnection:
    """A browser in those seats, past its snapshot."""
    browser = world.gateway.browser()
    await browser.join(world.backend.ticket(SESSION, *seats))
    joined = (await browser.next()).joined
    assert list(joined.seats) == list(seats)
    assert (await browser.next()).frame.HasField("snapshot")
    return browser


async def watch(world: GameServerHarness, after: Position | None = None) -> AsyncGenerator[Frame, None]:
    """The frames that a spectator gets, to the end of the topic."""
    request = StreamGameStateRequest(session_id=SESSION, viewers=1)
    if after:
        request.after.CopyFrom(after)
    call = world.gateway.stub.StreamGameState(request, metadata=world.gateway.metadata)
    try:
        while isinstance(response := await call.read(), StreamGameStateResponse):
            if response.HasField("frame"):
                yield response.frame
    finally:
        call.cancel()
