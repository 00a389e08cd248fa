"""What a process is given: its words and its environment."""

from composer import syntax
from composer.reading.faults import Faults
from composer.reading.mappings import entries
from composer.reading.nodes import Node, SequenceNode
from composer.reading.scalars import key, literal, written
from composer.reading.tree import KEY_LENGTH

_VARIABLES = entries(
    key(
        syntax.ENVIRONMENT_NAME,
        "a name of the environment",
        "letters, digits and `_`, not beginning with a digit",
        KEY_LENGTH,
    ),
    literal,
)


def argv(faults: Faults, node: Node, path: str) -> tuple[str, ...] | None:
    """A reader of a program and its arguments."""
    if not isinstance(node, SequenceNode) or not node.items:
        fault = "the list is empty" if isinstance(node, SequenceNode) else f"{written(node)} is not a list of words"
        faults.add(node, path, fault, "write a list: [program, argument]")
        return None
    words = [literal(faults, item, f"{path}/{index}") for index, item in enumerate(node.items)]
    return None if None in words else tuple(word for word in words if word is not None)


def environment(faults: Faults, node: Node, path: str) -> dict[str, str] | None:
    """A reader of variables."""
    found: dict[str, str] | None = _VARIABLES(faults, node, path)
    for name, text in (found or {}).items():
        if len(text) > 30_000 and len(name) + len(text.encode()) + 2 > syntax.ENVIRONMENT_BYTES:
            fault = f"name and value are longer than the {syntax.ENVIRONMENT_BYTES // 1024} KiB Linux passes on"
            faults.add(node, f"{path}/{name}", fault, "mount a file, or shorten it")
    return found
