"""Fan-out of one topic: each frame is encoded once and written to every connection that can take it.

Sequence numbers are the game server's. `ordinal` counts the frames that this gateway has seen of a topic, so that it
can tell what a viewer has missed without decoding a frame for each viewer.
"""

from collections import deque
from collections.abc import Callable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Final

from matchpoint.v1.frames_pb2 import Position
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.session_pb2 import StreamGameStateResponse

from gateway.watch.frames import BufferedFrame, Cursor, Viewer
from gateway.websocket.encoding import socket_frame
from gateway.websocket.messages import is_durable
from wire.refusal import Refused

RECENT_FRAMES: Final = 64
"""Frames that are kept of a topic (about 7 s of a match): the ones that a new viewer gets after the snapshot."""
REPLAY_FRAMES_MAX: Final = 32
"""Missed frames that are sent one by one; beyond it the durable ones and a snapshot."""
DURABLE_FRAMES_MAX: Final = 32
"""Durable frames that a viewer may miss; beyond it the viewer is closed with 4008 and begins again."""
CURSORS_MAX: Final = 256
"""Cursors that wait for an answer of the game server; a viewer with one more is closed with 1013 and comes again."""


class FanoutTopic:
    """Viewers of one topic, and the recent frames that they may have missed. Its only output is the viewers' `write`.

    A viewer that returns names its cursor. When the recent frames reach back that far, it gets the missed ones from
    here; else (this gateway was restarted, or has not watched for that long) the game server has to be asked.

    Each viewer is in one of four states: active (written to at once), behind (stalled, or waiting for a snapshot),
    awaiting history (its cursor is older than the recent frames), or gone.
    """

    def __init__(self, session_id: str, topic: int) -> None:
        self.session_id = session_id
        self.topic = topic
        self.epoch = 0
        self.seq = 0
        """Number of the last event, in `epoch`."""
        self.ordinal = 0
        """Frames that were published here."""
        self.delivered = 0
        """Frames that were written, each counted once for each viewer."""
        self.viewers: set[Viewer] = set()
        self.count_changed = False
        """True if viewers came or went since the count was last announced."""
        self._active: set[Viewer] = set()
        self._behind: dict[Viewer, int] = {}
        """The ordinal of the last frame that each stalled or waiting viewer has; 0 for none."""
        self._binary_writers: list[Callable[[bytes], None]] = []
        self._json_writers: list[Callable[[bytes], None]] = []
        self._writers_stale = False
        self._recent: deque[BufferedFrame] = deque(maxlen=RECENT_FRAMES)
        self._durable: deque[BufferedFrame] = deque(maxlen=DURABLE_FRAMES_MAX + 1)
        self._snapshot: BufferedFrame | None = None
        self._awaiting_history: dict[Viewer, Cursor] = {}
        """Cursors of viewers that are older than the recent frames."""
        self._pending_answer: tuple[Cursor | None, list[bytes], Mapping[bytes, bytes]] | None = None
        """An answer of the game server that is ahead of the stream; it is taken once the stream has come that far."""

    # Viewers.

    def join(self, viewer: Viewer, after: Position | None = None) -> None:
        """Adds a viewer. It gets a snapshot and the frames since, or only the events after `after`.

        Raises Refused: REASON_SERVER_FULL when CURSORS_MAX others have to be asked for.
        """
        cursor = Cursor(after.epoch, after.seq) if after is not None else None
        ordinal = self._ordinal_of(cursor) if cursor is not None else 0
        if cursor is not None and ordinal is None and len(self._awaiting_history) >= CURSORS_MAX:
            asked = set(self._awaiting_history.values())
            if cursor not in asked and len(asked) >= CURSORS_MAX:
                raise Refused(Reason.REASON_SERVER_FULL, "Too many come back at once; come again in a moment.")
        self.viewers.add(viewer)
        self.count_changed = True
        if ordinal is not None:
            self._catch_up(viewer, ordinal)
        elif cursor is not None:
            self._awaiting_history[viewer] = cursor

    def leave(self, viewer: Viewer) -> None:
        """Removes a viewer."""
        self.viewers.discard(viewer)
        self._behind.pop(viewer, None)
        self._awaiting_history.pop(viewer, None)
        self._active.discard(viewer)
        self._writers_stale = self.count_changed = True

    def pause(self, viewer: Viewer) -> None:
        """Stops writing to a viewer whose writes are held up."""
        if viewer in self._active:
            self._active.discard(viewer)
            self._behind[viewer] = self.ordinal
            self._writers_stale = True

    def resume(self, viewer: Viewer) -> None:
        """Writes to a viewer again, beginning with the frames that it missed."""
        missed_since = self._behind.pop(viewer, None)
        if missed_since is not None:
            self._catch_up(viewer, missed_since)

    # Frames.

    def publish(self, payload: bytes, json: bytes | None = None) -> bool:
        """Writes a serialized StreamGameStateResponse to every active viewer; the same bytes are a ServerMessage.

        `json` is the message in JSON, given when it is long and wanted. Returns whether it holds the topic's result.
        """
        message = StreamGameStateResponse.FromString(payload)
        if not message.HasField("frame"):
            self.broadcast(payload, json)
            return False
        frame = message.frame
        self.ordinal += 1
        self.epoch, self.seq = frame.epoch, frame.seq
        whole = frame.HasField("snapshot")
        # The events beside a snapshot are part of it, and not numbered one by one.
        buffered = BufferedFrame(
            payload, self.ordinal, frame.seq + 1 - (0 if whole else len(frame.events)), frame.seq, json
        )
        durable = is_durable(frame)
        if whole:
            # What came before may be numbered otherwise: by an earlier tenure.
            self._recent.clear()
        self._recent.append(buffered)
        if durable:
            self._durable.append(buffered)
        if self._writers_stale:
            self._rebuild_writers()
        binary = buffered.binary
        for write in self._binary_writers:
            write(binary)
        if self._json_writers:
            text = buffered.text
            for write in self._json_writers:
                write(text)
        self.delivered += len(self._binary_writers) + len(self._json_writers)
        if whole:
            self._set_snapshot(buffered)
        if self._awaiting_history:
            self._resume_waiting()
        if self._pending_answer is not None:
            (after, payloads, texts), self._pending_answer = self._pending_answer, None
            self.take_answer(after, payloads, texts)
        return durable and frame.events[-1].WhichOneof("body") in ("result", "tournament_result")

    def take_answer(
        self, after: Cursor | None, payloads: list[bytes], texts: Mapping[bytes, bytes] = MappingProxyType({})
    ) -> bool:
        """Takes the frames that the game server has sent so far for the cursor `after`, on a stream of its own.

        None stands for a new viewer, which gets a snapshot. `texts` has the JSON of long payloads, if it is wanted.
        Returns False as long as the frames do not reach up to the recent ones: then the next frame is needed too.
        """
        frame = StreamGameStateResponse.FromString(payloads[-1]).frame
        if frame.epoch < self.epoch:
            # The answer of a server whose tenure has ended is of no use.
            return False
        if (frame.epoch, frame.seq) > (self.epoch, self.seq):
            self._pending_answer = after, payloads, texts
            return True
        if frame.seq + 1 < self._recent[0].first:
            return False
        since = [buffered for buffered in self._recent if buffered.seq > frame.seq]
        if after is None:
            ordinal = since[0].ordinal - 1 if since else self.ordinal
            self._set_snapshot(BufferedFrame(payloads[-1], ordinal, 0, frame.seq, texts.get(payloads[-1])))
            return True
        missed = [BufferedFrame(payload, json=texts.get(payload)) for payload in payloads] + since
        for viewer, cursor in list(self._awaiting_history.items()):
            if cursor == after and not viewer.stalled:
                del self._awaiting_history[viewer]
                self._activate(viewer, missed)
        return True

    def broadcast(self, payload: bytes, json: bytes | None = None) -> None:
        """Writes an unnumbered message to every active viewer; the others miss it."""
        if self._writers_stale:
            self._rebuild_writers()
        binary = socket_frame(payload)
        for write in self._binary_writers:
            write(binary)
        if self._json_writers:
            text = BufferedFrame(payload, json=json).text
            for write in self._json_writers:
                write(text)

    def end(self) -> None:
        """Tells every viewer that the topic is over; its result was published before."""
        for viewer in list(self.viewers):
            viewer.over(self.topic)

    @property
    def needs_snapshot(self) -> bool:
        """Tells whether a viewer waits for a snapshot and there is no recent one."""
        return (
            self._pending_answer is None
            and not self._has_fresh_snapshot
            and any(not viewer.stalled for viewer in self._behind)
        )

    @property
    def needed_cursor(self) -> Cursor | None:
        """A cursor that the game server has to be asked for; None when no viewer waits for one."""
        if self._pending_answer is not None:
            return None
        return next((cursor for viewer, cursor in self._awaiting_history.items() if not viewer.stalled), None)

    @property
    def _has_fresh_snapshot(self) -> bool:
        return self._snapshot is not None and self.ordinal - self._snapshot.ordinal <= RECENT_FRAMES

    def _resume_waiting(self) -> None:
        """Activates the viewers whose cursor the recent frames reach by now."""
        for viewer, cursor in list(self._awaiting_history.items()):
            ordinal = self._ordinal_of(cursor)
            if ordinal is not None and not viewer.stalled:
                del self._awaiting_history[viewer]
                self._catch_up(viewer, ordinal)

    def _set_snapshot(self, base: BufferedFrame) -> None:
        self._snapshot = base
        for viewer, missed_since in list(self._behind.items()):
            if not viewer.stalled:
                del self._behind[viewer]
                self._catch_up(viewer, missed_since)

    def _ordinal_of(self, cursor: Cursor) -> int | None:
        """The ordinal of the last frame that a viewer at `cursor` has; None when the recent frames do not reach it."""
        # Another tenure may have given the same number to another event.
        if not self._recent or cursor.epoch != self.epoch:
            return None
        if not self._recent[0].first - 1 <= cursor.seq <= self.seq:
            return None
        return next((buffered.ordinal - 1 for buffered in self._recent if buffered.seq > cursor.seq), self.ordinal)

    def _catch_up(self, viewer: Viewer, has: int) -> None:
        """Writes to a viewer what came after the ordinal `has` (0: it has nothing), or has it wait for a snapshot."""
        base = self._snapshot if self._has_fresh_snapshot else None
        missed = self.ordinal - has
        durable = [buffered for buffered in self._durable if has and buffered.ordinal > has]
        if has and missed <= min(REPLAY_FRAMES_MAX, len(self._recent)):
            self._activate(viewer, list(islice(self._recent, len(self._recent) - missed, None)))
        elif len(durable) > DURABLE_FRAMES_MAX:
            viewer.too_slow()
        elif base is None:
            self._behind[viewer] = has
        elif has >= base.ordinal:
            # The viewer is ahead of that snapshot.
            self._activate(viewer, [buffered for buffered in self._recent if buffered.ordinal > has])
        else:
            before = [buffered for buffered in durable if buffered.ordinal <= base.ordinal and buffered is not base]
            self._activate(
                viewer, [*before, base, *(buffered for buffered in self._recent if buffered.ordinal > base.ordinal)]
            )

    def _activate(self, viewer: Viewer, missed: list[BufferedFrame]) -> None:
        """Writes the missed frames to a viewer; from here on it gets every frame at once."""
        self._active.add(viewer)
        self._writers_stale = True
        if missed:
            # In one write: a reader that was just held up need not take it in pieces.
            viewer.write(b"".join(buffered.encoded(json=viewer.json) for buffered in missed))
            self.delivered += len(missed)

    def _rebuild_writers(self) -> None:
        # A list, so that a viewer that stalls inside `write` does not disturb the loop over it.
        self._binary_writers = [viewer.write for viewer in self._active if not viewer.json]
        self._json_writers = [viewer.write for viewer in self._active if viewer.json]
        self._writers_stale = False
