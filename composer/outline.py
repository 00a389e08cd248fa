"""The outline of a drawing: its boxes where they stand and its lines, enough for a small picture."""

from collections.abc import Mapping
from dataclasses import dataclass

from composer.model import Schema

COLUMN = 280.0
ROW = 160.0


@dataclass(frozen=True)
class Box:
    """A component, and where its corner stands."""

    name: str
    kind: str
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A connection from the box `client` to the box `server`."""

    client: str
    server: str


@dataclass(frozen=True)
class Outline:
    """What a small picture shows."""

    boxes: tuple[Box, ...] = ()
    lines: tuple[Line, ...] = ()


def outline(schema: Schema) -> Outline:
    """The outline of `schema`; components without a place stand below the others, clients left of their servers."""
    places = {name: place for name, place in schema.layout.items() if name in schema.components}
    places |= _found_places(schema, places)
    return Outline(
        tuple(Box(name, each.kind, *places[name]) for name, each in schema.components.items()),
        tuple(
            Line(each.client, each.server)
            for each in schema.connections
            if each.client in schema.components and each.server in schema.components
        ),
    )


def _found_places(schema: Schema, given: Mapping[str, tuple[float, float]]) -> Mapping[str, tuple[float, float]]:
    top = max((y for _, y in given.values()), default=-ROW) + ROW
    columns = _columns(schema)
    filled: dict[int, int] = {}
    found: dict[str, tuple[float, float]] = {}
    for name in schema.components:
        if name in given:
            continue
        column = columns[name]
        row = filled.get(column, 0)
        filled[column] = row + 1
        found[name] = (column * COLUMN, top + row * ROW)
    return found


def _columns(schema: Schema) -> Mapping[str, int]:
    """For each component, how many clients stand one behind another before it; a circle is cut where it closes."""
    columns = dict.fromkeys(schema.components, 0)
    for _ in range(min(len(columns), 12)):
        before = dict(columns)
        for each in schema.connections:
            if each.client in columns and each.server in columns and each.client != each.server:
                columns[each.server] = min(max(columns[each.server], columns[each.client] + 1), len(columns) - 1)
        if columns == before:
            break
    return columns
