"""Matches that were played, without the rooms around them."""

from matchpoint.v1.ruleset_pb2 import Ruleset

from backend.contract.rulesets import filled_ruleset
from backend.service.session_specs import Origin, SeatSpec
from backend.service.sessions.session_spec import session_spec
from tests.support.harnesses.backend import BackendHarness, Tab, report_of


async def duel(harness: BackendHarness, ada: Tab, bob: Tab, *, unlisted: bool = False) -> str:
    """A match of the two that was played to its end. Returns the session."""
    seats = [SeatSpec(seat, tab.connection.account.name, tab.account_id) for seat, tab in enumerate((ada, bob))]
    spec = session_spec(Origin.ROOM, filled_ruleset(Ruleset(), ""), seats)
    session = harness.directory.new_session(spec, listed=not unlisted, account_id=ada.account_id)
    await harness.directory.start(session)
    await harness.report(report_of(session.session_id, harness.game_servers.held[session.session_id]))
    return session.session_id
