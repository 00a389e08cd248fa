"""What a deploy tells, written to the journal as it happens, several events in one transaction."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from composer.journal import Journal
from deployer.events import Event, Listener, is_same_place, plain
from deployer.queue import Intent

PAUSE = 0.05
"""Seconds between two transactions."""
MOST_IN_ONE = 500
log = logging.getLogger("backdraft.deploys")


@contextmanager
def told_to_journal(journal: Journal, intent: Intent) -> Iterator[Listener]:
    """A listener whose events are in the journal soon after; at the end of the block, all of them."""
    telling = _Telling(journal, intent)
    writing = threading.Thread(target=telling.run, name=f"events-{intent.id}", daemon=True)
    writing.start()
    try:
        yield telling.hear
    finally:
        telling.end.set()
        telling.news.set()
        writing.join()


class _Telling:
    """The events of one deploy on their way to the journal."""

    def __init__(self, journal: Journal, intent: Intent) -> None:
        self._journal = journal
        self._intent = intent
        self._alone = threading.Lock()
        self._waiting: list[Event] = []
        self.news = threading.Event()
        self.end = threading.Event()

    def hear(self, event: Event) -> None:
        with self._alone:
            # how far a pull or a build has come is told many times a second; the newest is enough
            last = self._waiting[-1] if self._waiting else None
            if last is not None and is_same_place(event, last):
                self._waiting.pop()
            self._waiting.append(event)
        self.news.set()

    def run(self) -> None:
        while True:
            self.news.wait()
            self.end.wait(PAUSE)
            self.news.clear()
            with self._alone:
                events, self._waiting = self._waiting, []
            for begin in range(0, len(events), MOST_IN_ONE):
                self._write(events[begin : begin + MOST_IN_ONE])
            if self.end.is_set() and not self._waiting:
                return

    def _write(self, events: list[Event]) -> None:
        about = {"deploy": self._intent.id}
        entries = [(self._intent.project, f"deploy.{kind}", about | content) for kind, content in map(plain, events)]
        try:
            self._journal.write_all(entries)
        except Exception:  # what is told matters less than what is done
            log.exception("events of deploy %s are lost", self._intent.id)
