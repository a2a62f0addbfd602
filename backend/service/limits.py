"""How often somebody may do something: token buckets."""

from collections import OrderedDict


class Bucket:
    """Allows `burst` at once and `per_second` in the long run."""

    __slots__ = ("_at_s", "_burst", "_left", "_per_second")

    def __init__(self, burst: float, per_second: float, now_s: float) -> None:
        self._burst = self._left = burst
        self._per_second = per_second
        self._at_s = now_s

    def take(self, now_s: float) -> bool:
        """Whether one more is allowed now; if so it is counted."""
        self._left = min(self._burst, self._left + (now_s - self._at_s) * self._per_second)
        self._at_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Buckets:
    """A bucket per key. Holds `limit` keys; the one unused for longest is forgotten first."""

    def __init__(self, burst: float, per_second: float, limit: int) -> None:
        self._burst = burst
        self._per_second = per_second
        self._limit = limit
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, key: str, now_s: float) -> bool:
        bucket = self._buckets.pop(key, None) or Bucket(self._burst, self._per_second, now_s)
        self._buckets[key] = bucket
        if len(self._buckets) > self._limit:
            self._buckets.popitem(last=False)
        return bucket.take(now_s)
