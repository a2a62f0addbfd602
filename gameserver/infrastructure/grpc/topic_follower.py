"""How one stream of StreamGameState follows a topic, and the featured match beside it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from matchpoint.v1.session_pb2 import StreamGameStateRequest

from gameserver.sessions.ports import Clock
from gameserver.sessions.session import LiveSession, Watched
from gameserver.streaming.topic import Place

Write = Callable[[bytes], Awaitable[None]]


class Following:
    """A place in a topic, and what was told beside its numbering."""

    def __init__(self, watched: Watched, viewers: int, seen: Place | None = None) -> None:
        self.watched = watched
        self._viewers = viewers
        self._seen = seen
        self._told = 0
        watched.watch(viewers)

    def close(self) -> None:
        """It follows no more."""
        self.watched.unwatch(self._viewers)

    async def tell(self, write: Write, clock: Clock) -> bool:
        """Write what is new. Whether more of it has come meanwhile."""
        topic = self.watched.topic
        frames = self.watched.since(self._seen, clock())
        if frames is None:
            return False
        self._seen = topic.here
        for frame in frames:
            await write(frame)
        if self._told != topic.asides:
            self._told = topic.asides
            await write(topic.aside)
            return True
        return self._seen != topic.here


class Featured:
    """The featured match, whichever it is, through the stream of a tournament's topic 0."""

    def __init__(self, session: LiveSession, request: StreamGameStateRequest) -> None:
        self._session = session
        self._live = request.live
        self._following: Following | None = None

    def close(self) -> None:
        """It is followed no more."""
        if self._following:
            self._following.close()
            self._following = None

    async def tell_until(self, bracket: asyncio.Event, write: Write, clock: Clock) -> None:
        """Write what is new of the featured match, and return when it, or the bracket, has news."""
        watched = self._session.featured(live=self._live)
        if watched and (self._following is None or self._following.watched is not watched):
            # Who watches whatever is featured is counted where they are: at the bracket.
            self.close()
            self._following = Following(watched, 0)
        if self._following is None:
            await bracket.wait()
            return
        news = self._following.watched.topic.news
        while await self._following.tell(write, clock):
            news = self._following.watched.topic.news
        waiting = [asyncio.ensure_future(event.wait()) for event in (bracket, news)]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*waiting, return_exceptions=True)
