"""A schema as YAML text that a person reads, writes and reviews: text to Schema, and Schema to text."""

import json
import re
from collections.abc import Iterator, Mapping

from composer.gaps import NO_GAPS, Gaps
from composer.model import (
    SCHEMA_VERSION,
    Component,
    Connection,
    Health,
    Isolation,
    Problem,
    Publication,
    Replicas,
    Schema,
    Source,
    Value,
    position,
)
from composer.reading.faults import COUNTED, PROBLEMS
from composer.reading.nodes import plain_value
from composer.reading.schema import read
from composer.reading.text import UNREADABLE, TextError
from composer.reading.tree import tree

WIDTH = 120

_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./@+-]*( [A-Za-z0-9_./@+-]+)*|[0-9]+[A-Za-z]+")
# texts to readers of YAML 1.2, truth values to those of 1.1: quotes keep them texts for both
_OLD_TRUTHS = frozenset(("y", "n", "yes", "no", "on", "off"))
_UNITS = (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10))


class DocumentError(Exception):
    """Text is no schema. `problems` are the first hundred, `more` how many were left out. Trying again is no use.

    `readable` is what could be read all the same, if anything, and `gaps` what it lacks.
    """

    def __init__(
        self, problems: tuple[Problem, ...], more: int = 0, readable: Schema | None = None, gaps: Gaps = NO_GAPS
    ) -> None:
        super().__init__(problems, more)
        self.problems = problems
        self.more = more
        self.readable = readable
        self.gaps = gaps

    def __str__(self) -> str:
        at_least = "at least " if self.more + PROBLEMS >= COUNTED else ""
        left_out = [f"and {at_least}{self.more} more"] if self.more else []
        return "\n".join([*map(str, self.problems), *left_out])


def parse(text: str | bytes) -> Schema:
    """The schema that `text` describes. Raises DocumentError with every problem of the text, and nothing else.

    Whatever the text, this takes at most 200 ms of CPU: it may be 1 MiB long, 64 levels deep and hold
    `tree.NODES` keys and values. The costliest text that we know takes 110 ms.
    """
    try:
        root = tree(text)
    except TextError as error:
        raise DocumentError((error.problem,)) from None
    reading = read(root)
    if reading.schema is None or reading.problems:
        raise DocumentError(tuple(sorted(reading.problems, key=position)), reading.more, reading.schema, reading.gaps)
    return reading.schema


def dump(schema: Schema) -> str:
    """The text of `schema`: short parts on one line, long ones spread; `parse` gives the same schema back."""
    document: dict[str, Value] = {"backdraft": SCHEMA_VERSION, "name": schema.name}
    if schema.network is not Isolation.ISOLATED:
        document["network"] = schema.network.value
    document["components"] = {name: _component(component) for name, component in schema.components.items()}
    if schema.connections:
        document["connections"] = [_connection(connection) for connection in schema.connections]
    if schema.notes:
        document["notes"] = {name: {"text": note.text, "at": _point(note.at)} for name, note in schema.notes.items()}
    if schema.layout:
        document["layout"] = {name: _point(point) for name, point in schema.layout.items()}
    lines = []
    for key, value in document.items():
        if key in ("components", "connections") and value:
            lines += [f"{key}:", *_block(value, 2)]
        else:
            lines += _entry(key, value, 0)
    return "\n".join(lines) + "\n"


def _component(component: Component) -> dict[str, Value]:
    source, replicas = component.source, component.replicas
    place, limits = component.place, component.limits
    found: dict[str, Value] = {
        "kind": component.kind,
        "note": component.note or None,
        "group": component.group,
        "image": component.image,
        "source": None if source is None else _source(source),
        "settings": dict(component.settings),
        "environment": dict(component.environment),
        "command": list(component.command),
        "replicas": None if replicas == Replicas() else _replicas(replicas),
        "publish": {name: _publication(published) for name, published in component.publish.items()},
        "ports": {name: {"protocol": port.protocol, "number": port.number} for name, port in component.ports.items()},
        "volumes": dict(component.volumes),
        "place": _given(zone=place.zone, host=place.host),
        "limits": _given(
            memory=None if limits.memory is None else _memory(limits.memory), cpus=_short(limits.cpus), pids=limits.pids
        ),
        "health": None if component.health is None else _health(component.health),
        "egress": component.egress,
        "schedule": component.schedule,
        "relax": dict(component.relax),
    }
    return {key: value for key, value in found.items() if value is not None and (value or key not in _COLLECTIONS)}


_COLLECTIONS = ("settings", "environment", "command", "publish", "ports", "volumes", "place", "limits", "relax")


def _source(source: Source) -> dict[str, Value]:
    directory = None if source.git and source.directory == "." else source.directory
    return _given(git=source.git, branch=source.branch, directory=directory)


def _replicas(replicas: Replicas) -> Value:
    if replicas.min == replicas.max and replicas.cpu is None:
        return replicas.min
    return _given(min=replicas.min, max=replicas.max, cpu=replicas.cpu)


def _publication(published: Publication) -> Value:
    if published.address == "127.0.0.1":
        return published.number
    address = f"[{published.address}]" if ":" in published.address else published.address
    return f"{address}:{published.number}"


def _memory(size: int) -> str:
    return next(f"{size // factor}{unit}" for unit, factor in _UNITS if size % factor == 0)


def _health(health: Health) -> dict[str, Value]:
    http: Value = None
    if health.http:
        http = health.http.port if health.http.path == "/" else {"port": health.http.port, "path": health.http.path}
    return _given(tcp=health.tcp, http=http, command=list(health.command) or None, timeout=_short(health.timeout))


def _connection(connection: Connection) -> dict[str, Value]:
    target = connection.server + (f".{connection.port}" if connection.port else "")
    ends: dict[str, Value] = {"from": connection.client, "to": target}
    if connection.prefix:
        ends["as"] = connection.prefix
    route = _given(path=connection.path, host=connection.host, weight=connection.weight, algorithm=connection.algorithm)
    return ends | route


def _given(**values: Value) -> dict[str, Value]:
    return {key: value for key, value in values.items() if value is not None}


def _point(point: tuple[float, float]) -> Value:
    return [_short(coordinate) for coordinate in point]


def _short(number: float | None) -> Value:
    """A number without the `.0` that nobody would write."""
    return int(number) if number is not None and number == int(number) else number


def _block(value: Value, indent: int) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from _entry(key, child, indent)
    elif isinstance(value, list):
        for child in value:
            yield f"{' ' * indent}- {_flow(child)}"


def _entry(key: str, value: Value, indent: int) -> Iterator[str]:
    start = f"{' ' * indent}{_scalar(key)}:"
    line = f"{start} {_flow(value)}"
    if len(line) <= WIDTH or not value or not isinstance(value, dict | list):
        yield line
        return
    yield start
    yield from _block(value, indent + 2)


def _flow(value: Value) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: str | int | float | bool | None) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _OLD_TRUTHS and _means_itself(value):
        return value
    return UNREADABLE.sub(_escaped, json.dumps(value, ensure_ascii=False))


def _means_itself(text: str) -> bool:
    try:
        return plain_value(text) == text
    except ValueError:
        return False


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"
