"""Nobody who does not play in a match sees it sooner than the slowest of its players."""

import pytest
from matchpoint.v1.frames_pb2 import Frame, ServerMessage

from gameserver.contract.specs import filled
from gameserver.domain.values import SIDES
from gameserver.streaming.holdback import HOLDBACK_US, HoldbackTopic
from gameserver.streaming.topic import Place
from tests.support.harnesses.gameserver import SESSION, duel
from tests.support.harnesses.sessions import RegistryHarness

pytestmark = pytest.mark.anyio


class Watching(RegistryHarness):
    """A registry with a duel, and somebody who watches it."""

    def __init__(self) -> None:
        super().__init__()
        self.place: Place | None = None

    async def begin(self, *, public: bool) -> HoldbackTopic:
        """A duel that two people have joined; what there is to watch."""
        spec = duel()
        spec.public = public
        spec.ruleset.points_to_win = 3
        await self.registry.create(SESSION, filled(spec))
        for side in SIDES:
            self.live().match.connect(self.now, side, 40_000)
        self.dispatcher.mark_dirty(self.live())
        self.dispatcher.flush(self.now)
        watched = self.registry.sessions[SESSION].watchable(1, live=True)
        assert isinstance(watched, HoldbackTopic)
        watched.watch(1)
        return watched

    def wait(self, us: int) -> None:
        """Time passes, for the server and those who play; both say all the time that they are there."""
        end = self.now + us
        while self.now < end:
            self.now = min(end, self.now + 10_000)
            match = self.live().match
            for side in SIDES:
                match.receive(self.now, side, match.clock.epoch, (), match.match_t(self.now), 40_000)
            self.dispatcher.mark_dirty(self.live())
            self.dispatcher.scheduler.run(self.now)
            self.dispatcher.flush(self.now)

    def seen(self, watched: HoldbackTopic) -> list[Frame]:
        """Frames that the viewer gets now."""
        frames = watched.since(self.place, self.now)
        if frames is None:
            return []
        self.place = watched.topic.here
        return [ServerMessage.FromString(frame).frame for frame in frames]


@pytest.mark.parametrize("public", [True, False])
async def test_a_spectator_of_a_duel_gets_each_frame_250_ms_after_the_players(*, public: bool) -> None:
    setting = Watching()
    watched = await setting.begin(public=public)
    assert setting.seen(watched) == []
    setting.wait(HOLDBACK_US)
    (first,) = setting.seen(watched)
    assert first.HasField("snapshot")
    seen = 0
    for _ in range(2_000):
        setting.wait(10_000)
        for frame in setting.seen(watched):
            seen += len(frame.events)
            assert setting.now / 1000 - frame.server_ms >= HOLDBACK_US / 1000
        if setting.live().over:
            break
    assert seen > 3


async def test_who_comes_later_is_not_shown_more_than_those_who_were_there() -> None:
    setting = Watching()
    watched = await setting.begin(public=True)
    setting.seen(watched)
    setting.wait(HOLDBACK_US)
    setting.seen(watched)
    for _ in range(40):
        setting.wait(100_000)
        here = [frame.seq for frame in setting.seen(watched)] or [watched.topic.seq]
        newcomer = watched.since(None, setting.now)
        if newcomer is None:
            continue
        frames = [ServerMessage.FromString(frame).frame for frame in newcomer]
        assert frames[0].HasField("snapshot")
        assert frames[-1].seq == here[-1]
        assert all(setting.now / 1000 - frame.server_ms >= HOLDBACK_US / 1000 for frame in frames)


async def test_a_match_that_nobody_has_watched_keeps_no_frames_and_wakes_nobody() -> None:
    setting = Watching()
    watched = await setting.begin(public=True)
    other = HoldbackTopic(
        setting.dispatcher.scheduler, setting.registry.context.codec, setting.live().topic, lambda now: None
    )
    setting.live().spectators = other
    setting.wait(5_000_000)
    assert (watched.deadline, other.deadline, other.viewers) == (None, None, 0)


async def test_who_comes_when_a_duel_is_over_is_shown_at_once_how_it_ended() -> None:
    setting = Watching()
    watched = await setting.begin(public=True)
    setting.live().match.resign(setting.now, 0)
    setting.dispatcher.mark_dirty(setting.live())
    setting.dispatcher.flush(setting.now)
    await setting.dispatcher.finish(1.0)
    setting.now += HOLDBACK_US
    setting.dispatcher.scheduler.run(setting.now)
    assert watched.topic.over
    (frame,) = setting.seen(watched)
    assert frame.snapshot.HasField("result")
