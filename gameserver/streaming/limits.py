"""Rate and size limits of one player's connection. Exceeding them closes the connection, so that others do not pay."""

from typing import Final

MESSAGES_PER_S: Final = 120
"""Messages of one connection per second."""
MESSAGES_BURST: Final = 240
"""Messages of one connection at once."""
INPUTS_PER_S: Final = 40
"""Inputs of one seat per second. A page sends 30 targets a second at most, a hand changes direction less often. It
bounds a journal, of which each input takes some 45 bytes, to what fits in one report."""
INPUTS_BURST: Final = 200
"""Inputs of one connection at once."""
ITEMS_MOST: Final = 64
"""Inputs and marks in one message."""
BYTES_MOST: Final = 4_096
"""Bytes of one message."""
