"""How many requests one caller, and one address, may make: a bucket of tokens for each, which fills as time goes by."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from flask import Flask, g, request

from composer.access import Principal
from composer.problem import ApiError

AT_ONCE = 10.0
"""A bucket holds as many tokens as fill it in these seconds."""
FOR_AN_ADDRESS = 5
"""How many callers' share one address has: behind it may be a whole office."""
REMEMBERED = 20_000
"""How many buckets are kept; those unused for longest are forgotten, and full when they are needed again."""


class Rates:
    """Buckets by name, each of which fills with `per_second` tokens up to what AT_ONCE seconds give."""

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second * AT_ONCE)
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> float:
        """Take a token: 0, or the seconds until there is one."""
        with self._lock:
            now = self._clock()
            tokens, at = self._buckets.pop(name, (self._most, now))
            tokens = min(self._most, tokens + (now - at) * self._per_second)
            is_given = tokens >= 1
            self._buckets[name] = (tokens - 1 if is_given else tokens, now)
            while len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
        return 0.0 if is_given else (1 - tokens) / self._per_second


def limit_rates(
    app: Flask, per_minute: int, clock: Callable[[], float] = time.monotonic
) -> Callable[[Principal], None]:
    """Have every request of `app` counted for its address before anything is looked up.

    Returns what counts one for its caller as well. Both raise ApiError 429 with a time to come back.
    """
    addresses = Rates(FOR_AN_ADDRESS * per_minute / 60, clock)
    callers = Rates(per_minute / 60, clock)

    @app.before_request
    def count_address() -> None:
        g.rate_of = request.remote_addr or ""
        _refuse(addresses.take(g.rate_of), f"the address {g.rate_of}")

    def count_caller(caller: Principal) -> None:
        _refuse(callers.take(f"{caller.id} {caller.key}"), str(caller))

    return count_caller


def _refuse(seconds: float, who: str) -> None:
    if seconds:
        raise ApiError(
            429,
            "too-many-requests",
            "Too many requests",
            f"{who} makes more than this server takes",
            remedy="make fewer, or have whoever runs this server raise the setting `requests_per_minute`",
            retry_after=seconds,
        )
