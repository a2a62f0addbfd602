"""Repositories: interfaces of the tables, one for each kind of thing that is stored."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from backend.core.admission import Usage
from backend.core.friends import Bond
from backend.core.places import Place
from backend.core.privacy import Audience
from backend.core.room import Room
from backend.service.models import (
    Account,
    Bonds,
    CreatedKey,
    GameServer,
    Invitation,
    MatchRow,
    OpenInvitation,
    SessionRecord,
    SideRow,
    SideTotals,
    SignIn,
    SigningKey,
    Stage,
    TokenOwner,
    TournamentRow,
)
from backend.service.session_specs import SeatSpec


class NameTaken(Exception):
    """Conflict: another account holds the name, or one that looks like it."""


class CodeTaken(Exception):
    """Conflict: a room has this code already."""


class RoomRevisionConflict(Exception):
    """Conflict: the room has another revision than the one that the change was computed from."""


class InAnotherRoom(Exception):
    """Conflict: the account is in a room for duels already."""


class AccountRepository(Protocol):
    async def add(self, account: Account, name_key: str, created_ms: int, look: str = "") -> None:
        """Adds an account; its key and look are unique, except for an empty look. Raises NameTaken."""

    async def get(self, account_id: str) -> Account | None: ...

    async def rename(self, account_id: str, name: str, name_key: str, look: str = "") -> None:
        """Renames under the rules of `add`. Raises NameTaken."""

    async def add_token(self, digest: bytes, account_id: str, sign_in: SignIn) -> None: ...

    async def token_owner(self, digest: bytes) -> TokenOwner | None: ...

    async def drop_token(self, digest: bytes) -> None: ...

    async def drop_oldest_tokens(self, account_id: str, keep: int) -> None:
        """Drops all but the `keep` that were used last."""

    async def use_tokens(self, used_ms: Mapping[bytes, int]) -> None:
        """Stores the time of last use by digest, unix milliseconds."""

    async def sign_ins(self, account_id: str) -> Mapping[bytes, SignIn]:
        """Sign-ins of the account by the digest of their tokens."""

    async def old_tokens(
        self, *, guest: bool, used_ms: int, created_ms: int, limit: int
    ) -> Sequence[tuple[bytes, str]]:
        """Digest and account of tokens, guests' or others', that were used last or made at these times or before."""

    async def device_seen_ms(self, account_id: str, digest: bytes) -> int | None:
        """Last sign-in of the browser, unix milliseconds; None when it has never signed in to the account."""

    async def see_device(self, account_id: str, digest: bytes, now_ms: int, keep: int) -> None:
        """Stores a sign-in of the browser, and drops all but the `keep` browsers that were seen last."""

    async def forget_devices(self, account_id: str) -> None: ...

    async def has_token(self, account_id: str) -> bool: ...

    async def drop_other_tokens(self, account_id: str, digest: bytes) -> None: ...

    async def by_name(self, name_key: str) -> Account | None: ...

    async def delete(self, account_id: str) -> None:
        """Deletes it with its password, tokens, devices, stances, invitations and places. Its matches stay."""

    async def created_ms(self, account_id: str) -> int: ...

    async def password_changed_ms(self, account_id: str) -> int:
        """Time of the last change, unix milliseconds; 0 without a password."""

    async def devices_seen_ms(self, account_id: str) -> Sequence[int]:
        """Last sign-in of each known browser, unix milliseconds, the newest first."""

    async def set_history(self, account_id: str, history: Audience) -> None: ...

    async def names(self, account_ids: Sequence[str]) -> Mapping[str, str]:
        """Names by account id, of those that exist."""

    async def password(self, account_id: str) -> str | None:
        """Hash of the password as a PHC string; None for a guest."""

    async def set_password(self, account_id: str, phc: str, now_ms: int) -> None:
        """Stores the hash, and makes an account of a guest."""

    async def void_tickets(self, account_id: str, until_ms: int, forget_ms: int) -> None:
        """The account's tickets that were signed until then are void. Forgets what is older than `forget_ms`."""

    async def voided_since(self, since_ms: int) -> Mapping[str, int]:
        """Account -> until when its tickets are void, of those voided at `since_ms` or later."""


class FriendRepository(Protocol):
    async def of(self, account_ids: Sequence[str]) -> Mapping[str, Bonds]:
        """Bonds of each of the accounts."""

    async def between(self, account_id: str, other_id: str) -> Bond:
        """Bond of the two, seen from the first."""

    async def save(self, account_id: str, other_id: str, bond: Bond) -> None:
        """Both accounts have to be there. The bond is seen from the first."""

    async def guests_asking(self, account_id: str) -> int:
        """Number of guests who have asked the account and have no answer."""

    async def blockers(self, account_id: str) -> Collection[str]:
        """Accounts that have blocked this one."""

    async def forget(self, account_id: str) -> None:
        """Drops every bond of the account."""


class RoomRepository(Protocol):
    """Rooms, the places that people have in them, and in which of theirs they are now: in one at most."""

    async def add(self, room: Room) -> None:
        """Adds a room; its people are there now. Raises CodeTaken, InAnotherRoom."""

    async def get(self, code: str) -> Room | None: ...

    async def current(self, account_id: str) -> Room | None:
        """The room in which the account is now."""

    async def currents(self, account_ids: Sequence[str]) -> Mapping[str, Room]:
        """Current room by account id, of those that are in one."""

    async def places(self, account_ids: Sequence[str]) -> Sequence[Place]:
        """Every place of each of the accounts."""

    async def present(self, code: str) -> Collection[str]:
        """Accounts that are in the room now, of those with a place there."""

    async def go(self, account_id: str, code: str) -> None:
        """Makes the room, in which the account has a place, its current one."""

    async def save(self, before: Room, after: Room) -> None:
        """Compare-and-set on the revision; a room without members is deleted. Newcomers are there now.

        A new code leaves the members as they are. Raises RoomRevisionConflict, InAnotherRoom, CodeTaken.
        """

    async def due(self, now_ms: int) -> Sequence[Room]:
        """Rooms in which a place is lost now."""

    async def starting(self, now_ms: int) -> Sequence[Room]:
        """Rooms whose tournament starts by itself now."""

    async def open_for_entrants(self, limit: int, after: Sequence[Any] = ()) -> Sequence[Room]:
        """Listed rooms that are open for entrants, by `entrants.room_key`; those behind that key, if there is one."""

    async def every(self) -> Sequence[Room]: ...


class DirectoryRepository(Protocol):
    async def add_server(self, server: GameServer) -> None:
        """Adds it, or brings what is known of it up to date."""

    async def server(self, name: str) -> GameServer | None: ...

    async def add(self, session: SessionRecord) -> None: ...

    async def get(self, session_id: str) -> SessionRecord | None: ...

    async def add_seat(self, session: SessionRecord, seat: SeatSpec) -> None:
        """Adds a seat for a late entrant."""

    async def set_stage(self, session_id: str, stage: Stage, epoch: int | None = None) -> None:
        """Sets how far the session has come, and its epoch if one is given."""

    async def on_server(self, server: str) -> Sequence[SessionRecord]:
        """The sessions of a server that are on, or that were lost."""

    async def listed(self) -> Sequence[tuple[str, int, int]]:
        """Listed duels that are live: id, origin, when created. There may be many, so no more than that of each."""

    async def several(self, session_ids: Sequence[str]) -> Sequence[SessionRecord]:
        """Sessions of these ids, as far as they exist, in no order."""

    async def usage_of(self, account_id: str, address: str) -> Usage:
        """Live sessions that the account has started, and places of all live sessions started from the address."""

    async def played_by(self, account_ids: Sequence[str]) -> Sequence[tuple[str, str, bool]]:
        """Account, session, whether friends may be shown it: where they have a seat and that is on. The newest last."""

    async def sessions_of(self, account_id: str, limit: int) -> Sequence[str]:
        """Sessions in which it has a seat, the newest first."""

    async def watchable(self, session_ids: Sequence[str]) -> Collection[str]:
        """Ids of those that are live, open to spectators and listed."""

    async def live_of_origin(self, origin: int) -> int:
        """Number of live sessions of an origin."""

    async def servers_with_sessions(self) -> Sequence[str]:
        """The servers that hold a session that is on."""


class RecordRepository(Protocol):
    async def add(self, row: MatchRow, sides: Sequence[SideRow], journal: bytes) -> None: ...

    async def get(self, session_id: str, match: int, attempt: int | None = None) -> MatchRow | None:
        """Without an attempt the last one."""

    async def journal(self, session_id: str, match: int) -> bytes | None:
        """Journal of the last attempt."""

    async def reach(self, account_id: str, before: int | None, count: int) -> int | None:
        """The position reached by looking at `count` rows of a list, shown or not; None when there are fewer."""

    async def page(
        self, account_id: str, before: int | None, limit: int, viewer: str = "", down_to: int | None = None
    ) -> Sequence[MatchRow]:
        """Newest first; only those with a position below `before` and not below `down_to`, only of an account if that
        is not empty.

        Of these the listed ones that everybody who played shows the viewer; of an account's also those that the viewer
        played.
        """

    async def shown(self, session_id: str, match: int, viewer: str) -> bool:
        """True if the viewer played it, or may see the history of everybody who did; also without such a match."""

    async def totals(self, account_id: str) -> SideTotals: ...

    async def rated_between(self, account_id: str, other_id: str, since_ms: int) -> int:
        """Number of matches between the two since then that move ratings."""

    async def balances(self, account_ids: Sequence[str]) -> Mapping[str, int]:
        """Wins minus losses of each account, in matches that move ratings; of those that have any."""


class TournamentRepository(Protocol):
    """Every tournament of the directory has a row here, from its start on."""

    async def end(self, row: TournamentRow) -> None: ...

    async def get(self, session_id: str) -> TournamentRow | None:
        """None while it is not over."""

    async def listed(
        self, limit: int, after: Sequence[Any] = (), *, over: bool
    ) -> Sequence[tuple[SessionRecord, str | None, int]]:
        """Listed ones that are on, or those that are over, the newest first: with the champion's name, or None while it
        is on, and when it began or ended. `after` is (that time, anything, the session) of the one before."""


class InvitationRepository(Protocol):
    """Invitations to tournaments. One that was declined is kept, so that it is not repeated."""

    async def add(self, invitation: Invitation) -> None: ...

    async def get(self, session_id: str, account_id: str) -> Invitation | None: ...

    async def decline(self, session_id: str, account_id: str) -> None: ...

    async def drop(self, session_id: str, account_id: str) -> None: ...

    async def end(self, session_id: str) -> Collection[str]:
        """The tournament is over: drops all. Returns those who had not answered."""

    async def count_to(self, session_id: str) -> int:
        """Number of invitations to a tournament, answered or not."""

    async def count_open(self, account_id: str) -> int:
        """Number of invitations that wait for the account's answer."""

    async def open_of(self, account_id: str) -> Sequence[OpenInvitation]:
        """Unanswered invitations to live tournaments, none by an account that it has blocked, the newest first."""

    async def sessions_of(self, account_id: str) -> Sequence[str]:
        """The tournaments that it is invited to, whatever it has answered."""


class ErasureRepository(Protocol):
    """Accounts that were deleted, and where their names still stand."""

    async def add(self, account_id: str, now_ms: int) -> None:
        """Its turn comes behind those that are there."""

    async def next(self) -> str | None:
        """The account whose turn it is."""

    async def done(self, account_id: str) -> None: ...

    async def awaits_more(self, account_id: str) -> bool:
        """True if it has a seat in a live session."""

    async def erase_matches(self, account_id: str, limit: int) -> int:
        """Takes the account out of `limit` matches at most, and returns their number.

        Their journals play out to the same result, but are not those that were recorded: their digests are dropped.
        """

    async def erase_sessions(self, account_id: str, limit: int) -> int:
        """Takes the account out of `limit` sessions at most that are over, and returns their number."""


class RetentionRepository(Protocol):
    """Rows whose time is over. Lists continue behind `after`, the oldest first."""

    async def guests(self, after: CreatedKey, before_ms: int, limit: int) -> Sequence[CreatedKey]:
        """Guests that were made before then."""

    async def unused(self, account_ids: Sequence[str], since_ms: int) -> Collection[str]:
        """Ids of guests among them without a match, a place in a room, or a token used since then."""

    async def drop_guests(self, account_ids: Collection[str]) -> None: ...

    async def sessions(self, after: CreatedKey, before_ms: int, limit: int) -> Sequence[CreatedKey]:
        """Sessions that were made before then and are not on."""

    async def unplayed(self, session_ids: Sequence[str]) -> Collection[str]:
        """Ids among them that are not live, have no record, and are no tournament."""

    async def drop_sessions(self, session_ids: Collection[str]) -> None: ...


class KeyRepository(Protocol):
    async def add(self, key: SigningKey) -> None: ...

    async def of(self, purpose: str) -> Sequence[SigningKey]:
        """Newest first."""

    async def drop(self, kid: str) -> None: ...
