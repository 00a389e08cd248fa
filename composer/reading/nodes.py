"""The nodes of a YAML document: what was written, where it stands, and what a scalar means.

Scalars stay the text that was written; `value` reads them by the core schema of YAML 1.2 (`on` is a string).
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from composer.model import Place
from composer.quoting import shown

WHOLE_NUMBER = 2**63

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FIRST_OF_NUMBERS = frozenset("+-.0123456789")
_NUMBER = re.compile(
    r"[-+]?(?:[0-9]+(?P<fraction>\.[0-9]*)?|(?P<bare_fraction>\.[0-9]+))(?P<exponent>[eE][-+]?[0-9]+)?"
    r"|(?P<based>0o[0-7]+|0x[0-9a-fA-F]+)"
    r"|(?P<not_finite>[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)


class Mark(Protocol):
    """Where the parser stood; lines and columns count from 0."""

    line: int
    column: int


@dataclass(slots=True)
class Scalar:
    """Text as it was written; `plain` when it stands without quotes and may mean a number."""

    text: str
    plain: bool
    mark: Mark


@dataclass(slots=True)
class MappingNode:
    """Keys and values in the order of the text: `entries` maps the text of a key to where it stands and its value."""

    entries: "dict[str, tuple[Mark, Node]]"
    mark: Mark


@dataclass(slots=True)
class SequenceNode:
    """Items in the order of the text."""

    items: "list[Node]"
    mark: Mark


Node = Scalar | MappingNode | SequenceNode


def key_node(word: str, mark: Mark) -> Scalar:
    """A key as a node; few of them are ever asked for, so a mapping does not keep them."""
    return Scalar(word, True, mark)


class Places(Mapping[str, Place]):
    """Where every path of a tree stands: a text at itself, a mapping or a list at its key, found when asked for."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def __getitem__(self, path: str) -> Place:
        node, where = self._root, place(self._root.mark)
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


def value(scalar: Scalar) -> str | int | float | bool | None:
    """What a scalar means.

    Raises ValueError, saying why, for a number beyond 64 bits or one that is not finite.
    """
    return plain_value(scalar.text) if scalar.plain else scalar.text


def plain_value(text: str) -> str | int | float | bool | None:
    """What a scalar without quotes means. Raises ValueError as `value` does."""
    if text[:1] not in _FIRST_OF_NUMBERS:
        return _WORDS.get(text, text)
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    if number.lastindex is None:
        return _in_bounds(int(text) if len(text) < 100 else _long(text), text)
    if number.lastgroup == "based":
        return _in_bounds(int(text, 0), text)
    if number.lastgroup == "not_finite":
        raise ValueError(f"{shown(text)} is not a finite number")
    if not math.isfinite(decimal := float(text)):
        raise ValueError(f"{shown(text)} is too large a number")
    return decimal


def is_text(scalar: Scalar) -> bool:
    """Whether it means a text, rather than a number, a truth value or nothing; sooner told than what it means."""
    text = scalar.text
    if not scalar.plain:
        return True
    return text not in _WORDS and (text[0] not in _FIRST_OF_NUMBERS or not _NUMBER.fullmatch(text))


def is_null(node: Node) -> bool:
    """Whether it means nothing at all."""
    return isinstance(node, Scalar) and node.plain and _WORDS.get(node.text, "") is None


def place(mark: Mark) -> Place:
    """The same place as people count."""
    return Place(mark.line + 1, mark.column + 1)


def _in_bounds(number: int, text: str) -> int:
    if not -WHOLE_NUMBER <= number < WHOLE_NUMBER:
        raise ValueError(f"{shown(text)} is too large a number")
    return number


def _long(text: str) -> int:
    # int() refuses 4,301 digits and needs quadratic time below that; no honest number has more than 20
    digits = text.lstrip("-+").lstrip("0") or "0"
    number = int(digits) if len(digits) < 100 else WHOLE_NUMBER
    return -number if text.startswith("-") else number


def _child(node: Node, word: str) -> tuple[Node, Place] | None:
    if isinstance(node, MappingNode) and word in node.entries:
        mark, found = node.entries[word]
        empty = isinstance(found, Scalar) and found.plain and not found.text
        return found, place(found.mark if isinstance(found, Scalar) and not empty else mark)
    if isinstance(node, SequenceNode) and word.isascii() and word.isdigit() and len(word) < 9:
        items = node.items
        return (items[int(word)], place(items[int(word)].mark)) if int(word) < len(items) else None
    return None


def _children(node: Node) -> list[tuple[str, Node]]:
    if isinstance(node, MappingNode):
        return [(word, found) for word, (_, found) in node.entries.items()]
    if isinstance(node, SequenceNode):
        return [(str(index), item) for index, item in enumerate(node.items)]
    return []
