"""The whole document: what it describes, and what could not be read of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from composer import syntax
from composer.gaps import NO_GAPS, Gaps
from composer.model import NAME_LENGTH, SCHEMA_VERSION, Isolation, Note, Problem, Schema
from composer.reading.component import components
from composer.reading.connection import Line, connections
from composer.reading.faults import Faults, TooManyFaultsError
from composer.reading.mappings import Fields, attributes, entries, made
from composer.reading.nodes import MappingNode, Node, Places, SequenceNode
from composer.reading.scalars import meant, name, name_key, number, one_of, text, written

_IS_NAME = re.compile(syntax.NAME).fullmatch
_ISOLATION = one_of(Isolation, "way to draw networks")
_COORDINATE = number(-syntax.LAYOUT, syntax.LAYOUT)


@dataclass(frozen=True)
class Reading:
    """What was read: the schema, less what is faulty, and the first hundred problems.

    The schema is None where too little could be read to say more about it.
    """

    schema: Schema | None
    problems: tuple[Problem, ...] = ()
    more: int = 0
    gaps: Gaps = NO_GAPS


def read(root: Node) -> Reading:
    """The schema that `root` describes, and everything that is wrong with its form."""
    places = Places(root)
    faults = Faults(places)
    try:
        found = attributes(faults, root, "", _SCHEMA, required=("backdraft", "name"))
    except TooManyFaultsError:
        found = None
    problems = tuple(faults.problems)
    if found is None or faults.more or (problems and "components" not in found):
        return Reading(None, problems, faults.more)
    lines: tuple[Line, ...] = found.get("connections", ())
    schema = Schema(
        name=found.get("name", ""),
        components=found.get("components", {}),
        connections=tuple(line.connection for line in lines if line.connection),
        layout=found.get("layout", {}),
        network=found.get("network", Isolation.ISOLATED),
        notes=found.get("notes", {}),
        places=places,
    )
    if not problems:
        return Reading(schema)
    gaps = _gaps(root, problems, found, lines)
    sound = {name: component for name, component in schema.components.items() if name not in gaps.components}
    return Reading(replace(schema, components=sound), problems, gaps=gaps)


def _gaps(root: Node, problems: tuple[Problem, ...], found: Mapping[str, Any], lines: tuple[Line, ...]) -> Gaps:
    entries = root.entries if isinstance(root, MappingNode) else {}
    written = entries["components"][1]
    names = set(written.entries) if isinstance(written, MappingNode) else set()
    faulty = {problem.path.split("/")[1] for problem in problems if problem.path.startswith("components/")}
    left_out = [line.client for line in lines if line.connection is None]
    read_lines = [index for index, line in enumerate(lines) if line.connection]
    misspelt = any(word not in _SCHEMA for word in entries)
    return Gaps(
        components=frozenset(faulty | (names - set(found["components"]))),
        is_unnamed=not all(len(name) <= NAME_LENGTH and _IS_NAME(name) for name in names),
        clients=frozenset(client for client in left_out if client),
        is_undrawn=None in left_out or misspelt or ("connections" in entries and "connections" not in found),
        indexes=dict(enumerate(read_lines)) if left_out else {},
    )


def _version(faults: Faults, node: Node, path: str) -> int | None:
    version = meant(node)
    if version == SCHEMA_VERSION and type(version) is int:
        return SCHEMA_VERSION
    fault = f"{written(node)} is not a version of the schema that this Backdraft reads"
    faults.add(node, path, fault, f"write `backdraft: {SCHEMA_VERSION}`")
    return None


def _isolation(faults: Faults, node: Node, path: str) -> Isolation | None:
    way = _ISOLATION(faults, node, path)
    return None if way is None else Isolation(way)


def _point(faults: Faults, node: Node, path: str) -> tuple[float, float] | None:
    if not isinstance(node, SequenceNode) or len(node.items) != 2:
        faults.add(node, path, f"{written(node)} is not a position", "write [x, y]")
        return None
    x, y = (_COORDINATE(faults, item, f"{path}/{index}") for index, item in enumerate(node.items))
    return None if x is None or y is None else (x, y)


_NOTE: Fields = {"text": ("text", text), "at": ("at", _point)}
_SCHEMA: Fields = {
    "backdraft": ("backdraft", _version),
    "name": ("name", name),
    "network": ("network", _isolation),
    "components": ("components", components),
    "connections": ("connections", connections),
    "notes": ("notes", entries(name_key, made(Note, _NOTE, required=("text", "at")), limit=syntax.NOTES)),
    "layout": ("layout", entries(name_key, _point, limit=syntax.COMPONENTS)),
}
