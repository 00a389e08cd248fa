"""A bus between processes, through Redis: rings are published, and what was missed while it was away is a delay."""

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from composer.bus import Heard, LocalBus

CHANNEL = "backdraft:rings"
ANSWERS_WITHIN = 5.0
LISTENS_FOR = 1.0
"""Seconds between two looks whether the bus is to close."""
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
log = logging.getLogger("backdraft.bus")


class RedisBus:
    """A bus of every process that uses the same Redis; within this one, rings are heard even while Redis is away."""

    def __init__(self, url: str) -> None:
        self._local = LocalBus()
        self._own = uuid.uuid4().hex
        self._redis = Redis.from_url(
            url,
            socket_timeout=ANSWERS_WITHIN,
            socket_connect_timeout=ANSWERS_WITHIN,
            retry=Retry(NoBackoff(), 0),  # pauses and new tries are ours
            decode_responses=True,
            health_check_interval=0,
        )
        self._lock = threading.Lock()
        self._to_ring: dict[str, None] = {}
        self._has_rung = threading.Event()
        self._topics: set[str] = set()
        self._stop = threading.Event()
        self._fault = "has not been reached yet"
        self._threads = [
            threading.Thread(target=work, name=f"bus-{name}", daemon=True)
            for name, work in (("rings", self._ring_what_waits), ("hears", self._hear))
        ]
        for thread in self._threads:
            thread.start()

    def ring(self, topic: str) -> None:
        """See `Bus.ring`; the same topic rung several times in a row is one ring."""
        self._local.ring(topic)
        with self._lock:
            self._to_ring[topic] = None
        self._has_rung.set()

    def listen(self, topic: str, heard: Heard) -> Callable[[], None]:
        """See `Bus.listen`."""
        with self._lock:
            self._topics.add(topic)
        return self._local.listen(topic, heard)

    def fault(self) -> str:
        """Why rings of other processes are not heard at this moment; empty where they are."""
        return self._fault

    def close(self) -> None:
        """See `Bus.close`."""
        self._stop.set()
        self._has_rung.set()
        self._local.close()
        for thread in self._threads:
            thread.join(LISTENS_FOR + ANSWERS_WITHIN)
        self._redis.close()

    def _ring_what_waits(self) -> None:
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            self._has_rung.wait()
            self._has_rung.clear()
            with self._lock:
                topics, self._to_ring = tuple(self._to_ring), {}
            try:
                for topic in topics:
                    self._redis.publish(CHANNEL, f"{self._own} {topic}")
                pause = FIRST_PAUSE
            except RedisError:
                # whoever missed it looks by itself, or rings are heard anew once Redis is back
                self._stop.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _hear(self) -> None:
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            try:
                with self._redis.pubsub() as messages:  # type: ignore[no-untyped-call]
                    messages.subscribe(CHANNEL)
                    while not self._stop.is_set():
                        message: Mapping[str, Any] | None = messages.get_message(timeout=LISTENS_FOR)
                        if message:
                            self._heard(message)
                            pause = FIRST_PAUSE
            except RedisError as error:
                if not self._fault:
                    log.warning("Redis has gone: %s; every process looks by itself until it is back", error)
                self._fault = f"Redis does not answer: {type(error).__name__}"
                self._stop.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _heard(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "subscribe":
            if self._fault:
                log.info("Redis is reached")
            self._fault = ""
            with self._lock:
                missed = tuple(self._topics)
            for topic in missed:  # anything may have happened before
                self._local.ring(topic)
        elif message["type"] == "message":
            sender, _, topic = str(message["data"]).partition(" ")
            if sender != self._own:
                self._local.ring(topic)
