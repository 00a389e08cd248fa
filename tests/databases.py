"""PostgreSQL and Redis for tests: containers of our own images, on free ports of loopback."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import docker
import psycopg
import redis

from deployer.builds import build_recipe, recipe_named
from tests.servers import free_port

LABEL = "backdraft.test"
STARTS_WITHIN = 90.0
PASSWORD = "for-tests"


class RunningServer:
    """A database server in a container; it keeps its port when it is restarted."""

    def __init__(self, engine: docker.APIClient, container: str, address: str) -> None:
        self._engine = engine
        self._container = container
        self.address = address

    def stop(self) -> None:
        """End it, as if it had gone."""
        self._engine.kill(self._container)

    def start(self) -> None:
        """Begin it again, with what it knew."""
        self._engine.start(self._container)


class PostgreSQL(RunningServer):
    """A PostgreSQL that makes databases."""

    def new_database(self) -> str:
        """The address of a new and empty database."""
        name = f"t{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.address.rpartition("/")[0] + f"/{name}"


@contextmanager
def postgresql(engine: docker.APIClient) -> Iterator[PostgreSQL]:
    """A PostgreSQL that answers."""
    with _container(
        engine, "postgres", 5432, environment={"POSTGRES_PASSWORD": PASSWORD, "POSTGRES_USER": "backdraft"}
    ) as (container, port):
        address = f"postgresql://backdraft:{PASSWORD}@127.0.0.1:{port}/backdraft"

        def answers() -> None:
            psycopg.connect(address, connect_timeout=2).close()

        _await(answers)
        yield PostgreSQL(engine, container, address)


@contextmanager
def redis_server(engine: docker.APIClient) -> Iterator[RunningServer]:
    """A Redis that answers."""
    words = ("redis-server", "--save", "", "--protected-mode", "no")
    with _container(engine, "redis", 6379, *words) as (container, port):
        address = f"redis://127.0.0.1:{port}/0"

        def answers() -> None:
            with redis.Redis.from_url(address, socket_timeout=2) as client:
                client.ping()

        _await(answers)
        yield RunningServer(engine, container, address)


@contextmanager
def _container(
    engine: docker.APIClient, name: str, port: int, *command: str, environment: dict[str, str] | None = None
) -> Iterator[tuple[str, int]]:
    recipe = recipe_named(name)
    build_recipe(engine, recipe, recipe.default_version, print)
    published = free_port()
    made: dict[str, Any] = engine.create_container(
        recipe.tag(recipe.default_version),
        list(command) or None,
        environment=environment or {},
        labels={LABEL: "1"},
        ports=[port],
        host_config=engine.create_host_config(port_bindings={port: ("127.0.0.1", published)}, init=True),
    )
    try:
        engine.start(made["Id"])
        yield made["Id"], published
    finally:
        engine.remove_container(made["Id"], force=True, v=True)


def _await(answers: Callable[[], None]) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end:
        with suppress(psycopg.Error, redis.RedisError, OSError):
            answers()
            return
        time.sleep(0.2)
    raise AssertionError("the database does not answer")
