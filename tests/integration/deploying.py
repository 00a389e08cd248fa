"""A deploy in a process of its own, which can be killed before or after any changing call to the engine.

    python -m tests.integration.deploying HOME DIRECTORY SCHEMA [before|after NUMBER]

It prints how many calls it made; its exit code is 0 when the deploy went well, 1 when it failed, 130 after Ctrl-C.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from composer.catalogue import standard
from composer.document import parse
from deployer.deployments import Deployer
from deployer.engines.docker import connect
from deployer.store import Store
from deployer.vault import Vault

CHANGING = (
    "create_network",
    "remove_network",
    "create_volume",
    "remove_volume",
    "create_container_from_config",
    "put_archive",
    "connect_container_to_network",
    "start",
    "stop",
    "kill",
    "remove_container",
)


class Killed:
    """A client of the engine that counts the changing calls, and kills this process at one of them."""

    def __init__(self, client: Any, when: str, number: int) -> None:
        self.client = client
        self.when = when
        self.number = number
        self.count = 0
        self.one_at_a_time = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.client, name)
        return self.counted(found) if name in CHANGING else found

    def counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **named: Any) -> Any:
            with self.one_at_a_time:
                self.count += 1
                is_it = self.count == self.number
            if is_it and self.when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            answer = call(*arguments, **named)
            if is_it:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return wrapper


def main(home: str, directory: str, schema: str, when: str = "", number: str = "0") -> int:
    engine = connect()
    client = Killed(engine.client, when, int(number))
    engine.client = client  # type: ignore[assignment]
    store = Store(Path(home))
    deployer = Deployer(engine, store, Vault(Path(home), store), standard(), Path(home))
    text = Path(schema).read_text()
    print("begun", flush=True)
    outcome = deployer.deploy(parse(text), text, Path(directory), lambda event: None)
    print(client.count, flush=True)
    for failure in outcome.failures:
        print(failure, file=sys.stderr)
    return 128 + outcome.stopped_by if outcome.stopped_by else 0 if outcome.ok else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
