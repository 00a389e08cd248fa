"""The worker: takes intents off the queue and has them performed, several projects side by side."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from composer.bus import Bus
from composer.journal import Journal
from deployer.errors import DeployerError
from deployer.events import Listener
from deployer.failures import Failure, refusals
from deployer.lease import Lease
from deployer.locks import alive
from deployer.queue import TOPIC, Ending, Intent, LeaseLostError, Queue, State
from deployer.telling import told_to_journal

LOOK = 1.0
"""Seconds between two looks at the queue, for rings may be lost."""
AFTER_A_FAULT = 2.0
"""Seconds until the next look, where the queue could not be read."""
GRACE = 8.0
"""Seconds that what is under way has to end before it is let go, for another worker to resume."""
log = logging.getLogger("backdraft.deploys")


@dataclass(frozen=True)
class Held:
    """An intent in a worker's hands: what is to be done, the lease to ask before each change, and who is told."""

    intent: Intent
    lease: Lease
    listener: Listener


Performer = Callable[[Held], Ending]
"""Does what an intent asks for, and says how that ended.

It may be called again for the same intent, after whoever did it before died at any point: then `intent.fence` is above
1, and `intent.release` is the release it had begun, if any. It asks `lease.is_to_stop` whether to begin anything new,
and `lease.require` before each change. Raising DeployerError is a failure with that text.
"""


class Worker:
    """Performs what is queued."""

    def __init__(
        self,
        queue: Queue,
        bus: Bus,
        journal: Journal,
        performers: Mapping[str, Performer],
        home: Path,
        at_once: int = 2,
        steady: Callable[[], float] = time.monotonic,
        grace: float = GRACE,
    ) -> None:
        """`performers` by action; `at_once` is how many projects are worked on at the same time."""
        self._queue = queue
        self._bus = bus
        self._journal = journal
        self._performers = performers
        self._home = home
        self._at_once = at_once
        self._steady = steady
        self._grace = grace
        self._rung = threading.Event()
        self._under_way: dict[Lease, threading.Thread] = {}

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what is not done within the grace is given back then, for another to resume."""
        deaf = self._bus.listen(TOPIC, self._rung.set)
        try:
            with alive(self._home) as name:
                while not stop.is_set():
                    self._rung.clear()
                    pause = LOOK
                    try:
                        self._begin_what_waits(name)
                    except Exception:
                        log.exception("the queue of deploys cannot be read")
                        pause = AFTER_A_FAULT
                    _wait_for_any(stop, self._rung, pause)
                self._end()
        finally:
            deaf()

    def _begin_what_waits(self, name: str) -> None:
        while len(self._under_way) < self._at_once and (lease := self._claimed(name)):
            # not an executor: at its end Python waits for an executor's threads, and these may be deep in a long answer
            thread = threading.Thread(
                target=self._perform, args=(lease,), name=f"deploy-{lease.intent.id}", daemon=True
            )
            self._under_way[lease] = thread
            thread.start()

    def _end(self) -> None:
        end = time.monotonic() + self._grace
        under_way = list(self._under_way.items())
        for _, thread in under_way:
            thread.join(max(0.0, end - time.monotonic()))
        for lease, thread in under_way:
            if thread.is_alive():
                _let_go(lease)

    def _claimed(self, name: str) -> Lease | None:
        before = self._steady()
        intent = self._queue.claim(name)
        if intent is None:
            return None
        return Lease(self._queue, self._bus, intent, before, self._steady)

    def _perform(self, lease: Lease) -> None:
        intent = lease.intent
        try:
            with lease, told_to_journal(self._journal, intent) as listener:
                ending = self._ending(Held(intent, lease, listener))
            # the lease is renewed no more from here, and lasts a while
            if ending is not None and not self._queue.end(intent, ending):
                log.warning("deploy %s of %s: another has taken it over", intent.id, intent.project)
        except Exception:
            log.exception("deploy %s of %s could not be ended; another resumes it", intent.id, intent.project)
        finally:
            del self._under_way[lease]
            self._rung.set()

    def _ending(self, held: Held) -> Ending | None:
        """How it ended; None where it is not ours to end any more."""
        intent = held.intent
        try:
            perform = self._performers.get(intent.action)
            if perform is None:
                return Ending(State.FAILED, (Failure("", 0, f"nobody here knows how to {intent.action}"),))
            ending = perform(held)
        except LeaseLostError as error:
            log.warning("%s", error)
            return None
        except DeployerError as error:
            ending = Ending(State.FAILED, refusals(error))
        except Exception as error:
            log.exception("deploy %s of %s", intent.id, intent.project)
            held.lease.renew()
            if held.lease.intent.release is not None:
                # something stands half done: whoever resumes it goes on or back, and after some tries it is given up
                held.lease.let_go()
                return None
            ending = Ending(State.FAILED, (_unexpected(error),))
        return ending if held.lease.is_held else None


def _unexpected(error: Exception) -> Failure:
    # the text of an error that nobody expected may hold anything
    return Failure("", 0, f"something went wrong that should not: {type(error).__name__}; the server's log tells more")


def _let_go(lease: Lease) -> None:
    try:
        lease.let_go()
    except Exception:
        log.exception("deploy %s could not be given back; it is resumed when its lease is over", lease.intent.id)


def _wait_for_any(stop: threading.Event, rung: threading.Event, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not stop.is_set() and not rung.wait(min(0.2, max(0.0, end - time.monotonic()))):
        if time.monotonic() >= end:
            return
