"""Lobby: one connection per browser tab, commands in, answers and changes out."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from typing import Final

from backend.core import text
from backend.core.sign_ins import USED_EVERY_MS
from backend.core.text import TextInvalid
from backend.service.accounts import tokens
from backend.service.accounts.accounts import Accounts
from backend.service.accounts.sign_ins import SignIns
from backend.service.bus import Bus
from backend.service.completion import CompletionRunner
from backend.service.limits import Allowance, Limits
from backend.service.models import Account, Person
from backend.service.notifications import Notification
from backend.service.ports import Clock
from backend.service.rooms.command_handlers import RoomCommandHandlers
from backend.service.rooms.commands import Heartbeat, Invite, LobbyCommand, LobbyRequest, Say, SetWatching
from backend.service.rooms.notifications import CommandDone, CommandRefused, RoomState, Welcome
from backend.service.rooms.rooms import Rooms
from backend.service.rooms.session_lifecycle import SessionLifecycle
from backend.service.sessions.invitations import Invitations
from backend.service.social.friend_feed import FriendFeed
from backend.service.social.friends import Friends
from backend.service.social.presence import Presence
from wire.refusal import Reason, Refused

OUTGOING: Final = 64
"""Messages that wait for one connection. One more ends it: the browser reconnects and gets the room whole."""
CONNECTIONS_PER_ACCOUNT: Final = 16
SAY_LENGTH: Final = 300
SAY_BYTES: Final = 1_200
"""Maximum of a chat line: characters as they are seen, and bytes in UTF-8."""
SESSION_ID_LENGTH: Final = 64


class Connection:
    """One lobby connection. What it is to be sent is taken from it with `next`."""

    def __init__(self, account: Account, token_digest: bytes, address: str) -> None:
        self.account = account
        self.address = address
        """The network address from which it came, for limits."""
        self.token_digest = token_digest
        self.connection_id = tokens.new_connection_id()
        self.used_ms = 0
        """Last time at which its sign-in was reported as used, unix milliseconds."""
        self.watching = ""
        """The session that it watches, by its own word."""
        self.busy = asyncio.Lock()
        """Held while a command is carried out, and while the connection is taken down: never both."""
        self.gone = False
        self.ended_early = asyncio.Event()
        """Set when it has to end at once, for the reason `end_reason`, even if a message is stuck on its way."""
        self.end_reason: Refused | None = None
        self._ended = False
        self._waiting: deque[Notification | None] = deque()
        self._any = asyncio.Event()

    def send(self, message: Notification) -> None:
        """Queues a message; one too many breaks the connection. A room that waits gives way to what it has become."""
        if self._ended:
            return
        if isinstance(message, RoomState) and self._waiting and isinstance(self._waiting[-1], RoomState):
            self._waiting[-1] = message
            return
        if len(self._waiting) >= OUTGOING:
            self.end(Refused(Reason.REASON_TOO_MANY, "This connection reads too slowly; connect again."))
            return
        self._put(message)

    def end(self, end_reason: Refused | None = None) -> None:
        """Ends it: behind what waits, or at once for a reason."""
        if self._ended:
            return
        self._ended = True
        self.end_reason = end_reason
        if end_reason is not None:
            self.ended_early.set()
        self._put(None)

    @property
    def silent(self) -> bool:
        """True if no message waits."""
        return not self._waiting

    async def next(self) -> Notification | None:
        """The next message, or None at the end. For one caller at a time."""
        while not self._waiting:
            self._any.clear()
            await self._any.wait()
        return self._waiting.popleft()

    def _put(self, message: Notification | None) -> None:
        self._waiting.append(message)
        self._any.set()


class Lobby:
    def __init__(
        self,
        accounts: Accounts,
        sign_ins: SignIns,
        rooms_: Rooms,
        sessions: SessionLifecycle,
        friends: Friends,
        friend_feed: FriendFeed,
        invitations: Invitations,
        presence: Presence,
        bus: Bus,
        clock: Clock,
        run_to_completion: CompletionRunner,
        limits: Limits,
    ) -> None:
        self._accounts = accounts
        self._sign_ins = sign_ins
        self._rooms = rooms_
        self._friends = friends
        self._friend_feed = friend_feed
        self._invitations = invitations
        self._presence = presence
        self._bus = bus
        self._clock = clock
        self._run_to_completion = run_to_completion
        self._connections: dict[str, dict[Connection, Callable[[], object]]] = {}
        self._stopping = False
        self._commands_left = Allowance(
            limits.commands_per_account, clock, "Too many commands at once; wait a few seconds."
        )
        self._room_commands = RoomCommandHandlers(rooms_, sessions, clock, limits)

    async def connect(self, account_id: str, token: str, address: str = "") -> Connection:
        """Opens a connection: it is welcomed, gets its room and places, and soon its friends. Raises Refused."""
        account = await self._accounts.get(account_id)
        connections = self._connections.setdefault(account_id, {})
        if len(connections) >= CONNECTIONS_PER_ACCOUNT:
            raise Refused(Reason.REASON_TOO_MANY, "You have the lobby open in too many tabs; close some of them.")
        connection = Connection(account, tokens.digest(token), address)
        connection.send(Welcome(account))
        # Subscribed before the room is read, so that no change falls between.
        unsubscribe = self._bus.subscribe(account_id, connection.send)
        connections[connection] = unsubscribe
        try:
            await self._show_rooms(connection)
            # Only what is still here: the connection may have been ended meanwhile.
            if connection in connections:
                leave = self._friend_feed.enter(account_id, connection.send)
                connections[connection] = lambda: (unsubscribe(), leave())
                self._renew(connection)
        except BaseException:
            await self.disconnect(connection)
            raise
        return connection

    async def _show_rooms(self, connection: Connection) -> None:
        account_id = connection.account.account_id
        room = await self._rooms.current(account_id)
        if room is not None:
            connection.send(RoomState(room))
        connection.send(await self._rooms.places(account_id))
        invited = await self._invitations.list_of(account_id)
        if invited.invitations:
            connection.send(invited)
        await self._rooms.back(account_id)

    def connected(self, account_id: str) -> bool:
        """True if the account has a connection to this backend."""
        return account_id in self._connections

    async def disconnect(self, connection: Connection) -> None:
        """Takes down a connection that has ended. After the last one, the account's places are kept for a while."""
        await self._run_to_completion(self._disconnect(connection))

    async def _disconnect(self, connection: Connection) -> None:
        async with connection.busy:
            connection.gone = True
            await self._take_down(connection)

    async def _take_down(self, connection: Connection) -> None:
        account_id = connection.account.account_id
        connections = self._connections.get(account_id, {})
        unsubscribe = connections.pop(connection, None)
        if unsubscribe is None:
            return
        unsubscribe()
        self._presence.end(account_id, connection.connection_id)
        connection.end()
        if connections:
            return
        self._connections.pop(account_id, None)
        # At the end of the program everybody's connection ends; the next start knows that without being told.
        if not self._stopping:
            await self._rooms.drop(account_id)
            if self.connected(account_id):
                await self._rooms.back(account_id)

    async def handle(self, connection: Connection, request: LobbyRequest) -> None:
        """Carries out a command and answers it on the connection. Once begun it is not broken off."""
        if not request.request_id and isinstance(request.command, Heartbeat):
            # A gateway's, for each of its connections: there are many of these.
            if not connection.gone:
                self._renew(connection)
            return
        await self._run_to_completion(self._carry_out(connection, request))

    async def _carry_out(self, connection: Connection, request: LobbyRequest) -> None:
        async with connection.busy:
            # Joining a room after the end would leave a member in it who is gone unnoticed.
            if not connection.gone:
                await self._answer(connection, request)

    async def _answer(self, connection: Connection, request: LobbyRequest) -> None:
        self._renew(connection)
        answer: CommandDone | CommandRefused = CommandDone(request.request_id)
        try:
            # Of the account, so that more tabs are not more.
            self._commands_left.take(connection.account.account_id)
            if isinstance(request.command, Refused):
                raise request.command
            await self._execute(connection, request.command)
        except Refused as refused:
            answer = CommandRefused(refused, request.request_id)
        connection.send(answer)

    async def _execute(self, connection: Connection, command: LobbyCommand) -> None:
        who = Person(connection.account, connection.address)
        match command:
            case SetWatching(session_id):
                self._set_watching(connection, session_id)
            case Invite(account_id):
                await self._friends.invite(who.account, account_id)
                await self._rooms.admit(who, account_id)
            case Say(text):
                await self._rooms.say(who, clean_text(text))
            case Heartbeat():
                pass  # The lease is renewed by every command.
            case _:
                await self._room_commands.handle(who, command)

    def _renew(self, connection: Connection) -> None:
        now_ms = self._clock.unix_ms()
        if now_ms - connection.used_ms >= USED_EVERY_MS:
            connection.used_ms = now_ms
            self._sign_ins.use(connection.token_digest)
        self._presence.renew(connection.account.account_id, connection.connection_id, connection.watching)

    def _set_watching(self, connection: Connection, session_id: str) -> None:
        if len(session_id) > SESSION_ID_LENGTH:
            raise Refused(Reason.REASON_SESSION_UNKNOWN, "There is no such session.", field="set_watching.session_id")
        connection.watching = session_id
        self._renew(connection)

    async def rename(self, account: Account) -> None:
        """Tells the account's connections and rooms its new name."""
        for connection in self._connections.get(account.account_id, {}):
            connection.account = account
        await self._rooms.rename(account)

    def token_replaced(self, account: Account, old: str, new: str) -> None:
        """Keeps the connections of a person who goes on with another token."""
        before, after = tokens.digest(old), tokens.digest(new)
        for connection in self._connections.get(account.account_id, {}):
            if connection.token_digest == before:
                connection.token_digest = after

    def sign_out_others(self, account_id: str, token: str) -> None:
        """Ends the connections of the account that were not made with this token."""
        stays = tokens.digest(token)
        for connection in list(self._connections.get(account_id, {})):
            if connection.token_digest != stays:
                connection.end(Refused(Reason.REASON_UNAUTHENTICATED, "The password was changed; sign in again."))

    def sign_out(self, account_id: str, token: str) -> None:
        """Ends the connections that were made with a token."""
        self.sign_in_ended(account_id, (tokens.digest(token),), "You have signed out.")

    def sign_in_ended(self, account_id: str, digests: Collection[bytes], sentence: str) -> None:
        """Ends the connections that were made with tokens of these digests."""
        for connection in list(self._connections.get(account_id, {})):
            if connection.token_digest in digests:
                connection.end(Refused(Reason.REASON_UNAUTHENTICATED, sentence))

    def account_deleted(self, account_id: str) -> None:
        """Ends the connections of the account."""
        for connection in list(self._connections.get(account_id, {})):
            connection.end(Refused(Reason.REASON_UNAUTHENTICATED, "The account was deleted."))

    async def end_old_sign_ins(self) -> None:
        """Ends sign-ins that have run out, with their connections; called once a second."""
        for digest, account_id in (await self._accounts.end_old_sign_ins()).items():
            self.sign_in_ended(account_id, (digest,), "Your sign-in has run out; sign in again.")

    def stop(self) -> None:
        """Ends all connections, before the program does."""
        self._stopping = True
        for connections in list(self._connections.values()):
            for connection in list(connections):
                connection.end(Refused(Reason.REASON_SERVER_UNAVAILABLE, "The lobby is being restarted; reconnecting."))


def clean_text(said: str) -> str:
    """Cleans a chat line of spaces around it. Raises Refused (REASON_INVALID_FIELD)."""
    try:
        return text.clean(said.strip(), SAY_LENGTH, SAY_BYTES, strict=False)
    except TextInvalid as invalid:
        raise Refused(Reason.REASON_INVALID_FIELD, f"A message {invalid}", field="say.text") from None
