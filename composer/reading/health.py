"""When a replica is ready."""

from composer import syntax
from composer.model import Health, HttpProbe
from composer.reading.faults import Faults
from composer.reading.mappings import made
from composer.reading.nodes import Node, Scalar
from composer.reading.process import argv
from composer.reading.scalars import matching, name, number

_PROBE = made(
    HttpProbe,
    {
        "port": ("port", name),
        "path": ("path", matching(syntax.PROBE, "a path of a URL", "begin it with `/`; write spaces as %20")),
    },
    required=("port",),
)


def _http(faults: Faults, node: Node, path: str) -> HttpProbe | None:
    if isinstance(node, Scalar):
        port = name(faults, node, path)
        return None if port is None else HttpProbe(port)
    probe: HttpProbe | None = _PROBE(faults, node, path)
    return probe


health = made(
    Health,
    {
        "tcp": ("tcp", name),
        "http": ("http", _http),
        "command": ("command", argv),
        "timeout": ("timeout", number(0, syntax.TIMEOUT, above=True)),
    },
)
"""A reader of health checks."""
