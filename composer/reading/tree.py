"""YAML text as a tree of nodes, built in bounded time from any input whatever.

1. The text is read as parser events, which libyaml makes without recursion; ours is as deep as the tree may be.
2. Anchors, aliases, merge keys, tags, directives, second documents and duplicate keys are refused.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import yaml
from yaml import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from composer.model import Place, Problem
from composer.quoting import shown
from composer.reading.nodes import MappingNode, Mark, Node, Scalar, SequenceNode
from composer.reading.text import TextError, readable

if not yaml.__with_libyaml__:
    # Python's own loader needs 20 times as long: no bound on the time of a document could be kept
    raise ImportError("PyYAML was built without libyaml; install a wheel of PyYAML, or libyaml before building it")

DEPTH = 64
# An honest schema of 1,000 components, 1,000 connections and a layout has 44,000: 37,000 keys and values, and the ends
# of its mappings and lists. Each costs 1.4 µs to scan and to build and at most 0.8 µs to read.
NODES = 40_000
KEY_LENGTH = 128

_WRITE_OUT = "write its content out"

Event = Any
"""The stubs know neither that events have marks nor which of them are nodes."""
Events = Iterator[Event]


def tree(text: str | bytes) -> Node:
    """The nodes of the one document in `text`. Raises TextError with the first thing that is wrong, nothing else."""
    checked = readable(text)
    parser = yaml.CSafeLoader(checked)
    try:
        return _document(iter(parser.get_event, None))
    except yaml.MarkedYAMLError as error:
        raise TextError(_not_yaml(error, checked)) from None
    except yaml.YAMLError as error:
        raise TextError(Problem("", f"not YAML: {' '.join(str(error).split())}")) from None
    finally:
        parser.dispose()


def _document(events: Events) -> Node:
    """The only document of a stream: a start of the stream, one of the document, a node, and the end of both."""
    next(events)
    if type(next(events)) is StreamEndEvent:
        raise TextError(Problem("", "the document is empty", "begin with `backdraft: 1`", Place(1, 1)))
    begin = next(events)
    root = _scalar(begin) if type(begin) is ScalarEvent else _collection(begin, islice(events, NODES), 1)
    next(events)
    if type(end := next(events)) is not StreamEndEvent:
        raise _refusal(end, "there is a second document", "keep one in a file")
    return root


def _collection(begin: Event, events: Events, depth: int) -> Node:
    if type(begin) is AliasEvent:
        raise _refusal(begin, "aliases are not allowed", _WRITE_OUT)
    if begin.tag is not None or begin.anchor is not None:
        raise _property(begin)
    if depth > DEPTH:
        raise _refusal(begin, f"nested deeper than {DEPTH} levels")
    if type(begin) is MappingStartEvent:
        return _mapping(begin, events, depth)
    return _sequence(begin, events, depth)


def _mapping(begin: Event, events: Events, depth: int) -> MappingNode:
    entries: dict[str, tuple[Mark, Node]] = {}
    event = begin
    for event in events:
        mark: Mark = event.start_mark
        if type(event) is MappingEndEvent:
            return MappingNode(entries, begin.start_mark)
        if type(event) is not ScalarEvent:
            raise _no_key(event)
        word = event.value
        if word in entries or len(word) > KEY_LENGTH or word == "<<" or not _is_bare(event):
            _check_key(event, entries)
        value = next(events, None)
        if type(value) is ScalarEvent:
            entries[word] = mark, _scalar(value)
        elif value is not None:
            entries[word] = mark, _collection(value, events, depth + 1)
    raise _too_much(event)


def _sequence(begin: Event, events: Events, depth: int) -> SequenceNode:
    items: list[Node] = []
    event = begin
    for event in events:
        if type(event) is ScalarEvent:
            items.append(_scalar(event))
        elif type(event) is SequenceEndEvent:
            return SequenceNode(items, begin.start_mark)
        else:
            items.append(_collection(event, events, depth + 1))
    raise _too_much(event)


def _scalar(event: Event) -> Scalar:
    if not _is_bare(event):
        raise _property(event)
    return Scalar(event.value, event.implicit[0], event.start_mark)


def _is_bare(event: Event) -> bool:
    """Whether it is text without a tag, an anchor or a NUL."""
    return event.tag is None and event.anchor is None and "\0" not in event.value


def _check_key(event: Event, entries: Mapping[str, tuple[Mark, Node]]) -> None:
    word = event.value
    if not _is_bare(event):
        raise _property(event)
    if len(word) > KEY_LENGTH:
        raise _refusal(event, f"a key is longer than {KEY_LENGTH} characters")
    if word == "<<" and event.implicit[0]:
        raise _refusal(event, "merge keys are not allowed", _WRITE_OUT)
    if word in entries:
        line = entries[word][0].line + 1
        raise _refusal(event, f"the key {shown(word)} was already given in line {line}", "keep one of them")


def _no_key(event: Event) -> TextError:
    if type(event) is AliasEvent:
        return _refusal(event, "aliases are not allowed", _WRITE_OUT)
    return _refusal(event, "a mapping or a list cannot be a key", "write a word as key")


def _property(event: Event) -> TextError:
    if event.anchor is not None:
        return _refusal(event, "anchors are not allowed", _WRITE_OUT)
    if event.tag is not None:
        return _refusal(event, f"the tag {shown(event.tag)} is not allowed", "remove it")
    return _refusal(event, "text cannot hold the character NUL", "remove \\0")


def _too_much(event: Event) -> TextError:
    counted = "keys and values (a mapping or a list counts twice)"
    return _refusal(event, f"the document has more than {NODES:,} {counted}", "draw several projects")


def _refusal(event: Event, fault: str, remedy: str = "") -> TextError:
    mark = event.start_mark
    return TextError(Problem("", fault, remedy, Place(mark.line + 1, mark.column + 1)))


def _not_yaml(error: yaml.MarkedYAMLError, text: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    where = Place(mark.line + 1, mark.column + 1) if mark else None
    if mark and text.startswith("\t", mark.index):
        return Problem("", "a tab cannot stand here", "indent with spaces", where)
    context = f" {error.context}" if error.context else ""
    return Problem("", f"not YAML: {error.problem}{context}", _YAML_REMEDIES.get(str(error.problem), ""), where)


_YAML_REMEDIES = {
    "mapping values are not allowed in this context": "put text that holds ': ' in quotes, or look for a wrong indent",
    "found character that cannot start any token": "put the text in quotes",
    "did not find expected key": "look for a wrong indent or a missing quote above",
    "could not find expected ':'": "write `key: value`",
}
