"""Rate limits on rooms: opening, changing, chat, and guesses at codes.

An account's limit holds over all its connections. An address's share of one room's limit keeps many guests of one
visitor from using all of it up.
"""

from backend.service.limits import REMEMBERED, Allowance, Limits
from backend.service.models import Person
from backend.service.ports import Clock


class RoomLimits:
    """Each method counts one, and raises Refused (TOO_MANY) when there is no more."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        fast = "That was a lot at once; wait a few seconds and try again."
        busy = "A lot is going on in this room; wait a few seconds and try again."
        words = "You are writing very fast; wait a few seconds."
        many = "A lot is being written in this room; wait a few seconds."
        wrong = "Too many codes were tried that no room has; check the link, wait ten seconds and try again."
        self._opened = Allowance(
            limits.rooms_per_address, clock, "Many rooms were opened from your network; wait a minute and try again."
        )
        self._changes = Allowance(limits.changes_per_account, clock, fast)
        self._changes_of_address = Allowance(limits.changes_per_address_and_room, clock, busy)
        self._changes_of_room = Allowance(limits.changes_per_room, clock, busy)
        self._lines = Allowance(limits.lines_per_account, clock, words)
        self._lines_of_address = Allowance(limits.lines_per_address_and_room, clock, many)
        self._lines_of_room = Allowance(limits.lines_per_room, clock, many)
        self._last: dict[str, str] = {}
        """Account -> the room in which it was last: so that a limit is paid before the database is asked."""
        self._wrong = Allowance(limits.wrong_codes_per_account, clock, wrong)
        self._wrong_of_address = Allowance(limits.wrong_codes_per_address, clock, wrong)

    def open(self, who: Person) -> None:
        """Counts a room that is to be opened."""
        self._changes.take(who.account_id)
        self._opened.take(who.address)

    def change(self, who: Person) -> str:
        """Counts a change of a room, before the room is looked up.

        Returns the room for which it was counted, if the account was in one before, for `change_room`.
        """
        self._changes.take(who.account_id)
        if code := self._last.get(who.account_id, ""):
            self._count_change(who, code)
        return code

    def change_room(self, who: Person, code: str, counted: str = "") -> None:
        """Counts a change of the room that was found, unless it is the one for which it was `counted`."""
        if code != counted:
            self._note(who, code)
            self._count_change(who, code)

    def speak(self, who: Person) -> str:
        """Counts a chat line, before its room is looked up. Returns the room for which it was counted, if any."""
        self._lines.take(who.account_id)
        if code := self._last.get(who.account_id, ""):
            self._count_line(who, code)
        return code

    def speak_in(self, who: Person, code: str, counted: str = "") -> None:
        """Counts a chat line in the room that was found, unless it is the one for which it was `counted`."""
        if code != counted:
            self._note(who, code)
            self._count_line(who, code)

    def _count_change(self, who: Person, code: str) -> None:
        if who.address:
            self._changes_of_address.take(f"{code} {who.address}")
        self._changes_of_room.take(code)

    def _count_line(self, who: Person, code: str) -> None:
        if who.address:
            self._lines_of_address.take(f"{code} {who.address}")
        self._lines_of_room.take(code)

    def _note(self, who: Person, code: str) -> None:
        self._last.pop(who.account_id, None)
        self._last[who.account_id] = code
        if len(self._last) > REMEMBERED:
            del self._last[next(iter(self._last))]

    def guess(self, who: Person) -> None:
        """Returns when a code may be looked up. Counts nothing: only codes that no room has count (`guessed_wrong`).

        An address that has used up its wrong codes is held up only for accounts that have tried one themselves lately:
        somebody with the right code comes in, in spite of neighbours behind the same address.
        """
        if self._wrong.used_up(who.account_id):
            raise self._wrong.refused()
        if self._wrong_of_address.used_up(who.address) and not self._wrong.untouched(who.account_id):
            raise self._wrong_of_address.refused()

    def guessed_wrong(self, who: Person) -> None:
        """Counts a code that no room has."""
        if not self._wrong.used_up(who.account_id):
            self._wrong.take(who.account_id)
        if not self._wrong_of_address.used_up(who.address):
            self._wrong_of_address.take(who.address)
