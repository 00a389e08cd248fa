"""What one replica may use."""

from composer import syntax
from composer.catalogue import memory_bytes
from composer.model import Limits
from composer.reading.faults import Faults
from composer.reading.mappings import made
from composer.reading.nodes import Node, Scalar
from composer.reading.scalars import matching, meant, number, whole

_MEMORY = matching(syntax.MEMORY, "an amount of memory", "write it as 256MiB or 2GiB")


def _memory(faults: Faults, node: Node, path: str) -> int | None:
    if isinstance(node, Scalar) and type(meant(node)) in (int, float):
        faults.add(node, path, f"{node.text[:60]} says no unit", f"write {node.text[:60]}MiB or {node.text[:60]}GiB")
        return None
    text = _MEMORY(faults, node, path)
    return None if text is None else memory_bytes(text)


limits = made(
    Limits,
    {
        "memory": ("memory", _memory),
        "cpus": ("cpus", number(0, syntax.CPUS, above=True)),
        "pids": ("pids", whole(1, syntax.PIDS)),
    },
)
"""A reader of limits."""
