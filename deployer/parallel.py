"""Work in parallel as far as its order allows."""

import heapq
import queue
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor

THREADS = 64


def in_order(after: Mapping[int, Collection[int]], work: Callable[[int], bool], stop: threading.Event) -> bool:
    """Call `work` for each number once all numbers in its `after` are done; low numbers first where there is a choice.

    Work that answers False, or `stop` being set, ends it: nothing new is begun and what is under way is waited for.
    Ctrl-C sets `stop`. Returns whether Ctrl-C was pressed. `work` must not raise.
    """
    followers: dict[int, list[int]] = {}
    waits = dict.fromkeys(after, 0)
    for number, before in after.items():
        for earlier in before:
            if earlier in after:
                followers.setdefault(earlier, []).append(number)
                waits[number] += 1
    free = [number for number, count in waits.items() if count == 0]
    heapq.heapify(free)
    ended: queue.SimpleQueue[tuple[int, bool]] = queue.SimpleQueue()
    under_way = 0
    interrupted = False
    with ThreadPoolExecutor(THREADS, thread_name_prefix="step") as pool:
        while under_way or (free and not stop.is_set()):
            while free and not stop.is_set():
                pool.submit(_report, work, heapq.heappop(free), ended)
                under_way += 1
            try:
                number, well = ended.get()
            except KeyboardInterrupt:
                interrupted = True
                stop.set()
                continue
            under_way -= 1
            if not well:
                stop.set()
                continue
            for follower in followers.get(number, ()):
                waits[follower] -= 1
                if waits[follower] == 0:
                    heapq.heappush(free, follower)
    return interrupted


def _report(work: Callable[[int], bool], number: int, ended: "queue.SimpleQueue[tuple[int, bool]]") -> None:
    ended.put((number, work(number)))
