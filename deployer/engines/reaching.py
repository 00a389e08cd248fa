"""An engine that may be away: connected to when it is first needed, and told apart from one that never was there."""

import threading
from collections.abc import Callable

from deployer.engines.docker import DockerEngine, connect


class Reached:
    """Gives one connected engine to everybody; safe to use from several threads."""

    def __init__(self, connect: Callable[[], DockerEngine] = connect) -> None:
        self._connect = connect
        self._alone = threading.Lock()
        self._engine: DockerEngine | None = None

    def __call__(self) -> DockerEngine:
        """The engine. Raises EngineError while none has ever answered; one that is away says so at each call."""
        with self._alone:
            self._engine = self._engine or self._connect()
            return self._engine

    def close(self) -> None:
        """Let go of the connections to it."""
        with self._alone:
            if self._engine is not None:
                self._engine.close()
            self._engine = None
