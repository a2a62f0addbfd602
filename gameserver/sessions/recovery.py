"""What the last run left is taken up again, from the journals that are not reported.

The port is open before any of it: a session is taken up when somebody asks for it, and the rest in the gaps between
others' turns, a few milliseconds at a time.
"""

import asyncio
from collections.abc import Callable, Collection
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import structlog
from matchpoint.v1.session_pb2 import Origin

from gameserver.domain.match.match import Match
from gameserver.domain.match.records import Ended
from gameserver.domain.tournament.records import TournamentEvent
from gameserver.domain.tournament.replay import replay
from gameserver.sessions.duel import Duel
from gameserver.sessions.ports import Codec, Journal, Key, RestoredMatch, RestoredTournament, tenures
from gameserver.sessions.reporter import match_report
from gameserver.sessions.tournament.match_pool import Found
from gameserver.sessions.tournament.session import LiveTournament
from wire.constants import BRACKET_TOPIC

if TYPE_CHECKING:
    from gameserver.sessions.registry import Host

log = structlog.get_logger("restoring")

Done = TypeVar("Done")

#: Characters of what a journal threw that are logged: some of them are the journal's own.
CAUSE_MOST: Final = 200
#: A journal of more bytes is read aside: without a checkpoint to begin at, so many take 20 ms.
READ_ASIDE: Final = 100_000
#: Seconds after which a journal that could not be opened is tried again.
RETRY_S: Final = 0.25


class Aside(Protocol):
    """Does work that takes long and touches nothing but what it is given."""

    async def __call__(self, work: Callable[[], Done]) -> Done:
        """Returns what the work does; raises what it raises."""
        ...


async def at_once(work: Callable[[], Done]) -> Done:
    """The work is done here and now: for a simulation."""
    return work()


class Leftovers:
    """Sessions of the last run that are not taken up yet."""

    def __init__(self, host: "Host") -> None:
        self._host = host
        self._keys: dict[str, list[Key]] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def look(self) -> None:
        """Find them. Raises OSError."""
        for key in self._host.store.unreported():
            self._keys.setdefault(key.session_id, []).append(key)

    @property
    def session_ids(self) -> Collection[str]:
        """Those that are left."""
        return self._keys.keys()

    async def take_up(self, session_id: str) -> None:
        """Returns when that session is taken up, if it is one of them. Raises OSError: it is still left."""
        if session_id not in self._keys:
            return
        task = self._under_way.get(session_id)
        if task is None:
            task = self._under_way[session_id] = asyncio.create_task(self._take_up(session_id))
        await asyncio.shield(task)

    async def take_up_all(self) -> None:
        """Returns when nothing is left."""
        count = len(self._keys)
        while self._keys:
            for session_id in tuple(self._keys):
                try:
                    await self.take_up(session_id)
                except OSError:
                    log.exception("a journal cannot be opened yet", session=session_id)
                    await asyncio.sleep(RETRY_S)
        log.info("the last run is taken up", sessions=count)

    async def _take_up(self, session_id: str) -> None:
        keys = self._keys[session_id]
        host, found = self._host, dict[Key, tuple[Journal, RestoredMatch]]()
        bracket = Key(session_id, BRACKET_TOPIC)
        opened: list[Journal] = []
        try:
            alone = bracket not in keys and host.store.content(bracket) is None
            for key in keys:
                if key.match != BRACKET_TOPIC:
                    opened.append(journal := host.store.reopen(key))
                    if restored := await _restored(host, key, journal):
                        found[key] = (journal, restored)
                    if not alone:
                        await asyncio.sleep(0)
            if bracket in keys:
                opened.append(journal := host.store.reopen(bracket))
                await _take_up_tournament(host, session_id, journal, found)
            elif alone:
                _take_up_duel(host, found)
            else:
                _report_rest(host, found)
            del self._keys[session_id]
        except OSError:
            for journal in opened:
                journal.close()
            raise
        finally:
            del self._under_way[session_id]


async def _restored(host: "Host", key: Key, journal: Journal) -> RestoredMatch | None:
    """What a match's journal leads to; None when it is reported, empty or set aside."""
    content, read = journal.content(), host.codec.restore
    try:
        restored = await host.aside(partial(read, content)) if len(content) > READ_ASIDE else read(content)
    except Exception as error:  # whatever it is: one journal holds up no other
        _set_aside(host, key, journal, content, error)
        return None
    if restored.facts.reported:
        journal.retire(keep=restored.spec.origin != Origin.ORIGIN_HOUSE)
        return None
    journal.cut(restored.whole)
    return restored


def _take_up_duel(host: "Host", found: Found) -> None:
    for key, (journal, restored) in found.items():
        spec, facts = restored.spec, restored.facts
        try:
            if facts.result:
                host.report_duel(key, spec, journal, Ended(facts.result))
            else:
                match = Match.restore(facts, host.clock(), spec.join_within_s * 1_000_000, host.fresh())
                host.take_up(Duel(host, host, key, spec, restored.epoch + 1, match, journal, restored.past))
        except Exception as error:
            _set_aside(host, key, journal, b"", error)


async def _take_up_tournament(host: "Host", session_id: str, journal: Journal, found: Found) -> None:
    key, content = Key(session_id, BRACKET_TOPIC), journal.content()
    try:
        left = await host.aside(partial(_read_tournament, host.codec, content))
        if left.facts.reported:
            journal.retire(keep=True)
            _report_rest(host, found)
            return
        journal.cut(left.whole)
        tournament = LiveTournament.restore(host, session_id, journal, left, found)
    except OSError:
        raise
    except Exception as error:
        _set_aside(host, key, journal, content, error)
        _report_rest(host, found)
        return
    host.take_up(tournament)


def _read_tournament(codec: Codec, content: bytes) -> RestoredTournament:
    """What a tournament's journal leads to. Raises JournalUnreadable and JournalError."""
    journal = codec.open_tournament(content)
    records = list(journal.records)
    told: list[TournamentEvent] = []
    facts = replay(records, told)
    # Copying takes a tenth of folding again.
    seen = deepcopy(facts) if journal.spec.tournament.delay_s else None
    return RestoredTournament(facts, told, seen, journal.spec, tenures(records) + 1, journal.whole)


def _set_aside(host: "Host", key: Key, journal: Journal, content: bytes, error: Exception) -> None:
    """Put a journal where nothing takes it up again, for a person to look at; or away, if nothing is in it."""
    try:
        if content and host.codec.is_empty(content):
            journal.retire(keep=False)  # the process died before CreateSession was answered: nobody knows of it
            return
        cause = f"{type(error).__name__}: {error}"[:CAUSE_MOST]
        log.critical(
            "a journal cannot be taken up and is set aside", session=key.session_id, match=key.match, cause=cause
        )
        journal.set_aside()
    except OSError:
        log.exception("a journal cannot be moved", session=key.session_id, match=key.match)


def _report_rest(host: "Host", found: Found) -> None:
    """Matches whose tournament is no more: what has a result is reported, what has none will never have one."""
    for key, (journal, restored) in found.items():
        if restored.facts.result:
            ended = Ended(restored.facts.result)
            host.report(key, match_report(host.codec, key, restored.spec, ended, alone=False), journal, 0)
        else:
            log.error("a match has no tournament any more", session=key.session_id, match=key.match)
            journal.set_aside()
