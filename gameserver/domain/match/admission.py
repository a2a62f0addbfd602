"""Admission of a side's inputs while a match is played: effective times, grace, lag credit.

None of it outlives a restart; what matters is journaled. Times are µs of match time unless a name says otherwise.
"""

from collections import deque
from typing import Final

from gameserver.domain.pong.bots import Bot
from gameserver.domain.pong.events import Volley
from gameserver.domain.pong.intents import Intent, Target
from gameserver.domain.pong.rules import Paddle, Pong
from gameserver.domain.values import NEVER, value

AHEAD: Final = 60_000
"""Lead of an input over its arrival up to which it is held to its own time; beyond it the input counts at arrival."""
HELD_MOST: Final = 32
"""Bound on the inputs and marks held at once; more are dropped. No hand makes as many in 60 ms."""
GRACE_MOST: Final = 130_000
"""Upper bound of the grace."""
RATED_GRACE_MOST: Final = 60_000
"""Upper bound of the grace in rated play: latency can be feigned, so it must not be worth much."""
SLACK_LEAST: Final = 4_000
SLACK_MOST: Final = 25_000
SLACK_AIM: Final = 6_000
"""Margin before the deadline at which the slack aims to see marks, and what is left to a player who uses all of it."""
CREDIT_MOST: Final = 25_000
"""Lag credit at the start of a match, and its upper bound."""
CREDIT_EVER: Final = 100_000
"""Largest credit that any version has granted: journals of older versions stay readable."""
CREDIT_EVERY: Final = 500
"""Time in which 1 µs of credit grows: 2 ms a second."""
BURST: Final = 20_000
"""Window in which arriving messages count as delayed together, and pay once, the largest."""
TARGET_EVERY: Final = 30_000
"""Minimum spacing of targets, by their dates or by their arrival: 30 a second (33 ms) less what rounding takes."""


@value
class HeldInput:
    """Input that waits for its own time; a mark when it has no intent."""

    seq: int
    te: int
    intent: Intent | None
    arrival: int
    claimed: int


class InputAdmission:
    """Admission of one side's inputs, by a person or by a bot."""

    __slots__ = (
        "_bot_seq",
        "_burst_paid",
        "_burst_t",
        "_credit_t",
        "_grace_most",
        "_held",
        "_late",
        "_may_owe",
        "_rtt_most",
        "_slack",
        "_target_now",
        "_target_t",
        "_uncredited_t",
        "bot",
        "credit",
        "heard",
        "last_seq",
        "mark",
        "next_t",
        "paid",
        "rtt",
        "side",
        "uncredited",
    )

    def __init__(
        self, side: int, now: int, *, bot: Bot | None = None, rtt_most: int = NEVER, grace_most: int = GRACE_MOST
    ) -> None:
        """Start at server time `now`. `rtt_most` bounds the round trip that is believed, µs."""
        self.side = side
        self.bot: Final = bot
        """The bot that plays the side; None for a person."""
        self._bot_seq = 0
        self.heard = now
        """Server time of the last message, µs."""
        self.rtt = 0
        """Round trip that is believed, µs; 0 before one was measured."""
        self._rtt_most = rtt_most
        self._grace_most = grace_most
        self.last_seq = 0
        """Number of the last input that was taken."""
        self.mark = -1
        """Time that the player's stream has passed: no input at or before it can come."""
        self.next_t = NEVER
        """Time at which a held input or the bot is next due; NEVER without one."""
        self._held: deque[HeldInput] = deque()
        self._slack = SLACK_MOST
        self._late = 0
        """Lateness of the latest input since the last own crossing, beyond half the round trip."""
        self.credit = CREDIT_MOST
        self._credit_t = 0
        self._may_owe = True
        self._burst_t = -BURST
        self._burst_paid = 0
        self.paid = 0
        """Credit that the input being admitted has used."""
        self.uncredited: Paddle | None = None
        """The paddle as it would be without credit, from the first payment after the last own crossing on."""
        self._uncredited_t = 0
        self._target_t = self._target_now = -TARGET_EVERY

    # A person's connection.

    def hear(self, now: int) -> None:
        """Note a message of the player, or the start of the time in which one is expected."""
        self.heard = now

    def measure(self, rtt_us: int) -> bool:
        """Take a round trip that the transport measured; return whether the believed one changes."""
        rtt = min(rtt_us, self._rtt_most)
        changed = rtt > 0 and rtt != self.rtt
        if changed:
            self.rtt = rtt
        return changed

    def resume(self, last_seq: int, last_te: int, t: int) -> None:
        """Continue at match time `t` after a restart; the credit begins at nothing."""
        self.last_seq, self.mark = last_seq, last_te - 1
        self.revoke_credit(t, for_good=False)
        if self.bot:
            self._bot_seq = last_seq

    # Inputs.

    def accepts(self, seq: int, intent: Intent, t: int, now: int) -> bool:
        """Take an input's number; False for one that was seen, and for a target too soon after the last one."""
        if seq <= self.last_seq or (isinstance(intent, Target) and self._is_too_soon(t, now)):
            return False
        self.last_seq = seq
        return True

    def _is_too_soon(self, t: int, now: int) -> bool:
        """Report whether a target follows the last one too closely, both by its date and by its arrival."""
        if t - self._target_t < TARGET_EVERY and now - self._target_now < TARGET_EVERY:
            return True
        self._target_t, self._target_now = t, now
        return False

    def effective(self, t: int, arrival: int, low: int, grace: int) -> int:
        """Effective time of an input: te = min(max(t, low, arrival - G - credit), arrival), held if ahead.

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
        self.accrue_credit(arrival)
        if arrival - self._burst_t > BURST:
            self._burst_t, self._burst_paid = arrival, 0
        te = max(t, low, earliest - min(CREDIT_MOST, self.credit + self._burst_paid))
        if te < earliest:
            self.paid = earliest - te
            more = max(0, self.paid - self._burst_paid)
            self.credit -= more
            self._burst_paid += more
        return te

    def applied(self, te: int, intent: Intent, game: Pong) -> None:
        """Follow an input that counts from `te` on: the stream's mark, and the paddle without credit."""
        paid = self.paid
        if paid:
            self.paid = 0
            if self.uncredited is None:
                self.uncredited = game.track(self.side)
        if self.uncredited is not None:
            self._uncredited_t = max(self._uncredited_t, te + paid)
            self.uncredited.admit(intent, self._uncredited_t)
        if te > self.mark:
            # Another input at the same microsecond may follow.
            self.mark = te - 1

    def pass_mark(self, t: int, arrival: int) -> None:
        """Take the player's word that its stream has passed `t`; ahead of its arrival it is held to its own time."""
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
        """Return the first input that was held."""
        held = self._held.popleft()
        self.next_t = self._held[0].te if self._held else NEVER
        if held.intent is None:
            self.mark = max(self.mark, held.te)
        return held

    def drop_held(self) -> None:
        """Drop what is dated ahead: the clock was stopped, so its time never comes."""
        self._held.clear()
        if self.bot is None:
            self.next_t = NEVER

    def stop(self) -> None:
        """Drop the bot's plan and the paddle without credit: the match was stopped."""
        if self.bot:
            self.bot.forget()
            self.next_t = NEVER
        self.uncredited = None

    # A bot.

    def show(self, volley: Volley, at: int) -> None:
        """Show the bot, if there is one, a volley that was decided at `at`."""
        if self.bot:
            self.bot.see(volley, at)
            self.next_t = self.bot.next_t

    def bot_move(self, bot: Bot, y: int, half: int) -> tuple[int, Intent]:
        """Return the number and the intent of the bot's next input, its paddle of half height `half` being at `y`."""
        self._bot_seq += 1
        intent = bot.act(y, half)
        self.next_t = bot.next_t
        return self._bot_seq, intent

    # Grace and credit.

    def accrue_credit(self, t: int) -> None:
        """Let the credit grow until `t`. After a save there is none in this match."""
        grown = (t - self._credit_t) // CREDIT_EVERY
        if grown > 0:
            self._credit_t += grown * CREDIT_EVERY
            self.credit = min(CREDIT_MOST, self.credit + grown) if self._may_owe else 0

    def revoke_credit(self, t: int, *, for_good: bool) -> None:
        """Take the credit away: for good after a save, or until it grows again after a restart at `t`."""
        self.credit, self._credit_t, self._burst_paid = 0, t, 0
        self._may_owe = self._may_owe and not for_good

    def grace(self) -> int:
        """Grace for the coming crossing: half the round trip and the slack, at most 130 ms, in rated play 60 ms."""
        return min(self._grace_most, self.rtt // 2 + self._slack)

    def crossed(self, t1: int, decided: int) -> None:
        """Adapt the slack, which is for jitter, to how late the mark of the crossing at `t1` came.

        A player who uses all of it by holding marks back is left with 6 ms. So is one who dates inputs back while the
        marks come in time: an input that late takes slack away too, but never below those 6 ms, since of many inputs
        on an uneven line one is always late.
        """
        grown = self._slack + SLACK_AIM
        slack = min(grown - max(0, decided - t1 - self.rtt // 2), max(SLACK_AIM, grown - self._late))
        self._slack = min(SLACK_MOST, max(SLACK_LEAST, slack))
        self._late = 0
        self.uncredited, self._uncredited_t = None, 0
