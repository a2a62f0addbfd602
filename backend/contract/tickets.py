"""Mapping of tickets and of their public keys."""

from collections.abc import Iterable

from matchpoint.internal.v1 import entry_pb2
from matchpoint.v1 import directory_pb2

from backend.service.sessions.tickets import Entry, PublicKey


def key_messages(keys: Iterable[PublicKey]) -> list[entry_pb2.TicketKey]:
    return [entry_pb2.TicketKey(kid=key.kid, public_key=key.public_key) for key in keys]


def entry_message(entry: Entry) -> directory_pb2.Entry:
    return directory_pb2.Entry(session_id=entry.session_id, ticket=entry.ticket, seats=entry.seats)
