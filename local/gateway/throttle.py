"""Stage throttling: a token bucket for the stage, and one for each route that has its own setting."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Throttle:
    """`rate` requests a second on average, `burst` at once. 0/0 lets nothing through."""

    rate: float
    burst: int


# AWS's default for an account in a region, which a stage without settings of its own gets.
ACCOUNT_DEFAULT = Throttle(rate=10_000, burst=5_000)


class Bucket:
    """A token bucket: starts full, fills at the rate, never beyond the burst."""

    def __init__(self, throttle: Throttle, now: Callable[[], float]) -> None:
        self._throttle, self._now = throttle, now
        self._tokens, self._filled = float(throttle.burst), now()

    def take(self) -> bool:
        """Take one token. Return False when there is none."""
        now = self._now()
        earned = max(0.0, now - self._filled) * self._throttle.rate
        self._tokens, self._filled = min(self._throttle.burst, self._tokens + earned), now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class StageThrottle:
    """The token buckets of a stage, asked for every handshake, message and @connections request."""

    def __init__(self, stage: Throttle, now: Callable[[], float], *, posts_count: bool = True) -> None:
        self._stage, self._now = Bucket(stage, now), now
        self._posts_count = posts_count
        self._routes: dict[str, Bucket] = {}

    def limit_routes(self, routes: Mapping[str, Throttle]) -> None:
        """Give these routes buckets of their own from now on, full ones, and no others."""
        self._routes = {key: Bucket(throttle, self._now) for key, throttle in routes.items()}

    def admits(self, route_key: str) -> bool:
        """Return whether one more request for this route is within the rate, and count it."""
        return self._routes.get(route_key, self._stage).take()

    def admits_post(self) -> bool:
        """Return whether one more request to @connections is within the rate, and count it if such requests count."""
        return not self._posts_count or self._stage.take()
