"""Readers of mappings: those with keys of ours, and those that give names of their own to values of one sort."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from composer.model import SCHEMA_VERSION
from composer.reading.faults import Faults, Read, ReadKey
from composer.reading.nodes import MappingNode, Node, is_null, key_node
from composer.reading.scalars import written

Fields = Mapping[str, tuple[str, Read]]
"""The keys of a mapping: the attribute each of them gives, and the reader of its value."""

EXAMPLES = {
    "backdraft": f"backdraft: {SCHEMA_VERSION}",
    "name": "name: shop",
    "kind": "kind: postgres",
    "from": "from: api",
    "to": "to: db",
    "protocol": "protocol: http",
    "number": "number: 8000",
    "port": "port: http",
    "text": "text: two of them, for Mondays",
    "at": "at: [0, 0]",
}


def attributes(
    faults: Faults, node: Node, path: str, fields: Fields, required: Iterable[str] = ()
) -> dict[str, Any] | None:
    """The attributes that a mapping gives, less what is faulty; None if it is no mapping."""
    if not isinstance(node, MappingNode):
        fault = "it is empty" if is_null(node) else f"{written(node)} is not a mapping"
        faults.add(node, path, fault, f"write `{_example(fields, required)}`")
        return None
    start = f"{path}/" if path else ""
    values = {}
    for word, (mark, value) in node.entries.items():
        if word not in fields:
            faults.add_unknown(key_node(word, mark), start + word, "there is no such key here", word, fields)
            continue
        attribute, reader = fields[word]
        found = reader(faults, value, start + word)
        if found is not None:
            values[attribute] = found
    for word in required:
        if word not in node.entries:
            faults.add(node, path, f"'{word}' is missing", f"write `{EXAMPLES[word]}`")
    return values


def made(make: Callable[..., Any], fields: Fields, required: Iterable[str] = ()) -> Read:
    """A reader of mappings that calls `make` with their attributes, if none has a fault."""

    def reader(faults: Faults, node: Node, path: str) -> Any:
        before = faults.count
        values = attributes(faults, node, path, fields, required)
        return None if values is None or faults.count > before else make(**values)

    return reader


def entries(name: ReadKey, value: Read, limit: int | None = None) -> Read:
    """A reader of mappings from names to values, less what is faulty; nothing at all counts as an empty mapping."""

    def reader(faults: Faults, node: Node, path: str) -> dict[str, Any] | None:
        if is_null(node):
            return {}
        if not isinstance(node, MappingNode):
            faults.add(node, path, f"{written(node)} is not a mapping", "write `name: value` pairs")
            return None
        if limit is not None and len(node.entries) > limit:
            faults.add(node, path, f"there are more than {limit:,} of them", "divide them")
            return None
        found = {}
        for word, (mark, child) in node.entries.items():
            child_path = f"{path}/{word}"
            is_named = name(faults, word, mark, child_path)
            result = value(faults, child, child_path)
            if is_named and result is not None:
                found[word] = result
        return found

    return reader


def _example(fields: Fields, required: Iterable[str]) -> str:
    word = next(iter(required), next(iter(fields)))
    return EXAMPLES.get(word, f"{word}: …")
