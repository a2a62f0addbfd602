"""Kinds of events by how they are delivered, as the contract's option `durable` says."""

from typing import Final

from matchpoint.v1 import options_pb2
from matchpoint.v1.frames_pb2 import Event

_KINDS: Final = {
    field.name: field.GetOptions().Extensions[options_pb2.durable]
    for field in Event.DESCRIPTOR.oneofs_by_name["body"].fields
}
DURABLE: Final = frozenset(kind for kind, durable in _KINDS.items() if durable)
"""Kinds that are never dropped: goals, results, and all that changes a bracket."""
SUPERSEDED: Final = frozenset(kind for kind, durable in _KINDS.items() if not durable)
"""Kinds that a snapshot replaces."""
