"""Rate limits: token buckets, and a bounded table of them."""

from collections import OrderedDict


class Bucket:
    """Allows `burst` at once, and `rate` a second in the long run.

    It counts in time: each that is taken moves the moment at which the bucket is full again by what it takes to earn
    one (the generic cell rate algorithm, ITU-T I.371). `now` is a monotonic clock of which `second` make a second.
    """

    __slots__ = ("_debt_max", "_each", "_full_at")

    def __init__(self, burst: float, rate: float, now: float, *, second: float = 1.0) -> None:
        self._each = second / rate
        # A thousandth more, so that sums of fractions do not cost the last one.
        self._debt_max = (burst + 0.001) * self._each
        self._full_at = now

    def take(self, now: float, count: int = 1) -> bool:
        """Tells whether `count` more are within the limit now. If not, none is taken."""
        full_at = max(self._full_at, now) + count * self._each
        if full_at - now > self._debt_max:
            return False
        self._full_at = full_at
        return True

    def owe(self, now: float, count: int) -> None:
        """Takes `count` more, regardless of the limit: they are used already. The next ones have to wait for them."""
        self._full_at = max(self._full_at, now) + count * self._each

    def spend(self, now: float, count: float) -> None:
        """Takes `count`, also more than there are: the debt is earned before `wait` is 0 again."""
        full_at = self._full_at
        self._full_at = (full_at if full_at > now else now) + count * self._each

    def wait(self, now: float) -> float:
        """The time until more may be taken, in the clock's own unit; 0 while there is anything left."""
        owed = self._full_at - now - self._debt_max
        return owed if owed > 0 else 0.0

    def has(self, now: float) -> bool:
        """Tells whether one more would be within the limit now. None is taken."""
        return max(self._full_at, now) + self._each - now <= self._debt_max

    def is_full(self, now: float) -> bool:
        """Tells whether nothing of it is used."""
        return self._full_at <= now


class Buckets:
    """A bucket for each key. Holds `limit` keys; the one unused for longest is forgotten first."""

    def __init__(self, burst: float, rate: float, limit: int) -> None:
        self._burst = burst
        self._rate = rate
        self._limit = limit
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, key: str, now: float) -> bool:
        """Tells whether one more of this key is within the limit now, in seconds of a monotonic clock."""
        bucket = self._buckets.pop(key, None) or Bucket(self._burst, self._rate, now)
        self._buckets[key] = bucket
        if len(self._buckets) > self._limit:
            self._buckets.popitem(last=False)
        return bucket.take(now)

    def has(self, key: str, now: float) -> bool:
        """Tells whether one more of this key would be within the limit now. None is taken."""
        bucket = self._buckets.get(key)
        return bucket is None or bucket.has(now)

    def is_full(self, key: str, now: float) -> bool:
        """Tells whether nothing of this key's is used."""
        bucket = self._buckets.get(key)
        return bucket is None or bucket.is_full(now)
