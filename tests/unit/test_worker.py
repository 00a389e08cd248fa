"""The worker: performs what is queued, and nothing ends it but being asked to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from composer.bus import LocalBus
from composer.db import open_database
from composer.journal import Journal
from deployer.errors import DeployerError
from deployer.events import Message, Phase, PhaseChanged
from deployer.locks import alive, is_dead
from deployer.queue import Ending, Intent, Queue, State
from deployer.worker import Held, Performer, Worker


class Bench:
    """A queue, and workers on it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.database = open_database(home)
        self.bus = LocalBus()
        self.journal = Journal(self.database, self.bus)
        self.queue = Queue(self.database, self.bus, self.journal, is_dead=lambda holder: is_dead(home, holder))

    @contextmanager
    def working(self, perform: Performer, at_once: int = 2, grace: float = 5.0) -> Iterator[Callable[[], None]]:
        """A worker that deploys so, until the end of the block or until what is given is called."""
        stop = threading.Event()
        worker = Worker(
            self.queue, self.bus, self.journal, {"deploy": perform}, self.home, at_once=at_once, grace=grace
        )
        thread = threading.Thread(target=worker.run, args=(stop,))
        thread.start()

        def end() -> None:
            stop.set()
            thread.join(20)
            assert not thread.is_alive()

        yield end
        end()

    def put(self, project: str = "shop", action: str = "deploy") -> int:
        return self.queue.put(Intent(project, action, "ada")).id

    def ended(self, id: int) -> Intent:  # noqa: A002
        ring = threading.Event()
        self.bus.listen("deploys", ring.set)
        for _ in range(200):
            found = self.queue.find(id)
            assert found
            if found.is_over:
                return found
            ring.wait(0.05)
            ring.clear()
        raise AssertionError(f"{id} has not ended")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.database.close()


def well(held: Held) -> Ending:
    return Ending(State.DONE)


def test_what_is_queued_is_done_and_what_it_tells_is_in_the_journal_before_its_end(bench: Bench):
    def tells(held: Held) -> Ending:
        for number in range(3):
            held.listener(PhaseChanged("api", 0, Phase.PULLING, 1.0, detail=f"{number}"))
        held.listener(Message("halfway"))
        return Ending(State.DONE)

    with bench.working(tells):
        assert bench.ended(bench.put()).state is State.DONE
    told = [(each.kind, each.content.get("detail") or each.content.get("text")) for each in bench.journal.since(0)]
    assert told == [
        ("deploy.queued", None),
        ("deploy.began", None),
        ("deploy.phase", "2"),
        ("deploy.message", "halfway"),
        ("deploy.ended", None),
    ]


def test_what_one_raises_is_its_failure_and_the_worker_goes_on(bench: Bench):
    def fails(held: Held) -> Ending:
        if held.intent.project == "shop":
            raise DeployerError("port is already allocated")
        raise RuntimeError("password=hunter2")

    with bench.working(fails):
        first, second = bench.ended(bench.put()), bench.ended(bench.put("blog"))
        third = bench.ended(bench.put("news", "dance"))
    assert [(each.state, each.failures[0].what) for each in (first, second, third)] == [
        (State.FAILED, "port is already allocated"),
        (State.FAILED, "something went wrong that should not: RuntimeError; the server's log tells more"),
        (State.FAILED, "nobody here knows how to dance"),
    ]
    assert first.failures[0].remedy.startswith("another program has this port")


def test_projects_are_worked_on_side_by_side_and_one_project_never_is(bench: Bench):
    both = threading.Barrier(2)
    at_work: dict[str, int] = {}

    def meets(held: Held) -> Ending:
        project = held.intent.project
        at_work[project] = at_work.get(project, 0) + 1
        assert at_work[project] == 1
        both.wait(10)
        at_work[project] -= 1
        return Ending(State.DONE)

    ids = [bench.put(project) for project in ("shop", "blog", "shop", "blog")]
    with bench.working(meets):
        assert [bench.ended(each).state for each in ids] == [State.DONE] * 4


def test_what_is_not_done_in_time_is_given_back_and_resumed_by_another(bench: Bench):
    begun, go_on = threading.Event(), threading.Event()

    def hangs(held: Held) -> Ending:
        begun.set()
        while not held.lease.is_to_stop():
            go_on.wait(0.01)
        held.lease.require()
        raise AssertionError("it went on")

    id = bench.put()  # noqa: A001
    with bench.working(hangs, grace=0.1) as end:
        assert begun.wait(10)
        end()
    found = bench.queue.find(id)
    assert found
    assert (found.state, found.holder) == (State.RUNNING, "")
    with bench.working(well):
        assert (bench.ended(id).state, bench.ended(id).fence) == (State.DONE, 2)


def test_a_worker_is_dead_once_its_process_or_its_run_is_over(tmp_path: Path):
    with alive(tmp_path) as name:
        assert not is_dead(tmp_path, name)
    (tmp_path / "locks" / "workers" / "gone").touch()
    assert is_dead(tmp_path, "gone")
    assert not is_dead(tmp_path, "of-another-machine")
