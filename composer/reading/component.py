"""A box of the drawing."""

from typing import Any

from composer import syntax
from composer.model import Component, Placement
from composer.reading.faults import Faults
from composer.reading.health import health
from composer.reading.limits import limits
from composer.reading.mappings import Fields, attributes, entries, made
from composer.reading.nodes import Node
from composer.reading.ports import ports, publish
from composer.reading.process import argv, environment
from composer.reading.relaxations import relax
from composer.reading.replicas import replicas
from composer.reading.scalars import matching, name, name_key, text, truth
from composer.reading.schedule import schedule
from composer.reading.settings import settings
from composer.reading.source import source
from composer.reading.volumes import volumes

_PLACE_WORDS = ("a name of a place", "letters, digits and `. _ -`")
_COMPONENT: Fields = {
    "kind": ("kind", name),
    "note": ("note", text),
    "image": ("image", text),
    "source": ("source", source),
    "settings": ("settings", settings),
    "environment": ("environment", environment),
    "command": ("command", argv),
    "replicas": ("replicas", replicas),
    "publish": ("publish", publish),
    "ports": ("ports", ports),
    "volumes": ("volumes", volumes),
    "place": (
        "place",
        made(
            Placement,
            {
                "zone": ("zone", matching(syntax.PLACE_NAME, *_PLACE_WORDS, 63)),
                "host": ("host", matching(syntax.PLACE_NAME, *_PLACE_WORDS, 63)),
            },
        ),
    ),
    "limits": ("limits", limits),
    "health": ("health", health),
    "egress": ("egress", truth),
    "schedule": ("schedule", schedule),
    "relax": ("relax", relax),
}


def components(faults: Faults, node: Node, path: str) -> dict[str, Component] | None:
    """A reader of components by name, less those whose kind could not be read."""
    found: dict[str, dict[str, Any]] | None = _COMPONENTS(faults, node, path)
    if found is None:
        return None
    return {name: Component(name, **values) for name, values in found.items() if "kind" in values}


def _name(faults: Faults, node: Node, path: str) -> str | None:
    found: str | None = name_key(faults, node, path)
    if found in syntax.RESERVED_NAMES:
        faults.add(node, path, f"'{found}' is the first word of references of another sort", "choose another name")
        return None
    return found


def _component(faults: Faults, node: Node, path: str) -> dict[str, Any] | None:
    return attributes(faults, node, path, _COMPONENT, required=("kind",))


_COMPONENTS = entries(_name, _component, limit=syntax.COMPONENTS)
