"""Followers: one stream of StreamGameState at a topic, and at the featured match beside it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from matchpoint.v1.session_pb2 import StreamGameStateRequest

from gameserver.sessions.session import LiveSession
from gameserver.streaming.ports import Clock
from gameserver.streaming.topic import Place, WatchableTopic

Write = Callable[[bytes], Awaitable[None]]


class TopicFollower:
    """A place in a topic, and in the messages beside its numbering."""

    def __init__(self, watched: WatchableTopic, viewers: int, seen: Place | None = None) -> None:
        self.watched = watched
        self._viewers = viewers
        self._seen = seen
        self._told = 0
        watched.watch(viewers)

    def close(self) -> None:
        """Stop following."""
        self.watched.unwatch(self._viewers)

    async def tell(self, write: Write, clock: Clock) -> bool:
        """Write what is new. Returns True when more has come meanwhile."""
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


class FeaturedFollower:
    """Follows the featured match, through every change of it, on the stream of a tournament's topic 0."""

    def __init__(self, session: LiveSession, request: StreamGameStateRequest) -> None:
        self._session = session
        self._live = request.live
        self._following: TopicFollower | None = None

    def close(self) -> None:
        """Stop following."""
        if self._following:
            self._following.close()
            self._following = None

    async def tell_until(self, bracket: asyncio.Event, write: Write, clock: Clock) -> None:
        """Write what is new of the featured match, and return when that match or the bracket has news."""
        watched = self._session.featured(live=self._live)
        if watched and (self._following is None or self._following.watched is not watched):
            # Viewers of the featured match are counted at the bracket.
            self.close()
            self._following = TopicFollower(watched, 0)
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
