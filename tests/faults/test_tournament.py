"""A tournament of sixteen people on real processes: whatever is killed, one champion, and every match counted once.

They play over WebSockets, double elimination, one connection each from the draw to the final, while all three programs
are killed at random moments and at crash points, and two of them vanish for good. Only the waits for people's sake are
short (`tests.support.faults.fast_timing`). `MATCHPOINT_LONG=1` plays ten of them.
"""

import asyncio
import csv
import io
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, Final

import jwt
import pytest
from google.protobuf.json_format import MessageToDict, Parse, ParseDict
from matchpoint.v1.result_pb2 import Outcome, Result
from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.tournament_pb2 import PairingKind, PairingState, TournamentState

from gameserver.domain.values import LEFT, RIGHT
from tests.support.clients.brackets import decided, entrants_playing, losers, sides_of, unbeaten, without_scores
from tests.support.clients.entrants import SHORT, Attending, Contestant, Onlooker, Switcher, attending, gather_entrants
from tests.support.clients.lasting_players import insist
from tests.support.clients.site import Site
from tests.support.faults.crashing import points
from tests.support.faults.ledger import Books, totals_told
from tests.support.faults.proofs import bare, listed, name_of, proof
from tests.support.processes.programs import Program, Programs, running
from tests.support.storage import sql

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

#: Seeds that have failed once: they come first.
REGRESSIONS: tuple[int, ...] = ()
TOURNAMENTS: Final = 10 if os.environ.get("MATCHPOINT_LONG") == "1" else 1
IN_A_HURRY: Final = {"gameserver": {"MATCHPOINT_HURRIED": "1"}}
ENTRANTS: Final = 16
CUP: Final[dict[str, Any]] = {
    "title": "Sixteen",
    "format": {"double_elimination": {}},
    "rest_s": 1,
    "call_s": 10,
}
KILLS: Final = 3
"""Of each program."""
LIFE_S: Final = (4.0, 14.0)
"""Time that a program lives before it is killed."""
AWAY_S: Final = (0.0, 2.0)
"""Time that it is away, beside the time that it takes to start."""
MIDDLE: Final = ENTRANTS // 2
"""Number of pairings that are decided before somebody vanishes: the first round."""
UNBEGUN: Final = (PairingKind.PAIRING_KIND_WALKOVER, PairingKind.PAIRING_KIND_DOUBLE_FORFEIT)
UNPLAYED: Final = (*UNBEGUN, PairingKind.PAIRING_KIND_FORFEIT)
"""Ways in which pairings of an absent person are decided."""
WITHIN_S: Final = 300.0
"""It takes about a minute and a half; more is stuck."""
DRAINED_WITHIN_S: Final = 60.0
DELAY_S: Final = 2


@pytest.fixture
async def programs(tmp_path: Path) -> AsyncIterator[Programs]:
    async with running(tmp_path / "data", only=IN_A_HURRY) as programs:
        yield programs


@pytest.fixture
async def site(programs: Programs) -> AsyncIterator[Site]:
    async with Site(programs.installation) as site:
        yield site


class Reaper:
    """Kills each program a number of times, each with its own luck: two or all three may be away at the same moment."""

    def __init__(self, programs: Programs, chance: random.Random) -> None:
        self.programs = programs
        self.chance = chance
        self.deaths: Counter[str] = Counter()
        self.away: set[str] = set()
        #: Times that one of them died while another one was away.
        self.at_once = 0

    async def run(self) -> None:
        """Returns when all were killed often enough and serve again."""
        async with asyncio.TaskGroup() as group:
            for program in self.programs.all:
                group.create_task(self._haunt(program, random.Random(self.chance.random())))

    async def _haunt(self, program: Program, chance: random.Random) -> None:
        armed = ""
        for kills in range(1, KILLS + 1):
            died = asyncio.create_task(program.ended())
            await asyncio.wait((died,), timeout=chance.uniform(*LIFE_S))
            if not died.done():
                armed = ""
                program.send(signal.SIGKILL)
            code = await died
            assert code == -signal.SIGKILL, f"it ended with {code}: {program.tail()}"
            self.deaths[f"{program.name} {armed or 'at random'}"] += 1
            self.at_once += bool(self.away)
            self.away.add(program.name)
            await asyncio.sleep(chance.uniform(*AWAY_S))
            named = points(program.name)
            armed = chance.choice(named) if named and kills < KILLS and chance.random() < 0.5 else ""
            await program.start(f"{armed}:{chance.randint(1, 12)}" if armed else "")
            await program.ready_or_ended()
            self.away.discard(program.name)


async def all_is_reported(programs: Programs, session: str) -> None:
    """Returns when nothing of a session is in the outbox. Raises TimeoutError."""
    async with asyncio.timeout(DRAINED_WITHIN_S):
        while any(programs.journals.glob(f"{session}.*.journal")):  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def one_vanishes(
    onlooker: Onlooker,
    tasks: Sequence["asyncio.Task[None]"],
    chance: random.Random,
    candidates: Callable[[TournamentState], set[int]],
) -> int:
    """Ends one of the candidates, for good, as soon as there are any. Who it was."""
    await onlooker.bracket.seen(lambda state: len(decided(state)) >= MIDDLE and bool(candidates(state)))
    gone = chance.choice(sorted(candidates(onlooker.bracket.state)))
    tasks[gone].cancel()
    return gone


async def two_vanish(onlooker: Onlooker, tasks: Sequence["asyncio.Task[None]"], chance: random.Random) -> set[int]:
    """One between two matches, the other at the table, both before they have lost anything. Who they are."""
    one = await one_vanishes(onlooker, tasks, chance, lambda state: unbeaten(state) - entrants_playing(state))
    print(f"{one} vanishes")
    other = await one_vanishes(
        onlooker, tasks, chance, lambda state: (unbeaten(state) & entrants_playing(state)) - {one}
    )
    print(f"{other} vanishes at the table")
    return {one, other}


@pytest.fixture(params=[*REGRESSIONS, *(0 for _ in range(TOURNAMENTS))], ids=lambda seed: str(seed or "by-lot"))
def seed(request: pytest.FixtureRequest) -> int:
    """Of everything that is left to chance here; MATCHPOINT_SEED repeats a run as far as the machine lets it."""
    given = request.param or int(os.environ.get("MATCHPOINT_SEED", "0"))
    seed: int = given or random.SystemRandom().randrange(1, 1 << 32)
    print(f"\nMATCHPOINT_SEED={seed}, to be added to REGRESSIONS if this fails")
    return seed


async def test_sixteen_play_a_double_elimination_under_kills_and_two_vanish(
    programs: Programs, site: Site, seed: int
) -> None:
    chance = random.Random(seed)
    guests = await site.guests(ENTRANTS)
    session, tickets = await gather_entrants(guests, CUP)
    people = [Contestant(guest, session, ticket) for guest, ticket in zip(guests, tickets, strict=True)]
    onlooker, switcher = Onlooker(site, session), Switcher(site, session, random.Random(chance.random()))
    reaper = Reaper(programs, random.Random(chance.random()))
    began = time.monotonic()
    async with asyncio.timeout(WITHIN_S):
        async with attending([*people, onlooker, switcher]) as tasks:
            reaping = asyncio.create_task(reaper.run())
            gone = await two_vanish(onlooker, tasks, chance)
            await asyncio.wait(tasks)
            print(f"over after {time.monotonic() - began:.0f} s")
            await reaping
    for kind, number in sorted(reaper.deaths.items()):
        print(f"  {number:4} {kind}")
    print(f"  {reaper.at_once:4} with another one away")
    await all_is_reported(programs, session)
    state = await insist(onlooker.record)
    check_the_end(state, gone)
    print(f"  {onlooker.bracket.told} events in {onlooker.bracket.epoch} tenures, {onlooker.entries} connections")
    print(f"  featured {sorted(switcher.featured)}, chosen {sorted(switcher.chosen)}, {switcher.goals} goals")
    assert onlooker.bracket.tenures, "the game server was not killed under it"
    for watcher in (onlooker, switcher):
        assert watcher.bracket.told, "it was read from the record, and not watched"
    everybody: list[Attending] = [onlooker, switcher, *people]
    for someone in everybody:
        assert without_scores(state) == someone.bracket.state or someone in [people[number] for number in gone]
    assert len(switcher.featured) > 1
    assert switcher.chosen
    await check_the_records(programs, site, state, people)


def check_the_end(state: TournamentState, gone: set[int]) -> None:
    """One champion, and as many pairings as a double elimination has."""
    champion = state.result.champion
    assert state.result.has_champion
    assert champion not in gone
    assert [line.entrant for line in state.result.standings.lines if line.place == 1] == [champion]
    assert sorted(line.entrant for line in state.result.standings.lines) == list(range(ENTRANTS))
    pairings = decided(state)
    assert len(pairings) in (2 * ENTRANTS - 2, 2 * ENTRANTS - 1)
    assert {pairing.state for pairing in state.pairings} <= {
        PairingState.PAIRING_STATE_DECIDED,
        PairingState.PAIRING_STATE_SKIPPED,
    }
    lost = Counter(loser for pairing in pairings for loser in losers(pairing))
    assert lost[champion] < 2
    # Who neither wins nor loses a pairing that nobody wins is out at once.
    nowhere = {n for p in pairings if p.kind == PairingKind.PAIRING_KIND_DOUBLE_FORFEIT for n in losers(p)}
    assert all(lost[number] == 2 for number in set(range(ENTRANTS)) - nowhere - {champion}), lost
    for number in gone:
        assert any(pairing.kind in UNPLAYED for pairing in pairings if number in losers(pairing))
    for pairing in pairings:
        if pairing.kind in UNBEGUN:
            assert losers(pairing) <= gone, "somebody was walked over by an outage of ours"


async def check_the_records(
    programs: Programs, site: Site, state: TournamentState, people: Sequence[Contestant]
) -> None:
    """Every match that was played has one record, which is what was shown; all that is said of people follows."""
    database = programs.installation.database
    rows = sql.rows(database, "SELECT session_id, match, attempt, result FROM matches")
    records = {(match, attempt): Result.FromString(result) for _, match, attempt, result in rows}
    assert len(records) == len(rows)
    assert {row[0] for row in rows} == {state.session_id}
    matches = [match for pairing in state.pairings for match in pairing.matches]
    assert {key: bare(result) for key, result in records.items()} == {
        (match.match, match.attempt): match.result for match in matches
    }
    for person in people:
        for number, result in person.shown.items():
            assert result in [record for (match, _), record in records.items() if match == number]
    assert await listed(site, state.session_id) == sorted(records)
    assert len(sql.rows(database, "SELECT session_id FROM tournaments WHERE ended_ms IS NOT NULL")) == 1

    books = Books(database)
    assert state.result.event.matches == sum(result.outcome != Outcome.OUTCOME_VOID for result in records.values())
    for person, stats in zip(people, state.result.entrants, strict=True):
        assert totals_told(await person.guest.stats()) == books.totals(person.guest.account_id)
        # In the tournament each match counts, however short it was.
        totals = books.totals(person.guest.account_id, every=True)
        assert (stats.matches, stats.wins) == (totals["matches"], totals["wins"])
        assert (stats.points_for, stats.points_against) == (totals["pointsFor"], totals["pointsAgainst"])

    assert list((programs.journals / "refused").iterdir()) == []
    journals = {path.name: path for path in (programs.journals / "reported").iterdir()}
    journals.pop(f"{state.session_id}.0.journal")
    proven = {name: proof(path) for name, path in journals.items()}
    assert proven == {f"{state.session_id}.{name_of(key)}.journal": result for key, result in records.items()}


async def test_at_one_keyboard_of_bots_and_delayed_three_tournaments_run_side_by_side(
    programs: Programs, site: Site
) -> None:
    async with asyncio.timeout(WITHIN_S), asyncio.TaskGroup() as group:
        for tournament in (at_one_keyboard, swiss_of_bots, delayed):
            group.create_task(tournament(programs, site))


async def at_one_keyboard(programs: Programs, site: Site) -> None:
    """It is played over one connection, and counts for nobody."""
    guest = await site.guest()
    local = {"names": ["Mina", "Jun", "Ada"], "tournament": {"title": "Sofa", "restS": 1, "callS": 10}}
    session, ticket = await guest.start(localTournament=local, ruleset=in_json(SHORT))
    keyboard = Contestant(guest, session, ticket)
    async with attending([keyboard]):
        await keyboard.let_in()
        assert keyboard.entrants == (0, 1, 2)
    state = keyboard.bracket.state
    assert state.result.has_champion
    assert [entrant.name for entrant in state.entrants] == ["Mina", "Jun", "Ada"]
    assert keyboard.sides == {1: (LEFT, RIGHT), 2: (LEFT, RIGHT)}
    assert keyboard.bracket.told, "the end was shown on the connection"
    assert keyboard.closed == {1000: 1}
    await all_is_reported(programs, session)
    assert await listed(site, session) == [], "names that were typed are nobody's record"
    assert totals_told(await guest.stats())["matches"] == 0
    assert without_scores(await keyboard.record()) == state


async def swiss_of_bots(programs: Programs, site: Site) -> None:
    """Its organiser interrupts it, and it can be taken away as files."""
    organiser = await site.guest()
    spec = {"title": "Swiss", "format": {"swiss": {"rounds": 3}}, "rest_s": 1, "call_s": 10}
    session, (ticket,) = await gather_entrants([organiser], spec, bots=6, host_plays=False)
    role = jwt.decode(ticket, options={"verify_signature": False})["role"]
    assert role == "organiser", "who does not play has nothing to play with"
    onlooker = Onlooker(site, session)

    async def act(**what: object) -> None:
        await organiser.call("DirectoryService/ActOnTournament", {"sessionId": session, "act": what})

    async with attending([onlooker]):
        await onlooker.bracket.seen(lambda state: bool(decided(state)))
        await act(pause={})
        await onlooker.bracket.seen(lambda state: state.status.paused)
        await onlooker.bracket.seen(lambda state: not entrants_playing(state))
        await act(resume={})
    assert onlooker.closed == {1000: 1}
    await all_is_reported(programs, session)
    state = await onlooker.record()
    assert onlooker.bracket.state == state
    pairings = decided(state)
    assert Counter(pairing.round for pairing in pairings) == {1: 3, 2: 3, 3: 3}
    assert len({frozenset(sides_of(pairing)) for pairing in pairings}) == 9, "nobody meets anybody again"
    assert sum(line.half_points for line in state.result.standings.lines) == 2 * 9
    assert await listed(site, state.session_id) == [(number, 1) for number in range(1, 10)]

    file, table = [
        await asyncio.to_thread(programs.installation.get, f"/tournament/{session}.{kind}") for kind in ("json", "csv")
    ]
    assert Parse(file, TournamentState()) == state
    lines = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert sorted(int(line["match"]) for line in lines) == list(range(1, 10))
    assert {line["winner"] for line in lines} <= {entrant.name for entrant in state.entrants}


async def delayed(programs: Programs, site: Site) -> None:
    """Spectators see everything as late as the organiser says, and players see it live."""
    guests = await site.guests(2)
    spec = {"title": "Late", "rest_s": 1, "call_s": 10, "delay_s": DELAY_S}
    session, tickets = await gather_entrants(guests, spec)
    mina, jun = (Contestant(guest, session, ticket) for guest, ticket in zip(guests, tickets, strict=True))
    switcher = Switcher(site, session, random.Random(0))
    async with attending([mina, jun, switcher]):
        # A player who has lost sees the end as spectators do.
        heard = {
            asyncio.create_task(one.bracket.seen(lambda state: state.HasField("result"))): one for one in (mina, jun)
        }
        first, _ = await asyncio.wait(heard, return_when=asyncio.FIRST_COMPLETED)
        over_at, winner = time.monotonic(), heard[first.pop()]
        known = await switcher.record()
        if time.monotonic() < over_at - max(winner.ages) / 1000 + DELAY_S:
            assert not known.HasField("result"), "ReadTournament is as late"
        assert not switcher.bracket.over
    await asyncio.gather(*heard)
    print(f"the winner heard of it after {max(winner.ages):.1f} ms, spectators after {min(switcher.ages):.1f} at least")
    assert min(mina.ages) < DELAY_S * 1000 <= min(switcher.ages)
    assert switcher.featured == {1}
    assert switcher.goals == 1, "the board is as late as the bracket, and as whole"
    assert switcher.bracket.state == mina.bracket.state


def in_json(ruleset: dict[str, int]) -> dict[str, int]:
    """A ruleset for a call of the API."""
    return MessageToDict(ParseDict(ruleset, Ruleset()))
