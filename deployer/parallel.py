"""Work in parallel as far as its order allows, the most urgent first."""

import heapq
import math
import queue
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from signal import Signals

from deployer.stopping import hearing

THREADS = 64


@dataclass(frozen=True)
class Task:
    """A piece of work: what has to be done before it, about how many seconds it takes, and the lane it takes.

    What has no lane only looks on while something else gets done, and is never held up.
    """

    after: Collection[int] = ()
    seconds: float = 1.0
    lane: str | None = None


def in_order(
    tasks: Mapping[int, Task], work: Callable[[int], bool], stop: threading.Event, lanes: Mapping[str, int]
) -> Signals | None:
    """Call `work` for each number once all numbers in its `after` are done; `lanes` says how many at once in each.

    Where there is a choice, first comes what the longest chain of work hangs on; then low numbers. Work that answers
    False, or `stop` being set, ends it: nothing new is begun and what is under way is waited for. Work that raises
    counts as work that answers False. Ctrl-C, SIGTERM and SIGHUP set `stop`; returns the last that came, or None.
    """
    followers = _followers(tasks)
    urgency = _urgency(tasks, followers)
    missing = {number: sum(each in tasks for each in set(task.after)) for number, task in tasks.items()}
    free: dict[str | None, float] = {lane: lanes[lane] for lane in lanes}
    free[None] = math.inf
    waiting: dict[str | None, list[tuple[float, int]]] = {lane: [] for lane in free}

    def let_go(number: int) -> None:
        heapq.heappush(waiting[tasks[number].lane], (-urgency[number], number))

    def next_ones() -> Iterator[int]:
        for lane, numbers in waiting.items():
            while numbers and free[lane] > 0 and not stop.is_set():
                free[lane] -= 1
                yield heapq.heappop(numbers)[1]

    for number, count in missing.items():
        if count == 0:
            let_go(number)
    ended: queue.SimpleQueue[tuple[int, bool] | None] = queue.SimpleQueue()
    under_way: set[int] = set()
    stopped_by: Signals | None = None

    def hear(number: Signals) -> None:
        nonlocal stopped_by
        stopped_by = number
        stop.set()
        ended.put(None)

    with hearing(hear), ThreadPoolExecutor(THREADS, thread_name_prefix="step") as pool:
        while True:
            for number in () if stop.is_set() else next_ones():
                under_way.add(number)
                pool.submit(_report, work, number, ended)
            if not under_way:
                return stopped_by
            end = ended.get()
            if end is None:
                continue
            number, well = end
            under_way.remove(number)
            free[tasks[number].lane] += 1
            if not well:
                stop.set()
                continue
            for follower in followers[number]:
                missing[follower] -= 1
                if missing[follower] == 0:
                    let_go(follower)


def _followers(tasks: Mapping[int, Task]) -> dict[int, list[int]]:
    followers: dict[int, list[int]] = {number: [] for number in tasks}
    for number, task in tasks.items():
        for earlier in set(task.after) & tasks.keys():
            followers[earlier].append(number)
    return followers


def _urgency(tasks: Mapping[int, Task], followers: Mapping[int, Collection[int]]) -> dict[int, float]:
    """For each task the seconds from its begin to the end of the longest chain of those that wait for it."""
    urgency = dict.fromkeys(tasks, 0.0)
    unanswered = {number: len(followers[number]) for number in tasks}
    last = [number for number, count in unanswered.items() if count == 0]
    while last:
        number = last.pop()
        urgency[number] += tasks[number].seconds
        for earlier in set(tasks[number].after) & tasks.keys():
            urgency[earlier] = max(urgency[earlier], urgency[number])
            unanswered[earlier] -= 1
            if unanswered[earlier] == 0:
                last.append(earlier)
    return urgency


def _report(work: Callable[[int], bool], number: int, ended: "queue.SimpleQueue[tuple[int, bool] | None]") -> None:
    well = False
    try:
        well = work(number)
    finally:
        ended.put((number, well))  # whatever was raised: who waits for this end would wait for ever
