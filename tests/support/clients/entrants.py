"""People in a tournament who do not give up: on one connection each, from the draw to the final, and back on the next.

What they are told of the bracket is folded event by event. On topic 0 every event is durable, so that none may ever be
missing, no matter who was killed in between; and whenever a snapshot comes, it has to be what the events have led to.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from google.protobuf.json_format import ParseDict
from matchpoint.v1.frames_pb2 import (
    ClientMessage,
    Follow,
    Frame,
    Hello,
    SeatMessage,
    ServerMessage,
    Unfollow,
)
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.result_pb2 import Result
from matchpoint.v1.tournament_pb2 import (
    Scoreboard,
    TournamentState,
)
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.support.clients.brackets import BRACKET, Bracket
from tests.support.clients.lasting_players import (
    AGAIN_S,
    DEAF_S,
    LOST,
    OVER,
    PASSING,
    PATIENCE_S,
    LastingView,
    Never,
    insist,
)
from tests.support.clients.players import BEAT_S, PING_S, Player, Style, away_from_the_ball, page_ms
from tests.support.clients.site import Guest, Site, refusal_of
from tests.support.clients.views import WITHIN_S, View
from wire.refusal import Refused

IDLE_PING_S: Final = 1.0
"""Between two pings of somebody who plays no match."""
SHORT: Final = {"points_to_win": 1, "start_speed": 200_000, "paddle_half_height": 3_000}
"""A match of one quick point."""


class Attending:
    """Somebody who is there for a whole tournament, through any number of connections."""

    def __init__(self, site: Site, session: str) -> None:
        self.site = site
        self.session = session
        self.bracket = Bracket()
        self.entries = 0
        self.refusals: list[str] = []
        #: Of each frame with news, how old it was when it came, ms. Server and people are on one machine here, and have
        #: one monotonic clock.
        self.ages: list[float] = []
        #: Close codes, and how often each came.
        self.closed: dict[int, int] = {}
        self._entered = asyncio.Event()

    async def let_in(self, entries: int = 1) -> None:
        """Returns when this person was let in this number of times; another task has to try."""
        while self.entries < entries:
            await self._entered.wait()

    def _note_age(self, frame: Frame) -> None:
        if not frame.HasField("snapshot"):
            self.ages.append(time.monotonic() * 1000 - frame.server_ms)

    def _in(self) -> None:
        self.entries += 1
        self._entered.set()
        self._entered = asyncio.Event()

    async def until_the_end(self) -> None:
        """Returns when the tournament is known to be over. Raises AssertionError for a broken promise, and Never."""
        lost_at = time.monotonic()
        while not self.bracket.over:
            before = self.entries
            try:
                await self._once()
            except Refused as refused:
                self.refusals.append(Reason.Name(refused.reason))
                if refused.reason in OVER:
                    self.bracket.conclude(await insist(self.record))
                elif refused.reason not in PASSING:
                    raise
            except ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd else 0
                self.closed[code] = self.closed.get(code, 0) + 1
            except LOST:
                pass
            if self.entries > before:
                lost_at = time.monotonic()
            elif time.monotonic() - lost_at > PATIENCE_S:
                raise Never(f"nobody let this person in for {PATIENCE_S:.0f} s; refused: {self.refusals[-5:]}")
            if not self.bracket.over:
                await asyncio.sleep(random.uniform(0, AGAIN_S))

    async def record(self) -> TournamentState:
        """The tournament as ReadTournament tells it. Raises Refused."""
        answer = await self.site.post("DirectoryService/ReadTournament", {"sessionId": self.session})
        if answer.status != 200:
            if not answer.refused:
                raise TimeoutError(f"no answer: {answer.status}")
            raise refusal_of(answer)
        return ParseDict(answer.body["state"], TournamentState())

    async def _once(self) -> None:
        raise NotImplementedError


class Contestant(Attending, Player):
    """Somebody who plays whatever they are called to."""

    def __init__(self, guest: Guest, session: str, ticket: str, style: Style = away_from_the_ball) -> None:
        Attending.__init__(self, guest.site, session)
        Player.__init__(self, None)  # type: ignore[arg-type]
        self.guest = guest
        self.ticket = ticket
        self.styles = {0: style, 1: style}
        #: Whom this connection plays for.
        self.entrants: tuple[int, ...] = ()
        #: The match that is played here; 0 between matches.
        self.topic = BRACKET
        #: Results of own matches, as they were shown, by match; and the sides that this connection had in each.
        self.shown: dict[int, Result] = {}
        self.sides: dict[int, tuple[int, ...]] = {}
        self._heard_at = 0.0

    async def _once(self) -> None:
        async with self.site.socket("/ws/play") as socket:
            self._come(socket)
            hello = Hello(ticket=self.ticket, protocol=1, follow=[self.bracket.place])
            await self.say(ClientMessage(hello=hello))
            while not self.session_id:
                self._take(await self._next(WITHIN_S))
            self._in()
            await self._attend()

    def _come(self, socket: ClientConnection) -> None:
        self.socket, self.session_id = socket, ""
        self.topic, self.seats = BRACKET, ()
        # Another connection is another way: the clock is asked for again.
        self._pings.clear()
        self._heard_at = time.monotonic()

    async def _attend(self) -> None:
        beat = ping = 0.0
        while True:
            now = time.monotonic()
            if now - self._heard_at > DEAF_S:
                raise TimeoutError("the connection is deaf")
            message = SeatMessage(topic=self.topic)
            if now >= ping:
                message.ping.t0, ping = page_ms(), now + (PING_S if self.topic else IDLE_PING_S)
            if self.topic and self._pings:
                message.clock_epoch = self.view.clock.epoch
                self._react(message)
                self._pass(message)
            if message.inputs or message.marks or message.HasField("ping") or (self.topic and now >= beat):
                beat = now + BEAT_S
                await self.say(ClientMessage(seat=message))
            until = min(beat, ping) if self.topic else ping
            wait = min(until - now, self._next_mark_s()) if self._pings else until - now
            try:
                self._take(await self._next(max(0.0, wait)))
            except TimeoutError:
                continue

    async def _next(self, within_s: float) -> ServerMessage:
        async with asyncio.timeout(within_s):
            content = await self.socket.recv()
        assert isinstance(content, bytes)
        return ServerMessage.FromString(content)

    def _take(self, message: ServerMessage) -> None:
        kind = message.WhichOneof("body")
        if kind == "frame":
            self._note_age(message.frame)
            if message.frame.topic == BRACKET:
                self.bracket.see(message.frame)
            else:
                self._play_on(message.frame)
        elif kind == "joined":
            assert message.joined.topic == BRACKET
            self.session_id, self.entrants = message.joined.session_id, tuple(message.joined.seats)
        elif kind == "view":
            if message.view.delayed:
                self.bracket.begin_again()
        elif kind == "seated":
            self._sit(message.seated.topic, tuple(message.seated.sides))
        elif kind == "pong":
            self._learn(message)
            self._heard_at = time.monotonic()
        elif kind == "scoreboard":
            self.bracket.scoreboard = message.scoreboard
        elif kind == "refusal":
            raise Refused.from_message(message.refusal)

    def _sit(self, match: int, sides: tuple[int, ...]) -> None:
        assert sides, "seated on no side"
        self.topic, self.seats, self.view = match, sides, View()
        self._seen = None
        self._marks.clear()
        self.sides[match] = sides

    def _play_on(self, frame: Frame) -> None:
        assert frame.topic == self.topic, f"a frame of match {frame.topic} for who plays match {self.topic}"
        if frame.HasField("snapshot"):
            self._input_seq = dict(enumerate(frame.snapshot.last_inputs or (0, 0)))
        self.view.see(frame)
        if self.view.result is not None:
            before = self.shown.setdefault(self.topic, self.view.result)
            assert before == self.view.result, f"match {self.topic} was shown to end in two ways"
            self.topic, self.seats = BRACKET, ()


class Onlooker(Attending):
    """Somebody who watches the bracket, without an account."""

    def __init__(self, site: Site, session: str) -> None:
        super().__init__(site, session)
        self.socket: ClientConnection = None  # type: ignore[assignment]

    async def _once(self) -> None:
        async with self.site.socket("/ws/watch") as socket:
            self.socket = socket
            hello = Hello(session_id=self.session, protocol=1, follow=self.places())
            await socket.send(ClientMessage(hello=hello).SerializeToString())
            while True:
                async with asyncio.timeout(WITHIN_S):
                    content = await socket.recv()
                assert isinstance(content, bytes)
                await self.take(ServerMessage.FromString(content))

    def places(self) -> list[Follow]:
        """Topics to ask for when a connection begins."""
        return [self.bracket.place]

    async def take(self, message: ServerMessage) -> None:
        """Takes a message."""
        kind = message.WhichOneof("body")
        if kind == "joined":
            self._in()
        elif kind == "frame":
            self._note_age(message.frame)
            if message.frame.topic == BRACKET:
                self.bracket.see(message.frame)
            else:
                self.board(message.frame)
        elif kind == "scoreboard":
            self.bracket.scoreboard = message.scoreboard
        elif kind == "refusal":
            raise Refused.from_message(message.refusal)

    def board(self, frame: Frame) -> None:
        """Takes a frame of a match."""
        raise AssertionError(f"nobody asked for match {frame.topic}")


class Switcher(Onlooker):
    """Somebody who always has two boards beside the bracket: the featured match, and one that they go on from."""

    def __init__(self, site: Site, session: str, chance: random.Random) -> None:
        super().__init__(site, session)
        self.chance = chance
        #: Boards that are looked at.
        self.boards: dict[int, LastingView] = {}
        #: Matches that were featured while they were looked at, and those that were looked at by choice.
        self.featured: set[int] = set()
        self.chosen: set[int] = set()
        self.goals = 0
        self._left: set[int] = set()

    def places(self) -> list[Follow]:
        """The bracket and both boards, each after what was seen of it."""
        begun = [(match, view) for match, view in self.boards.items() if view.seq]
        self.boards = dict(begun)
        self._left.clear()
        return [self.bracket.place, *(Follow(topic=match, after=view.position) for match, view in begun)]

    async def take(self, message: ServerMessage) -> None:
        """Takes a message. With a new scoreboard it may look at other boards."""
        await super().take(message)
        if message.WhichOneof("body") == "scoreboard":
            await self._choose(message.scoreboard)

    async def _choose(self, board: Scoreboard) -> None:
        wanted = {board.featured} - {0}
        others = [score.match for score in board.scores if score.match not in wanted | self.boards.keys()]
        kept = [match for match in self.boards if match not in wanted and self.boards[match].result is None]
        if others and (not kept or self.chance.random() < 0.3):
            kept = [self.chance.choice(others)]
            self.chosen.update(kept)
        self.featured |= wanted
        wanted.update(kept[:1])
        for match in self.boards.keys() - wanted:
            del self.boards[match]
            self._left.add(match)
            await self._say(ClientMessage(unfollow=Unfollow(topic=match)))
        for match in wanted - self.boards.keys():
            self.boards[match] = LastingView()
            await self._say(ClientMessage(follow=Follow(topic=match)))

    async def _say(self, message: ClientMessage) -> None:
        await self.socket.send(message.SerializeToString())

    def board(self, frame: Frame) -> None:
        """Takes a frame of a match, which may have been on its way when it was looked away from."""
        view = self.boards.get(frame.topic)
        if view is None or (not view.seq and not frame.HasField("snapshot")):
            assert frame.topic in self._left, f"nobody asked for match {frame.topic}"
            return
        before = len(view.told)
        view.see(frame)
        self.goals += len(view.told) - before


Settings = dict[str, Any]


async def gather_entrants(
    guests: Sequence[Guest], spec: Settings, *, bots: int = 0, host_plays: bool = True
) -> tuple[str, list[str]]:
    """A tournament of these people and bots, opened by the first of them: its session, and a ticket for each."""
    async with AsyncExitStack() as stack:
        lobbies = [await stack.enter_async_context(guest.lobby()) for guest in guests]
        host, *others = lobbies
        await host.do(create_room={"ruleset": SHORT, "tournament": {"spec": spec}})
        code = (await host.see_room()).code
        for lobby in others:
            await lobby.do(join_room={"code": code})
        if not host_plays:
            await host.do(set_seat={"seated": False})
        for _ in range(bots):
            await host.do(add_bot={})
        entrants = len(others) + host_plays + bots
        await host.see_room(lambda room: sum(member.seated for member in room.members) == entrants)
        await host.do(start={})
        entries = [await lobby.see_started() for lobby in lobbies]
    (session,) = {session for session, _ in entries}
    return session, [ticket for _, ticket in entries]


@asynccontextmanager
async def attending(people: Sequence[Attending]) -> AsyncIterator[list["asyncio.Task[None]"]]:
    """These people are there for as long as the block lasts: at its end all have seen the end of the tournament.

    Who is cancelled before has vanished.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(someone.until_the_end()) for someone in people]
        yield tasks
