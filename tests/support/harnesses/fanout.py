"""A game server and its viewers without a network, for the tests of the fan-out of one topic."""

from dataclasses import dataclass, field

from matchpoint.v1.frames_pb2 import Event, Frame, Position, ServerMessage, Snapshot

from gateway.watch.frames import Cursor
from gateway.watch.topic import FanoutTopic
from tests.support.fakes.gateway_peers import goal, position, volley
from wire.refusal import Refused


@dataclass(eq=False)
class FanoutViewer:
    """A viewer that understands what it is sent."""

    json: bool = False
    stalled: bool = False
    frames: list[Frame] = field(default_factory=list)
    slow: bool = False
    unsent_bytes: int = 0

    def write(self, data: bytes) -> None:
        assert not self.stalled
        while data:
            size, begin = (data[1], 2) if data[1] < 126 else (int.from_bytes(data[2:4]), 4)
            message = ServerMessage.FromString(data[begin : begin + size])
            if message.HasField("frame"):
                self.frames.append(message.frame)
            data = data[begin + size :]

    def too_slow(self) -> None:
        self.slow = True

    def over(self, topic: int) -> None:
        pass

    def unwatchable(self, topic: int, refused: Refused) -> None:
        raise refused

    @property
    def seqs(self) -> list[int]:
        return [frame.seq for frame in self.frames]

    @property
    def place(self) -> Position | None:
        """The position that it names when it comes back."""
        return Position(epoch=self.frames[-1].epoch, seq=self.frames[-1].seq) if self.frames else None

    def score(self) -> int:
        """The left side's score as it was seen: by goals, or by a snapshot."""
        score = 0
        for frame in self.frames:
            for event in frame.events:
                score = event.goal.left if event.HasField("goal") else score
            if frame.HasField("snapshot"):
                score = frame.snapshot.pong.left
        return score

    def goals(self) -> list[int]:
        """The scores that it was told one by one. What stands beside its first snapshot is part of that."""
        return [event.goal.left for frame in self.frames[1:] for event in frame.events if event.HasField("goal")]


class FanoutHarness:
    """A game server with one topic, of which it keeps the last frames."""

    KEPT = 96

    def __init__(self, topic: FanoutTopic) -> None:
        self.topic = topic
        self.epoch = 1
        self.seq = 0
        self.score = 0
        self.held = False
        """True while frames are on their way to the gateway."""
        self.frames: list[tuple[int, bytes]] = []
        self.durable: list[tuple[int, Event]] = []
        self.written = 0
        self._under_way: list[bytes] = []
        self._open = False

    def begin(self) -> None:
        """The gateway opens its stream, where it was if it was anywhere."""
        self._under_way.clear()
        self._open = True
        place = Position(epoch=self.topic.epoch, seq=self.topic.seq)
        self._send(*self.since(place if self.topic.ordinal else None))

    def move(self, count: int = 1) -> None:
        for _ in range(count):
            self._publish(volley(self.seq + 1))

    def goal(self) -> None:
        self.score += 1
        event = goal(self.score, 0)
        self.durable.append((self.seq + 1, event))
        self._publish(event)

    def restart(self, unwritten: int) -> None:
        """The game server dies and comes back; its last events were not written, and what is next has their numbers.
        Goals are always written."""
        last_goal = self.durable[-1][0] if self.durable else 0
        self.seq = self.written = max(last_goal, self.seq - unwritten)
        self.epoch += 1
        self.frames.clear()
        self._open = False
        self.move()
        self.begin()

    def flow(self) -> None:
        """Delivers the frames that are on their way."""
        self.held = False
        self._send()

    def snapshot(self, *missed: Event) -> bytes:
        snapshot = Snapshot()
        snapshot.pong.left = self.score
        frame = Frame(topic=1, epoch=self.epoch, seq=self.seq, events=missed, snapshot=snapshot)
        return ServerMessage(frame=frame).SerializeToString()

    def since(self, after: Position | None) -> list[bytes]:
        """Frames that the game server sends first to a viewer at this position."""
        if after is None:
            return [self.snapshot()]
        if after.epoch == self.epoch and (
            after.seq == self.seq or any(start == after.seq for start, _ in self.frames[-self.KEPT :])
        ):
            return [frame for start, frame in self.frames[-self.KEPT :] if start >= after.seq]
        known = after.seq if after.epoch == self.epoch else min(after.seq, self.written)
        return [self.snapshot(*(event for seq, event in self.durable if seq > known))]

    def _publish(self, event: Event) -> None:
        start, self.seq = self.seq, self.seq + 1
        frame = Frame(topic=1, epoch=self.epoch, seq=self.seq, events=[event])
        payload = ServerMessage(frame=frame).SerializeToString()
        self.frames.append((start, payload))
        self._send(payload)

    def _send(self, *payloads: bytes) -> None:
        self._under_way += payloads
        if not self.held and self._open:
            for payload in self._under_way:
                self.topic.publish(payload)
            self._under_way.clear()


@dataclass
class Question:
    """A question that a gateway has asked beside its stream, and the answer on its way back."""

    topic: FanoutTopic
    after: Cursor | None
    answer: list[bytes]

    @classmethod
    def asked(cls, topic: FanoutTopic, court: FanoutHarness) -> "Question | None":
        if topic.needs_snapshot:
            return cls(topic, None, court.since(None))
        if topic.ordinal and (place := topic.needed_cursor):
            return cls(topic, place, court.since(position(place.seq, place.epoch)))
        return None

    def answered(self) -> None:
        heard: list[bytes] = []
        for payload in self.answer:
            heard.append(payload)
            if self.topic.take_answer(self.after, heard):
                return


def answer_all(topic: FanoutTopic, court: FanoutHarness) -> None:
    for _ in range(1_000):
        question = Question.asked(topic, court)
        if question is None:
            return
        question.answered()
    raise AssertionError("there is no end to what is asked")
