"""FriendService over gRPC."""

import grpc
from matchpoint.v1 import friend_pb2, friend_pb2_grpc

from backend.contract.friends import friend_list_message
from backend.service.completion import CompletionRunner
from backend.service.social.friends import Friends
from wire.access import caller
from wire.ranges import check


class FriendServicer(friend_pb2_grpc.FriendServiceServicer):
    """A change is carried to its end even if the caller hangs up, so that the other side is told of it."""

    def __init__(self, friends: Friends, run_to_completion: CompletionRunner) -> None:
        self._friends = friends
        self._run_to_completion = run_to_completion

    async def ListFriends(
        self,
        request: friend_pb2.ListFriendsRequest,
        context: grpc.aio.ServicerContext[friend_pb2.ListFriendsRequest, friend_pb2.ListFriendsResponse],
    ) -> friend_pb2.ListFriendsResponse:
        return friend_pb2.ListFriendsResponse(
            list=friend_list_message(await self._friends.list_of(caller().account_id))
        )

    async def AskFriend(
        self,
        request: friend_pb2.AskFriendRequest,
        context: grpc.aio.ServicerContext[friend_pb2.AskFriendRequest, friend_pb2.AskFriendResponse],
    ) -> friend_pb2.AskFriendResponse:
        check(request)
        who = caller()
        friends = await self._run_to_completion(self._friends.ask(who.account_id, request.name, who.address))
        return friend_pb2.AskFriendResponse(list=friend_list_message(friends))

    async def AnswerFriend(
        self,
        request: friend_pb2.AnswerFriendRequest,
        context: grpc.aio.ServicerContext[friend_pb2.AnswerFriendRequest, friend_pb2.AnswerFriendResponse],
    ) -> friend_pb2.AnswerFriendResponse:
        check(request)
        friends = await self._run_to_completion(
            self._friends.answer(caller().account_id, request.account_id, request.accept)
        )
        return friend_pb2.AnswerFriendResponse(list=friend_list_message(friends))

    async def RemoveFriend(
        self,
        request: friend_pb2.RemoveFriendRequest,
        context: grpc.aio.ServicerContext[friend_pb2.RemoveFriendRequest, friend_pb2.RemoveFriendResponse],
    ) -> friend_pb2.RemoveFriendResponse:
        check(request)
        friends = await self._run_to_completion(self._friends.remove(caller().account_id, request.account_id))
        return friend_pb2.RemoveFriendResponse(list=friend_list_message(friends))

    async def BlockAccount(
        self,
        request: friend_pb2.BlockAccountRequest,
        context: grpc.aio.ServicerContext[friend_pb2.BlockAccountRequest, friend_pb2.BlockAccountResponse],
    ) -> friend_pb2.BlockAccountResponse:
        check(request)
        friends = await self._run_to_completion(self._friends.block(caller().account_id, request.account_id))
        return friend_pb2.BlockAccountResponse(list=friend_list_message(friends))

    async def UnblockAccount(
        self,
        request: friend_pb2.UnblockAccountRequest,
        context: grpc.aio.ServicerContext[friend_pb2.UnblockAccountRequest, friend_pb2.UnblockAccountResponse],
    ) -> friend_pb2.UnblockAccountResponse:
        check(request)
        friends = await self._run_to_completion(self._friends.unblock(caller().account_id, request.account_id))
        return friend_pb2.UnblockAccountResponse(list=friend_list_message(friends))
