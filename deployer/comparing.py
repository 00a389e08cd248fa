"""Two releases, side by side: the lines of the schema that differ, and what that means for each component."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from composer.model import Component, Connection, Schema


@dataclass(frozen=True)
class ComponentChange:
    """A component that differs: `added`, `removed`, or `changed` in its fields `what`."""

    component: str
    change: str
    what: tuple[str, ...] = ()


def schema_difference(before: str, after: str, name_before: str, name_after: str) -> str:
    """The lines that differ, as `diff -u` shows them; empty where none does."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name_before, name_after, lineterm="")
    return "\n".join(lines)


def component_changes(
    before: Schema, after: Schema, images_before: Mapping[str, str], images_after: Mapping[str, str]
) -> tuple[ComponentChange, ...]:
    """Every component that is not the same in both, by name; `images_…` map each to the digest of its image."""
    return tuple(_changes(before, after, images_before, images_after))


def _changes(
    before: Schema, after: Schema, images_before: Mapping[str, str], images_after: Mapping[str, str]
) -> Iterator[ComponentChange]:
    for name in sorted(before.components.keys() | after.components.keys()):
        if name not in before.components:
            yield ComponentChange(name, "added")
        elif name not in after.components:
            yield ComponentChange(name, "removed")
        else:
            what = _fields(before.components[name], after.components[name])
            if images_before.get(name) != images_after.get(name):
                what.add("image")
            if _lines(before, name) != _lines(after, name):
                what.add("connections")
            if what:
                yield ComponentChange(name, "changed", tuple(sorted(what)))


def _fields(before: Component, after: Component) -> set[str]:
    names = (each.name for each in fields(Component) if each.name not in ("note", "group"))
    return {name for name in names if getattr(before, name) != getattr(after, name)}


def _lines(schema: Schema, name: str) -> set[Connection]:
    return {each for each in schema.connections if name in (each.client, each.server)}
