"""Matches that were played, without the rooms around them."""

from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import Origin, SeatSpec

from backend.service.sessions.session_spec import session_spec
from tests.backend.conftest import Tab, World, report_of
from wire.ranges import fill_ruleset


async def duel(world: World, ada: Tab, bob: Tab, *, unlisted: bool = False) -> str:
    """A match of the two that was played to its end. Returns the session."""
    seats = [
        SeatSpec(seat=seat, account_id=tab.account_id, name=tab.connection.account.name)
        for seat, tab in enumerate((ada, bob))
    ]
    spec = session_spec(Origin.ORIGIN_ROOM, fill_ruleset(Ruleset()).SerializeToString(), seats)
    placement = world.directory.placement(spec, listed=not unlisted, account_id=ada.account_id)
    await world.directory.start(placement)
    await world.report(report_of(placement.session_id, spec))
    return placement.session_id
