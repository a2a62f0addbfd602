"""An organiser enters nobody: whoever is to come in is asked, and says yes first."""

import pytest
from matchpoint.v1 import friend_pb2, lobby_pb2
from matchpoint.v1.directory_pb2 import LocalTournament, StartSessionRequest
from matchpoint.v1.lobby_pb2 import TournamentRoom
from matchpoint.v1.refusal_pb2 import Reason
from matchpoint.v1.tournament_pb2 import AddEntrant, RoundRobin, TournamentAct, TournamentFormat, TournamentSpec

from backend.service.sessions import invitations
from backend.service.sessions.invitations import AT_ONCE, PER_S
from tests.backend.conftest import Tab, World
from tests.backend.service.entrants import begin, end_of, gathered, refusal, state_of
from wire.refusal import Refused

pytestmark = pytest.mark.anyio


async def cup(world: World) -> tuple[Tab, str]:
    """The organiser of a tournament that is on, and the session."""
    ada, bob = await gathered(world, "Ada", "Bob")
    return ada, await begin(ada, bob)


async def add(world: World, organiser: Tab, session_id: str, whom: str) -> bool:
    """The organiser adds an account. Returns whether it was invited instead."""
    act = TournamentAct(add_entrant=AddEntrant(account_id=whom))
    return await world.tournaments.act(organiser.account_id, session_id, act)


async def invited(world: World, tab: Tab) -> list[tuple[str, str, str]]:
    """Session, title and who invites, as somebody is shown."""
    found = (await world.invitations.list_of(tab.account_id)).invitations
    return [(one.session_id, one.title, one.by_name) for one in found]


async def refused(world: World, tab: Tab, session_id: str, *, accept: bool = True) -> str:
    with pytest.raises(Refused) as caught:
        await world.tournaments.answer(tab.account_id, session_id, accept=accept)
    assert caught.value.sentence.endswith(".")
    return Reason.Name(caught.value.reason)


async def test_a_person_whom_the_organiser_adds_is_not_in_until_they_accept(world: World) -> None:
    ada, session_id = await cup(world)
    late = await world.guest("Late")
    assert await add(world, ada, session_id, late.account_id) is True
    assert world.game_servers.acts == []
    heard = (await late.hears("invitations")).invitations
    assert [(one.session_id, one.title, one.by_name) for one in heard.invitations] == [
        (session_id, "Friday Cup", "Ada")
    ]
    state = state_of(world, session_id)
    state.entrants.add(entrant=2, account_id=late.account_id, name="Late")
    world.game_servers.tournaments[session_id] = state
    await world.tournaments.answer(late.account_id, session_id, accept=True)
    ((_, by, act),) = world.game_servers.acts
    assert by == ""
    assert (act.add_entrant.account_id, act.add_entrant.name) == (late.account_id, "Late")
    assert list((await world.directory.issue_ticket(late.account_id, session_id)).seats) == [2]
    assert list((await late.hears("invitations")).invitations.invitations) == []
    assert await refused(world, late, session_id) == "REASON_NOT_INVITED"


async def test_an_invitation_is_there_when_one_comes_back(world: World) -> None:
    ada, session_id = await cup(world)
    late = await world.guest("Late")
    await add(world, ada, session_id, late.account_id)
    again = await late.another()
    assert [one.session_id for one in (await again.hears("invitations")).invitations.invitations] == [session_id]


async def test_whoever_declines_is_not_in_and_is_not_invited_again(world: World) -> None:
    ada, session_id = await cup(world)
    late = await world.guest("Late")
    await add(world, ada, session_id, late.account_id)
    await world.tournaments.answer(late.account_id, session_id, accept=False)
    assert await invited(world, late) == []
    again = AddEntrant(account_id=late.account_id)
    assert await refusal(world, ada.account_id, session_id, add_entrant=again) == "REASON_INVITATION_DECLINED"
    assert await refused(world, late, session_id) == "REASON_NOT_INVITED"
    assert world.game_servers.acts == []


async def test_who_has_blocked_the_organiser_looks_like_nobody_and_hears_nothing(world: World) -> None:
    ada, session_id = await cup(world)
    late = await world.guest("Late")
    await world.friends.block(late.account_id, ada.account_id)
    sentences = set()
    for whom in (late.account_id, "nobody"):
        with pytest.raises(Refused) as caught:
            await add(world, ada, session_id, whom)
        sentences.add((caught.value.reason, caught.value.sentence, caught.value.field))
    assert {reason for reason, _, _ in sentences} == {Reason.REASON_ACCOUNT_UNKNOWN}
    assert len(sentences) == 1
    assert await invited(world, late) == []


async def test_a_block_takes_an_invitation_away(world: World) -> None:
    ada, session_id = await cup(world)
    late = await world.guest("Late")
    await add(world, ada, session_id, late.account_id)
    await world.friends.block(late.account_id, ada.account_id)
    assert await invited(world, late) == []


async def test_nobody_accepts_what_they_were_not_invited_to(world: World) -> None:
    _, session_id = await cup(world)
    eve = await world.guest("Eve")
    for accept in (True, False):
        assert await refused(world, eve, session_id, accept=accept) == "REASON_NOT_INVITED"
    assert world.game_servers.acts == []


async def test_whoever_waits_for_a_place_in_the_room_has_said_yes_and_whoever_only_watches_has_not(
    world: World,
) -> None:
    room = TournamentRoom(spec=TournamentSpec(title="Cup"), capacity=2)
    ada, bob, waiting, watching = await gathered(world, "Ada", "Bob", "Waiting", "Watching", room=room)
    await watching.do(set_seat=lobby_pb2.SetSeat(seated=False))
    session_id = await begin(ada, bob)
    assert await add(world, ada, session_id, waiting.account_id) is False
    assert await add(world, ada, session_id, watching.account_id) is True
    assert [act.add_entrant.name for _, _, act in world.game_servers.acts] == ["Waiting"]


async def test_one_that_comes_too_late_is_refused_and_stays_open(world: World) -> None:
    ada, session_id = await cup(world)
    late = await world.guest("Late")
    await add(world, ada, session_id, late.account_id)
    world.game_servers.refuses = Refused(Reason.REASON_TOURNAMENT_STATE, "The draw is made.")
    assert await refused(world, late, session_id) == "REASON_TOURNAMENT_STATE"
    assert len(await invited(world, late)) == 1


async def test_with_the_tournament_its_invitations_end_and_those_invited_learn_it(world: World) -> None:
    ada, session_id = await cup(world)
    late = await world.guest("Late")
    await add(world, ada, session_id, late.account_id)
    await late.hears("invitations")
    await world.report(end_of(world, session_id))
    assert list((await late.hears("invitations")).invitations.invitations) == []
    assert await refused(world, late, session_id) == "REASON_NOT_INVITED"


async def test_an_organiser_invites_only_so_many_at_once_and_one_person_gets_only_so_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, session_id = await cup(world)
    for number in range(AT_ONCE):
        await add(world, ada, session_id, (await world.guest(f"Late {number}")).account_id)
    more = AddEntrant(account_id=(await world.guest("More")).account_id)
    assert await refusal(world, ada.account_id, session_id, add_entrant=more) == "REASON_TOO_MANY"
    world.clock.advance(1 / PER_S + 1)
    monkeypatch.setattr(invitations, "OPEN", 0)
    assert await refusal(world, ada.account_id, session_id, add_entrant=more) == "REASON_TOO_MANY"


async def test_at_one_keyboard_no_account_is_entered(world: World) -> None:
    ada, bob = await world.guest("Ada"), await world.guest("Bob")
    spec = TournamentSpec(title="Home", format=TournamentFormat(round_robin=RoundRobin()))
    wanted = LocalTournament(names=["Mum", "Dad"], tournament=spec)
    entry = await world.directory.start_session(ada.account_id, StartSessionRequest(local_tournament=wanted))
    for name, reason in (("", "REASON_INVALID_FIELD"), ("Bob", "REASON_INVALID_FIELD")):
        added = AddEntrant(account_id=bob.account_id, name=name)
        assert await refusal(world, ada.account_id, entry.session_id, add_entrant=added) == reason
    assert list((await world.friends.list_of(bob.account_id)).friends) == list[friend_pb2.Friend]()
