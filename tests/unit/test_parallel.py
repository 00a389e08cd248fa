"""Work in parallel as far as its order allows."""

import _thread
import signal
import threading
from collections.abc import Collection, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.parallel import Task, in_order


def tasks(after: Mapping[int, Collection[int]]) -> dict[int, Task]:
    return {number: Task(tuple(before), lane="engine") for number, before in after.items()}


@given(st.dictionaries(st.integers(1, 12), st.sets(st.integers(1, 12))))
def test_nothing_begins_before_what_it_waits_for_has_ended(drawn):
    after = {number: {earlier for earlier in before if earlier < number} for number, before in drawn.items()}
    ended: list[int] = []
    missing: list[tuple[int, int]] = []

    def work(number: int) -> bool:
        missing.extend((number, earlier) for earlier in after[number] & after.keys() if earlier not in ended)
        ended.append(number)
        return True

    assert in_order(tasks(after), work, threading.Event(), {"engine": 2}) is None
    assert (sorted(ended), missing) == (sorted(after), [])


def test_what_may_run_together_does():
    together = threading.Barrier(3, timeout=10)

    def work(number: int) -> bool:
        return together.wait() >= 0

    assert in_order(tasks({1: (), 2: (), 3: ()}), work, threading.Event(), {"engine": 3}) is None


def test_after_a_failure_nothing_new_is_begun_and_what_is_under_way_is_waited_for():
    begun, ended, failed = [], [], threading.Event()

    def work(number: int) -> bool:
        begun.append(number)
        if number == 1:
            failed.set()
            return False
        failed.wait(10)
        ended.append(number)
        return True

    stop = threading.Event()
    in_order(tasks({1: (), 2: (), 3: (1,), 4: (2,)}), work, stop, {"engine": 4})
    assert (sorted(begun), ended, stop.is_set()) == ([1, 2], [2], True)


def test_work_that_raises_ends_it_like_a_failure():
    begun: list[int] = []

    def work(number: int) -> bool:
        begun.append(number)
        raise BrokenPipeError

    stop = threading.Event()
    assert in_order(tasks({1: (), 2: (1,)}), work, stop, {"engine": 4}) is None
    assert (begun, stop.is_set()) == ([1], True)


def test_a_stop_that_is_set_begins_nothing():
    stop, begun = threading.Event(), []
    stop.set()
    assert in_order(tasks({1: ()}), lambda number: bool(begun.append(number)), stop, {"engine": 4}) is None
    assert begun == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_and_is_told(number: signal.Signals):
    stop, begun = threading.Event(), []

    def work(task: int) -> bool:
        begun.append(task)
        _thread.interrupt_main(number)
        return stop.wait(10)

    assert in_order(tasks({1: (), 2: (1,)}), work, stop, {"engine": 4}) is number
    assert begun == [1]


def test_nothing_to_do_is_done_at_once():
    assert in_order({}, lambda number: True, threading.Event(), {"engine": 4}) is None


def test_no_more_than_the_lanes_are_at_work_and_who_only_waits_takes_none():
    under_way, most, lock = 0, 0, threading.Lock()
    others_ended = threading.Event()

    def work(number: int) -> bool:
        nonlocal under_way, most
        if number == 1:
            return others_ended.wait(10)
        with lock:
            under_way += 1
            most = max(most, under_way)
        with lock:
            under_way -= 1
        if number == 9:
            others_ended.set()
        return True

    drawn = {number: Task(lane=None if number == 1 else "engine") for number in range(1, 9)} | {
        9: Task(tuple(range(2, 9)), lane="engine")
    }
    assert in_order(drawn, work, threading.Event(), {"engine": 1}) is None
    assert (most, others_ended.is_set()) == (1, True)


def test_what_takes_another_lane_is_not_held_up():
    together = threading.Barrier(3, timeout=10)
    drawn = {1: Task(lane="engine"), 2: Task(lane="stop"), 3: Task(lane="stop")}
    lanes = {"engine": 1, "stop": 2}
    assert in_order(drawn, lambda number: together.wait() >= 0, threading.Event(), lanes) is None


def test_what_the_longest_chain_hangs_on_comes_first():
    begun: list[int] = []
    drawn = {1: Task(lane="engine"), 2: Task(lane="engine"), 3: Task((2,), 5.0, "engine")}
    in_order(drawn, lambda number: begun.append(number) is None, threading.Event(), {"engine": 1})
    assert begun == [2, 3, 1]
