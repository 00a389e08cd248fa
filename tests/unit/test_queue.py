"""The queue of intents: one holder at a time, one end each, whatever happens to whoever holds it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from composer.bus import LocalBus
from composer.db import Database, open_database
from composer.journal import Journal
from deployer.failures import Failure
from deployer.lease import MARGIN, Lease
from deployer.queue import (
    LEASE,
    MOST_CLAIMS,
    MOST_WAITING,
    Ending,
    Intent,
    KeyReusedError,
    LeaseLostError,
    NotWaitingError,
    Queue,
    QueueFullError,
    State,
)


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def steady() -> Clock:
    return Clock()


@pytest.fixture
def queue(database: Database, steady: Clock) -> Queue:
    return made_queue(database, steady)


def made_queue(database: Database, steady: Clock, dead: tuple[str, ...] = ()) -> Queue:
    bus = LocalBus()
    return Queue(database, bus, Journal(database, bus), Clock(5.0), steady, dead.__contains__)


def deploy(project: str = "shop", action: str = "deploy", key: str = "", request: str = "") -> Intent:
    return Intent(project, action, "ada", schema_text=f"name: {project}", key=key, request=request)


def told(queue: Queue, project: str = "shop") -> str:
    return ", ".join(f"{each.id} {each.state}" for each in reversed(queue.intents(project)))


def test_the_oldest_of_each_project_runs_and_projects_do_not_wait_for_each_other(queue: Queue):
    for project in ("shop", "shop", "blog"):
        queue.put(deploy(project))
    first, second = queue.claim("a"), queue.claim("b")
    assert first
    assert second
    assert ((first.id, first.fence), (second.id, second.fence), queue.claim("c")) == ((1, 1), (3, 1), None)
    assert queue.end(first, Ending(State.DONE, release=7))
    third = queue.claim("c")
    assert third
    assert (third.id, told(queue)) == (2, "1 done, 2 running")


def test_a_row_that_nobody_renews_is_claimed_by_another_and_the_first_can_end_nothing(queue: Queue, steady: Clock):
    queue.put(deploy())
    first = queue.claim("a")
    assert first
    steady.now += LEASE - 0.1
    assert queue.claim("b") is None
    renewed = queue.renew(first)
    assert renewed
    steady.now += LEASE - 0.1
    assert queue.claim("b") is None
    steady.now += LEASE
    second = queue.claim("b")
    assert second
    assert (second.fence, second.holder, second.began) == (2, "b", 5.0)
    assert queue.renew(first) is None
    assert not queue.end(first, Ending(State.FAILED))
    assert not queue.give_back(first)
    assert queue.end(second, Ending(State.DONE))
    assert not queue.end(second, Ending(State.FAILED))
    assert told(queue) == "1 done"


def test_a_holder_that_is_dead_or_gave_it_back_is_not_waited_for(database: Database, steady: Clock):
    queue = made_queue(database, steady, dead=("a",))
    queue.put(deploy())
    assert queue.claim("a")
    second = queue.claim("b")
    assert second
    assert queue.claim("c") is None
    assert queue.give_back(second)
    third = queue.claim("c")
    assert third
    assert (third.fence, third.holder) == (3, "c")


def test_two_workers_that_race_for_one_row_a_hundred_times_never_both_have_it(database: Database, steady: Clock):
    both = [made_queue(database, steady), made_queue(database, steady)]
    with ThreadPoolExecutor(2) as pool:
        for round_number in range(100):
            both[0].put(deploy())
            barrier = threading.Barrier(2)

            def race(number: int, barrier: threading.Barrier = barrier) -> Intent | None:
                barrier.wait()
                return both[number].claim(f"worker {number}")

            claims = [each for each in pool.map(race, range(2)) if each]
            assert [each.id for each in claims] == [round_number + 1]
            assert both[0].end(claims[0], Ending(State.DONE))
    assert {each.state for each in both[0].intents("shop", limit=200)} == {State.DONE}


def test_the_same_key_is_the_same_deploy_and_another_request_with_it_is_refused(queue: Queue):
    first = queue.put(deploy(key="k", request="1"))
    assert queue.put(deploy(key="k", request="1")).id == first.id
    claimed = queue.claim("a")
    assert claimed
    queue.end(claimed, Ending(State.DONE))
    assert queue.put(deploy(key="k", request="1")).state is State.DONE
    with pytest.raises(KeyReusedError, match="the key 'k' came with another request before, deploy 1"):
        queue.put(deploy(key="k", request="2"))
    assert queue.put(deploy("blog", key="k", request="2")).id == 2


def test_a_newer_deploy_takes_the_place_of_those_that_wait_but_of_no_destruction(queue: Queue):
    for action in ("deploy", "deploy", "destroy", "rollback"):
        queue.put(deploy(action=action))
    queue.claim("a")
    queue.put(deploy(), replaces=True)
    assert told(queue) == "1 running, 2 replaced, 3 waiting, 4 replaced, 5 waiting"


def test_one_that_waits_is_cancelled_at_once_and_one_that_runs_is_asked_to_end(queue: Queue):
    queue.put(deploy())
    queue.put(deploy())
    claimed = queue.claim("a")
    assert claimed
    assert queue.cancel(2, "dan").state is State.CANCELLED
    assert queue.cancel(2, "eve").cancelled_by == "dan"
    assert queue.cancel(1, "dan").state is State.RUNNING
    renewed = queue.renew(claimed)
    assert renewed
    assert renewed.cancelled_by == "dan"
    queue.end(claimed, Ending(State.DONE))
    with pytest.raises(NotWaitingError, match="deploy 1 is over: done"):
        queue.cancel(1, "dan")


def test_only_so_many_may_wait(queue: Queue):
    for _ in range(MOST_WAITING):
        queue.put(deploy())
    with pytest.raises(QueueFullError, match=f"shop: {MOST_WAITING} deploys wait already"):
        queue.put(deploy())
    queue.put(deploy(), replaces=True)
    queue.put(deploy("blog"))


def test_one_that_ends_every_process_that_works_on_it_is_given_up(database: Database, steady: Clock):
    queue = made_queue(database, steady, dead=("a",))
    queue.put(deploy())
    assert [getattr(queue.claim("a"), "fence", None) for _ in range(MOST_CLAIMS + 1)] == [
        *range(1, MOST_CLAIMS + 1),
        None,
    ]
    found = queue.find(1)
    assert found
    assert (found.state, found.failures[0].what) == (
        State.INTERRUPTED,
        f"every process that worked on it ended before it did, {MOST_CLAIMS} times",
    )


def test_what_happened_stands_in_the_journal_with_its_end_once(database: Database, queue: Queue, steady: Clock):
    queue.put(deploy())
    first = queue.claim("a")
    assert first
    steady.now += LEASE
    queue.claim("b")
    steady.now += LEASE
    second = queue.claim("b")
    assert second
    failure = Failure("api", 1, "it broke", log=("why",))
    for claim in (first, second):
        queue.end(claim, Ending(State.FAILED, (failure,), 3))
    entries = Journal(database, LocalBus()).since(0)
    assert [(each.kind, each.content.get("attempt"), each.content.get("state")) for each in entries] == [
        ("deploy.queued", None, None),
        ("deploy.began", 1, None),
        ("deploy.began", 2, None),
        ("deploy.ended", None, "failed"),
    ]
    found = queue.find(1)
    assert found
    assert (found.failures, found.release) == ((failure,), 3)


def test_a_lease_is_lost_to_its_holder_before_anybody_else_may_have_it(queue: Queue, steady: Clock):
    queue.put(deploy())
    intent = queue.claim("a")
    assert intent
    lease = Lease(queue, LocalBus(), intent, steady.now, steady)
    steady.now += LEASE - MARGIN - 0.1
    lease.require()
    lease.renew()
    steady.now += LEASE - MARGIN
    with pytest.raises(LeaseLostError, match="shop: deploy 1 is no longer ours to do"):
        lease.require()
    assert lease.is_to_stop()


def test_a_lease_is_renewed_by_itself_and_hears_of_a_cancel_at_once(database: Database):
    bus = LocalBus()
    queue = Queue(database, bus, Journal(database, bus))
    queue.put(deploy())
    intent = queue.claim("a")
    assert intent
    is_cancelled = threading.Event()
    with Lease(queue, bus, intent, 10.0**9) as lease:
        queue.cancel(1, "dan")
        for _ in range(100):
            if lease.is_to_stop():
                is_cancelled.set()
                break
            is_cancelled.wait(0.02)
        assert (is_cancelled.is_set(), lease.is_cancelled, lease.is_held) == (True, True, True)
        lease.let_go()
        assert not lease.is_held
    again = queue.claim("b")
    assert again
    assert (again.fence, again.cancelled_by) == (2, "dan")


@pytest.mark.parametrize("action", ["deploy", "rollback", "destroy"])
def test_a_healing_steps_aside_for_what_somebody_asks_for(queue: Queue, action: str):
    queue.put(deploy(action="heal"))
    queue.put(deploy("blog", action="heal"))
    queue.put(deploy(action=action))
    claimed = [each.id for each in (queue.claim("a"), queue.claim("b")) if each]
    assert (claimed, told(queue), told(queue, "blog")) == ([2, 3], "1 replaced, 3 running", "2 running")


def test_a_healing_that_runs_begins_nothing_more_once_somebody_deploys(queue: Queue):
    queue.put(deploy(action="heal"))
    running = queue.claim("a")
    assert running
    lease = Lease(queue, LocalBus(), running, 10.0**9)
    queue.put(deploy(action="stop"))
    lease.renew()
    assert not lease.is_to_stop()
    queue.put(deploy())
    lease.renew()
    assert (lease.is_to_stop(), lease.intent.cancelled_by) == (True, "ada")
    assert queue.end(running, Ending(State.CANCELLED))
    assert told(queue) == "1 cancelled, 2 waiting, 3 waiting"
