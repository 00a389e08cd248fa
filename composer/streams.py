"""How many answers may last at the same time: each of them takes a thread for as long as it lasts."""

import threading
from collections import Counter
from collections.abc import Callable

from composer.access import Principal
from composer.problem import ApiError

COME_BACK_AFTER = 5.0


class Streams:
    """The places for answers that last: `limit` in all, and half of them for any one caller."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._of_one = max(1, limit // 2)
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        """How many places are taken."""
        return self._taken.total()

    def take(self, caller: Principal) -> Callable[[], None]:
        """Take a place; what is returned gives it back, once however often it is called.

        Raises ApiError (503 where no place is free, 429 where the caller has too many) with a time to come back.
        """
        who = f"{caller.id} {caller.key}"
        with self._lock:
            if self._taken.total() >= self.limit:
                raise ApiError(
                    503,
                    "too-many-streams",
                    "There is no place for another stream",
                    f"{self.limit} are open",
                    remedy="come back later, or have whoever runs this server raise the setting `streams`",
                    retry_after=COME_BACK_AFTER,
                )
            if self._taken[who] >= self._of_one:
                raise ApiError(
                    429,
                    "too-many-streams",
                    "You have too many streams open",
                    f"{self._of_one} are yours",
                    remedy="close one",
                    retry_after=COME_BACK_AFTER,
                )
            self._taken[who] += 1
        is_held = True

        def give_back() -> None:
            nonlocal is_held
            with self._lock:
                if is_held:
                    is_held = False
                    self._taken[who] -= 1
                    if not self._taken[who]:
                        del self._taken[who]

        return give_back
