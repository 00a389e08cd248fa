"""The keeper: sees to it that what runs is what was deployed, at every event and from time to time.

It looks at how things are, never at what happened, so an event that was lost costs a little time and nothing else. What
it decides stands in `keeping`; what is to be done it queues, like everybody else.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from composer.bus import Bus
from composer.projects import Projects
from deployer.engines.interface import EngineError
from deployer.keeping import Decision, Verdict, decide
from deployer.looking import Lookout
from deployer.queue import TOPIC, Action, Intent, Queue
from deployer.schedule import due, jobs_of
from deployer.watchbook import Watchbook

NAME = "keeper"
"""Who queues a healing."""
SCHEDULE = "schedule"
"""Who queues the start of a job that is due."""
LOOKS, HEALS = "keeper_looks", "keeper_heals"
"""What it counts: looks at a project, and healings that it queued."""
NUDGE = "keeper"
"""The topic on which the bus rings when all is to be looked at soon."""
SHORTEST_PAUSE = 0.05
LONGEST_PAUSE = 0.5
"""Seconds after which it is seen that the end was asked for."""
JOBS_EVERY = 5.0
"""Seconds between two looks at which jobs are due."""
log = logging.getLogger("backdraft.keeper")


class Keeper:
    """Heals what is not as it was deployed, and starts jobs that are due."""

    def __init__(
        self,
        lookout: Lookout,
        watchbook: Watchbook,
        queue: Queue,
        projects: Projects,
        bus: Bus,
        look_every: float = 30.0,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
        count: Callable[[str], None] = lambda name: None,
    ) -> None:
        """`look_every` in seconds; `jitter` gives numbers from 0 to 1; `count` is told of each look and healing."""
        self._count = count
        self._lookout = lookout
        self._watchbook = watchbook
        self._queue = queue
        self._projects = projects
        self._bus = bus
        self._look_every = look_every
        self._clock = clock
        self._jitter = jitter
        self._alone = threading.Lock()
        self._next: dict[str, float] = {}
        self._news = threading.Event()
        self._round_at = 0.0

    def run(self, stop: threading.Event) -> None:
        """Keep until `stop` is set."""
        deaf = [self._bus.listen(TOPIC, self._hurry), self._bus.listen(NUDGE, self._begin_round)]
        jobs = threading.Thread(target=self._start_jobs, args=(stop,), name="schedule", daemon=True)
        jobs.start()
        try:
            while not stop.is_set():
                now = self._clock()
                try:
                    if now >= self._round_at:
                        self._round_at = now + self._look_every
                        self.look_at(*self._lookout.projects())
                    for project in self._due(now):
                        if not stop.is_set():
                            self._look_after(project)
                except Exception:
                    log.exception("the keeper could not look; it looks again")
                self._news.wait(self._pause())
                if self._news.is_set():
                    self._news.clear()
                    stop.wait(SHORTEST_PAUSE)
        finally:
            for end in deaf:
                end()
            jobs.join(timeout=5)

    def look_at(self, *projects: str) -> None:
        """Look at these soon."""
        with self._alone:
            self._next |= dict.fromkeys(projects, 0.0)
        self._news.set()

    def keep(self, project: str) -> Decision | None:
        """Look at one project now, and do what is to be done; what was decided, or None where another was first."""
        look = self._lookout.look(project)
        self._count(LOOKS)
        known = self._projects.find(project)
        sight = self._lookout.sight(look, is_paused=known is not None and known.paused)
        memory, version = self._watchbook.drift(project)
        decision = decide(sight, memory, self._clock(), self._jitter())
        if (decision.memory != memory or decision.event) and not self._watchbook.remember(project, version, decision):
            return None
        if decision.verdict is Verdict.HEAL:
            log.info("%s: healing: %s", project, decision.reason)
            self._queue.put(Intent(project, Action.HEAL, who=NAME, why=decision.reason))
            self._count(HEALS)
        return decision

    def start_due_jobs(self, since: datetime, now: datetime) -> tuple[str, ...]:
        """Queue the start of each job that fell due after `since` and not after `now`: `project/job` of each.

        One that runs, or that waits to be started already, is let be.
        """
        started = []
        for project in self._lookout.projects():
            jobs = self._lookout.scheduled_jobs(project)
            if not due(jobs, since, now):
                continue
            # another keeper, or `backdraft schedule`, may be about to start the same
            begin = self._watchbook.take_turn(jobs_of(project), since.timestamp(), now.timestamp())
            waiting = {each.component for each in self._queue.unfinished(project) if each.who == SCHEDULE}
            for job in due(jobs, datetime.fromtimestamp(begin, UTC), now):
                if not job.is_running and job.component not in waiting:
                    self._queue.put(
                        Intent(project, Action.START, who=SCHEDULE, why="it is due", component=job.component)
                    )
                    started.append(f"{project}/{job.component}")
        return tuple(started)

    def _due(self, now: float) -> list[str]:
        with self._alone:
            return sorted(project for project, at in self._next.items() if at <= now)

    def _hurry(self) -> None:
        """Something was queued or has ended: what waits for a look gets it now."""
        with self._alone:
            self._next = dict.fromkeys(self._next, 0.0)
        self._news.set()

    def _begin_round(self) -> None:
        self._round_at = 0.0
        self._news.set()

    def _pause(self) -> float:
        with self._alone:
            at = min([self._round_at, *self._next.values()])
        return min(LONGEST_PAUSE, max(SHORTEST_PAUSE, at - self._clock()))

    def _look_after(self, project: str) -> None:
        with self._alone:
            self._next.pop(project, None)
        try:
            decision = self.keep(project)
        except EngineError:
            return  # the watch tells, and has it looked at when the engine is back
        except Exception:
            log.exception("%s could not be kept", project)
            return
        if decision is not None and decision.look_at:
            with self._alone:
                self._next.setdefault(project, decision.look_at)

    def _start_jobs(self, stop: threading.Event) -> None:
        since = datetime.fromtimestamp(self._clock(), UTC)
        while not stop.wait(JOBS_EVERY):
            now = datetime.fromtimestamp(self._clock(), UTC)
            try:
                self.start_due_jobs(since, now)
                since = now
            except EngineError as error:
                log.warning("jobs are not started: %s", error)
            except Exception:
                log.exception("jobs that are due could not be started")
