"""Accounts worth keeping, from outside: a guest who stays, a stolen ticket, a friend on another page."""

import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.friend_pb2 import Bond, Friend, Whereabouts

from tests.support.clients.site import Guest, LobbyClient, Site
from tests.support.clients.views import Ending
from wire.refusal import Refused

pytestmark = [pytest.mark.slow, pytest.mark.storage, pytest.mark.anyio]

PASSWORD = "correct horse battery"


async def signed_in(site: Site, method: str, request: dict[str, object], token: str = "") -> Guest:
    """Account of somebody after registering or signing in, by the cookie that comes with it."""
    answer = await site.post(f"AccountService/{method}", request, token=token)
    assert answer.status == 200, answer.body
    account = answer.body["account"]
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    return Guest(site, account["accountId"], account["name"], cookie.partition("=")[2].partition(";")[0])


async def test_a_guest_who_registers_in_the_middle_of_a_match_keeps_the_seat_and_the_record(site: Site) -> None:
    guest = await site.guest()
    session_id, ticket = await guest.start(bot={}, ruleset={"pointsToWin": 1})
    async with site.play(ticket) as player:
        account = await signed_in(site, "RegisterAccount", {"password": PASSWORD}, guest.token)
        assert (account.account_id, account.name) == (guest.account_id, guest.name)
        assert (await guest.post("AccountService/GetMe", {})).refused == "REASON_UNAUTHENTICATED"
        await player.do(resign=True)
    record = await site.record(session_id)
    assert record["spec"]["seats"][0]["accountId"] == account.account_id
    elsewhere = await signed_in(site, "SignIn", {"name": account.name, "password": PASSWORD})
    matches = (await elsewhere.post("StatsService/ListMatches", {"accountId": account.account_id})).body["matches"]
    assert [match["sessionId"] for match in matches] == [session_id]


async def test_a_browser_that_asks_for_a_guest_with_a_live_cookie_stays_who_it_is(site: Site) -> None:
    ada = await site.guest()
    answer = await site.post("AccountService/CreateGuest", {"name": "Nobody Else"}, token=ada.token)
    assert answer.status == 200, answer.body
    assert (answer.body["account"]["accountId"], answer.body["account"]["name"]) == (ada.account_id, ada.name)
    assert "set-cookie" not in answer.headers
    assert (await ada.post("AccountService/GetMe", {})).status == 200


async def test_a_ticket_that_was_stolen_is_void_after_signing_out_and_what_it_opened_is_closed(site: Site) -> None:
    ada = await site.guest()
    session_id, ticket = await ada.start(bot={})
    async with site.play(ticket) as player:
        await ada.call("AccountService/SignOut", {})
        assert await player.ending() == Ending("REASON_TICKET_EXPIRED", 4010)
    with pytest.raises(Refused, match="TICKET_EXPIRED"):
        async with site.play(ticket):
            raise AssertionError("a thief was let in")
    again = await ada.post("DirectoryService/IssueTicket", {"sessionId": session_id})
    assert again.refused == "REASON_UNAUTHENTICATED"


async def test_a_sign_in_that_is_ended_from_another_browser_loses_its_match_and_its_way_back(site: Site) -> None:
    guest = await site.guest()
    here = await signed_in(site, "RegisterAccount", {"password": PASSWORD}, guest.token)
    there = await signed_in(site, "SignIn", {"name": here.name, "password": PASSWORD})
    session_id, ticket = await there.start(bot={})
    async with site.play(ticket) as player:
        listed = (await here.call("AccountService/ListSignIns", {}))["signIns"]
        (other,) = [one for one in listed if not one.get("current")]
        await here.call("AccountService/EndSignIn", {"signInId": other["signInId"]})
        assert await player.ending() == Ending("REASON_TICKET_EXPIRED", 4010)
    with pytest.raises(Refused, match="TICKET_EXPIRED"):
        async with site.play(ticket):
            raise AssertionError("a sign-in that was ended was let in")
    for method in ("AccountService/GetMe", "DirectoryService/IssueTicket"):
        assert (await there.post(method, {"sessionId": session_id} if "Ticket" in method else {})).status == 401
    assert (await here.post("AccountService/GetMe", {})).status == 200


async def test_an_account_that_is_deleted_is_gone_and_its_cookie_cleared(site: Site) -> None:
    guest = await site.guest()
    here = await signed_in(site, "RegisterAccount", {"password": PASSWORD}, guest.token)
    exported = await here.call("AccountService/ExportMyData", {})
    assert exported["data"]["account"]["name"] == here.name
    answer = await here.post("AccountService/DeleteAccount", {"name": here.name, "password": PASSWORD})
    assert answer.status == 200, answer.body
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert (await here.post("AccountService/GetMe", {})).refused == "REASON_UNAUTHENTICATED"
    again = await site.post("AccountService/SignIn", {"name": here.name, "password": PASSWORD})
    assert again.refused == "REASON_CREDENTIALS_WRONG"


async def test_a_password_of_10_mb_is_refused_before_anybody_reads_it(site: Site) -> None:
    for method in ("RegisterAccount", "SignIn"):
        answer = await site.post(f"AccountService/{method}", {"name": "Ada", "password": "x" * 10_000_000})
        assert (answer.status, answer.refused) == (413, "REASON_TOO_LARGE")
        answer = await site.post(f"AccountService/{method}", {"name": "Ada", "password": "x" * 10_000})
        assert (answer.status, answer.refused) == (400, "REASON_PASSWORD_INVALID")


async def sees(lobby: LobbyClient, friend_id: str, **facts: object) -> Friend:
    """The friend once all of that is so."""
    found: list[Friend] = []

    def so(message: lobby_pb2.ConnectResponse) -> bool:
        found[:] = [
            friend
            for friend in message.friends.friends
            if friend.account_id == friend_id and all(getattr(friend, key) == fact for key, fact in facts.items())
        ]
        return bool(found)

    await lobby.see(so)
    return found[0]


async def test_two_friends_find_each_other_in_a_room_and_in_a_match(site: Site) -> None:
    ada, bob = await site.guests(2)
    async with ada.lobby() as hers:
        async with bob.lobby() as his:
            await ada.call("FriendService/AskFriend", {"name": bob.name})
            await sees(his, ada.account_id, bond=Bond.BOND_ASKS)
            await bob.call("FriendService/AnswerFriend", {"accountId": ada.account_id, "accept": True})
            await sees(hers, bob.account_id, whereabouts=Whereabouts.WHEREABOUTS_ONLINE)
            await hers.do(create_room=lobby_pb2.CreateRoom())
            await hers.do(invite=lobby_pb2.Invite(account_id=bob.account_id))
            invited = (await his.see(lambda message: message.HasField("invited"))).invited
            assert (await sees(his, ada.account_id, room_code=invited.room_code)).bond == Bond.BOND_FRIEND
            await his.do(join_room=lobby_pb2.JoinRoom(code=invited.room_code))
            await sees(hers, bob.account_id, whereabouts=Whereabouts.WHEREABOUTS_IN_ROOM)
            await his.do(leave_room=lobby_pb2.LeaveRoom())
            session_id, _ = await bob.start(bot={})
            playing = await sees(hers, bob.account_id, whereabouts=Whereabouts.WHEREABOUTS_IN_MATCH)
            assert playing.session_id == session_id
            await hers.do(set_watching=lobby_pb2.SetWatching(session_id=session_id))
            watching = await sees(his, ada.account_id, whereabouts=Whereabouts.WHEREABOUTS_WATCHING)
            assert watching.session_id == session_id
            await hers.do(set_watching=lobby_pb2.SetWatching())
            await sees(his, ada.account_id, whereabouts=Whereabouts.WHEREABOUTS_IN_ROOM)
        await sees(hers, bob.account_id, whereabouts=Whereabouts.WHEREABOUTS_AWAY)
