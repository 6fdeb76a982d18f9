"""How often one caller may ask: a bucket of tokens that fills again at a steady rate."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from fastapi import Request

from shared.web.problems import TooManyRequests

QUIET = frozenset({"/live", "/ready", "/metrics"})  # asked by machines, all the time
FULL_AFTER = 10_000  # callers remembered before those that rest are forgotten


class RateLimit:
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

    def spend(self, caller: Hashable) -> None:
        """Take one token. Raises TooManyRequests, with the seconds to wait."""
        if wait := self.take(caller):
            raise TooManyRequests("Try again later.", headers={"Retry-After": str(int(wait) + 1)})

    def _tokens(self, caller: Hashable, now: float) -> float:
        tokens, since = self._buckets.get(caller, (float(self.burst), now))
        return min(self.burst, tokens + (now - since) * self.per_second)

    def _forget_resting(self, now: float) -> None:
        self._buckets = {c: b for c, b in self._buckets.items() if self._tokens(c, now) < self.burst}


@dataclass(frozen=True)
class RateLimits:
    """The ways in, each with its own limits: with a token, without one, by one link, and asking for a new link."""

    callers: RateLimit = field(default_factory=RateLimit)
    # A whole office may share one address.
    visitors: RateLimit = field(default_factory=lambda: RateLimit(per_second=50, burst=500))
    # Typing with live advice included.
    links: RateLimit = field(default_factory=lambda: RateLimit(per_second=2, burst=120))
    askers: RateLimit = field(default_factory=lambda: RateLimit(per_second=0.2, burst=20))


async def limit_rate(request: Request) -> None:
    """A dependency of every route: whoever comes without a token is counted by address, and a link of ours by itself.

    Once per request. Nothing is kept of a link that nobody signed. Raises TooManyRequests, LinkRefused.
    """
    link = request.path_params.get("token")
    is_counted = getattr(request.state, "is_counted", False)
    request.state.is_counted = True
    if is_counted or request.scope["route"].path in QUIET or (link is None and "authorization" in request.headers):
        return
    limits: RateLimits = request.app.state.rate_limits
    limits.visitors.spend(address_of(request))
    if link is not None:
        limits.links.spend(request.app.state.links.about(link))


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy that is trusted (FORWARDED_ALLOW_IPS), what it was told."""
    return request.client.host if request.client else ""
