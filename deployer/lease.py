"""A lease: an intent in hand, renewed while it is worked on; whoever loses it must not touch the engine any more."""

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from composer.bus import Bus
from deployer.queue import LEASE, TOPIC, Intent, LeaseLostError, Queue

RENEW = 3.0
"""Seconds between two renewals."""
MARGIN = 1.0
"""Seconds before the end of the lease at which its holder takes it for lost."""
log = logging.getLogger("backdraft.deploys")


class Lease:
    """The hold on one claimed intent; within `with` a thread renews it.

    Time is that of a clock that never jumps, measured from before the row was written, so that the holder always stops
    before anybody else may begin.
    """

    def __init__(
        self,
        queue: Queue,
        bus: Bus,
        intent: Intent,
        claimed_at: float,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """`claimed_at` is a moment of `steady` before the claim."""
        self._queue = queue
        self._bus = bus
        self._intent = intent
        self._steady = steady
        self._until = claimed_at + LEASE - MARGIN
        self._is_over = threading.Event()
        self._is_lost = False
        self._is_to_stop = bool(intent.cancelled_by)
        self._rung = threading.Event()
        self._renewing = threading.Thread(target=self._renew, name=f"lease-{intent.id}", daemon=True)

    @property
    def intent(self) -> Intent:
        """The intent as it was when it was last renewed."""
        return self._intent

    @property
    def is_held(self) -> bool:
        """Whether nobody else can have it yet."""
        return not self._is_lost and self._steady() < self._until

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody asked for its end: what was begun goes back."""
        return bool(self._intent.cancelled_by)

    def is_to_stop(self) -> bool:
        """Whether to begin nothing new: its end was asked for, or it is lost."""
        return self._is_to_stop or not self.is_held

    def require(self) -> None:
        """Raise LeaseLostError unless it is held; asked before everything that changes something."""
        if not self.is_held:
            raise LeaseLostError(
                f"{self._intent.project}: deploy {self._intent.id} is no longer ours to do (another resumes it)"
            )

    def let_go(self) -> None:
        """Take it for lost from now on, and let another resume it at once."""
        self._is_lost = True
        self._queue.give_back(self._intent)

    def renew(self) -> None:
        """Renew it now, and learn whether its end was asked for."""
        before = self._steady()
        found = self._queue.renew(self._intent)
        if found is None:
            self._is_lost = True
            return
        self._intent, self._until = found, before + LEASE - MARGIN
        self._is_to_stop = bool(found.cancelled_by)

    def __enter__(self) -> Self:
        self._deaf = self._bus.listen(TOPIC, self._rung.set)
        self._renewing.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._rung.set()
        self._deaf()
        self._renewing.join()

    def _renew(self) -> None:
        pause = RENEW
        while not self._is_lost:
            was_rung = self._rung.wait(pause)
            self._rung.clear()
            if self._is_over.is_set():
                return
            if was_rung and not self._has_news():
                continue
            pause = RENEW
            try:
                self.renew()
            except Exception:  # the database may be away for a while; the lease lasts as long as it lasts
                log.exception("the lease of deploy %s could not be renewed", self._intent.id)
                pause = 1.0

    def _has_news(self) -> bool:
        """A ring may be about anything: it costs a look, not a write, unless the end of this one was asked for."""
        try:
            found = self._queue.find(self._intent.id)
        except Exception:
            return True
        return found is None or found.fence != self._intent.fence or bool(found.cancelled_by) != self.is_cancelled
