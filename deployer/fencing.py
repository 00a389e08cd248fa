"""An engine that asks before every change whether the change is still ours to make."""

from collections.abc import Callable
from typing import Any, cast

from deployer.engines.docker import DockerEngine

READING = frozenset(
    {
        "begin",
        "capacity",
        "client",
        "close",
        "execute",
        "happenings",
        "image_ids",
        "inspect",
        "is_local",
        "logs",
        "named_images",
        "observe",
        "observe_closely",
        "projects",
        "reaches_registry",
        "tail",
    }
)
"""What changes nothing that others could trip over; everything else asks first. `execute` runs the probes of kinds."""


def fenced(engine: DockerEngine, require: Callable[[], None]) -> DockerEngine:
    """`engine`, with `require` called before each call that changes something; what it raises keeps that call back."""
    return cast(DockerEngine, _Fenced(engine, require))


class _Fenced:
    """Stands in for an engine."""

    def __init__(self, engine: DockerEngine, require: Callable[[], None]) -> None:
        self._engine = engine
        self._require = require

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._engine, name)
        if name in READING:
            return found

        def asking(*arguments: Any, **named: Any) -> Any:
            self._require()
            return found(*arguments, **named)

        return asking
