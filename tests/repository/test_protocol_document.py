"""docs/protocol.md: its numbers are the code's."""

import re
from pathlib import Path

import pytest

from gameserver.domain.match import admission, deadlines
from gameserver.domain.match.records import PAUSES
from gameserver.domain.pong import rules
from gameserver.domain.pong.ruleset import CLASSIC
from gameserver.domain.timing import STANDARD
from gameserver.streaming import holdback, limits
from gateway.config import Config
from gateway.lobby.endpoint import COMMANDS_PER_SECOND
from gateway.watch.follower import FOLLOWED_TOPICS_MAX
from gateway.watch.spectator import MESSAGES_PER_SECOND
from gateway.websocket.socket import MESSAGE_LIMITS

MS = 1_000


@pytest.fixture(scope="module")
def page(checkout: Path) -> str:
    """Its text."""
    return (checkout / "docs" / "protocol.md").read_text()


def test_the_court_is_the_codes(page: str) -> None:
    rows = dict(re.findall(r"^\| ([A-Z0-9, ]+) \| ([^|]+) \|", page, re.MULTILINE))
    assert rows["W, H"] == f"{rules.W}, {rules.H}"
    assert rows["R"] == str(rules.R)
    assert rows["HP"] == f"{CLASSIC.paddle_half_height} (ruleset)"
    assert rows["PL, PR"] == f"{rules.PLANES[0]}, W - {rules.W - rules.PLANES[1]}"
    assert rows["VP"] == str(rules.VP)
    assert rows["S0"] == f"{CLASSIC.start_speed} (ruleset)"
    assert rows["DS, SMAX"] == f"{rules.DS}, {rules.SMAX}"
    assert rows["M"] == str(rules.M)
    assert f"{rules.SERVE_AFTER / 1e6:g} s after the start or the goal" in page


@pytest.mark.parametrize(
    "sentence",
    [
        f"up to {admission.AHEAD // MS} ms after its arrival",
        f"`G = min({admission.GRACE_MOST // MS} ms, RTT / 2 + slack)`",
        f"The slack, {admission.SLACK_LEAST // MS} to {admission.SLACK_MOST // MS} ms, is for",
        f"{admission.CREDIT_MOST // MS} ms at the start and at most,",
        f"{1_000_000 // admission.CREDIT_EVERY // MS} ms more each second",
        f"is left with {admission.SLACK_AIM // MS} ms of it",
        f"messages that arrive within {admission.BURST // MS} ms of each other",
        f"After {deadlines.SILENCE // 1_000_000} s without any message",
        f"later than its players do, by at least {holdback.HOLDBACK_US // MS} ms",
        f"`unfollow{{topic}}` to stop; {FOLLOWED_TOPICS_MAX} topics at most",
        f"| within {Config(service_token='x').hello_within_s:g} s |",
        f"| {MESSAGE_LIMITS['/ws/play'] // 1024} KiB; {MESSAGE_LIMITS['/ws/lobby'] // 1024} KiB (closed with 1009)",
        f"| {limits.MESSAGES_PER_S}, {MESSAGES_PER_SECOND}, {COMMANDS_PER_SECOND} a second;",
        f"| inputs and marks in one message | {limits.ITEMS_MOST} ",
        f"| {limits.INPUTS_PER_S} a second, {limits.INPUTS_BURST} at once ",
    ],
)
def test_a_number_in_a_sentence_is_the_codes(sentence: str, page: str) -> None:
    assert sentence in page.replace("\n", " ")


def test_absences_are_forgiven_as_the_page_says(page: str) -> None:
    assert (PAUSES, STANDARD.budget_us) == (2, 30_000_000)
    assert "A side has two pauses and 30 s in all" in page
