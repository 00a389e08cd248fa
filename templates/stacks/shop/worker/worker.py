"""The shop's worker: ships each order that the API puts on a list in Redis.

The connections drawn to this component give it DATABASE_URL and REDIS_URL.
"""

import os
import signal
import time

import psycopg
import redis

SHIP = "UPDATE orders SET status = 'shipped', shipped_at = now() WHERE status = 'placed' AND id = %s RETURNING id"
SHIP_FORGOTTEN = """
UPDATE orders SET status = 'shipped', shipped_at = now()
WHERE status = 'placed' AND placed_at < now() - interval '10 seconds' RETURNING id
"""
WAIT = 2
PAUSE = 1


class Stopped(Exception):  # noqa: N818 (nothing is wrong)
    """We were asked to end."""


def work(cache: redis.Redis, database: psycopg.Connection) -> None:
    """Ship orders for ever; when the list is silent, those that nobody told us of."""
    while True:
        popped = cache.brpop(["orders"], timeout=WAIT)
        found = database.execute(SHIP, (int(popped[1]),)) if popped else database.execute(SHIP_FORGOTTEN)
        for (number,) in found.fetchall():
            print(f"shipped order {number}", flush=True)


def wait_for_tables(database: psycopg.Connection) -> None:
    """Return once the API has made the tables."""
    while database.execute("SELECT to_regclass('orders')").fetchone() == (None,):
        time.sleep(PAUSE)


def stop(*_: object) -> None:
    """End at once: what is under way in the database is undone."""
    raise Stopped


def main() -> None:
    """Work until asked to end; a store that goes away is waited for."""
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while True:
        try:
            cache = redis.Redis.from_url(os.environ["REDIS_URL"])
            with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
                wait_for_tables(database)
                print("ready for orders", flush=True)
                work(cache, database)
        except (psycopg.OperationalError, redis.RedisError) as error:
            print(f"a store does not answer, trying again: {error}", flush=True)
            time.sleep(PAUSE)
        except Stopped:
            print("stopped", flush=True)
            return


if __name__ == "__main__":
    main()
