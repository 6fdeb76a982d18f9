"""How often one caller may ask: a bucket of tokens that fills again at a steady rate."""

import time
from collections.abc import Callable, Hashable

FULL_AFTER = 10_000  # callers remembered before those that rest are forgotten


class Limits:
    """One bucket per caller, in this process."""

    def __init__(
        self, *, per_second: float = 100, burst: int = 1000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.per_second = per_second
        self.burst = burst
        self._clock = clock
        self._buckets: dict[Hashable, tuple[float, float]] = {}

    def take(self, caller: Hashable) -> float:
        """Take one token; 0, or the seconds to wait until there is one."""
        now = self._clock()
        tokens = self._tokens(caller, now)
        if tokens < 1:
            return (1 - tokens) / self.per_second
        if len(self._buckets) >= FULL_AFTER:
            self._forget_resting(now)
        self._buckets[caller] = (tokens - 1, now)
        return 0.0

    def _tokens(self, caller: Hashable, now: float) -> float:
        tokens, since = self._buckets.get(caller, (float(self.burst), now))
        return min(self.burst, tokens + (now - since) * self.per_second)

    def _forget_resting(self, now: float) -> None:
        self._buckets = {c: b for c, b in self._buckets.items() if self._tokens(c, now) < self.burst}
