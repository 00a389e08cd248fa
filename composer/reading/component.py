"""A box of the drawing."""

from collections.abc import Mapping
from typing import Any

from composer import syntax
from composer.model import Component, Placement
from composer.reading.faults import Faults
from composer.reading.health import health
from composer.reading.limits import limits
from composer.reading.mappings import Fields, attributes, entries, made
from composer.reading.nodes import MappingNode, Mark, Node, key_node
from composer.reading.ports import ports, publish
from composer.reading.process import argv, environment
from composer.reading.relaxations import relax
from composer.reading.replicas import replicas
from composer.reading.scalars import matching, name, name_key, text, truth
from composer.reading.schedule import note_unknown, schedule
from composer.reading.settings import settings
from composer.reading.source import source
from composer.reading.volumes import volumes

_PLACE_WORDS = ("a name of a place", "letters, digits and `. _ -`")
_COMPONENT: Fields = {
    "kind": ("kind", name),
    "note": ("note", text),
    "group": (
        "group",
        matching(
            syntax.GROUP,
            "a title of a group",
            "one line, neither beginning nor ending with a space",
            syntax.GROUP_LENGTH,
        ),
    ),
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
    if _published(node) > syntax.PUBLICATIONS:
        fault = f"they publish more than {syntax.PUBLICATIONS:,} ports"
        faults.add(node, path, fault, "publish a proxy, and draw it to them")
        return None
    found: dict[str, dict[str, Any]] | None = _COMPONENTS(faults, node, path)
    if found is None:
        return None
    note_unknown(faults, _schedules(node, found, path))
    return {name: Component(name, **values) for name, values in found.items() if "kind" in values}


def _published(node: Node) -> int:
    """How many ports all components publish. An address costs 3 µs to read: too long for a text full of them."""
    written = (child for _, child in node.entries.values()) if isinstance(node, MappingNode) else ()
    publish = (child.entries.get("publish") for child in written if isinstance(child, MappingNode))
    return sum(len(each[1].entries) for each in publish if each and isinstance(each[1], MappingNode))


def _schedules(node: Node, found: Mapping[str, Mapping[str, Any]], path: str) -> dict[str, tuple[str, Node]]:
    """The schedules by their paths, each with its node."""
    written = {}
    for word, (_, component) in node.entries.items() if isinstance(node, MappingNode) else ():
        cron = found.get(word, {}).get("schedule")
        if cron is not None and isinstance(component, MappingNode):
            written[f"{path}/{word}/schedule"] = cron, component.entries["schedule"][1]
    return written


def _name(faults: Faults, word: str, mark: Mark, path: str) -> bool:
    if word in syntax.RESERVED_NAMES:
        fault = f"'{word}' is the first word of references of another sort"
        faults.add(key_node(word, mark), path, fault, "choose another name")
        return False
    return name_key(faults, word, mark, path)


def _component(faults: Faults, node: Node, path: str) -> dict[str, Any] | None:
    return attributes(faults, node, path, _COMPONENT, required=("kind",))


_COMPONENTS = entries(_name, _component, limit=syntax.COMPONENTS)
