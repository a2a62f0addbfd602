"""An organiser enters nobody: each person is asked, and says yes first."""

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.directory_pb2 import LocalTournament, StartSessionRequest
from matchpoint.v1.lobby_pb2 import TournamentRoom
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.tournament_pb2 import AddEntrant, RoundRobin, TournamentAct, TournamentFormat, TournamentSpec

from backend.service.sessions.invitations import AT_ONCE, PER_S
from tests.support.harnesses.backend import BackendHarness, Tab
from tests.support.harnesses.backend_tournaments import begin, end_of, gathered, refusal, state_of
from wire.refusal import Refused

pytestmark = pytest.mark.anyio


async def cup(harness: BackendHarness) -> tuple[Tab, str]:
    """The organiser of a tournament that is on, and the session."""
    ada, bob = await gathered(harness, "Ada", "Bob")
    return ada, await begin(ada, bob)


async def add(harness: BackendHarness, organiser: Tab, session_id: str, whom: str) -> bool:
    """The organiser adds an account. Returns whether it was invited instead."""
    act = TournamentAct(add_entrant=AddEntrant(account_id=whom))
    return await harness.act(organiser.account_id, session_id, act)


async def invited(harness: BackendHarness, tab: Tab) -> list[tuple[str, str, str]]:
    """Session, title and who invites, as somebody is shown."""
    found = (await harness.invitations.list_of(tab.account_id)).invitations
    return [(one.session_id, one.title, one.by_name) for one in found]


async def refused(harness: BackendHarness, tab: Tab, session_id: str, *, accept: bool = True) -> str:
    with pytest.raises(Refused) as caught:
        await harness.tournaments.answer(tab.account_id, session_id, accept=accept)
    assert caught.value.sentence.endswith(".")
    return Reason.Name(caught.value.reason)


async def test_a_person_whom_the_organiser_adds_is_not_in_until_they_accept(harness: BackendHarness) -> None:
    ada, session_id = await cup(harness)
    late = await harness.guest("Late")
    assert await add(harness, ada, session_id, late.account_id) is True
    assert harness.game_servers.acts == []
    heard = (await late.hears("invitations")).invitations
    assert [(one.session_id, one.title, one.by_name) for one in heard.invitations] == [
        (session_id, "Friday Cup", "Ada")
    ]
    state = state_of(harness, session_id)
    state.entrants.add(entrant=2, account_id=late.account_id, name="Late")
    harness.game_servers.tournaments[session_id] = state
    await harness.tournaments.answer(late.account_id, session_id, accept=True)
    ((_, by, act),) = harness.game_servers.acts
    assert by == ""
    assert (act.add_entrant.account_id, act.add_entrant.name) == (late.account_id, "Late")
    assert list((await harness.directory.issue_ticket(late.account_id, session_id)).seats) == [2]
    assert list((await late.hears("invitations")).invitations.invitations) == []
    assert await refused(harness, late, session_id) == "REASON_NOT_INVITED"


async def test_an_invitation_is_there_when_one_comes_back(harness: BackendHarness) -> None:
    ada, session_id = await cup(harness)
    late = await harness.guest("Late")
    await add(harness, ada, session_id, late.account_id)
    again = await late.another()
    assert [one.session_id for one in (await again.hears("invitations")).invitations.invitations] == [session_id]


async def test_whoever_declines_is_not_in_and_is_not_invited_again(harness: BackendHarness) -> None:
    ada, session_id = await cup(harness)
    late = await harness.guest("Late")
    await add(harness, ada, session_id, late.account_id)
    await harness.tournaments.answer(late.account_id, session_id, accept=False)
    assert await invited(harness, late) == []
    again = AddEntrant(account_id=late.account_id)
    assert await refusal(harness, ada.account_id, session_id, add_entrant=again) == "REASON_INVITATION_DECLINED"
    assert await refused(harness, late, session_id) == "REASON_NOT_INVITED"
    assert harness.game_servers.acts == []


async def test_who_has_blocked_the_organiser_looks_like_nobody_and_hears_nothing(harness: BackendHarness) -> None:
    ada, session_id = await cup(harness)
    late = await harness.guest("Late")
    await harness.friends.block(late.account_id, ada.account_id)
    sentences = set()
    for whom in (late.account_id, "nobody"):
        with pytest.raises(Refused) as caught:
            await add(harness, ada, session_id, whom)
        sentences.add((caught.value.reason, caught.value.sentence, caught.value.field))
    assert {reason for reason, _, _ in sentences} == {Reason.REASON_ACCOUNT_UNKNOWN}
    assert len(sentences) == 1
    assert await invited(harness, late) == []


async def test_a_block_takes_an_invitation_away(harness: BackendHarness) -> None:
    ada, session_id = await cup(harness)
    late = await harness.guest("Late")
    await add(harness, ada, session_id, late.account_id)
    await harness.friends.block(late.account_id, ada.account_id)
    assert await invited(harness, late) == []


async def test_nobody_accepts_what_they_were_not_invited_to(harness: BackendHarness) -> None:
    _, session_id = await cup(harness)
    eve = await harness.guest("Eve")
    for accept in (True, False):
        assert await refused(harness, eve, session_id, accept=accept) == "REASON_NOT_INVITED"
    assert harness.game_servers.acts == []


async def test_whoever_waits_for_a_place_in_the_room_has_said_yes_and_whoever_only_watches_has_not(
    harness: BackendHarness,
) -> None:
    room = TournamentRoom(spec=TournamentSpec(title="Cup"), capacity=2)
    ada, bob, waiting, watching = await gathered(harness, "Ada", "Bob", "Waiting", "Watching", room=room)
    await watching.do(set_seat=lobby_pb2.SetSeat(seated=False))
    session_id = await begin(ada, bob)
    assert await add(harness, ada, session_id, waiting.account_id) is False
    assert await add(harness, ada, session_id, watching.account_id) is True
    assert [act.add_entrant.name for _, _, act in harness.game_servers.acts] == ["Waiting"]


async def test_one_that_comes_too_late_is_refused_and_stays_open(harness: BackendHarness) -> None:
    ada, session_id = await cup(harness)
    late = await harness.guest("Late")
    await add(harness, ada, session_id, late.account_id)
    harness.game_servers.refuses = Refused(Reason.REASON_TOURNAMENT_STATE, "The draw is made.")
    assert await refused(harness, late, session_id) == "REASON_TOURNAMENT_STATE"
    assert len(await invited(harness, late)) == 1


async def test_with_the_tournament_its_invitations_end_and_those_invited_learn_it(harness: BackendHarness) -> None:
    ada, session_id = await cup(harness)
    late = await harness.guest("Late")
    await add(harness, ada, session_id, late.account_id)
    await late.hears("invitations")
    await harness.report(end_of(harness, session_id))
    assert list((await late.hears("invitations")).invitations.invitations) == []
    assert await refused(harness, late, session_id) == "REASON_NOT_INVITED"


async def test_an_organiser_invites_only_so_many_at_once_and_one_person_gets_only_so_many(
    harness: BackendHarness,
) -> None:
    ada, session_id = await cup(harness)
    for number in range(AT_ONCE):
        await add(harness, ada, session_id, (await harness.guest(f"Late {number}")).account_id)
    more = AddEntrant(account_id=(await harness.guest("More")).account_id)
    assert await refusal(harness, ada.account_id, session_id, add_entrant=more) == "REASON_TOO_MANY"
    harness.clock.advance(1 / PER_S + 1)
    harness.invitations.open_most = 0
    assert await refusal(harness, ada.account_id, session_id, add_entrant=more) == "REASON_TOO_MANY"


async def test_at_one_keyboard_no_account_is_entered(harness: BackendHarness) -> None:
    ada, bob = await harness.guest("Ada"), await harness.guest("Bob")
    spec = TournamentSpec(title="Home", format=TournamentFormat(round_robin=RoundRobin()))
    wanted = LocalTournament(names=["Mum", "Dad"], tournament=spec)
    entry = await harness.start_session(ada.account_id, StartSessionRequest(local_tournament=wanted))
    for name, reason in (("", "REASON_INVALID_FIELD"), ("Bob", "REASON_INVALID_FIELD")):
        added = AddEntrant(account_id=bob.account_id, name=name)
        assert await refusal(harness, ada.account_id, entry.session_id, add_entrant=added) == reason
    assert (await harness.friends.list_of(bob.account_id)).friends == ()
