"""Mapping of rulesets."""

from matchpoint.v1 import ruleset_pb2

from backend.core.serialized import Ruleset
from wire.ranges import fill_defaults
from wire.refusal import Refused


def filled_ruleset(wanted: ruleset_pb2.Ruleset, path: str) -> Ruleset:
    """The ruleset with every default filled in. Raises Refused, with the field's path behind `path`."""
    try:
        filled = fill_defaults(wanted, "ruleset.")
    except Refused as refused:
        raise Refused(refused.reason, refused.sentence, field=f"{path}{refused.field}") from None
    return Ruleset(filled.SerializeToString(deterministic=True))


def usual_ruleset() -> Ruleset:
    """The ruleset with nothing but defaults."""
    return filled_ruleset(ruleset_pb2.Ruleset(), "")
