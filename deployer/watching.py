"""The watch: follows what happens on the engine, and keeps the statuses of every project true.

The engine remembers few events and forgets them when it restarts, so after each begin everything is looked at anew; an
event only says which project to look at, never what is true.
"""

import logging
import threading
import time
from collections.abc import Callable

from deployer.engines.interface import EngineError, Happenings
from deployer.live_status import unknown
from deployer.looking import Lookout, Reach
from deployer.watchbook import Watchbook

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 2.0
"""Seconds between two tries to reach an engine that is gone."""
BREATH = 0.05
"""Seconds for which events of a project are gathered before it is looked at."""
log = logging.getLogger("backdraft.keeper")


class Watch:
    """Keeps the statuses true."""

    def __init__(
        self,
        reach: Reach,
        lookout: Lookout,
        watchbook: Watchbook,
        seen: Callable[[str], None] = lambda project: None,
        look_every: float = 10.0,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """`seen` is told each project that was looked at. All are looked at every `look_every` seconds as well."""
        self._look_every = look_every
        self._steady = steady
        self._reach = reach
        self._lookout = lookout
        self._watchbook = watchbook
        self._seen = seen
        self._alone = threading.Lock()
        self._waiting: dict[str, None] = {}
        self._news = threading.Event()
        self._is_reachable = True

    def run(self, stop: threading.Event) -> None:
        """Watch until `stop` is set."""
        looking = threading.Thread(target=self._look, args=(stop,), name="statuses", daemon=True)
        looking.start()
        pause = FIRST_PAUSE
        while not stop.is_set():
            try:
                happenings = self._reach().happenings()
            except EngineError as error:
                self._tell_unknown(str(error))
                stop.wait(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
                continue
            self._is_reachable = True
            pause = FIRST_PAUSE
            self._follow(happenings, stop)
        looking.join(timeout=5)

    def look_at(self, *projects: str) -> None:
        """Look at these soon."""
        with self._alone:
            self._waiting |= dict.fromkeys(projects)
        self._news.set()

    def _follow(self, happenings: Happenings, stop: threading.Event) -> None:
        is_over = threading.Event()
        closing = threading.Thread(target=_close_at, args=(stop, is_over, happenings), name="events-end", daemon=True)
        closing.start()
        try:
            self.look_at(*self._lookout.projects())
            for happening in happenings:
                self.look_at(happening.project)
        except EngineError as error:
            log.warning("the engine's events ended: %s", error)
        except Exception:
            log.exception("the engine's events could not be followed")
        finally:
            is_over.set()
            closing.join()
        if not stop.is_set():
            stop.wait(FIRST_PAUSE)

    def _look(self, stop: threading.Event) -> None:
        round_at = self._steady()
        while not stop.is_set():
            is_news = self._news.wait(min(0.5, self._look_every))
            is_round = self._steady() >= round_at and self._is_reachable
            if not is_news and not is_round:
                continue
            stop.wait(BREATH)
            self._news.clear()
            with self._alone:
                projects, self._waiting = set(self._waiting), {}
            known = self._known()
            if is_round:
                projects |= known
                round_at = self._steady() + self._look_every
            for project in sorted(projects & known):
                if not stop.is_set():
                    self._look_at_one(project)

    def _known(self) -> set[str]:
        try:
            return set(self._lookout.projects())
        except Exception:
            log.exception("which projects there are cannot be read; they are looked at in the next round")
            return set()

    def _look_at_one(self, project: str) -> None:
        try:
            self._watchbook.keep(project, self._lookout.look(project).statuses)
        except EngineError as error:
            self._tell_unknown(str(error))
            return
        except Exception:
            log.exception("%s could not be looked at", project)
            return
        self._seen(project)

    def _tell_unknown(self, why: str) -> None:
        if not self._is_reachable:
            return
        self._is_reachable = False
        log.warning("%s", why)
        try:
            for project in self._watchbook.projects():
                self._watchbook.keep(project, unknown(self._watchbook.statuses(project), why))
        except Exception:
            self._is_reachable = True
            log.exception("that the engine is gone could not be written")


def _close_at(stop: threading.Event, is_over: threading.Event, happenings: Happenings) -> None:
    while not is_over.wait(0.1):
        if stop.is_set():
            happenings.close()
            return
