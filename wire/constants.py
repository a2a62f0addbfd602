"""Numbers that several programs have to agree on, beside those in the contract."""

from typing import Final

TICKET_LIFETIME_S: Final = 600
"""Time for which a ticket lets its holder in; IssueTicket gives another. A voided one is remembered for as long."""

BRACKET_TOPIC: Final = 0
"""Topic of a tournament itself, and its match number in journals and reports. Topic n is its match n."""
MATCH_TOPIC: Final = 1
"""The only topic of a duel."""

CLOSE_FINISHED: Final = 1000
"""WebSocket close code: everything was delivered, and nothing more will come."""
CLOSE_SLOW_READER: Final = 4008
"""WebSocket close code: the connection did not take what was written to it."""
# Other close codes belong to reasons of refusals: `wire.refusal.TABLE`.

GATEWAY_CONNECTION: Final = 0
"""Connection number in a Play stream that stands for the gateway itself and for no browser."""
