"""Organisers of tournaments: asked for every second, since a former organiser loses the view without delay at once."""

import asyncio
from typing import Final, Protocol

import structlog

from gateway.backend_client.locations import SessionLocations
from wire.refusal import Refused

log = structlog.get_logger("organisers")

INTERVAL_S: Final = 1.0
"""Time between two questions to the directory, for each tournament with an observer."""


class OrganiserObserver(Protocol):
    """A connection whose view depends on the organiser of its tournament."""

    @property
    def session_id(self) -> str:
        """The tournament."""
        ...

    def set_organiser(self, account_id: str) -> None:
        """Takes the account of the organiser; empty when there is none."""


class OrganiserMonitor:
    """Tells connections who organises their tournaments, within about a second of a change."""

    def __init__(self, locations: SessionLocations) -> None:
        self._locations = locations
        self._observers: set[OrganiserObserver] = set()
        self._polling = asyncio.create_task(self._poll())

    def subscribe(self, observer: OrganiserObserver) -> None:
        """Begins to tell a connection. Each call needs one of `unsubscribe`."""
        self._observers.add(observer)

    def unsubscribe(self, observer: OrganiserObserver) -> None:
        """Stops telling a connection; does nothing for an unknown one."""
        self._observers.discard(observer)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL_S)
            for session_id in {observer.session_id for observer in self._observers}:
                try:
                    location = await self._locations.locate(session_id, fresh=True)
                except Refused as refused:
                    # The backend is away: nobody becomes organiser meanwhile, and the last answer stays valid.
                    log.info("organiser not known", session_id=session_id, reason=refused.sentence)
                    continue
                for observer in tuple(self._observers):
                    if observer.session_id == session_id:
                        observer.set_organiser(location.organiser_account_id)

    async def close(self) -> None:
        """Stops asking the backend."""
        self._polling.cancel()
        await asyncio.gather(self._polling, return_exceptions=True)
