"""Celery, which rings the doorbell of workers: a task says which deploy waits, and the row says everything else.

A worker looks at the queue by itself every second, so a task that is lost, comes twice or comes late changes nothing
but the moment.
"""

import logging
import threading
from typing import Any

from celery import Celery

from composer.bus import Bus
from deployer.queue import TOPIC, Queue, State

TASK = "backdraft.look"
EXPIRES = 60
"""Seconds after which a ring is of no use: whoever it was for has looked by then."""
ANSWERS_WITHIN = 3
log = logging.getLogger("backdraft.doorbell")


def doorbell_app(redis_url: str) -> Celery:
    """Celery with Redis as its broker: it keeps no results, and waits for nobody."""
    app = Celery("backdraft", broker=redis_url, set_as_current=False)
    app.conf.update(
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=ANSWERS_WITHIN,
        broker_transport_options={"socket_timeout": ANSWERS_WITHIN, "socket_connect_timeout": ANSWERS_WITHIN},
        task_default_queue="backdraft.doorbell",
        task_ignore_result=True,
        task_publish_retry=False,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        worker_hijack_root_logger=False,
        worker_prefetch_multiplier=1,
    )
    return app


class Ringing:
    """Rings for every deploy that was queued: beside the web server."""

    def __init__(self, app: Celery, queue: Queue, bus: Bus) -> None:
        self._app = app
        self._queue = queue
        self._bus = bus
        self._rung = threading.Event()
        self._last = 0

    def run(self, stop: threading.Event) -> None:
        """Ring until `stop` is set."""
        deaf = self._bus.listen(TOPIC, self._rung.set)
        try:
            while not stop.is_set():
                if self._rung.wait(0.5):
                    self._rung.clear()
                    self._ring()
        finally:
            deaf()

    def _ring(self) -> None:
        waiting = [each.id for each in self._queue.unfinished() if each.state is State.WAITING and each.id > self._last]
        for each in waiting:
            try:
                self._app.send_task(TASK, args=[each], expires=EXPIRES)
            except Exception as error:  # kombu raises what its transport does; workers look by themselves
                log.debug("the doorbell could not be rung: %s", type(error).__name__)
                return
            self._last = each


class Answering:
    """Hears rings, and has the worker beside it look at once."""

    def __init__(self, app: Celery, bus: Bus) -> None:
        self._app = app

        @app.task(name=TASK)
        def look(deploy: int) -> None:
            bus.ring(TOPIC)

    def run(self, stop: threading.Event) -> None:
        """Answer until `stop` is set."""
        consumer: Any = self._app.WorkController(
            app=self._app, pool_cls="solo", concurrency=1, without_gossip=True, without_mingle=True, loglevel="WARNING"
        )
        ending = threading.Thread(target=_end, args=(stop, consumer), name="doorbell-end", daemon=True)
        ending.start()
        consumer.start()


def _end(stop: threading.Event, consumer: Any) -> None:
    stop.wait()
    consumer.stop()
