"""One reader of the journal hands every entry to every watcher, in order, once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from composer import feed as feeding
from composer.bus import LocalBus
from composer.db import Database
from composer.feed import Batch, Feed, Watcher
from composer.journal import Journal


@pytest.fixture
def journal(database: Database) -> Journal:
    return Journal(database, LocalBus())


@pytest.fixture
def feed(journal: Journal) -> Iterator[Feed]:
    made = Feed(journal, journal._bus)
    stop = threading.Event()
    thread = threading.Thread(target=made.run, args=(stop,))
    thread.start()
    yield made
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def taken(watcher: Watcher, count: int) -> list[int]:
    """The ids of the next `count` entries."""
    found: list[int] = []
    end = time.monotonic() + 5
    while len(found) < count and time.monotonic() < end:
        found += [entry.id for entry in watcher.take(0.2).entries]
    return found


def wrote(journal: Journal, count: int) -> None:
    journal.write_all([("shop", "draft.saved", {"number": number}) for number in range(count)])


def test_a_watcher_hears_what_happens_from_now_on(journal: Journal, feed: Feed):
    wrote(journal, 3)
    watcher = feed.watch()
    assert watcher.take(0) == Batch((), 3, False, False, watcher._at)
    wrote(journal, 2)
    assert taken(watcher, 2) == [4, 5]


def test_one_who_comes_back_hears_what_was_missed_and_then_what_happens(journal: Journal, feed: Feed):
    wrote(journal, 5)
    watcher = feed.watch(2)
    wrote(journal, 1)
    assert taken(watcher, 4) == [3, 4, 5, 6]


@pytest.mark.parametrize(("after", "why"), [(99, "never was"), (0, "was forgotten")])
def test_one_who_comes_back_too_late_begins_anew(journal: Journal, feed: Feed, after: int, why: str):
    wrote(journal, 10)
    with journal._database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM events WHERE id <= 5")
    batch = feed.watch(after).take(0)
    assert (batch.entries, batch.newest, batch.is_torn) == ((), 10, True)
    assert taken(feed.watch(5), 5) == [6, 7, 8, 9, 10]


def test_one_who_missed_too_much_begins_anew(journal: Journal, feed: Feed, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(feeding, "REPLAYED", 4)
    wrote(journal, 5)
    assert [feed.watch(after).take(0).is_torn for after in (0, 1)] == [True, False]


def test_one_who_takes_nothing_costs_no_memory_and_begins_anew(journal: Journal, feed: Feed):
    slow, quick = feed.watch(), feed.watch()
    for _ in range(3):
        wrote(journal, 400)
        assert len(taken(quick, 400)) == 400
    assert len(slow._entries) <= feeding.WAITING
    batch = slow.take(1)
    assert batch.is_torn
    assert batch.newest == 1200
    wrote(journal, 1)
    assert (taken(slow, 1), taken(quick, 1)) == ([1201], [1201])


def test_nothing_is_lost_or_doubled_by_those_who_come_and_go_while_much_happens(journal: Journal, feed: Feed):
    faults: list[str] = []

    def come_and_go() -> None:
        known = 0
        while known < 300:
            watcher = feed.watch(known)
            for entry in watcher.take(0.5).entries:
                if entry.id != known + 1:
                    faults.append(f"{entry.id} after {known}")
                known = entry.id
            watcher.leave()

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(100):
        wrote(journal, 3)
    for thread in threads:
        thread.join(30)
    assert faults == []
    assert feed.watchers == 0


def test_where_nobody_watches_the_journal_is_not_read(journal: Journal, feed: Feed, monkeypatch: pytest.MonkeyPatch):
    read: list[int] = []
    since = journal.since
    monkeypatch.setattr(journal, "since", lambda *given: read.append(1) or since(*given))
    for _ in range(3):
        wrote(journal, 1)
    time.sleep(2 * feeding.LOOK_EVERY)
    assert read == []


def test_at_the_end_everybody_is_told_that_this_was_all(journal: Journal):
    feed, stop = Feed(journal, LocalBus()), threading.Event()
    before = feed.watch()
    stop.set()
    feed.run(stop)
    assert [before.take(0).is_last, feed.watch().take(0).is_last] == [True, True]
