"""Friends through the backend's own port: two people, their lists, and what is pushed to whom."""

from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import pytest
from matchpoint.v1 import lobby_pb2
from matchpoint.v1.account_pb2 import GetMeRequest
from matchpoint.v1.friend_pb2 import (
    AnswerFriendRequest,
    AskFriendRequest,
    BlockAccountRequest,
    Bond,
    Friend,
    ListFriendsRequest,
    RemoveFriendRequest,
    UnblockAccountRequest,
    Whereabouts,
)
from matchpoint.v1.refusal_pb2 import Reason

from tests.support.harnesses.backend_port import LobbyStream, Wire, person, refusal

pytestmark = pytest.mark.anyio

UNKNOWN = (grpc.StatusCode.NOT_FOUND, Reason.REASON_ACCOUNT_UNKNOWN)
SELF = (grpc.StatusCode.INVALID_ARGUMENT, Reason.REASON_SELF)


class FriendCaller:
    """Somebody with a token."""

    def __init__(self, wire: Wire, name: str, token: str, account_id: str) -> None:
        self.wire, self.name, self.token, self.account_id = wire, name, token, account_id

    @classmethod
    async def come(cls, wire: Wire, name: str) -> "FriendCaller":
        token = await wire.guest(name)
        me = await wire.accounts.GetMe(GetMeRequest(), metadata=person(token))
        return cls(wire, name, token, me.account.account_id)

    def call(self, method: Callable[..., Awaitable[Any]], request: object) -> Awaitable[Any]:
        return method(request, metadata=person(self.token))

    def ask(self, other: "FriendCaller") -> Awaitable[Any]:
        return self.call(self.wire.friends.AskFriend, AskFriendRequest(name=other.name))

    def answer(self, other: "FriendCaller", *, accept: bool) -> Awaitable[Any]:
        request = AnswerFriendRequest(account_id=other.account_id, accept=accept)
        return self.call(self.wire.friends.AnswerFriend, request)

    def remove(self, other: "FriendCaller") -> Awaitable[Any]:
        return self.call(self.wire.friends.RemoveFriend, RemoveFriendRequest(account_id=other.account_id))

    def block(self, other: "FriendCaller") -> Awaitable[Any]:
        return self.call(self.wire.friends.BlockAccount, BlockAccountRequest(account_id=other.account_id))

    def unblock(self, other: "FriendCaller") -> Awaitable[Any]:
        return self.call(self.wire.friends.UnblockAccount, UnblockAccountRequest(account_id=other.account_id))

    async def bonds(self) -> dict[str, int]:
        """Name -> bond."""
        answer = await self.call(self.wire.friends.ListFriends, ListFriendsRequest())
        return {friend.name: friend.bond for friend in answer.list.friends}

    def lobby(self) -> LobbyStream:
        return self.wire.connect(self.token)


async def friends(wire: Wire) -> tuple[FriendCaller, FriendCaller]:
    ada, bob = await FriendCaller.come(wire, "Ada"), await FriendCaller.come(wire, "Bob")
    await ada.ask(bob)
    await bob.answer(ada, accept=True)
    return ada, bob


async def sees(lobby: LobbyStream, name: str, **facts: object) -> Friend:
    """The friend once all of that is so, as a push."""
    while True:
        for friend in (await lobby.hears("friends")).friends.friends:
            if friend.name == name and all(getattr(friend, key) == value for key, value in facts.items()):
                return friend


async def until_gone(lobby: LobbyStream, name: str) -> None:
    while any(friend.name == name for friend in (await lobby.hears("friends")).friends.friends):
        pass


async def test_asking_and_accepting_makes_friends_and_both_are_told_at_once(wire: Wire) -> None:
    ada, bob = await FriendCaller.come(wire, "Ada"), await FriendCaller.come(wire, "Bob")
    hers, his = ada.lobby(), bob.lobby()
    assert list((await hers.hears("friends")).friends.friends) == []
    assert [f.bond for f in (await ada.ask(bob)).list.friends] == [Bond.BOND_ASKED]
    await sees(his, "Ada", bond=Bond.BOND_ASKS, whereabouts=Whereabouts.WHEREABOUTS_UNSPECIFIED)
    await bob.answer(ada, accept=True)
    await sees(hers, "Bob", bond=Bond.BOND_FRIEND, whereabouts=Whereabouts.WHEREABOUTS_ONLINE)
    await sees(his, "Ada", bond=Bond.BOND_FRIEND, whereabouts=Whereabouts.WHEREABOUTS_ONLINE)
    assert await ada.bonds() == {"Bob": Bond.BOND_FRIEND}


async def test_requests_that_cross_make_friends(wire: Wire) -> None:
    ada, bob = await FriendCaller.come(wire, "Ada"), await FriendCaller.come(wire, "Bob")
    await ada.ask(bob)
    await bob.ask(ada)
    assert await ada.bonds() == {"Bob": Bond.BOND_FRIEND}
    assert await bob.bonds() == {"Ada": Bond.BOND_FRIEND}


async def test_what_happened_while_one_was_away_is_in_the_first_list(wire: Wire) -> None:
    ada, bob = await FriendCaller.come(wire, "Ada"), await FriendCaller.come(wire, "Bob")
    await ada.ask(bob)
    his = bob.lobby()
    (friend,) = (await his.hears("friends")).friends.friends
    assert (friend.account_id, friend.name, friend.bond) == (ada.account_id, "Ada", Bond.BOND_ASKS)


async def test_who_is_declined_is_not_told_and_cannot_ask_again_and_again(wire: Wire) -> None:
    ada, bob = await FriendCaller.come(wire, "Ada"), await FriendCaller.come(wire, "Bob")
    await ada.ask(bob)
    await bob.answer(ada, accept=False)
    await ada.ask(bob)
    assert await ada.bonds() == {"Bob": Bond.BOND_ASKED}
    assert await bob.bonds() == {}
    not_asked = (grpc.StatusCode.NOT_FOUND, Reason.REASON_NOT_ASKED)
    assert await refusal(bob.answer(ada, accept=True)) == not_asked


async def test_a_removed_friend_is_gone_on_both_sides_at_once(wire: Wire) -> None:
    ada, bob = await friends(wire)
    hers, his = ada.lobby(), bob.lobby()
    await sees(hers, "Bob")
    await sees(his, "Ada")
    await ada.remove(bob)
    await until_gone(hers, "Bob")
    await until_gone(his, "Ada")


async def test_who_is_blocked_gets_the_answer_of_an_unknown_name(wire: Wire) -> None:
    ada, bob = await friends(wire)
    await ada.block(bob)
    assert await ada.bonds() == {"Bob": Bond.BOND_BLOCKED}
    assert await bob.bonds() == {}
    assert await refusal(bob.ask(ada)) == UNKNOWN
    assert await refusal(bob.call(wire.friends.AskFriend, AskFriendRequest(name="Nobody"))) == UNKNOWN
    assert await refusal(ada.ask(bob)) == (grpc.StatusCode.PERMISSION_DENIED, Reason.REASON_NOT_ALLOWED)
    await ada.unblock(bob)
    await bob.ask(ada)
    assert await ada.bonds() == {"Bob": Bond.BOND_ASKS}


async def test_oneself_is_no_friend(wire: Wire) -> None:
    ada = await FriendCaller.come(wire, "Ada")
    for call in (ada.ask(ada), ada.answer(ada, accept=True), ada.remove(ada), ada.block(ada), ada.unblock(ada)):
        assert await refusal(call) == SELF


async def test_accounts_that_are_not_there_are_unknown(wire: Wire) -> None:
    ada = await FriendCaller.come(wire, "Ada")
    nobody = FriendCaller(wire, "Nobody", "", "nobody")
    assert await refusal(ada.ask(nobody)) == UNKNOWN
    assert await refusal(ada.block(nobody)) == UNKNOWN
    not_asked = (grpc.StatusCode.NOT_FOUND, Reason.REASON_NOT_ASKED)
    assert await refusal(ada.answer(nobody, accept=True)) == not_asked
    await ada.remove(nobody)
    await ada.unblock(nobody)


async def test_friends_see_each_other_come_go_and_take_a_room(wire: Wire) -> None:
    ada, bob = await friends(wire)
    hers = ada.lobby()
    await sees(hers, "Bob", whereabouts=Whereabouts.WHEREABOUTS_AWAY)
    his = bob.lobby()
    await sees(hers, "Bob", whereabouts=Whereabouts.WHEREABOUTS_ONLINE)
    await his.do(create_room=lobby_pb2.CreateRoom())
    friend = await sees(hers, "Bob", whereabouts=Whereabouts.WHEREABOUTS_IN_ROOM)
    await hers.do(join_room=lobby_pb2.JoinRoom(code=friend.room_code))
    await his.do(leave_room=lobby_pb2.LeaveRoom())
    await sees(hers, "Bob", whereabouts=Whereabouts.WHEREABOUTS_ONLINE, room_code="")
    his.cancel()
    await sees(hers, "Bob", whereabouts=Whereabouts.WHEREABOUTS_AWAY)


async def test_an_invitation_reaches_a_friend_and_nobody_else(wire: Wire) -> None:
    ada, bob = await friends(wire)
    eve = await FriendCaller.come(wire, "Eve")
    hers, his = ada.lobby(), bob.lobby()
    await his.hears("welcome")
    number = await hers.send(invite=lobby_pb2.Invite(account_id=bob.account_id))
    assert (await hers.hears("refusal")).refusal.reason == Reason.REASON_NOT_IN_ROOM
    assert number == 1
    await hers.do(create_room=lobby_pb2.CreateRoom())
    await hers.do(invite=lobby_pb2.Invite(account_id=bob.account_id))
    invited = (await his.hears("invited")).invited
    assert (invited.account_id, invited.name) == (ada.account_id, "Ada")
    await his.do(join_room=lobby_pb2.JoinRoom(code=invited.room_code))
    await hers.send(invite=lobby_pb2.Invite(account_id=eve.account_id))
    assert (await hers.hears("refusal")).refusal.reason == Reason.REASON_NOT_FRIENDS
    await hers.send(invite=lobby_pb2.Invite(account_id=ada.account_id))
    assert (await hers.hears("refusal")).refusal.reason == Reason.REASON_SELF
