import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from composer.catalogue import standard
from composer.document import DocumentError, dump, parse
from composer.document_schema import document_schema
from composer.model import Schema, Value
from composer.reading.nodes import MappingNode, Node, SequenceNode, value
from composer.reading.text import TextError
from composer.reading.tree import tree
from tests.unit.catalogue_of_tests import DOCUMENTS, catalogue
from tests.unit.drawn_schemas import schemas

DRAWN = Draft202012Validator(document_schema())
WITH_KINDS = Draft202012Validator(document_schema(catalogue()))


def plain(node: Node) -> Value:
    """What an editor sees of a text."""
    if isinstance(node, MappingNode):
        return {word: plain(child) for word, (_, child) in node.entries.items()}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.items]
    try:
        return value(node)
    except ValueError:
        return float("inf") if node.text.endswith(("inf", "9")) else float("nan")


def structural() -> list[str]:
    """The bad documents that are trees of nodes, and yet no schema."""
    return [path.stem for path in sorted((DOCUMENTS / "bad").glob("*.yml")) if is_structural(path.read_bytes())]


def is_structural(text: bytes) -> bool:
    try:
        tree(text)
        parse(text)
    except TextError:
        return False
    except DocumentError:
        return True
    return False


BEYOND_JSON_SCHEMA = {
    "cpus_nan": "JSON has no such number",
    "environment_long": "it counts characters, not bytes, and not name and value together",
    "publish_address": "a pattern cannot count to 255",
    "publish_address_number": "a pattern cannot count to 65535",
    "publish_ipv6": "a pattern cannot count the groups of an address",
    "replicas_reversed": "it cannot compare two numbers",
    "schedule_never": "a pattern does not know the calendar",
    "schedule_range": "a pattern does not know the calendar",
    "setting_large_number": "JSON numbers have no bound",
    "setting_not_finite": "JSON has no such number",
}


@pytest.mark.parametrize("name", structural())
def test_the_reader_and_the_json_schema_refuse_the_same_documents(name: str) -> None:
    seen = plain(tree((DOCUMENTS / "bad" / f"{name}.yml").read_bytes()))
    assert DRAWN.is_valid(seen) == (name in BEYOND_JSON_SCHEMA)


def test_what_is_beyond_the_json_schema_is_still_in_the_corpus() -> None:
    assert set(BEYOND_JSON_SCHEMA) <= set(structural())


@pytest.mark.parametrize("name", sorted(path.stem for path in (DOCUMENTS / "good").glob("*.yml")))
def test_a_good_document_keeps_the_json_schema_with_its_kinds(name: str) -> None:
    seen = plain(tree((DOCUMENTS / "good" / f"{name}.yml").read_bytes()))
    assert [error.message for error in WITH_KINDS.iter_errors(seen)] == []


@pytest.mark.parametrize(
    "name",
    ["kind_unknown", "setting_unknown", "setting_not_one_of", "setting_unquoted", "setting_small", "setting_missing"],
)
def test_the_json_schema_with_kinds_knows_their_settings(name: str) -> None:
    seen = plain(tree((DOCUMENTS / "bad" / f"{name}.yml").read_bytes()))
    assert not WITH_KINDS.is_valid(seen)
    assert DRAWN.is_valid(seen)


@given(schemas)
@settings(deadline=None, max_examples=100)
def test_whatever_is_written_keeps_the_json_schema(schema: Schema) -> None:
    assert [error.message for error in DRAWN.iter_errors(plain(tree(dump(schema))))] == []


JUNK = st.sampled_from(
    [None, True, 0, -1, 1.5, 70000, "", "x", "X Y", "/a/../b", "-x", "a\nb", "${x}", [], ["x"], [None], {}, {"a": 1}]
)


@given(schemas, st.data())
@settings(deadline=None, max_examples=300)
def test_whatever_is_read_keeps_the_json_schema(schema: Schema, data: st.DataObject) -> None:
    document = plain(tree(dump(schema)))
    around, key = data.draw(st.sampled_from(list(leaves(document))))
    around[key] = data.draw(JUNK)
    try:
        parse(json.dumps(document))
    except DocumentError:
        return
    assert [error.message for error in DRAWN.iter_errors(document)] == []


def leaves(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every collection of a document with each of its keys or indexes."""
    for key, child in list(document.items() if isinstance(document, dict) else enumerate(document)):
        yield document, key
        if isinstance(child, dict | list):
            yield from leaves(child)


@pytest.mark.parametrize("kinds", [None, catalogue(), standard()], ids=["none", "of the tests", "standard"])
def test_it_is_a_json_schema_that_json_can_hold(kinds: Any) -> None:
    rules = document_schema(kinds)
    Draft202012Validator.check_schema(rules)
    assert json.loads(json.dumps(rules)) == rules


def test_every_key_has_a_description_for_editors() -> None:
    rules = document_schema()
    undescribed = [
        f"{name}/{key}"
        for name, rule in {
            "": rules,
            "component": rules["$defs"]["component"],
            "connection": rules["$defs"]["connection"],
        }.items()
        for key, property_rule in rule["properties"].items()
        if not property_rule.get("description")
    ]
    assert undescribed == []
