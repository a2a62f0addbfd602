"""A start: what the last run left is taken up again, from the journals that are not reported."""

from typing import TYPE_CHECKING, Final

import structlog
from matchpoint.v1.session_pb2 import Origin

from gameserver.core.journal import Ended
from gameserver.core.match import Match
from gameserver.service.courts import Found
from gameserver.service.duel import Duel
from gameserver.service.entrants import BRACKET
from gameserver.service.ports import Journal, Key, RestoredMatch
from gameserver.service.reporting import match_report
from gameserver.service.tournament import LiveTournament

if TYPE_CHECKING:
    from gameserver.service.host import Host

log = structlog.get_logger("restoring")

#: Characters of what a journal threw that are logged: some of them are the journal's own.
CAUSE_MOST: Final = 200


def take_up_all(host: "Host") -> None:
    """Unfinished matches and tournaments go on, finished ones are reported, and what is damaged is set aside."""
    tournaments: dict[str, Journal] = {}
    found: dict[str, dict[Key, tuple[Journal, RestoredMatch]]] = {}
    for key, journal in host.store.unreported():
        if key.match == BRACKET:
            tournaments[key.session_id] = journal
            continue
        try:
            _take_up_match(host, key, journal, found)
        except OSError:
            raise  # the disk's fault, and no journal's: the program ends and is started again
        except Exception as error:  # whatever it is: one journal holds up no other
            _set_aside(key, journal, error)
    for session_id, journal in tournaments.items():
        _take_up_tournament(host, session_id, journal, found.pop(session_id, {}))
    for matches in found.values():
        _report_rest(host, matches)


def _take_up_match(
    host: "Host", key: Key, journal: Journal, found: dict[str, dict[Key, tuple[Journal, RestoredMatch]]]
) -> None:
    past = host.codec.restore(journal.content())
    facts = past.facts
    if facts.reported:
        journal.retire(keep=past.spec.origin != Origin.ORIGIN_HOUSE)
    elif host.store.content(Key(key.session_id, BRACKET)) is not None:
        found.setdefault(key.session_id, {})[key] = (journal, past)
    elif facts.result:
        host.report_duel(key, past.spec, journal, Ended(facts.result))
    else:
        match = Match.restore(facts, host.clock(), past.spec.join_within_s * 1_000_000, host.fresh())
        host.take_up(Duel(host, host, key, past.spec, past.epoch + 1, match, journal, past.past))


def _set_aside(key: Key, journal: Journal, error: Exception) -> None:
    """Put a journal where nothing takes it up again, for a person to look at."""
    cause = f"{type(error).__name__}: {error}"[:CAUSE_MOST]
    log.critical("a journal cannot be taken up and is set aside", session=key.session_id, match=key.match, cause=cause)
    try:
        journal.set_aside()
    except OSError:
        log.exception("a journal cannot be moved", session=key.session_id, match=key.match)


def _take_up_tournament(host: "Host", session_id: str, journal: Journal, found: Found) -> None:
    try:
        tournament = LiveTournament.restore(host, session_id, journal, found)
    except OSError:
        raise
    except Exception as error:  # whatever it is: one journal holds up no other
        _set_aside(Key(session_id, BRACKET), journal, error)
        _report_rest(host, found)
        return
    if tournament:
        host.take_up(tournament)
    else:  # it is reported
        journal.retire(keep=True)
        _report_rest(host, found)


def _report_rest(host: "Host", found: Found) -> None:
    """Matches whose tournament is no more: what has a result is reported, what has none will never have one."""
    for key, (journal, past) in found.items():
        if past.facts.result:
            ended = Ended(past.facts.result)
            host.report(key, match_report(host.codec, key, past.spec, ended, alone=False), journal, 0)
        else:
            log.error("a match has no tournament any more", session=key.session_id, match=key.match)
            journal.set_aside()
