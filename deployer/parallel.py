"""Work in parallel as far as its order allows, the most urgent first."""

import heapq
import queue
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from signal import Signals

from deployer.stopping import hearing

THREADS = 64


@dataclass(frozen=True)
class Task:
    """A piece of work: what has to be done before it, and about how many seconds it takes.

    What `waits` takes no lane: it only looks on while something else gets done.
    """

    after: Collection[int] = ()
    seconds: float = 1.0
    waits: bool = False


def in_order(
    tasks: Mapping[int, Task], work: Callable[[int], bool], stop: threading.Event, lanes: int
) -> Signals | None:
    """Call `work` for each number once all numbers in its `after` are done, at most `lanes` at once.

    Where there is a choice, first comes what the longest chain of work hangs on; then low numbers. Work that answers
    False, or `stop` being set, ends it: nothing new is begun and what is under way is waited for. Work that raises
    counts as work that answers False. Ctrl-C, SIGTERM and SIGHUP set `stop`; returns the last that came, or None.
    """
    followers = _followers(tasks)
    urgency = _urgency(tasks, followers)
    missing = {number: sum(each in tasks for each in set(task.after)) for number, task in tasks.items()}
    free: list[tuple[float, int]] = []
    waiting: list[tuple[float, int]] = []

    def let_go(number: int) -> None:
        heapq.heappush(waiting if tasks[number].waits else free, (-urgency[number], number))

    for number, count in missing.items():
        if count == 0:
            let_go(number)
    ended: queue.SimpleQueue[tuple[int, bool] | None] = queue.SimpleQueue()
    under_way: set[int] = set()
    free_lanes = lanes
    stopped_by: Signals | None = None

    def hear(number: Signals) -> None:
        nonlocal stopped_by
        stopped_by = number
        stop.set()
        ended.put(None)

    with hearing(hear), ThreadPoolExecutor(THREADS, thread_name_prefix="step") as pool:
        while True:
            while not stop.is_set() and (waiting or (free and free_lanes)):
                _, number = heapq.heappop(waiting or free)
                free_lanes -= not tasks[number].waits
                under_way.add(number)
                pool.submit(_report, work, number, ended)
            if not under_way:
                return stopped_by
            end = ended.get()
            if end is None:
                continue
            number, well = end
            under_way.remove(number)
            free_lanes += not tasks[number].waits
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
