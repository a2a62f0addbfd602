"""The spectators' delay as it is seen by the organiser, who plays no part, and by a spectator of the same tournament.

Nothing here has to be quick. What happened is dated by the server, what a page shows by that page, on the same machine:
a spectator's page may be later than the delay by any amount, and earlier by none.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from matchpoint.v1.frames_pb2 import Frame, ServerMessage
from matchpoint.v1.tournament_pb2 import PairingState
from playwright.sync_api import Browser, WebSocket

from tests.support.browsers.chromium import BrowserUser, browser
from tests.support.browsers.tournament_pages import known_as, opens
from tests.support.processes.installation import Installation

pytestmark = pytest.mark.slow

DELAY_S = 5
CLOCKS_MS = 50
"""By how much the machine's two clocks may part while the test runs."""
SHOWN_AS = {
    PairingState.PAIRING_STATE_CALLED: "called",
    PairingState.PAIRING_STATE_PLAYING: "on",
    PairingState.PAIRING_STATE_DECIDED: "decided",
}

RECORD = """session => {
    const [seen, told] = [{}, []];
    const note = what => seen[what] ??= Date.now();
    const look = () => {
        for (const box of document.querySelectorAll('[data-pairing]')) {
            for (const state of ['called', 'on']) {
                if (box.classList.contains(state)) note(`${box.dataset.pairing} ${state}`);
            }
            if (box.querySelector('.won')) note(`${box.dataset.pairing} decided`);
        }
        if (document.querySelector('[data-testid=podium]')) note('over');
    };
    new MutationObserver(look).observe(document.body, {childList: true, subtree: true, attributes: true});
    look();
    const read = async (path, request) => {
        const answer = await fetch(path, request);
        return answer.ok ? answer.json() : {};
    };
    const call = (method, request) => read(`/api/matchpoint.v1.${method}`, {
        method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(request),
    });
    const ask = async () => {
        const answers = [
            (await call('DirectoryService/ReadTournament', {sessionId: session})).state,
            (await call('TournamentService/GetTournament', {sessionId: session, live: true})).state,
            await read(`/tournament/${session}.json`),
        ];
        const at = Date.now();
        for (const answer of answers) {
            for (const {pairing, state} of answer?.pairings ?? []) told.push([at, pairing, state]);
        }
        window.asking = setTimeout(ask, 200);
    };
    void ask();
    Object.assign(window, {seen, told});
}"""
"""Notes when the page first shows each thing, and what the server answers meanwhile to requests from there."""


@pytest.fixture(scope="module")
def chrome(chromium: Path) -> Iterator[Browser]:
    with browser(chromium) as running:
        yield running


def test_what_a_spectators_page_shows_is_as_old_as_the_organiser_wants_and_no_page_is_told_it_earlier(
    matchpoint: Installation, chrome: Browser
) -> None:
    organiser = known_as(BrowserUser(chrome, matchpoint.page), "Delay Cup Host")
    #: By what a spectator can see: when it happened, milliseconds since 1970 UTC, as the server has it.
    happened: dict[str, float] = {}

    def hear(payload: str | bytes) -> None:
        frame = ServerMessage.FromString(payload).frame if isinstance(payload, bytes) else Frame()
        for event in frame.events if frame.topic == 0 else ():
            at = frame.server_ms + (time.time() - time.monotonic()) * 1000
            if event.HasField("tournament_result"):
                happened.setdefault("over", at)
            elif event.pairing.state in SHOWN_AS:
                happened.setdefault(f"{event.pairing.pairing} {SHOWN_AS[event.pairing.state]}", at)

    def listen(socket: WebSocket) -> None:
        if socket.url.endswith("/ws/watch"):
            socket.on("framereceived", hear)

    organiser.page.on("websocket", listen)
    opens(organiser, "Delayed Cup", places=4, delay=str(DELAY_S))
    organiser.page.get_by_test_id("rule-pointsToWin").select_option("1")
    organiser.press("room-bench")
    organiser.wait("bench")
    organiser.press("fill-bots")
    organiser.page.get_by_test_id("entrant").nth(4).wait_for()
    organiser.press("room-start")
    organiser.page.wait_for_url("**/tournament/*")
    where = organiser.page.url
    spectator = BrowserUser(chrome, matchpoint.page)
    spectator.go(where)
    for person in (organiser, spectator):
        person.page.evaluate(RECORD, where.rpartition("/")[2])
    for person in (organiser, spectator):
        person.wait("podium", timeout_s=180)

    at_once: dict[str, float] = organiser.page.evaluate("clearTimeout(asking), seen")
    assert any(at < happened[what] + DELAY_S * 1000 for what, at in at_once.items() if what in happened)

    seen: dict[str, float] = spectator.page.evaluate("seen")
    told: list[Any] = json.loads(spectator.page.evaluate("clearTimeout(asking), JSON.stringify(told)"))
    assert {"1 decided", "2 decided", "3 decided", "over"} <= happened.keys() & seen.keys()
    early = DELAY_S * 1000 - CLOCKS_MS
    assert {
        what: at - happened[what] for what, at in seen.items() if what in happened and at < happened[what] + early
    } == {}
    states = {PairingState.Name(state): name for state, name in SHOWN_AS.items()}
    known = [(at, f"{pairing} {states[state]}") for at, pairing, state in told if state in states]
    assert known
    assert [what for at, what in known if what in happened and at < happened[what] + early] == []
    assert organiser.troubles == spectator.troubles == []
    for person in (organiser, spectator):
        person.context.close()
