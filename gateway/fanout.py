"""One topic and those who watch it: a frame is framed once and written to every connection that can take it.

Sequence numbers are the game server's. `ordinal` counts the frames that this gateway has seen of a topic, so that it
can tell what a viewer has missed without decoding a frame for each viewer.
"""

from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Protocol

from google.protobuf.json_format import MessageToJson
from matchpoint.v1.frames_pb2 import Position, ServerMessage
from matchpoint.v1.session_pb2 import StreamGameStateResponse

from gateway.encoding import TEXT, is_durable, socket_frame
from wire.refusal import Refused

RECENT = 64
"""Frames kept of a topic (about 7 s of a match): what a joiner gets after the snapshot."""
REPLAY = 32
"""Frames that a stalled viewer is sent one by one; past that the durable ones and a snapshot."""
DURABLE = 32
"""Durable frames that a stalled viewer may miss; past that it is closed with 4008 and begins again."""


class Viewer(Protocol):
    """A connection that watches."""

    @property
    def json(self) -> bool:
        """Whether it speaks the JSON subprotocol."""
        ...

    @property
    def write(self) -> Callable[[bytes], None]:
        """Takes whole WebSocket frames. What it returns is kept for as long as the viewer is active."""
        ...

    @property
    def stalled(self) -> bool:
        """Whether writes are held up."""
        ...

    def too_slow(self) -> None:
        """The viewer has missed too much: it is closed."""

    def over(self) -> None:
        """The topic has ended."""

    def refused(self, refused: Refused) -> None:
        """The topic cannot be watched (any more)."""


class Entry:
    """A frame as it came, and as it goes out."""

    __slots__ = ("_text", "binary", "durable", "first", "ordinal", "payload", "seq")

    def __init__(self, payload: bytes, ordinal: int, first: int, seq: int, *, durable: bool) -> None:
        self.payload = payload
        self.ordinal = ordinal
        self.first = first
        self.seq = seq
        self.durable = durable
        self.binary = socket_frame(payload)
        self._text: bytes | None = None

    @property
    def text(self) -> bytes:
        """The frame in the JSON subprotocol, converted when somebody wants it."""
        if self._text is None:
            message = ServerMessage.FromString(self.payload)
            self._text = socket_frame(MessageToJson(message, indent=None).encode(), TEXT)
        return self._text

    def form(self, *, json: bool) -> bytes:
        """What goes to a viewer."""
        return self.text if json else self.binary


class Topic:
    """The fan-out of one topic. No input or output but the viewers' `write`."""

    def __init__(self, session_id: str, topic: int) -> None:
        self.session_id = session_id
        self.topic = topic
        self.epoch = 0
        self.seq = 0
        self.ordinal = 0
        self.delivered = 0
        self.viewers: set[Viewer] = set()
        self.count_changed = False
        self._active: set[Viewer] = set()
        # Stalled or waiting for a snapshot: the ordinal of the last frame that each has (0: nothing).
        self._behind: dict[Viewer, int] = {}
        self._binary: list[Callable[[bytes], None]] = []
        self._text: list[Callable[[bytes], None]] = []
        self._changed = False
        self._recent: deque[Entry] = deque(maxlen=RECENT)
        self._durable: deque[Entry] = deque(maxlen=DURABLE + 1)
        self._base: Entry | None = None
        self._early_base: Entry | None = None

    # Who watches.

    def join(self, viewer: Viewer, after: Position | None = None) -> None:
        """Adds a viewer. It gets a snapshot and what came since, or only what came after `after` if that is known."""
        self.viewers.add(viewer)
        self.count_changed = True
        self._catch_up(viewer, self._ordinal_of(after))

    def leave(self, viewer: Viewer) -> None:
        """Removes a viewer."""
        self.viewers.discard(viewer)
        self._behind.pop(viewer, None)
        self._active.discard(viewer)
        self._changed = self.count_changed = True

    def pause(self, viewer: Viewer) -> None:
        """The viewer takes no more for now."""
        if viewer in self._active:
            self._active.discard(viewer)
            self._behind[viewer] = self.ordinal
            self._changed = True

    def resume(self, viewer: Viewer) -> None:
        """The viewer takes frames again."""
        missed_since = self._behind.pop(viewer, None)
        if missed_since is not None:
            self._catch_up(viewer, missed_since)

    # What is published.

    def publish(self, payload: bytes) -> bool:
        """Takes a serialized StreamGameStateResponse (the same bytes are a ServerMessage) and writes it to everybody
        who can take it. Returns whether it held the topic's result."""
        message = StreamGameStateResponse.FromString(payload)
        if not message.HasField("frame"):
            self.tell(payload)
            return False
        frame = message.frame
        self.ordinal += 1
        durable = is_durable(frame)
        entry = Entry(payload, self.ordinal, frame.seq - len(frame.events) + 1, frame.seq, durable=durable)
        self.epoch, self.seq = frame.epoch, frame.seq
        self._recent.append(entry)
        if durable:
            self._durable.append(entry)
        if self._changed:
            self._relist()
        binary = entry.binary
        for write in self._binary:
            write(binary)
        if self._text:
            text = entry.text
            for write in self._text:
                write(text)
        self.delivered += len(self._binary) + len(self._text)
        if frame.HasField("snapshot"):
            self._rebase(entry)
        elif self._early_base is not None:
            self.rebase(self._early_base.payload)
        return durable and frame.events[-1].HasField("result")

    def rebase(self, payload: bytes) -> None:
        """Takes a snapshot that was asked for beside the stream. It counts once the stream has come as far."""
        frame = StreamGameStateResponse.FromString(payload).frame
        if frame.seq > self.seq:
            self._early_base = Entry(payload, 0, 0, frame.seq, durable=False)
            return
        behind = [entry for entry in self._recent if entry.seq > frame.seq]
        ordinal = behind[0].ordinal - 1 if behind else self.ordinal
        self._rebase(Entry(payload, ordinal, 0, frame.seq, durable=False))

    def tell(self, payload: bytes) -> None:
        """Writes an unnumbered message to everybody who can take it; the others miss it."""
        if self._changed:
            self._relist()
        binary = socket_frame(payload)
        for write in self._binary:
            write(binary)
        if self._text:
            text = Entry(payload, 0, 0, 0, durable=False).text
            for write in self._text:
                write(text)

    def end(self) -> None:
        """The topic is over: everybody has its result."""
        for viewer in list(self.viewers):
            viewer.over()

    @property
    def wants_snapshot(self) -> bool:
        """Whether somebody waits for a snapshot and there is no recent one."""
        return not self._fresh and any(not viewer.stalled for viewer in self._behind)

    @property
    def _fresh(self) -> bool:
        return self._base is not None and self.ordinal - self._base.ordinal <= RECENT

    def _rebase(self, base: Entry) -> None:
        self._base = base
        self._early_base = None
        for viewer, missed_since in list(self._behind.items()):
            if not viewer.stalled:
                del self._behind[viewer]
                self._catch_up(viewer, missed_since)

    def _ordinal_of(self, after: Position | None) -> int:
        """The ordinal of the last frame that somebody at `after` has; 0 when that is not known any more."""
        if after is None or after.epoch > self.epoch or after.seq > self.seq or not self._recent:
            return 0
        known = 0
        for entry in self._recent:
            if entry.seq <= after.seq:
                known = entry.ordinal
            elif entry.first <= after.seq + 1:
                return entry.ordinal - 1
            else:
                return known
        return known

    def _catch_up(self, viewer: Viewer, has: int) -> None:
        """Brings a viewer that has everything up to the ordinal `has` (0: nothing) up to now."""
        missed = self.ordinal - has
        if not has or missed > min(REPLAY, len(self._recent)):
            durable = [entry for entry in self._durable if has and entry.ordinal > has]
            if len(durable) > DURABLE:
                viewer.too_slow()
                return
            if self._base is None or not self._fresh:
                self._behind[viewer] = has
                return
            base_ordinal = self._base.ordinal
            since = [entry for entry in self._recent if entry.ordinal > base_ordinal]
            entries = [*(entry for entry in durable if entry.ordinal <= base_ordinal), self._base, *since]
        else:
            entries = list(islice(self._recent, len(self._recent) - missed, None))
        self._active.add(viewer)
        self._changed = True
        if entries:
            # In one write: a reader that was just held up is not asked to take it in pieces.
            viewer.write(b"".join(entry.form(json=viewer.json) for entry in entries))
            self.delivered += len(entries)

    def _relist(self) -> None:
        # A list, so that a viewer that stalls inside `write` does not disturb the loop over it.
        self._binary = [viewer.write for viewer in self._active if not viewer.json]
        self._text = [viewer.write for viewer in self._active if viewer.json]
        self._changed = False
