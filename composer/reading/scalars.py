"""Readers of one value: a text, a number, a word of a few.

Each asks first whether all is well, which costs little; what exactly is wrong is found out afterwards.
"""

import re
from collections.abc import Iterable

from composer import syntax
from composer.model import NAME_LENGTH, Value
from composer.quoting import shown
from composer.reading.faults import Faults, Read, ReadKey
from composer.reading.nodes import MappingNode, Mark, Node, Scalar, SequenceNode, is_null, is_text, key_node, value

_NAME_WORDS = ("a name", f"lower-case letters and digits, words joined by `-`, at most {NAME_LENGTH}")


def text(faults: Faults, node: Node, path: str) -> str | None:
    """A reader of texts."""
    if not isinstance(node, Scalar):
        faults.add(node, path, f"{written(node)} is not a text")
    elif not is_text(node) and not node.text:
        faults.add(node, path, "the value is missing", "write one, or remove the key")
    elif not is_text(node):
        faults.add(node, path, f"{node.text[:60]} is {_sort(node)}, not a text", f'write "{node.text[:60]}"')
    elif len(node.text) > syntax.TEXT_LENGTH:
        faults.add(node, path, f"the text is longer than {syntax.TEXT_LENGTH:,} characters")
    else:
        return node.text
    return None


def matching(pattern: str, what: str, remedy: str, length: int = syntax.PATTERN_LENGTH) -> Read:
    """A reader of texts that `pattern` matches from end to end."""
    fits = re.compile(pattern).fullmatch

    def reader(faults: Faults, node: Node, path: str) -> str | None:
        if type(node) is Scalar and len(node.text) <= length and fits(node.text) and is_text(node):
            return node.text
        found = text(faults, node, path)
        if found is not None and len(found) > length:
            faults.add(node, path, f"{shown(found)} is longer than {length} characters")
        elif found is not None:
            faults.add(node, path, f"{shown(found)} is not {what}", remedy)
        return None

    return reader


def key(pattern: str, what: str, remedy: str, length: int) -> ReadKey:
    """A reader of keys: a key is the text that was written, so `on`, `true` and `1` are words here."""
    fits = re.compile(pattern).fullmatch

    def reader(faults: Faults, word: str, mark: Mark, path: str) -> bool:
        if len(word) <= length and fits(word):
            return True
        faults.add(key_node(word, mark), path, f"{shown(word)} is not {what}", remedy)
        return False

    return reader


def one_of(choices: Iterable[str], what: str) -> Read:
    """A reader of texts of which there are a few."""
    known = tuple(choices)

    def reader(faults: Faults, node: Node, path: str) -> str | None:
        found = text(faults, node, path)
        if found is None or found in known:
            return found
        faults.add_unknown(node, path, f"{shown(found)} is no {what}", found, known)
        return None

    return reader


def whole(low: int, high: int) -> Read:
    """A reader of whole numbers."""

    def reader(faults: Faults, node: Node, path: str) -> int | None:
        number = meant(node)
        if type(number) is not int:
            faults.add(node, path, f"{written(node)} is not a whole number", unquoted(node))
        elif not low <= number <= high:
            faults.add(node, path, f"{number} is not between {low} and {high}")
        else:
            return number
        return None

    return reader


def number(low: float, high: float, above: bool = False) -> Read:
    """A reader of numbers; with `above`, `low` itself is none."""

    def reader(faults: Faults, node: Node, path: str) -> float | None:
        found = meant(node)
        if isinstance(found, bool) or not isinstance(found, int | float):
            faults.add(node, path, f"{written(node)} is not a number", unquoted(node))
        elif not low <= found <= high or (above and found == low):
            start = "above" if above else "at least"
            faults.add(node, path, f"{found} is out of range", f"{start} {low:g}, at most {high:g}")
        else:
            return float(found)
        return None

    return reader


def truth(faults: Faults, node: Node, path: str) -> bool | None:
    """A reader of truth values."""
    found = meant(node)
    if isinstance(found, bool):
        return found
    faults.add(node, path, f"{written(node)} is neither true nor false")
    return None


def literal(faults: Faults, node: Node, path: str) -> str | None:
    """The very text that was written, whether it looks like text or like a number: `08` stays `08`."""
    if not isinstance(node, Scalar):
        faults.add(node, path, f"{written(node)} is not a text")
    elif is_null(node):
        faults.add(node, path, "the value is missing", 'write "" for empty text')
    elif len(node.text) > 30_000 and len(node.text.encode()) + 2 > syntax.ENVIRONMENT_BYTES:
        faults.add(node, path, f"the text is longer than the {syntax.ENVIRONMENT_BYTES // 1024} KiB Linux passes on")
    else:
        return node.text
    return None


def meant(node: Node) -> Value:
    """What a scalar means; None for a number too large to mean anything, and for what is no scalar."""
    try:
        return value(node) if isinstance(node, Scalar) else None
    except ValueError:
        return None


def written(node: Node) -> str:
    """What somebody wrote, for a message."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list"
    return shown(node.text)


def unquoted(node: Node) -> str:
    """The remedy for a number in quotes; empty for anything else."""
    if not isinstance(node, Scalar) or node.plain:
        return ""
    return f"write {node.text} without quotes" if isinstance(meant(_plain(node)), int | float) else ""


name = matching(syntax.NAME, *_NAME_WORDS, NAME_LENGTH)
"""A reader of names, whether of a component, a port or a kind."""
name_key = key(syntax.NAME, *_NAME_WORDS, NAME_LENGTH)
"""A reader of keys that are names."""


def _plain(node: Scalar) -> Scalar:
    return Scalar(node.text, True, node.mark)


def _sort(node: Scalar) -> str:
    if is_null(node):
        return "nothing"
    return "a truth value" if isinstance(meant(node), bool) else "a number"
