"""One topic and its viewers under random steps: joins, stalls, restarts and late answers."""

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.watch.topic import FanoutTopic
from tests.support.fakes.gateway_peers import position
from tests.support.harnesses.fanout import FanoutHarness, FanoutViewer, Question, answer_all

STEPS = (
    *("move", "goal", "many", "join", "pause", "resume", "leave", "come back", "hold", "flow", "ask", "answer"),
    *("gateway restarts", "game server restarts"),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=60), st.randoms(use_true_random=False))
def test_whatever_happens_a_viewer_is_told_every_goal_once_and_sees_no_gap_but_before_a_snapshot(
    steps: list[str], chance: random.Random
) -> None:
    court = FanoutHarness(FanoutTopic("s", 1))
    court.begin()
    watching: list[FanoutViewer] = []
    gone: list[FanoutViewer] = []
    questions: list[Question] = []

    def come_back(browser: FanoutViewer) -> None:
        browser.stalled = False
        court.topic.join(browser, browser.place)
        watching.append(browser)

    for step in steps:
        chosen = chance.choice(watching) if watching else None
        match step:
            case "move":
                court.move()
            case "many":
                court.move(40)
            case "goal":
                court.goal()
            case "hold":
                court.held = True
            case "flow":
                court.flow()
            case "ask":
                question = Question.asked(court.topic, court)
                questions += [question] if question else []
            case "answer" if questions:
                questions.pop(0).answered()
            case "join":
                come_back(FanoutViewer())
            case "pause" if chosen is not None:
                chosen.stalled = True
                court.topic.pause(chosen)
            case "resume" if chosen is not None and chosen.stalled:
                chosen.stalled = False
                court.topic.resume(chosen)
            case "leave" if chosen is not None:
                court.topic.leave(chosen)
                watching.remove(chosen)
                gone.append(chosen)
            case "come back" if gone:
                come_back(gone.pop(chance.randrange(len(gone))))
            case "game server restarts":
                court.restart(unwritten=chance.randint(0, 3))
            case "gateway restarts":
                back, watching[:] = [browser for browser in watching if not browser.slow], []
                court.topic = FanoutTopic("s", 1)
                court.begin()
                for browser in back:
                    come_back(browser)
    for browser in watching:
        if browser.stalled:
            browser.stalled = False
            court.topic.resume(browser)
    # A match that goes on: what was ahead of the stream is overtaken.
    court.flow()
    court.move()
    answer_all(court.topic, court)
    court.move()
    for browser in (browser for browser in watching if not browser.slow):
        assert browser.place == position(court.seq, court.epoch)
        assert browser.score() == court.score
        assert browser.goals() == list(range(browser.frames[0].snapshot.pong.left + 1, court.score + 1))
        for before, frame in pairwise(browser.frames):
            assert frame.epoch >= before.epoch
            if not frame.HasField("snapshot") and not frame.events[0].HasField("goal"):
                assert frame.seq == before.seq + 1
