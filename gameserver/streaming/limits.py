"""How much one connection may send. Beyond it the connection is closed, so that nobody else pays for it."""

from typing import Final

#: Messages of one connection: so many a second, in bursts of at most so many.
MESSAGES_PER_S: Final = 120
MESSAGES_BURST: Final = 240
#: Inputs of one seat. A page sends 30 targets a second at most, a hand changes direction less often. It bounds a
#: journal, of which each input takes some 45 bytes, to what fits in one report.
INPUTS_PER_S: Final = 40
INPUTS_BURST: Final = 200
#: Inputs and marks in one message.
ITEMS_MOST: Final = 64
#: Bytes of one message.
BYTES_MOST: Final = 4_096
