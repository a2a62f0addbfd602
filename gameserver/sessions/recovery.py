"""Takes up the sessions that the last run left, from the journals that are not reported.

The port is open before any of it: a session is taken up when a caller asks for it, and the rest in the gaps between
other work, a few milliseconds at a time.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from gameserver.domain.timing import Timing
from gameserver.domain.tournament.records import TournamentEvent
from gameserver.domain.tournament.replay import replay
from gameserver.sessions.context import SessionContext
from gameserver.sessions.ports import (
    Codec,
    Done,
    Journal,
    Key,
    Offload,
    Report,
    RestoredMatch,
    RestoredTournament,
    tenures,
)
from gameserver.sessions.values import Origin
from wire.constants import BRACKET_TOPIC

log = structlog.get_logger("recovery")

CAUSE_MOST: Final = 200
"""Characters of an error about a journal that are logged: some of them are the journal's own."""
OFFLOAD_ABOVE: Final = 100_000
"""A journal of more bytes is read beside the loop: without a checkpoint to begin at, that many take 20 ms."""
RETRY_S: Final = 0.25
"""Seconds after which a journal that could not be opened is tried again."""

Found = Mapping[Key, tuple[Journal, RestoredMatch]]
"""The matches of a session, by the journals that a start has found."""


@dataclass(frozen=True, slots=True)
class LeftDuel:
    """An unfinished duel of the last run."""

    key: Key
    journal: Journal
    restored: RestoredMatch


@dataclass(frozen=True, slots=True)
class LeftTournament:
    """An unreported tournament of the last run, with those of its matches that are not reported."""

    session_id: str
    journal: Journal
    restored: RestoredTournament
    found: Found


async def run_at_once(work: Callable[[], Done]) -> Done:
    """Do the work here and now: the `Offload` of simulations."""
    return work()


class Recovery:
    """Sessions of the last run that are not taken up yet."""

    def __init__(
        self,
        context: SessionContext,
        adopt: Callable[[LeftDuel | LeftTournament], None],
        offload: Offload = run_at_once,
    ) -> None:
        """`adopt` lets a session go on here. If it raises, the session's journal is set aside."""
        self._context = context
        self._adopt = adopt
        self._offload = offload
        self._keys: dict[str, list[Key]] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def find(self) -> None:
        """List the journals that are left. Raises OSError."""
        for key in self._context.journals.unreported():
            self._keys.setdefault(key.session_id, []).append(key)

    @property
    def session_ids(self) -> Collection[str]:
        """The sessions that are left."""
        return self._keys.keys()

    async def recover(self, session_id: str) -> None:
        """Return when that session is taken up, if it is one of them. Raises OSError: it is still left."""
        if session_id not in self._keys:
            return
        task = self._under_way.get(session_id)
        if task is None:
            task = self._under_way[session_id] = asyncio.create_task(self._recover(session_id))
        await asyncio.shield(task)

    async def recover_all(self) -> None:
        """Return when nothing is left."""
        count = len(self._keys)
        while self._keys:
            for session_id in tuple(self._keys):
                try:
                    await self.recover(session_id)
                except OSError:
                    log.exception("a journal cannot be opened yet", session_id=session_id)
                    await asyncio.sleep(RETRY_S)
        log.info("the last run is taken up", sessions=count)

    async def _recover(self, session_id: str) -> None:
        keys, store = self._keys[session_id], self._context.journals
        found = dict[Key, tuple[Journal, RestoredMatch]]()
        bracket = Key(session_id, BRACKET_TOPIC)
        opened: list[Journal] = []
        try:
            alone = bracket not in keys and store.content(bracket) is None
            for key in keys:
                if key.match != BRACKET_TOPIC:
                    opened.append(journal := store.reopen(key))
                    if restored := await self._restore_match(key, journal):
                        found[key] = (journal, restored)
                    if not alone:
                        await asyncio.sleep(0)
            if bracket in keys:
                opened.append(journal := store.reopen(bracket))
                await self._recover_tournament(bracket, journal, found)
            elif alone:
                self._recover_duel(found)
            else:
                self._report_rest(found)
            del self._keys[session_id]
        except OSError:
            for journal in opened:
                journal.close()
            raise
        finally:
            del self._under_way[session_id]

    async def _restore_match(self, key: Key, journal: Journal) -> RestoredMatch | None:
        """Restore a match from its journal; None when it is reported, empty or set aside."""
        content, read = journal.content(), self._context.codec.restore
        try:
            restored = await self._offload(partial(read, content)) if len(content) > OFFLOAD_ABOVE else read(content)
        except Exception as error:  # any fault: one journal holds up no other
            self._set_aside(key, journal, content, error)
            return None
        if restored.state.reported:
            journal.retire(keep=restored.spec.origin != Origin.HOUSE)
            return None
        journal.cut(restored.whole)
        return restored

    def _recover_duel(self, found: Found) -> None:
        for key, (journal, restored) in found.items():
            try:
                if restored.state.result:
                    self._report(key, journal, restored, alone=True)
                else:
                    self._adopt(LeftDuel(key, journal, restored))
            except Exception as error:
                self._set_aside(key, journal, b"", error)

    async def _recover_tournament(self, key: Key, journal: Journal, found: Found) -> None:
        content = journal.content()
        try:
            left = await self._offload(partial(_restore_tournament, self._context.codec, content, self._context.timing))
            if left.state.reported:
                journal.retire(keep=True)
                self._report_rest(found)
                return
            journal.cut(left.whole)
            self._adopt(LeftTournament(key.session_id, journal, left, found))
        except OSError:
            raise
        except Exception as error:
            self._set_aside(key, journal, content, error)
            self._report_rest(found)

    def _report(self, key: Key, journal: Journal, restored: RestoredMatch, *, alone: bool) -> None:
        report = Report(key, restored.spec, session_over=alone, result=restored.state.result)
        self._context.outbox.add(key, report, journal)

    def _report_rest(self, found: Found) -> None:
        """Report the matches of a tournament that is gone; those without a result will never have one."""
        for key, (journal, restored) in found.items():
            if restored.state.result:
                self._report(key, journal, restored, alone=False)
            else:
                log.error("a match has no tournament any more", session_id=key.session_id, match=key.match)
                journal.set_aside()

    def _set_aside(self, key: Key, journal: Journal, content: bytes, error: Exception) -> None:
        """Move a journal to where nothing takes it up again, for a person to look at; or remove it, if it is empty."""
        try:
            if content and self._context.codec.is_empty(content):
                journal.retire(keep=False)  # the process died before CreateSession was answered: no caller knows of it
                return
            cause = f"{type(error).__name__}: {error}"[:CAUSE_MOST]
            log.critical(
                "a journal cannot be taken up and is set aside",
                session_id=key.session_id,
                match=key.match,
                cause=cause,
            )
            journal.set_aside()
        except OSError:
            log.exception("a journal cannot be moved", session_id=key.session_id, match=key.match)


def _restore_tournament(codec: Codec, content: bytes, timing: Timing) -> RestoredTournament:
    """Restore a tournament from its journal. Raises JournalUnreadable and JournalError."""
    journal = codec.open_tournament(content)
    records = list(journal.records)
    events: list[TournamentEvent] = []
    facts = replay(records, events, timing)
    # Copying takes a tenth of folding again.
    seen = deepcopy(facts) if journal.spec.delay_s else None
    return RestoredTournament(facts, events, seen, journal.spec, tenures(records) + 1, journal.whole)
