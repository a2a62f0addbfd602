"""What the runtime keeps about one seat while it is played: admission of late inputs, grace, lag credit.

None of it outlives a restart; what matters is journaled. Times in µs of match time unless a name says otherwise.
"""

from collections import deque
from typing import Final

from gameserver.domain.pong.bots import Bot
from gameserver.domain.pong.intents import Intent, Target
from gameserver.domain.pong.rules import Paddle
from gameserver.domain.values import NEVER, value

#: An input dated at most so far ahead of its arrival is held to its own time; further ahead it counts at arrival.
AHEAD: Final = 60_000
#: Inputs and marks held at once; more are dropped: nobody makes so many in 60 ms.
HELD_MOST: Final = 32
GRACE_MOST: Final = 130_000
#: The same in rated play: a line can be feigned, so it is not to be worth much.
RATED_GRACE_MOST: Final = 60_000
SLACK_LEAST, SLACK_MOST = 4_000, 25_000
#: What the slack aims at: marks that come so long before the deadline. It is what is left to who uses all of it up.
SLACK_AIM: Final = 6_000
CREDIT_MOST: Final = 25_000
#: The most that any version has granted: journals of older ones stay readable.
CREDIT_EVER: Final = 100_000
#: Credit grows by 2 ms a second: 1 µs each 500 µs.
CREDIT_EVERY: Final = 500
#: Messages that arrive within it were delayed together and pay once, the largest.
BURST: Final = 20_000
#: Targets count when they are dated, or arrive, so far apart: one per 33 ms less what rounding takes.
TARGET_EVERY: Final = 30_000


@value
class HeldInput:
    """An input that waits for its own time; without an intent it is a mark."""

    seq: int
    te: int
    intent: Intent | None
    arrival: int
    claimed: int


class InputAdmission:
    """One seat of a running match."""

    __slots__ = (
        "_burst_paid",
        "_burst_t",
        "_credit_t",
        "_held",
        "_late",
        "_slack",
        "_target_now",
        "_target_t",
        "bot",
        "credit",
        "grace_most",
        "heard",
        "last_seq",
        "mark",
        "may_owe",
        "next_t",
        "paid",
        "rtt",
        "rtt_most",
        "shadow",
        "shadow_t",
        "side",
    )

    def __init__(self, side: int, now: int) -> None:
        self.side = side
        self.bot: Bot | None = None
        #: Server time of the last message.
        self.heard = now
        #: The round trip that is believed, and the most that is; the most that is granted for it.
        self.rtt = 0
        self.rtt_most = NEVER
        self.grace_most = GRACE_MOST
        self.last_seq = 0
        #: The player's stream has passed this time: no input at or before it can come.
        self.mark = -1
        #: When a held input or the bot is next due; NEVER without.
        self.next_t = NEVER
        self._held: deque[HeldInput] = deque()
        self._slack = SLACK_MOST
        #: How late the latest input since the last own crossing was, beyond half the round trip.
        self._late = 0
        self.credit = CREDIT_MOST
        self._credit_t = 0
        self.may_owe = True
        self._burst_t = -BURST
        self._burst_paid = 0
        #: What the input that is being admitted owes to credit.
        self.paid = 0
        #: The paddle as it would be without credit, since the first payment after the last own crossing.
        self.shadow: Paddle | None = None
        self.shadow_t = 0
        self._target_t = self._target_now = -TARGET_EVERY

    def believe(self, rtt_us: int) -> bool:
        """The transport measured a round trip; whether that changes the one that is believed."""
        rtt = min(rtt_us, self.rtt_most)
        changed = rtt > 0 and rtt != self.rtt
        if changed:
            self.rtt = rtt
        return changed

    def resume(self, last_seq: int, last_te: int, t: int) -> None:
        """Go on at match time `t` after a restart; the credit begins at nothing."""
        self.last_seq, self.mark = last_seq, last_te - 1
        self.owe_nothing(t, for_good=False)
        if self.bot:
            self.bot.seq = last_seq

    def too_often(self, intent: Intent, t: int, now: int) -> bool:
        """Whether it is a target that comes too soon after the last one, both by its date and by its arrival."""
        if not isinstance(intent, Target):
            return False
        if t - self._target_t < TARGET_EVERY and now - self._target_now < TARGET_EVERY:
            return True
        self._target_t, self._target_now = t, now
        return False

    def effective(self, t: int, arrival: int, low: int, grace: int) -> int:
        """The time at which an input counts: te = min(max(t, low, arrival - G - credit), arrival), held if ahead.

        `low` is the last effective time or the floor after the last own crossing. Sets `paid`.
        """
        self.paid = 0
        late = arrival - t - self.rtt // 2
        if late > self._late:
            self._late = late
        if self._held:
            low = max(low, self._held[-1].te)
        earliest = arrival - grace
        if t >= earliest:
            return max(low, t if t <= arrival + AHEAD else arrival)
        self.accrue(arrival)
        if arrival - self._burst_t > BURST:
            self._burst_t, self._burst_paid = arrival, 0
        te = max(t, low, earliest - min(CREDIT_MOST, self.credit + self._burst_paid))
        if te < earliest:
            self.paid = earliest - te
            more = max(0, self.paid - self._burst_paid)
            self.credit -= more
            self._burst_paid += more
        return te

    def accrue(self, t: int) -> None:
        """Let the credit grow until `t`. After a save there is none in this match."""
        grown = (t - self._credit_t) // CREDIT_EVERY
        if grown > 0:
            self._credit_t += grown * CREDIT_EVERY
            self.credit = min(CREDIT_MOST, self.credit + grown) if self.may_owe else 0

    def owe_nothing(self, t: int, for_good: bool) -> None:
        """Take the credit away: for good after a save, or until it grows again after a restart at `t`."""
        self.credit, self._credit_t, self._burst_paid = 0, t, 0
        self.may_owe = self.may_owe and not for_good

    def grace(self) -> int:
        """G for the coming crossing: half the round trip and the slack, at most 130 ms, in rated play 60."""
        return min(self.grace_most, self.rtt // 2 + self._slack)

    def crossed(self, t1: int, decided: int) -> None:
        """Its crossing at `t1` was decided: adapt the slack, which is for jitter, to how late its mark came.

        Who uses all of it by holding marks back is left with 6 ms. So is who dates inputs back, while its marks come
        in time: an input that late takes slack away too, but never below those 6 ms, since of many inputs on an
        uneven line one is always late.
        """
        grown = self._slack + SLACK_AIM
        slack = min(grown - max(0, decided - t1 - self.rtt // 2), max(SLACK_AIM, grown - self._late))
        self._slack = min(SLACK_MOST, max(SLACK_LEAST, slack))
        self._late = 0
        self.shadow, self.shadow_t = None, 0

    def pass_mark(self, t: int, arrival: int) -> None:
        """The player says that its stream has passed `t`; ahead of its arrival that is held to its own time."""
        if t > arrival:
            if t > arrival + AHEAD:
                t = arrival
            else:
                self.hold(0, t, None, arrival, t)
                return
        if not self._held or t < self._held[0].te:
            self.mark = max(self.mark, t)

    def hold(self, seq: int, te: int, intent: Intent | None, arrival: int, claimed: int) -> None:
        """Keep an input or a mark until match time `te`, which is not before the last one's."""
        if len(self._held) < HELD_MOST and (not self._held or te >= self._held[-1].te):
            self._held.append(HeldInput(seq, te, intent, arrival, claimed))
            self.next_t = self._held[0].te

    def release(self) -> HeldInput:
        """The first that was held."""
        held = self._held.popleft()
        self.next_t = self._held[0].te if self._held else NEVER
        if held.intent is None:
            self.mark = max(self.mark, held.te)
        return held

    def drop_held(self) -> None:
        """The clock was stopped: what was dated ahead of it never comes."""
        self._held.clear()
        if self.bot is None:
            self.next_t = NEVER
