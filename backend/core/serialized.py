"""Values that the backend keeps and passes on without reading them, in the contract's own bytes.

What is in them is the game server's business and the screen's. Kept as bytes they come out of the database, years
later, as they went in, fields included that this version does not know.
"""

from typing import NewType

Ruleset = NewType("Ruleset", bytes)
"""Rules of play, with every default filled in; checked before it is made."""
TournamentSpec = NewType("TournamentSpec", bytes)
"""Title, format and times of a tournament; checked before it is made."""
MatchResult = NewType("MatchResult", bytes)
"""Result of a match without its statistics; empty for a tournament."""
TournamentState = NewType("TournamentState", bytes)
"""State of a tournament, as its game server tells it."""
