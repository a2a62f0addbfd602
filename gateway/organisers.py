"""Organisers of tournaments: asked for again and again, since whoever is none any more loses the view without delay."""

import asyncio
from typing import Protocol

import structlog

from gateway.directory import Directory
from wire.refusal import Refused

log = structlog.get_logger("organisers")

INTERVAL_S = 1.0
"""How often the directory is asked, for each tournament that a follower is at."""


class Follower(Protocol):
    """A connection whose view depends on who organises its tournament."""

    @property
    def session_id(self) -> str:
        """The tournament."""
        ...

    def organised_by(self, account_id: str) -> None:
        """Takes the account of the organiser; empty when there is none."""


class Organisers:
    """Tells connections who organises their tournaments, within about a second of a change."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._followers: set[Follower] = set()
        self._asking = asyncio.create_task(self._keep_asking())

    def follow(self, follower: Follower) -> None:
        """Begins to tell a connection. Each call needs one of `release`."""
        self._followers.add(follower)

    def release(self, follower: Follower) -> None:
        """The connection is gone, or its view does not depend on it any more."""
        self._followers.discard(follower)

    async def _keep_asking(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL_S)
            for session_id in {follower.session_id for follower in self._followers}:
                try:
                    location = await self._directory.locate(session_id, fresh=True)
                except Refused as refused:
                    # The backend is away: nobody becomes organiser meanwhile, and what is known stays.
                    log.info("organiser not known", session=session_id, reason=refused.sentence)
                    continue
                for follower in tuple(self._followers):
                    if follower.session_id == session_id:
                        follower.organised_by(location.organiser_account_id)

    async def close(self) -> None:
        """Asks no more."""
        self._asking.cancel()
        await asyncio.gather(self._asking, return_exceptions=True)
