"""The feed: one reader of the journal for everybody who watches, so that watching costs no query of one's own."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from composer.bus import Bus
from composer.journal import NEWS, Entry, Journal

LOOK_EVERY = 0.5
"""Seconds after which the journal is read even where nobody rang."""
WAITING = 1_000
"""How many entries may wait for one watcher; one more, and it has to begin anew."""
REPLAYED = WAITING
"""How many entries a watcher who comes back is given; who missed more has to begin anew."""
_PAGE = 500


@dataclass(frozen=True)
class Batch:
    """What a watcher gets at once: `entries` in their order; none where nothing happened.

    `newest` is the id up to which it knows everything now. `is_torn`: before `entries` something is missing, and what
    was known has to be looked up anew. `at` is when the newest of it was read, in seconds on the monotonic clock.
    `is_last`: nothing comes any more.
    """

    entries: tuple[Entry, ...]
    newest: int
    is_torn: bool
    is_last: bool
    at: float


class Feed:
    """Reads the journal while somebody watches, and hands each entry to every watcher."""

    def __init__(self, journal: Journal, bus: Bus, clock: Callable[[], float] = time.monotonic) -> None:
        self._journal = journal
        self._bus = bus
        self._clock = clock
        self._lock = threading.Lock()
        self._watchers: set[Watcher] = set()
        self._last: int | None = None
        self._has_ended = False
        self._news = threading.Event()

    @property
    def watchers(self) -> int:
        """How many watch."""
        return len(self._watchers)

    def run(self, stop: threading.Event) -> None:
        """Read until `stop` is set, then tell every watcher that this was all."""
        end = self._bus.listen(NEWS, self._news.set)
        try:
            while not stop.is_set():
                self._news.wait(LOOK_EVERY)
                self._news.clear()
                self._read()
        finally:
            end()
            if stop.is_set():
                self._end()

    def watch(self, after: int | None = None) -> "Watcher":
        """A new watcher, of what happens from now on, or of what happened since the entry of the id `after`.

        Where `after` is too long ago, or was never, its first batch is torn.
        """
        watcher = Watcher(self, self._clock)
        with self._lock:
            self._watchers.add(watcher)
            has_ended = self._has_ended
        # from here on it is given what is read, and what was read before is looked up
        oldest, newest = self._journal.bounds()
        with self._lock:
            self._last = newest if self._last is None else min(self._last, newest)
        if after is None:
            watcher.begin(newest)
        elif oldest - 1 <= after <= newest <= after + REPLAYED:
            watcher.begin(after, self._since(after, newest))
        else:
            watcher.begin(newest, is_torn=True)
        if has_ended:
            watcher.end()
        return watcher

    def leave(self, watcher: "Watcher") -> None:
        """Hand it nothing any more."""
        with self._lock:
            self._watchers.discard(watcher)

    def _since(self, after: int, newest: int) -> list[Entry]:
        found: list[Entry] = []
        while after < newest and (page := self._journal.since(after, _PAGE)):
            found += page
            after = page[-1].id
        return found

    def _read(self) -> None:
        while True:
            with self._lock:
                if not self._watchers:
                    self._last = None  # whoever comes next says from where on
                last = self._last
            if last is None:
                return
            found = self._journal.since(last, _PAGE)
            if not found:
                return
            with self._lock:
                if self._last == last:
                    self._last = found[-1].id
                watchers = tuple(self._watchers)
            for watcher in watchers:
                watcher.give(found)

    def _end(self) -> None:
        with self._lock:
            self._has_ended = True
            watchers = tuple(self._watchers)
        for watcher in watchers:
            watcher.end()


class Watcher:
    """One who watches: takes batches, and is never waited for."""

    def __init__(self, feed: Feed, clock: Callable[[], float]) -> None:
        self._feed = feed
        self._clock = clock
        self._arrived = threading.Condition()
        self._early: list[Entry] | None = []
        """What came before it was known where it begins."""
        self._entries: deque[Entry] = deque()
        self._newest = 0
        self._is_torn = False
        self._has_ended = False
        self._at = clock()

    def begin(self, after: int, missed: "list[Entry] | tuple[()]" = (), *, is_torn: bool = False) -> None:
        """Begin after the entry of that id, with those that were missed since."""
        with self._arrived:
            early, self._early = self._early, None
            self._newest = after
            self._is_torn = is_torn
            self._add(missed)
            self._add(early or ())

    def give(self, entries: "list[Entry] | tuple[Entry, ...]") -> None:
        """Have those of `entries` that it does not know yet wait for it, or forget all where they are too many."""
        with self._arrived:
            if self._early is None:
                self._add(entries)
            else:
                self._early += entries

    def take(self, seconds: float) -> Batch:
        """What came since the last batch; waits `seconds` at most for something to come."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._entries or self._is_torn or self._has_ended, seconds)
            batch = Batch(tuple(self._entries), self._newest, self._is_torn, self._has_ended, self._at)
            self._entries.clear()
            self._is_torn = False
        return batch

    def end(self) -> None:
        """Say that nothing more comes."""
        with self._arrived:
            self._has_ended = True
            self._arrived.notify()

    def leave(self) -> None:
        """Watch no more."""
        self._feed.leave(self)

    def _add(self, entries: "list[Entry] | tuple[Entry, ...]") -> None:
        new = [entry for entry in entries if entry.id > self._newest]
        if not new:
            return
        self._newest = new[-1].id
        self._at = self._clock()
        self._entries.extend(new)
        if len(self._entries) > WAITING:
            self._entries.clear()
            self._is_torn = True
        self._arrived.notify()
