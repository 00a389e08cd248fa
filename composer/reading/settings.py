"""The settings of a component: values of any shape, which only its kind can judge."""

from composer.model import Value
from composer.reading.faults import Faults
from composer.reading.nodes import MappingNode, Node, Scalar, SequenceNode, is_null, plain_value, value
from composer.reading.scalars import written


def settings(faults: Faults, node: Node, path: str) -> dict[str, Value] | None:
    """A reader of settings."""
    if is_null(node):
        return {}
    if not isinstance(node, MappingNode):
        faults.add(node, path, f"{written(node)} is not a mapping", "write `name: value` pairs")
        return None
    try:
        return {word: _value(child) for word, (_, child) in node.entries.items()}
    except ValueError:
        _note_faults(faults, node, [path])
        return None


def _value(node: Node) -> Value:
    """Raises ValueError when it holds a number that is none, wherever that is: honest settings have no path to keep."""
    if isinstance(node, Scalar):
        return plain_value(node.text) if node.plain else node.text
    if isinstance(node, MappingNode):
        return {word: _value(child) for word, (_, child) in node.entries.items()}
    return [_value(item) for item in node.items]


def _note_faults(faults: Faults, node: Node, words: list[str]) -> None:
    if isinstance(node, MappingNode):
        children = [(word, child) for word, (_, child) in node.entries.items()]
    elif isinstance(node, SequenceNode):
        children = [(str(index), item) for index, item in enumerate(node.items)]
    else:
        try:
            value(node)
        except ValueError as error:
            faults.add(node, "/".join(words), str(error), "put it in quotes if it is a text")
        return
    for word, child in children:
        words.append(word)
        _note_faults(faults, child, words)
        words.pop()
