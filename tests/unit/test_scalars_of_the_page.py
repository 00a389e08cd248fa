"""Texts as the page writes them into a schema are read back the same, and are in quotes only where they have to be.

The file is shared with the tests of the page, which hold its writer to it.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from composer.reading.nodes import MappingNode, Node, Scalar, SequenceNode, is_null, value
from composer.reading.text import UNREADABLE, TextError
from composer.reading.tree import tree

FILE = Path(__file__).parents[2] / "ui" / "web" / "src" / "model" / "fixtures" / "scalars.json"
WRITTEN: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))


def meaning(node: Node) -> Any:
    """What a document says."""
    if isinstance(node, MappingNode):
        return {key: meaning(child) for key, (_, child) in node.entries.items()}
    if isinstance(node, SequenceNode):
        return [meaning(item) for item in node.items]
    return value(node)


def read(text: str) -> Any:
    """What a text says; a fault where it says nothing."""
    try:
        return meaning(tree(text))
    except (TextError, ValueError) as error:
        return error


@pytest.mark.parametrize("written", WRITTEN, ids=lambda each: repr(each["text"])[:40])
def test_a_text_is_read_back_the_same(written: dict[str, Any]) -> None:
    text = written["text"]
    if "\0" in text:
        return  # which no text may hold: the page says so as well
    assert read(f"a: {written['block']}\nb: 1\n") == {"a": text, "b": 1}
    assert read(f"- {written['block']}\n- 1\n") == [text, 1]
    assert read(f"{{a: {written['flow']}, b: [{written['flow']}, 1]}}\n") == {"a": text, "b": [text, 1]}
    if len(text) <= 128 and text != "<<":
        assert read(f"{written['literal']}: 1\n") == {text: 1}
        assert read(f"{{{written['literal']}: 1}}\n") == {text: 1}
    if written["lines"]:
        head, *lines = written["lines"]
        body = "".join(f"  {line}\n" if line else "\n" for line in lines)
        assert read(f"a: {head}\n{body}b: 1\n") == {"a": text, "b": 1}


@pytest.mark.parametrize("written", WRITTEN, ids=lambda each: repr(each["text"])[:40])
def test_where_the_server_takes_the_very_text_it_gets_it(written: dict[str, Any]) -> None:
    if "\0" in written["text"]:
        return
    found = tree(f"{{a: {written['literal']}}}\n")
    assert isinstance(found, MappingNode)
    scalar = found.entries["a"][1]
    assert isinstance(scalar, Scalar)
    assert scalar.text == written["text"]
    assert not is_null(scalar)


BY_THE_SPECIFICATION = {
    "y": "YAML 1.1 calls it a truth, and readers other than PyYAML follow",
    "N": "the same",
    "-": "YAML does not let it stand in braces, libyaml does",
}


@pytest.mark.parametrize("place", ["block", "flow"])
@pytest.mark.parametrize("written", WRITTEN, ids=lambda each: repr(each["text"])[:40])
def test_quotes_stand_where_some_reader_needs_them(written: dict[str, Any], place: str) -> None:
    text = written["text"]
    if (
        text in BY_THE_SPECIFICATION
        or written[place] == text
        or UNREADABLE.search(text)
        or "\n" in text
        or "\r" in text
        or not text
    ):
        return
    form = "a: {}\nb: 1\n" if place == "block" else "{{a: {}, b: 1}}\n"
    plain = form.format(text)
    wanted = {"a": text, "b": 1}
    try:
        other = yaml.safe_load(plain)
    except (yaml.YAMLError, ValueError):
        other = None
    assert read(plain) != wanted or other != wanted
