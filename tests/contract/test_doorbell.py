"""Celery tells a worker which deploy waits; without it, the worker looks by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from composer.bus import LocalBus
from composer.db import Database
from composer.journal import Journal
from deployer.queue import TOPIC, Intent, Queue
from tests.databases import RunningServer, redis_server
from ui.worker import Answering, Ringing, doorbell_app


@pytest.fixture
def redis(engine: docker.APIClient) -> Iterator[RunningServer]:
    with redis_server(engine) as server:
        yield server


def test_a_deploy_that_is_queued_rings_at_the_worker_and_so_it_does_after_redis_was_gone(
    redis: RunningServer, database: Database, tmp_path: Path
):
    here, there, stop = LocalBus(), LocalBus(), threading.Event()
    queue = Queue(database, here, Journal(database, here))
    heard = threading.Event()
    there.listen(TOPIC, heard.set)
    threads = [
        threading.Thread(target=service.run, args=(stop,), daemon=True)
        for service in (
            Ringing(doorbell_app(redis.address), queue, here),
            Answering(doorbell_app(redis.address), there),
        )
    ]
    for thread in threads:
        thread.start()
    time.sleep(1)
    queue.put(Intent("shop", "deploy", who="ada"))
    assert heard.wait(20)
    redis.stop()
    begun = time.monotonic()
    queue.put(Intent("blog", "deploy", who="ada"))
    assert time.monotonic() - begun < 2
    redis.start()
    heard.clear()
    end = time.monotonic() + 60
    while not heard.is_set() and time.monotonic() < end:
        queue.put(Intent(f"p{int(time.monotonic() * 10)}", "deploy", who="ada"))
        heard.wait(2)
    assert heard.is_set()
    stop.set()
    threads[0].join(10)
    assert not threads[0].is_alive()
