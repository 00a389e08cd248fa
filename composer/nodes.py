"""YAML text as a tree of nodes that know where they stand, built in bounded time from any input whatever.

1. The text is read as parser events, which libyaml makes without recursion; the tree is built without it too.
2. Scalars stay the text that was written; `value` reads them by the core schema of YAML 1.2 (`on` is a string).
3. Anchors, aliases, merge keys, tags, directives, second documents and duplicate keys are refused.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from composer.model import Place, Problem

if not yaml.__with_libyaml__:
    # Python's own loader needs 20 times as long: no bound on the time of a document could be kept
    raise ImportError("PyYAML was built without libyaml; install a wheel of PyYAML, or libyaml before building it")

TEXT_BYTES = 2**20
DEPTH = 64
# An honest schema of 1,000 components, 1,000 connections and a layout has 37,000 keys and values. They cost 2 to 3 µs
# each to scan and to build and at most 1 µs to read, so a document of this many keeps the promised 200 ms of CPU.
NODES = 45_000
KEY_LENGTH = 128
WHOLE_NUMBER = 2**63

UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_DIRECTIVE = re.compile(r"(?:[ \t]*+(?:#[^\r\n]*+)?[\r\n]++)*+%")
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WRITE_OUT = "write its content out"


class NodeError(Exception):
    """Text is no tree of nodes; `problem` says where and why. Trying again does not help."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(slots=True)
class Scalar:
    """Text as it was written; `plain` when it stands without quotes and may mean a number. Lines count from 1."""

    text: str
    plain: bool
    line: int
    column: int


@dataclass(slots=True)
class MappingNode:
    """Keys and values in the order of the text: `entries` maps the text of a key to its node and its value."""

    entries: "dict[str, tuple[Scalar, Node]]"
    line: int
    column: int


@dataclass(slots=True)
class SequenceNode:
    """Items in the order of the text."""

    items: "list[Node]"
    line: int
    column: int


Node = Scalar | MappingNode | SequenceNode


class Places(Mapping[str, Place]):
    """Where every path of a tree stands: a text at itself, a mapping or a list at its key, found when asked for."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def __getitem__(self, path: str) -> Place:
        node, where = self._root, place(self._root)
        for word in path.split("/"):
            found = _child(node, word)
            if found is None:
                raise KeyError(path)
            node, where = found
        return where

    def __iter__(self) -> Iterator[str]:
        waiting = [("", self._root)]
        while waiting:
            path, node = waiting.pop()
            if path:
                yield path
            start = f"{path}/" if path else ""
            waiting.extend((start + word, child) for word, child in reversed(_children(node)))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def tree(text: str | bytes) -> Node:
    """The nodes of the one document in `text`. Raises NodeError with the first thing that is wrong, nothing else."""
    readable = _readable(text)
    parser = yaml.CSafeLoader(readable)
    try:
        return _built(parser)
    except yaml.MarkedYAMLError as error:
        raise NodeError(_not_yaml(error, readable)) from None
    except yaml.YAMLError as error:
        raise NodeError(Problem("", f"not YAML: {' '.join(str(error).split())}")) from None
    finally:
        parser.dispose()


def value(scalar: Scalar) -> str | int | float | bool | None:
    """What a scalar means by the core schema of YAML 1.2.

    Raises ValueError, saying why, for a number beyond 64 bits or one that is not finite.
    """
    text = scalar.text
    if not scalar.plain:
        return text
    if text in _NULL:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text[0].isalpha():
        return text
    if _WHOLE.fullmatch(text):
        return _whole(text)
    if _DECIMAL.fullmatch(text):
        if not math.isfinite(number := float(text)):
            raise ValueError(f"{shown(text)} is too large a number")
        return number
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a finite number")
    return text


def is_null(text: str) -> bool:
    """Whether a plain scalar of that text means nothing at all."""
    return text in _NULL


def place(node: Node) -> Place:
    """Where a node begins."""
    return Place(node.line, node.column)


def shown(text: str) -> str:
    """`text` in quotes for a message, cut where it is long and with its control characters escaped."""
    cut = text if len(text) <= 60 else text[:57] + "…"
    return "'" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut) + "'"


def _whole(text: str) -> int:
    # int() refuses 4,301 digits and needs quadratic time below that; no honest number has more than 20
    if len(text.lstrip("-+0")) > 64:
        raise ValueError(f"{shown(text)} is too large a number")
    number = int(text, 0) if text[:2] in ("0o", "0x") else int(text.lstrip("-+").lstrip("0") or "0")
    if text.startswith("-"):
        number = -number
    if not -WHOLE_NUMBER <= number < WHOLE_NUMBER:
        raise ValueError(f"{shown(text)} is too large a number")
    return number


def _readable(text: str | bytes) -> str:
    if len(text) > TEXT_BYTES:
        raise NodeError(Problem("", f"the text is longer than {TEXT_BYTES // 2**20} MiB", "draw several projects"))
    if isinstance(text, bytes):
        text = _decoded(text)
    text = text.removeprefix("\ufeff")
    if found := UNREADABLE.search(text):
        code = ord(found.group())
        remedy = f'write "\\u{code:04x}" in double quotes, or remove it' if 0 < code < 0xD800 else "remove it"
        fault = f"the character U+{code:04X} cannot stand in a text"
        raise NodeError(Problem("", fault, remedy, _position(text, found.start())))
    if len(text.encode()) > TEXT_BYTES:
        raise NodeError(Problem("", f"the text is longer than {TEXT_BYTES // 2**20} MiB", "draw several projects"))
    if directive := _DIRECTIVE.match(text):
        fault = "directives are not allowed"
        raise NodeError(Problem("", fault, "remove the line", _position(text, directive.end() - 1)))
    return text


def _decoded(text: bytes) -> str:
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NodeError(Problem("", "the text is UTF-16 or UTF-32", "save it as UTF-8", Place(1, 1)))
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        before = text[: error.start].decode()
        position = _position(before, len(before))
        raise NodeError(
            Problem("", f"the byte 0x{text[error.start]:02x} is not UTF-8", "save it as UTF-8", position)
        ) from None


def _position(text: str, offset: int) -> Place:
    lines = text[:offset].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Place(len(lines), len(lines[-1]) + 1)


def _not_yaml(error: yaml.MarkedYAMLError, text: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    where = Place(mark.line + 1, mark.column + 1) if mark else None
    if where and _character(text, where) == "\t":
        return Problem("", "a tab cannot stand here", "indent with spaces", where)
    context = f" {error.context}" if error.context else ""
    return Problem("", f"not YAML: {error.problem}{context}", _YAML_REMEDIES.get(str(error.problem), ""), where)


_YAML_REMEDIES = {
    "mapping values are not allowed in this context": "put text that holds ': ' in quotes, or look for a wrong indent",
    "found character that cannot start any token": "put the text in quotes",
    "did not find expected key": "look for a wrong indent or a missing quote above",
    "could not find expected ':'": "write `key: value`",
}


def _character(text: str, where: Place) -> str:
    lines = re.split("\r\n|\r|\n", text)
    line = lines[where.line - 1] if where.line <= len(lines) else ""
    return line[where.column - 1 : where.column]


def _built(parser: yaml.CSafeLoader) -> Node:
    """The tree of the parser's events. `around` are the open collections, `keys` the key each of them waits with."""
    root: Node | None = None
    around: list[MappingNode | SequenceNode] = []
    keys: list[Scalar | None] = []
    count = 0
    event: Any  # the stubs know neither that events have marks nor which of them are nodes
    for event in iter(parser.get_event, None):
        sort = type(event)
        mark = event.start_mark
        node: Node
        if sort is yaml.ScalarEvent:
            node = Scalar(event.value, event.implicit[0], mark.line + 1, mark.column + 1)
        elif sort is yaml.MappingStartEvent:
            node = MappingNode({}, mark.line + 1, mark.column + 1)
        elif sort is yaml.SequenceStartEvent:
            node = SequenceNode([], mark.line + 1, mark.column + 1)
        elif sort is yaml.MappingEndEvent or sort is yaml.SequenceEndEvent:
            around.pop()
            keys.pop()
            continue
        else:
            _refuse_other(event, root)
            continue

        count += 1
        if event.tag is not None or event.anchor is not None or count > NODES:
            _refuse(event, count)
        if not around:
            root = node
        elif type(parent := around[-1]) is SequenceNode:
            parent.items.append(node)
        elif (key := keys[-1]) is None:
            keys[-1] = _key(node, parent.entries)  # type: ignore[union-attr] # mypy narrows no `type(…) is`
            continue
        else:
            parent.entries[key.text] = (key, node)  # type: ignore[union-attr]
            keys[-1] = None

        if sort is yaml.ScalarEvent:
            if "\0" in event.value:
                raise NodeError(Problem("", "text cannot hold the character NUL", "remove \\0", place(node)))
            continue
        if len(around) == DEPTH:
            raise NodeError(Problem("", f"nested deeper than {DEPTH} levels", "", place(node)))
        around.append(node)  # type: ignore[arg-type]
        keys.append(None)
    if root is None:
        raise NodeError(Problem("", "the document is empty", "begin with `backdraft: 1`", Place(1, 1)))
    return root


def _key(node: Node, entries: "dict[str, tuple[Scalar, Node]]") -> Scalar:
    if type(node) is not Scalar:
        raise NodeError(Problem("", "a mapping or a list cannot be a key", "write a word as key", place(node)))
    text = node.text
    if len(text) > KEY_LENGTH:
        raise NodeError(Problem("", f"a key is longer than {KEY_LENGTH} characters", "", place(node)))
    if text == "<<" and node.plain:
        raise NodeError(Problem("", "merge keys are not allowed", _WRITE_OUT, place(node)))
    if text in entries:
        fault = f"the key {shown(text)} was already given in line {entries[text][0].line}"
        raise NodeError(Problem("", fault, "keep one of them", place(node)))
    if "\0" in text:
        raise NodeError(Problem("", "text cannot hold the character NUL", "remove \\0", place(node)))
    return node


def _refuse(event: Any, count: int) -> None:
    where = Place(event.start_mark.line + 1, event.start_mark.column + 1)
    if count > NODES:
        fault, remedy = f"the document has more than {NODES:,} keys and values", "draw several projects"
    elif event.anchor is not None:
        fault, remedy = "anchors are not allowed", _WRITE_OUT
    else:
        fault, remedy = f"the tag {shown(event.tag)} is not allowed", "remove it"
    raise NodeError(Problem("", fault, remedy, where))


def _refuse_other(event: Any, root: Node | None) -> None:
    where = Place(event.start_mark.line + 1, event.start_mark.column + 1)
    if isinstance(event, yaml.AliasEvent):
        raise NodeError(Problem("", "aliases are not allowed", _WRITE_OUT, where))
    if isinstance(event, yaml.DocumentStartEvent) and root is not None:
        raise NodeError(Problem("", "there is a second document", "keep one in a file", where))


def _child(node: Node, word: str) -> tuple[Node, Place] | None:
    if isinstance(node, MappingNode) and word in node.entries:
        key, found = node.entries[word]
        empty = isinstance(found, Scalar) and found.plain and not found.text
        return found, place(found if isinstance(found, Scalar) and not empty else key)
    if isinstance(node, SequenceNode) and word.isascii() and word.isdigit() and len(word) < 9:
        items = node.items
        return (items[int(word)], place(items[int(word)])) if int(word) < len(items) else None
    return None


def _children(node: Node) -> list[tuple[str, Node]]:
    if isinstance(node, MappingNode):
        return [(word, found) for word, (_, found) in node.entries.items()]
    if isinstance(node, SequenceNode):
        return [(str(index), item) for index, item in enumerate(node.items)]
    return []
