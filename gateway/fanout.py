"""One topic and those who watch it: a frame is framed once and written to every connection that can take it.

Sequence numbers are the game server's. `ordinal` counts the frames that this gateway has seen of a topic, so that it
can tell what a viewer has missed without decoding a frame for each viewer.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Protocol

from google.protobuf.json_format import MessageToJson
from matchpoint.v1.frames_pb2 import Position, ServerMessage
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import StreamGameStateResponse

from gateway.encoding import TEXT, is_durable, socket_frame
from wire.refusal import Refused

RECENT = 64
"""Frames kept of a topic (about 7 s of a match): what a joiner gets after the snapshot."""
REPLAY = 32
"""Frames that a stalled viewer is sent one by one; past that the durable ones and a snapshot."""
DURABLE = 32
"""Durable frames that a stalled viewer may miss; past that it is closed with 4008 and begins again."""
PLACES = 256
"""Places that are asked for, one after another; a viewer with one more is closed with 1013 and comes again."""


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

    @property
    def unsent(self) -> int:
        """Bytes that were written and that the kernel has not taken yet."""
        ...

    def too_slow(self) -> None:
        """The viewer has missed too much: it is closed."""

    def over(self, topic: int) -> None:
        """The topic has ended."""

    def unwatchable(self, topic: int, refused: Refused) -> None:
        """The topic cannot be watched (any more)."""


class Entry:
    """A frame as it came, and as it goes out.

    What is short is put into JSON when somebody wants it. What is longer comes with its JSON, made elsewhere.
    """

    __slots__ = ("_text", "binary", "first", "ordinal", "payload", "seq")

    def __init__(
        self, payload: bytes, ordinal: int = 0, first: int = 0, seq: int = 0, json: bytes | None = None
    ) -> None:
        self.payload = payload
        self.ordinal = ordinal
        self.first = first
        self.seq = seq
        self.binary = socket_frame(payload)
        self._text = None if json is None else socket_frame(json, TEXT)

    @property
    def text(self) -> bytes:
        """The frame in the JSON subprotocol."""
        if self._text is None:
            message = ServerMessage.FromString(self.payload)
            self._text = socket_frame(MessageToJson(message, indent=None).encode(), TEXT)
        return self._text

    def form(self, *, json: bool) -> bytes:
        """What goes to a viewer."""
        return self.text if json else self.binary


@dataclass(frozen=True, slots=True)
class Place:
    """What somebody has of a topic: everything up to `seq`, as it was numbered in `epoch`."""

    epoch: int
    seq: int


class Topic:
    """The fan-out of one topic. No input or output but the viewers' `write`.

    A viewer that comes back says where it was. When what is kept here reaches back as far, it gets what it missed from
    here; else (this gateway was restarted, or has not watched for as long) the game server is asked for that place.
    """

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
        # Where those were that are to go on from a place that is not kept here.
        self._away: dict[Viewer, Place] = {}
        # An answer that is ahead of the stream: it counts once the stream has come as far.
        self._early: tuple[Place | None, list[bytes], Mapping[bytes, bytes]] | None = None

    # Who watches.

    def join(self, viewer: Viewer, after: Position | None = None) -> None:
        """Adds a viewer. It gets a snapshot and what came since, or only what came after `after`.

        Raises Refused: REASON_SERVER_FULL when too many wait to go on from somewhere.
        """
        place = Place(after.epoch, after.seq) if after is not None else None
        ordinal = self._ordinal_of(place) if place is not None else 0
        if place is not None and ordinal is None and len(self._away) >= PLACES:
            asked = set(self._away.values())
            if place not in asked and len(asked) >= PLACES:
                raise Refused(Reason.REASON_SERVER_FULL, "Too many come back at once; come again in a moment.")
        self.viewers.add(viewer)
        self.count_changed = True
        if ordinal is not None:
            self._catch_up(viewer, ordinal)
        elif place is not None:
            self._away[viewer] = place

    def leave(self, viewer: Viewer) -> None:
        """Removes a viewer."""
        self.viewers.discard(viewer)
        self._behind.pop(viewer, None)
        self._away.pop(viewer, None)
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

    def publish(self, payload: bytes, json: bytes | None = None) -> bool:
        """Takes a serialized StreamGameStateResponse (the same bytes are a ServerMessage) and writes it to everybody
        who can take it; `json` is the same, if it is long and wanted. Returns whether it held the topic's result."""
        message = StreamGameStateResponse.FromString(payload)
        if not message.HasField("frame"):
            self.tell(payload, json)
            return False
        frame = message.frame
        self.ordinal += 1
        self.epoch, self.seq = frame.epoch, frame.seq
        whole = frame.HasField("snapshot")
        # The events beside a snapshot are part of it, and not numbered one by one.
        entry = Entry(payload, self.ordinal, frame.seq + 1 - (0 if whole else len(frame.events)), frame.seq, json)
        durable = is_durable(frame)
        if whole:
            # What came before may be numbered otherwise: by an earlier tenure.
            self._recent.clear()
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
        if whole:
            self._rebase(entry)
        if self._away:
            self._welcome()
        if self._early is not None:
            (after, payloads, texts), self._early = self._early, None
            self.answer(after, payloads, texts)
        return durable and frame.events[-1].WhichOneof("body") in ("result", "tournament_result")

    def answer(
        self, after: Place | None, payloads: list[bytes], texts: Mapping[bytes, bytes] = MappingProxyType({})
    ) -> bool:
        """Takes what the game server has sent so far to somebody at `after` (None: to a new viewer), asked beside the
        stream. Returns whether that is enough; until then the next message is needed too. `texts` has the JSON of those
        that are long, if it is wanted."""
        frame = StreamGameStateResponse.FromString(payloads[-1]).frame
        if frame.epoch < self.epoch:
            # Of a tenure that has ended: nothing that it says helps.
            return False
        if (frame.epoch, frame.seq) > (self.epoch, self.seq):
            self._early = after, payloads, texts
            return True
        if frame.seq + 1 < self._recent[0].first:
            return False
        since = [entry for entry in self._recent if entry.seq > frame.seq]
        if after is None:
            ordinal = since[0].ordinal - 1 if since else self.ordinal
            self._rebase(Entry(payloads[-1], ordinal, 0, frame.seq, texts.get(payloads[-1])))
            return True
        missed = [Entry(payload, json=texts.get(payload)) for payload in payloads] + since
        for viewer, place in list(self._away.items()):
            if place == after and not viewer.stalled:
                del self._away[viewer]
                self._go_on(viewer, missed)
        return True

    def tell(self, payload: bytes, json: bytes | None = None) -> None:
        """Writes an unnumbered message to everybody who can take it; the others miss it."""
        if self._changed:
            self._relist()
        binary = socket_frame(payload)
        for write in self._binary:
            write(binary)
        if self._text:
            text = Entry(payload, json=json).text
            for write in self._text:
                write(text)

    def end(self) -> None:
        """The topic is over: everybody has its result."""
        for viewer in list(self.viewers):
            viewer.over(self.topic)

    @property
    def wants_snapshot(self) -> bool:
        """Whether somebody waits for a snapshot and there is no recent one."""
        return self._early is None and not self._fresh and any(not viewer.stalled for viewer in self._behind)

    @property
    def wanted_place(self) -> Place | None:
        """A place that somebody is to go on from and that the game server has to be asked for, if there is one."""
        if self._early is not None:
            return None
        return next((place for viewer, place in self._away.items() if not viewer.stalled), None)

    @property
    def _fresh(self) -> bool:
        return self._base is not None and self.ordinal - self._base.ordinal <= RECENT

    def _welcome(self) -> None:
        """Those whose place is known by now go on."""
        for viewer, place in list(self._away.items()):
            ordinal = self._ordinal_of(place)
            if ordinal is not None and not viewer.stalled:
                del self._away[viewer]
                self._catch_up(viewer, ordinal)

    def _rebase(self, base: Entry) -> None:
        self._base = base
        for viewer, missed_since in list(self._behind.items()):
            if not viewer.stalled:
                del self._behind[viewer]
                self._catch_up(viewer, missed_since)

    def _ordinal_of(self, place: Place) -> int | None:
        """The ordinal of the last frame that somebody there has; None when what is kept does not reach back as far,
        and when it is ahead of the stream."""
        # Another tenure may have numbered other events so.
        if not self._recent or place.epoch != self.epoch:
            return None
        if not self._recent[0].first - 1 <= place.seq <= self.seq:
            return None
        return next((entry.ordinal - 1 for entry in self._recent if entry.seq > place.seq), self.ordinal)

    def _catch_up(self, viewer: Viewer, has: int) -> None:
        """Brings a viewer that has everything up to the ordinal `has` (0: nothing) up to now."""
        base = self._base if self._fresh else None
        missed = self.ordinal - has
        durable = [entry for entry in self._durable if has and entry.ordinal > has]
        if has and missed <= min(REPLAY, len(self._recent)):
            self._go_on(viewer, list(islice(self._recent, len(self._recent) - missed, None)))
        elif len(durable) > DURABLE:
            viewer.too_slow()
        elif base is None:
            self._behind[viewer] = has
        elif has >= base.ordinal:
            # That snapshot would take it back.
            self._go_on(viewer, [entry for entry in self._recent if entry.ordinal > has])
        else:
            before = [entry for entry in durable if entry.ordinal <= base.ordinal and entry is not base]
            self._go_on(viewer, [*before, base, *(entry for entry in self._recent if entry.ordinal > base.ordinal)])

    def _go_on(self, viewer: Viewer, entries: list[Entry]) -> None:
        """Writes what a viewer has missed; from here on it gets every frame."""
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
