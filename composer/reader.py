"""A tree of nodes becomes a Schema: every key read as what it should be, every fault noted with its place."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from cronsim import CronSim, CronSimError

from composer import nodes, syntax
from composer.catalogue import memory_bytes
from composer.gaps import NO_GAPS, Gaps
from composer.model import (
    NAME_LENGTH,
    SCHEMA_VERSION,
    Component,
    Connection,
    Health,
    HttpProbe,
    Isolation,
    Limits,
    Placement,
    Port,
    Problem,
    Publication,
    Replicas,
    Schema,
    Source,
    Value,
)
from composer.nodes import MappingNode, Node, Places, Scalar, SequenceNode, shown
from composer.routes import ALGORITHMS
from composer.spelling import suggestion

PROBLEMS = 100
COUNTED = 1_000


class TooManyFaultsError(Exception):
    """So much is wrong that reading on would only cost time."""


class Faults:
    """The problems of one text: the first hundred in full, the rest only counted, so that bad texts stay cheap.

    Raises TooManyFaultsError when even counting has gone on for long.
    """

    def __init__(self, places: Places) -> None:
        self.problems: list[Problem] = []
        self.more = 0
        self.places = places

    def add(self, node: Node, path: str, fault: str, remedy: str = "") -> None:
        """Notes that `fault` is wrong with `node` at `path`."""
        if len(self.problems) == PROBLEMS:
            self._count()
            return
        where = nodes.place(node)
        if not isinstance(node, Scalar) or not node.text:
            where = self.places.get(path, where)
        self.problems.append(Problem(path, fault, remedy, where))

    def add_unknown(self, node: Node, path: str, fault: str, word: str, choices: Iterable[str]) -> None:
        """Notes that `word` is none of `choices`, with the one that may have been meant."""
        if len(self.problems) == PROBLEMS:
            self._count()
            return
        self.add(node, path, fault, suggestion(word, choices))

    def _count(self) -> None:
        self.more += 1
        if self.more == COUNTED - PROBLEMS:
            raise TooManyFaultsError


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
        found = _fields(faults, root, "", _SCHEMA, required=("backdraft", "name"))
    except TooManyFaultsError:
        found = None
    problems = tuple(faults.problems)
    if found is None or faults.more or (problems and "components" not in found):
        return Reading(None, problems, faults.more)
    lines: tuple[_Line, ...] = found.get("connections", ())
    schema = Schema(
        name=found.get("name", ""),
        components=found.get("components", {}),
        connections=tuple(line.connection for line in lines if line.connection),
        layout=found.get("layout", {}),
        network=found.get("network", Isolation.ISOLATED),
        places=places,
    )
    if not problems:
        return Reading(schema)
    gaps = _gaps(root, problems, found, lines)
    sound = {name: component for name, component in schema.components.items() if name not in gaps.components}
    return Reading(replace(schema, components=sound), problems, gaps=gaps)


@dataclass(frozen=True)
class _Line:
    """A connection, or None for one with faults; its client as far as that could be read."""

    connection: Connection | None
    client: str | None


def _gaps(root: Node, problems: tuple[Problem, ...], found: Mapping[str, Any], lines: tuple[_Line, ...]) -> Gaps:
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


# Each reader below gives what a node means, or None after it has noted what is wrong with it.
Read = Callable[[Faults, Node, str], Any]
Fields = Mapping[str, tuple[str, Read]]


def _fields(
    faults: Faults, node: Node, path: str, fields: Fields, required: Iterable[str] = ()
) -> dict[str, Any] | None:
    """The attributes that a mapping gives, read by the reader of each key."""
    if not isinstance(node, MappingNode):
        fault = "it is empty" if _is_null(node) else f"{_written(node)} is not a mapping"
        faults.add(node, path, fault, f"write `{_example(fields, required)}`")
        return None
    start = f"{path}/" if path else ""
    values = {}
    for word, (key, value) in node.entries.items():
        if word not in fields:
            faults.add_unknown(key, start + word, "there is no such key here", word, fields)
            continue
        attribute, reader = fields[word]
        found = reader(faults, value, start + word)
        if found is not None:
            values[attribute] = found
    for word in required:
        if word not in node.entries:
            faults.add(node, path, f"'{word}' is missing", f"write `{_EXAMPLES[word]}`")
    return values


def _made(make: Callable[..., Any], fields: Fields, required: Iterable[str] = ()) -> Read:
    def reader(faults: Faults, node: Node, path: str) -> Any:
        before = len(faults.problems) + faults.more
        values = _fields(faults, node, path, fields, required)
        return None if values is None or len(faults.problems) + faults.more > before else make(**values)

    return reader


def _entries(name: Read, value: Read, limit: int | None = None) -> Read:
    """A reader of mappings from names to values; nothing at all counts as an empty mapping."""

    def reader(faults: Faults, node: Node, path: str) -> dict[str, Any] | None:
        if _is_null(node):
            return {}
        if not isinstance(node, MappingNode):
            faults.add(node, path, f"{_written(node)} is not a mapping", "write `name: value` pairs")
            return None
        if limit is not None and len(node.entries) > limit:
            faults.add(node, path, f"there are more than {limit:,} of them", "divide them")
            return None
        found = {}
        for word, (key, child) in node.entries.items():
            child_path = f"{path}/{word}"
            named = name(faults, key, child_path)
            result = value(faults, child, child_path)
            if named is not None and result is not None:
                found[word] = result
        return found

    return reader


def _text(faults: Faults, node: Node, path: str) -> str | None:
    if not isinstance(node, Scalar):
        faults.add(node, path, f"{_written(node)} is not a text")
        return None
    if node.plain and not isinstance(_core(node), str):
        if not node.text:
            faults.add(node, path, "the value is missing", "write one, or remove the key")
        else:
            faults.add(node, path, f"{node.text[:60]} is {_sort(node)}, not a text", f'write "{node.text[:60]}"')
        return None
    if len(node.text) > syntax.TEXT_LENGTH:
        faults.add(node, path, f"the text is longer than {syntax.TEXT_LENGTH:,} characters")
        return None
    return node.text


def _matching(pattern: str, what: str, remedy: str, length: int = syntax.PATTERN_LENGTH) -> Read:
    fits = re.compile(pattern).fullmatch

    def reader(faults: Faults, node: Node, path: str) -> str | None:
        text = _text(faults, node, path)
        if text is None:
            return None
        if len(text) > length:
            faults.add(node, path, f"{shown(text)} is longer than {length} characters")
            return None
        if not fits(text):
            faults.add(node, path, f"{shown(text)} is not {what}", remedy)
            return None
        return text

    return reader


def _key(pattern: str, what: str, remedy: str, length: int) -> Read:
    """A reader of keys: a key is the text that was written, so `on`, `true` and `1` are words here."""
    fits = re.compile(pattern).fullmatch

    def reader(faults: Faults, node: Node, path: str) -> str | None:
        text = node.text if isinstance(node, Scalar) else ""
        if len(text) <= length and fits(text):
            return text
        faults.add(node, path, f"{shown(text)} is not {what}", remedy)
        return None

    return reader


def _one_of(choices: Iterable[str], what: str) -> Read:
    known = tuple(choices)

    def reader(faults: Faults, node: Node, path: str) -> str | None:
        text = _text(faults, node, path)
        if text is None or text in known:
            return text
        faults.add_unknown(node, path, f"{shown(text)} is no {what}", text, known)
        return None

    return reader


def _whole(low: int, high: int) -> Read:
    def reader(faults: Faults, node: Node, path: str) -> int | None:
        number = _core(node) if isinstance(node, Scalar) else None
        if isinstance(number, bool) or not isinstance(number, int):
            faults.add(node, path, f"{_written(node)} is not a whole number", _unquoted(node))
            return None
        if not low <= number <= high:
            faults.add(node, path, f"{number} is not between {low} and {high}")
            return None
        return number

    return reader


def _number(low: float, high: float, above: bool = False) -> Read:
    def reader(faults: Faults, node: Node, path: str) -> float | None:
        number = _core(node) if isinstance(node, Scalar) else None
        if isinstance(number, bool) or not isinstance(number, int | float):
            faults.add(node, path, f"{_written(node)} is not a number", _unquoted(node))
            return None
        if not low <= number <= high or (above and number == low):
            start = "above" if above else "at least"
            faults.add(node, path, f"{number} is out of range", f"{start} {low:g}, at most {high:g}")
            return None
        return float(number)

    return reader


def _truth(faults: Faults, node: Node, path: str) -> bool | None:
    truth = _core(node) if isinstance(node, Scalar) else None
    if isinstance(truth, bool):
        return truth
    faults.add(node, path, f"{_written(node)} is neither true nor false")
    return None


def _literal(faults: Faults, node: Node, path: str) -> str | None:
    """The very text that was written, whether it looks like text or like a number: `08` stays `08`."""
    if not isinstance(node, Scalar):
        faults.add(node, path, f"{_written(node)} is not a text")
    elif _is_null(node):
        faults.add(node, path, "the value is missing", 'write "" for empty text')
    elif len(node.text) > 30_000 and len(node.text.encode()) + 2 > syntax.ENVIRONMENT_BYTES:
        faults.add(node, path, f"the text is longer than the {syntax.ENVIRONMENT_BYTES // 1024} KiB Linux passes on")
    else:
        return node.text
    return None


def _environment(faults: Faults, node: Node, path: str) -> dict[str, str] | None:
    found: dict[str, str] | None = _ENVIRONMENT(faults, node, path)
    for name, text in (found or {}).items():
        if len(text) > 30_000 and len(name) + len(text.encode()) + 2 > syntax.ENVIRONMENT_BYTES:
            fault = f"name and value are longer than the {syntax.ENVIRONMENT_BYTES // 1024} KiB Linux passes on"
            faults.add(node, f"{path}/{name}", fault, "mount a file, or shorten it")
    return found


def _argv(faults: Faults, node: Node, path: str) -> tuple[str, ...] | None:
    if not isinstance(node, SequenceNode) or not node.items:
        fault = "the list is empty" if isinstance(node, SequenceNode) else f"{_written(node)} is not a list of words"
        faults.add(node, path, fault, "write a list: [program, argument]")
        return None
    words = [_literal(faults, item, f"{path}/{index}") for index, item in enumerate(node.items)]
    return None if None in words else tuple(word for word in words if word is not None)


def _settings(faults: Faults, node: Node, path: str) -> dict[str, Value] | None:
    if _is_null(node):
        return {}
    if not isinstance(node, MappingNode):
        faults.add(node, path, f"{_written(node)} is not a mapping", "write `name: value` pairs")
        return None
    return {word: _value(faults, child, f"{path}/{word}") for word, (_, child) in node.entries.items()}


def _value(faults: Faults, node: Node, path: str) -> Value:
    if isinstance(node, MappingNode):
        return {word: _value(faults, child, f"{path}/{word}") for word, (_, child) in node.entries.items()}
    if isinstance(node, SequenceNode):
        return [_value(faults, item, f"{path}/{index}") for index, item in enumerate(node.items)]
    try:
        return nodes.value(node)
    except ValueError as error:
        faults.add(node, path, str(error), "put it in quotes if it is a text")
        return None


def _version(faults: Faults, node: Node, path: str) -> int | None:
    version = _core(node) if isinstance(node, Scalar) else None
    if version == SCHEMA_VERSION and type(version) is int:
        return SCHEMA_VERSION
    fault = f"{_written(node)} is not a version of the schema that this Backdraft reads"
    faults.add(node, path, fault, f"write `backdraft: {SCHEMA_VERSION}`")
    return None


def _component_name(faults: Faults, node: Node, path: str) -> str | None:
    name: str | None = _NAME_KEY(faults, node, path)
    if name in syntax.RESERVED_NAMES:
        faults.add(node, path, f"'{name}' is the first word of references of another sort", "choose another name")
        return None
    return name


def _components(faults: Faults, node: Node, path: str) -> dict[str, Component] | None:
    found: dict[str, dict[str, Any]] | None = _COMPONENTS(faults, node, path)
    if found is None:
        return None
    return {name: Component(name, **values) for name, values in found.items() if "kind" in values}


def _component(faults: Faults, node: Node, path: str) -> dict[str, Any] | None:
    return _fields(faults, node, path, _COMPONENT, required=("kind",))


def _connections(faults: Faults, node: Node, path: str) -> tuple[_Line, ...] | None:
    if _is_null(node):
        return ()
    if not isinstance(node, SequenceNode):
        faults.add(node, path, f"{_written(node)} is not a list", "write `- {from: api, to: db}`, a line each")
        return None
    if len(node.items) > syntax.CONNECTIONS:
        faults.add(node, path, f"there are more than {syntax.CONNECTIONS:,} of them", "draw several projects")
        return None
    return tuple(_line(faults, item, f"{path}/{index}") for index, item in enumerate(node.items))


def _line(faults: Faults, node: Node, path: str) -> _Line:
    before = len(faults.problems) + faults.more
    values = _fields(faults, node, path, _CONNECTION, required=("from", "to")) or {}
    if len(faults.problems) + faults.more > before:
        return _Line(None, values.get("client"))
    name, _, port = values.pop("server").partition(".")
    return _Line(Connection(server=name, port=port or None, **values), values["client"])


def _replicas(faults: Faults, node: Node, path: str) -> Replicas | None:
    if isinstance(node, Scalar):
        number = _REPLICA_NUMBER(faults, node, path)
        return None if number is None else Replicas(number, number)
    values = _fields(faults, node, path, _REPLICAS)
    if values is None:
        return None
    low = values.get("min", min(1, values.get("max", 1)))
    high = values.get("max", max(1, low))
    if high < low:
        faults.add(node, path, f"max {high} is below min {low}")
        return None
    return Replicas(low, high, values.get("cpu"))


def _publication(faults: Faults, node: Node, path: str) -> Publication | None:
    if isinstance(node, Scalar) and (found := _ADDRESS(node.text)):
        address, number = (found[1] or found[2]).lower(), int(found[3])
        if not (_is_ipv6(address) if found[1] else _is_ipv4(address)):
            faults.add(node, path, f"'{address}' is not an address of a host", "such as 0.0.0.0, 127.0.0.1 or [::1]")
        elif not 1 <= number <= syntax.PORT_NUMBER:
            faults.add(node, path, f"{number} is not between 1 and {syntax.PORT_NUMBER}")
        else:
            return Publication(number, address)
        return None
    if isinstance(node, Scalar) and not isinstance(_core(node), str):
        number = _PORT_NUMBER(faults, node, path)
        return None if number is None else Publication(number)
    fault = f"{_written(node)} is not an address and a port"
    faults.add(node, path, fault, _unquoted(node) or 'write 8080, "0.0.0.0:8080" or "[::1]:8080"')
    return None


# `ipaddress` needs 25 µs for an IPv6 address, too long for a text full of them
def _is_ipv4(address: str) -> bool:
    parts = address.split(".")
    return len(parts) == 4 and all(part.isdigit() and str(int(part[:4])) == part and int(part) < 256 for part in parts)


def _is_ipv6(address: str) -> bool:
    if "::" in address:
        return address.count(":") <= 7 and _SHORT_IPV6.fullmatch(address) is not None
    return _FULL_IPV6.fullmatch(address) is not None


def _memory(faults: Faults, node: Node, path: str) -> int | None:
    if isinstance(node, Scalar) and type(_core(node)) in (int, float):
        faults.add(node, path, f"{node.text[:60]} says no unit", f"write {node.text[:60]}MiB or {node.text[:60]}GiB")
        return None
    text = _MEMORY(faults, node, path)
    return None if text is None else memory_bytes(text)


def _http(faults: Faults, node: Node, path: str) -> HttpProbe | None:
    if isinstance(node, Scalar):
        port = _NAME(faults, node, path)
        return None if port is None else HttpProbe(port)
    probe: HttpProbe | None = _HTTP(faults, node, path)
    return probe


def _git(faults: Faults, node: Node, path: str) -> str | None:
    if isinstance(node, Scalar) and _PASSWORD.search(node.text[: syntax.PATTERN_LENGTH]):
        # what was written is not repeated: problems are printed and logged, and a user of https is often a token
        remedy = "leave it out: a credential helper of git says who asks, or a key with git@host:path"
        faults.add(node, path, "the address holds a user or a password", remedy)
        return None
    address: str | None = _GIT(faults, node, path)
    return address


def _source(faults: Faults, node: Node, path: str) -> Source | None:
    values = _fields(faults, node, path, _SOURCE)
    if values is None:
        return None
    if isinstance(node, MappingNode) and not {"directory", "git"} & node.entries.keys():
        faults.add(node, path, "it names neither a directory nor a git repository", "write `directory: .`")
        return None
    if isinstance(node, MappingNode) and "branch" in node.entries and "git" not in node.entries:
        faults.add(node, f"{path}/branch", "a branch needs a git repository", "write `git: https://…`")
        return None
    return Source(**values)


def _schedule(faults: Faults, node: Node, path: str) -> str | None:
    text = _text(faults, node, path)
    if text is None:
        return None
    if len(text) > syntax.SCHEDULE_LENGTH or (fault := _cron_fault(text)):
        reason = f": {fault}" if len(text) <= syntax.SCHEDULE_LENGTH else ""
        faults.add(node, path, f"{shown(text)} is not a schedule{reason}", "five fields, such as `15 3 * * *`")
        return None
    return text


@lru_cache(maxsize=1024)
def _cron_fault(text: str) -> str:
    if len(text.split()) != 5:
        return "there are not five fields"
    try:
        CronSim(text, datetime(2000, 1, 1))
    except CronSimError as error:
        return str(error)[:1].lower() + str(error)[1:]
    return ""


def _reason(faults: Faults, node: Node, path: str) -> str | None:
    text = _text(faults, node, path)
    if text is None or text.strip():
        return text
    faults.add(node, path, "the reason is missing", "say in a few words why it is needed")
    return None


def _relaxation(faults: Faults, node: Node, path: str) -> str | None:
    text = node.text if isinstance(node, Scalar) else ""
    if text in syntax.RELAXATIONS:
        return text
    faults.add_unknown(node, path, f"{shown(text)} cannot be relaxed", text, syntax.RELAXATIONS)
    return None


def _point(faults: Faults, node: Node, path: str) -> tuple[float, float] | None:
    if not isinstance(node, SequenceNode) or len(node.items) != 2:
        faults.add(node, path, f"{_written(node)} is not a position", "write [x, y]")
        return None
    x, y = (_COORDINATE(faults, item, f"{path}/{index}") for index, item in enumerate(node.items))
    return None if x is None or y is None else (x, y)


def _isolation(faults: Faults, node: Node, path: str) -> Isolation | None:
    text = _ISOLATION(faults, node, path)
    return None if text is None else Isolation(text)


def _core(node: Scalar) -> Value:
    """What a scalar means, or None for a number too large to mean anything."""
    try:
        return nodes.value(node)
    except ValueError:
        return None


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and nodes.is_null(node.text)


def _written(node: Node) -> str:
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    return shown(node.text)


def _sort(node: Scalar) -> str:
    value = _core(node)
    if isinstance(value, bool):
        return "a truth value"
    return "nothing" if nodes.is_null(node.text) else "a number"


def _unquoted(node: Node) -> str:
    if isinstance(node, Scalar) and not node.plain and isinstance(_core(Scalar(node.text, True, 0, 0)), int | float):
        return f"write {node.text} without quotes"
    return ""


def _example(fields: Fields, required: Iterable[str]) -> str:
    word = next(iter(required), next(iter(fields)))
    return _EXAMPLES.get(word, f"{word}: …")


_EXAMPLES = {
    "backdraft": f"backdraft: {SCHEMA_VERSION}",
    "name": "name: shop",
    "kind": "kind: postgres",
    "from": "from: api",
    "to": "to: db",
    "protocol": "protocol: http",
    "number": "number: 8000",
    "port": "port: http",
}
_NAME_WORDS = ("a name", f"lower-case letters and digits, words joined by `-`, at most {NAME_LENGTH}")
_ABSOLUTE = "an absolute path of letters, digits and `. _ - /`"

_FULL_IPV6 = re.compile("(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}")
_SHORT_IPV6 = re.compile("(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?")
_IS_NAME = re.compile(syntax.NAME).fullmatch
_NAME = _matching(syntax.NAME, *_NAME_WORDS, NAME_LENGTH)
_NAME_KEY = _key(syntax.NAME, *_NAME_WORDS, NAME_LENGTH)
_PORT_NUMBER = _whole(1, syntax.PORT_NUMBER)
_REPLICA_NUMBER = _whole(0, syntax.REPLICAS)
_COORDINATE = _number(-syntax.LAYOUT, syntax.LAYOUT)
_ISOLATION = _one_of(Isolation, "way to draw networks")
_MEMORY = _matching(syntax.MEMORY, "an amount of memory", "write it as 256MiB or 2GiB")
_ADDRESS = re.compile(syntax.PUBLICATION).fullmatch
_ENVIRONMENT = _entries(
    _key(
        syntax.ENVIRONMENT_NAME,
        "a name of the environment",
        "letters, digits and `_`, not beginning with a digit",
        nodes.KEY_LENGTH,
    ),
    _literal,
)
_PASSWORD = re.compile("://[^/@]*:[^/]*@|https?://[^/]*@")
_GIT = _matching(
    syntax.GIT, "a git repository that is fetched", "write https://host/path, ssh://host/path or git@host:path"
)
_REPLICAS: Fields = {
    "min": ("min", _REPLICA_NUMBER),
    "max": ("max", _whole(1, syntax.REPLICAS)),
    "cpu": ("cpu", _whole(1, 100)),
}
_SOURCE: Fields = {
    "directory": (
        "directory",
        _matching(
            syntax.DIRECTORY, "a directory inside the sources", "a relative path without `..`, not beginning with `-`"
        ),
    ),
    "git": ("git", _git),
    "branch": (
        "branch",
        _matching(syntax.BRANCH, "a branch, a tag or a commit", "letters, digits and `. _ / + @ # -`"),
    ),
}
_PORT: Fields = {
    "protocol": ("protocol", _one_of(syntax.PROTOCOLS, "protocol")),
    "number": ("number", _PORT_NUMBER),
}
_PLACE_WORDS = ("a name of a place", "letters, digits and `. _ -`")
_PLACEMENT: Fields = {
    "zone": ("zone", _matching(syntax.PLACE_NAME, *_PLACE_WORDS, 63)),
    "host": ("host", _matching(syntax.PLACE_NAME, *_PLACE_WORDS, 63)),
}
_LIMITS: Fields = {
    "memory": ("memory", _memory),
    "cpus": ("cpus", _number(0, syntax.CPUS, above=True)),
    "pids": ("pids", _whole(1, syntax.PIDS)),
}
_HTTP = _made(
    HttpProbe,
    {
        "port": ("port", _NAME),
        "path": ("path", _matching(syntax.PROBE, "a path of a URL", "begin it with `/`; write spaces as %20")),
    },
    required=("port",),
)
_HEALTH: Fields = {
    "tcp": ("tcp", _NAME),
    "http": ("http", _http),
    "command": ("command", _argv),
    "timeout": ("timeout", _number(0, syntax.TIMEOUT, above=True)),
}
_COMPONENT: Fields = {
    "kind": ("kind", _NAME),
    "note": ("note", _text),
    "image": ("image", _text),
    "source": ("source", _source),
    "settings": ("settings", _settings),
    "environment": ("environment", _environment),
    "command": ("command", _argv),
    "replicas": ("replicas", _replicas),
    "publish": ("publish", _entries(_NAME_KEY, _publication)),
    "ports": ("ports", _entries(_NAME_KEY, _made(Port, _PORT, required=("protocol", "number")), limit=syntax.PORTS)),
    "volumes": ("volumes", _entries(_NAME_KEY, _matching(syntax.MOUNT, "a path in the container", _ABSOLUTE))),
    "place": ("place", _made(Placement, _PLACEMENT)),
    "limits": ("limits", _made(Limits, _LIMITS)),
    "health": ("health", _made(Health, _HEALTH)),
    "egress": ("egress", _truth),
    "schedule": ("schedule", _schedule),
    "relax": ("relax", _entries(_relaxation, _reason)),
}
_COMPONENTS = _entries(_component_name, _component, limit=syntax.COMPONENTS)
_CONNECTION: Fields = {
    "from": ("client", _NAME),
    "to": (
        "server",
        _matching(syntax.TARGET, "a component or one of its ports", "write `db` or `db.primary`", 2 * NAME_LENGTH + 1),
    ),
    "as": ("prefix", _matching(syntax.PREFIX, "a prefix of environment names", "write it as DATABASE", 64)),
    "path": (
        "path",
        _matching(syntax.ROUTE, "a path of a route", "begin it with `/`; letters, digits and `. _ ~ - /`"),
    ),
    "host": ("host", _matching(syntax.HOST, "a name of a host", "lower-case, such as shop.example", 253)),
    "weight": ("weight", _whole(0, syntax.WEIGHT)),
    "algorithm": ("algorithm", _one_of(ALGORITHMS, "algorithm")),
}
_SCHEMA: Fields = {
    "backdraft": ("backdraft", _version),
    "name": ("name", _NAME),
    "network": ("network", _isolation),
    "components": ("components", _components),
    "connections": ("connections", _connections),
    "layout": ("layout", _entries(_NAME_KEY, _point, limit=syntax.COMPONENTS)),
}
