"""People who do not give up: whatever happens to the programs, they come back to what they were doing.

What they are shown is held against the promises all the time: the epoch never falls, the score never falls, and no
durable event is missing, no matter who was killed in between.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, TypeVar

import httpx
from google.protobuf.json_format import ParseDict
from matchpoint.v1.frames_pb2 import Frame, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Result
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from tests.support.clients.players import Player, Style, away_from_the_ball
from tests.support.clients.site import Guest, LobbyClient, Site, refusal_of
from tests.support.clients.views import View, Viewer
from wire.refusal import Refused

T = TypeVar("T")

AGAIN_S: Final = 0.2
"""Up to so long somebody waits before the next try; a browser waits up to 0.25 s."""
DEAF_S: Final = 4.5
"""Without a word for so long a page takes its connection for dead."""
PATIENCE_S: Final = 150.0
"""Somebody who gets nowhere for this long has found a fault."""
PASSING: Final = frozenset(
    (
        Reason.REASON_SERVER_UNAVAILABLE,
        Reason.REASON_SERVER_FULL,
        Reason.REASON_ROOM_CHANGED,
        Reason.REASON_INTERNAL,
        Reason.REASON_TOO_MANY,
        # It may be on its way.
        Reason.REASON_RECORD_UNKNOWN,
    )
)
"""Refusals after which one tries again."""
OVER: Final = frozenset((Reason.REASON_SESSION_OVER, Reason.REASON_SESSION_UNKNOWN))
"""The match has ended; its record has the result."""
LATE: Final = frozenset(
    (
        Reason.REASON_ALREADY_IN_ROOM,
        Reason.REASON_NOT_IN_ROOM,
        Reason.REASON_ROOM_UNKNOWN,
        Reason.REASON_ROOM_STARTED,
        Reason.REASON_ROOM_NEEDS_PLAYERS,
        Reason.REASON_NOT_READY,
        Reason.REASON_SESSION_OVER,
    )
)
"""Refusals of two who meet when an earlier command of theirs, whose answer was lost, is carried out only now."""
LOST: Final = (OSError, WebSocketException, httpx.HTTPError, TimeoutError, EOFError)


class Never(AssertionError):
    """Somebody got nowhere for PATIENCE_S."""


async def insist(
    attempt: Callable[[], Awaitable[T]],
    *,
    passing: Collection["Reason.ValueType"] = PASSING,
    patience_s: float = PATIENCE_S,
) -> T:
    """Tries until it works. Raises what cannot pass, and Never."""
    ends = time.monotonic() + patience_s
    while True:
        try:
            return await attempt()
        except Refused as refused:
            if refused.reason not in passing:
                raise
            last: Exception = refused
        except LOST as error:
            last = error
        if time.monotonic() > ends:
            raise Never(f"{patience_s:.0f} s, and still: {last!r}") from last
        await asyncio.sleep(random.uniform(0, AGAIN_S))


class LastingView(View):
    """Knowledge of a match, over any number of connections.

    Its first snapshot may be from the middle of the match; from there on nothing durable may be missing.
    """

    def __init__(self) -> None:
        super().__init__()
        #: Goals that were told as events, one after another: (left, right).
        self.told: list[tuple[int, int]] = []
        self.score = (0, 0)
        #: The score when this viewer came.
        self.came_at = (0, 0)
        #: Every change of the epoch: (epoch, when, the last number before, the first after).
        self.tenures: list[tuple[int, float, int, int]] = []
        #: The result came as an event, as it has to.
        self.result_told = False
        self._changed = asyncio.Event()

    async def seen(self, wanted: Callable[["LastingView"], bool]) -> None:
        """Returns when the view is as wanted; another task has to read."""
        while not wanted(self):
            await self._changed.wait()

    def see(self, frame: Frame) -> None:
        """Takes a frame. Raises AssertionError when a promise is broken."""
        assert frame.epoch >= self.epoch, f"the epoch fell: {self.epoch}, then {frame.epoch}"
        if frame.epoch > self.epoch > 0:
            self.tenures.append((frame.epoch, time.monotonic(), self.seq, frame.seq))
            # Superseded events that the last tenure announced and did not write are gone with it.
            self.seq = min(self.seq, frame.seq) if frame.HasField("snapshot") else self.seq
        if self.game is None:
            self._come(frame)
        for event in frame.events:
            if event.HasField("goal"):
                self._goal(event.goal.left, event.goal.right)
            elif event.HasField("result"):
                self.result_told = True
        if frame.HasField("snapshot"):
            # With a snapshot come only durable events that it contains.
            result = next((event.result for event in frame.events if event.HasField("result")), None)
            bare = Frame()
            bare.CopyFrom(frame)
            del bare.events[:]
            super().see(bare)
            if result:
                self.result = result
        else:
            super().see(frame)
        assert self.game is not None
        shown = self.game.score
        assert shown[0] >= self.score[0], f"the score fell from {self.score} to {shown}"
        assert shown[1] >= self.score[1], f"the score fell from {self.score} to {shown}"
        self.score = (shown[0], shown[1])
        missed = sum(shown) - sum(self.came_at) - len(self.told)
        assert not missed, f"came at {self.came_at}; at {shown} these goals had been told: {self.told}"
        if self.result:
            assert self.result_told, "the result was in a snapshot and not among the events"
        self._changed.set()
        self._changed = asyncio.Event()

    def _come(self, frame: Frame) -> None:
        """The first frame. What had happened before it is in its snapshot, and was nobody's to tell."""
        assert frame.HasField("snapshot"), "a view begins with a snapshot"
        assert not frame.events, "to somebody new nothing is told that the snapshot has"
        state = frame.snapshot.pong
        self.came_at = self.score = (state.left, state.right)
        self.result_told = frame.snapshot.HasField("result")

    def _goal(self, left: int, right: int) -> None:
        before = self.told[-1] if self.told else self.came_at
        assert (left - before[0], right - before[1]) in ((1, 0), (0, 1)), f"{before}, then {(left, right)}"
        self.told.append((left, right))


class Lasting(Viewer):
    """Somebody in front of one match until its result is shown, through any number of connections."""

    view: LastingView

    def __init__(self, site: Site, session: str) -> None:
        super().__init__(None)  # type: ignore[arg-type]
        self.site = site
        #: The match; `session_id` says that a connection was let in.
        self.session = session
        self.view = LastingView()
        #: Connections that were let in.
        self.entries = 0
        #: When a connection was lost, and when the next one was let in: what somebody waited.
        self.gaps: list[float] = []
        self.refusals: list[str] = []
        self._lost_at = 0.0
        self._entered = asyncio.Event()

    async def let_in(self, entries: int) -> None:
        """Returns when this person was let in this number of times; another task has to try."""
        while self.entries < entries:
            await self._entered.wait()

    def _in(self) -> None:
        self.entries += 1
        self._entered.set()
        self._entered = asyncio.Event()
        if self._lost_at:
            self.gaps.append(time.monotonic() - self._lost_at)
            self._lost_at = 0.0

    def _out(self) -> None:
        self._lost_at = self._lost_at or time.monotonic()

    async def until_the_end(self) -> Result:
        """Returns the result that was shown. Raises AssertionError when a promise is broken, or Never."""
        while self.view.result is None:
            try:
                await self._once()
            except Refused as refused:
                self.refusals.append(Reason.Name(refused.reason))
                if refused.reason in OVER:
                    # Nobody holds the match any more: the page shows the record.
                    self.view.result = await insist(self._recorded)
                elif refused.reason not in PASSING:
                    raise
            except LOST:
                pass
            self._out()
            if time.monotonic() - self._lost_at > PATIENCE_S:
                raise Never(f"nobody let this person in for {PATIENCE_S:.0f} s; refused: {self.refusals[-5:]}")
            if self.view.result is None:
                await asyncio.sleep(random.uniform(0, AGAIN_S))
        return self.view.result

    async def _recorded(self) -> Result:
        answer = await self.site.post("StatsService/GetMatch", {"sessionId": self.session})
        if answer.status == 200:
            return ParseDict(answer.body["match"]["result"], Result())
        if not answer.refused:
            raise TimeoutError(f"no answer: {answer.status}")
        raise refusal_of(answer)

    async def _once(self) -> None:
        raise NotImplementedError


class LastingPlayer(Lasting, Player):
    """Somebody who plays."""

    def __init__(self, guest: Guest, session_id: str, ticket: str, style: Style = away_from_the_ball) -> None:
        super().__init__(guest.site, session_id)
        self.guest = guest
        self.ticket = ticket
        self.styles = {0: style, 1: style}
        self._heard_at = 0.0

    async def _once(self) -> None:
        async with self.site.socket("/ws/play") as socket:
            self._come(socket)
            await self.enter(self.ticket, self.view.position if self.view.game is not None else None)
            self._in()
            await self.play(until=self._done)

    def _done(self, view: View) -> bool:
        """Tells whether the result is there. Raises TimeoutError when the connection is deaf."""
        if view.result is None and time.monotonic() - self._heard_at > DEAF_S:
            raise TimeoutError("the connection is deaf")
        return view.result is not None

    def _learn(self, message: ServerMessage) -> None:
        super()._learn(message)
        self._heard_at = time.monotonic()

    def _come(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.session_id, self.seats, self.refused = "", (), None
        # Another connection is another way: the clock is asked for again. Server clocks are of one machine here.
        self._pings.clear()
        self._heard_at = time.monotonic()
        self._seen = None
        self._marks.clear()


class LastingSpectator(Lasting):
    """Somebody who watches, without an account."""

    async def _once(self) -> None:
        async with self.site.socket("/ws/watch") as socket:
            self.socket, self.session_id, self.refused = socket, "", None
            view = self.view
            await self.enter_to_watch(self.session, view.position if view.game is not None else None)
            await self.until(lambda view: view.game is not None)
            self._in()
            await self.until(lambda view: view.result is not None)


@asynccontextmanager
async def present(people: Iterable[Lasting]) -> AsyncIterator[None]:
    """These people are at it for as long as the block lasts. Raises what becomes of one of them as soon as it does."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(someone.until_the_end()) for someone in people]
        yield
        for task in tasks:
            task.cancel()


async def duel(host: Guest, other: Guest, **ruleset: int) -> tuple[LastingPlayer, LastingPlayer]:
    """Two people meet in a room and start a match, however often that takes."""
    session_id, tickets = await insist(lambda: _meet(host, other, ruleset), passing=PASSING | LATE)
    return LastingPlayer(host, session_id, tickets[0]), LastingPlayer(other, session_id, tickets[1])


async def _meet(host: Guest, other: Guest, ruleset: dict[str, int]) -> tuple[str, tuple[str, str]]:
    async with host.lobby() as left, other.lobby() as right:
        for lobby in (left, right):
            # A room of an attempt that was cut short; its match, if it got one, ends by itself.
            with suppress(Refused):
                await lobby.do(leave_room={})
        before = left.room.code
        await left.do(create_room={"ruleset": ruleset})
        code = (await left.see_room(lambda room: room.code != before)).code
        await right.do(join_room={"code": code})
        for lobby in (left, right):
            await lobby.do(set_ready={"ready": True})
        try:
            await left.do(start={})
        except Refused as refused:
            if refused.reason != Reason.REASON_ROOM_STARTED:
                raise
            # It has been started all the same. The page would show the way to the match, and so it goes here.
            return refused.session_id, (
                await _ticket(host, refused.session_id),
                await _ticket(other, refused.session_id),
            )
        # What an earlier attempt has started may be announced to them now as well.
        session_id = (await left.see_room(lambda room: room.code == code and bool(room.session_id))).session_id
        return session_id, (await _way_in(left, session_id), await _way_in(right, session_id))


async def _way_in(lobby: LobbyClient, session_id: str) -> str:
    started = await lobby.see(
        lambda message: message.HasField("started") and message.started.entry.session_id == session_id
    )
    return started.started.entry.ticket


async def _ticket(guest: Guest, session_id: str) -> str:
    answer = await guest.call("DirectoryService/IssueTicket", {"sessionId": session_id})
    ticket: str = answer["entry"]["ticket"]
    return ticket


async def against_a_bot(guest: Guest, **ruleset: int) -> LastingPlayer:
    """A match against a bot, however often that takes."""
    fields: dict[str, Any] = {"bot": {"strength": "BOT_STRENGTH_HARD"}, "ruleset": ruleset}
    session_id, ticket = await insist(lambda: guest.start(**fields))
    return LastingPlayer(guest, session_id, ticket)
