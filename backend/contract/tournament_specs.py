"""Mapping of a tournament's settings, with the checks of their ranges."""

from typing import Final

from matchpoint.v1 import lobby_pb2, tournament_pb2

from backend.core import text
from backend.core.room import Tournament
from backend.core.serialized import TournamentSpec
from backend.core.text import TextInvalid
from backend.service.sessions.tournament_spec import ENTRANTS
from wire.ranges import check
from wire.refusal import Reason, Refused

USUAL_CAPACITY: Final = 64
TITLE_LENGTH: Final = 60
TITLE_BYTES: Final = 240
"""Maximum of a title: characters as they are seen, and bytes in UTF-8."""
BEST_OF: Final = (1, 3, 5)


def tournament_settings(wanted: lobby_pb2.TournamentRoom, field: str) -> Tournament:
    """A host's settings with defaults filled in. Raises Refused: out of range, or contradicting."""
    spec = _checked(wanted.spec, f"{field}.spec")
    check(wanted, f"{field}.")
    least, most = ENTRANTS[spec.format.WhichOneof("kind") or ""]
    capacity = wanted.capacity or min(most, USUAL_CAPACITY)
    if not least <= capacity <= most:
        raise Refused(
            Reason.REASON_SETTINGS_CONTRADICT,
            f"This format takes {least} to {most} entrants; choose another format or number of places.",
            field=f"{field}.capacity",
        )
    groups = spec.format.groups
    if 2 * groups.groups > capacity:
        raise Refused(
            Reason.REASON_SETTINGS_CONTRADICT,
            f"{groups.groups} groups need {2 * groups.groups} entrants at least; choose fewer groups or more places.",
            field=f"{field}.spec.format.groups.groups",
        )
    return Tournament(_serialized(spec), capacity, wanted.starts_unix_ms)


def local_tournament_spec(wanted: tournament_pb2.TournamentSpec, field: str) -> TournamentSpec:
    """Spec of a tournament at one keyboard: one match at once, which needs neither check-in nor delay.

    Raises Refused after all checks that do not depend on the entrants; the game server decides the rest.
    """
    spec = _checked(wanted, field)
    spec.at_once = 1
    spec.check_in_s = spec.delay_s = 0
    return _serialized(spec)


def _serialized(spec: tournament_pb2.TournamentSpec) -> TournamentSpec:
    return TournamentSpec(spec.SerializeToString(deterministic=True))


def _checked(wanted: tournament_pb2.TournamentSpec, field: str) -> tournament_pb2.TournamentSpec:
    spec = tournament_pb2.TournamentSpec()
    spec.CopyFrom(wanted)
    spec.title = _title(wanted.title, f"{field}.title")
    # Both are the house's to say.
    spec.organiser_account_id = ""
    spec.waiting_from = 0
    if not spec.format.WhichOneof("kind"):
        spec.format.single_elimination.SetInParent()
    check(spec, f"{field}.")
    chosen = [("best_of", spec.best_of or 1)]
    chosen += [(f"best_of_rounds[{n}].best_of", one.best_of) for n, one in enumerate(spec.best_of_rounds)]
    for name, best_of in chosen:
        if best_of not in BEST_OF:
            raise Refused(
                Reason.REASON_INVALID_FIELD, "A pairing is the best of 1, 3 or 5 matches.", field=f"{field}.{name}"
            )
    return spec


def _title(wanted: str, field: str) -> str:
    title = text.SPACES.sub(" ", wanted).strip()
    try:
        return text.clean(title, TITLE_LENGTH, TITLE_BYTES) if title else ""
    except TextInvalid as invalid:
        raise Refused(Reason.REASON_INVALID_FIELD, f"A title {invalid}", field=field) from None
