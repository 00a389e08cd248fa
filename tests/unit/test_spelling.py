import json

import pytest

import templates
from composer import syntax
from composer.spelling import nearest, suggestion

MEANT = {
    "enviroment": "environment",
    "verson": "version",
    "postgre": "postgres",
    "POSTGRES": "postgres",
    "xyz": None,
    "": None,
    "e" * 100_000: None,
}


@pytest.mark.parametrize(("word", "meant"), MEANT.items(), ids=[word[:12] for word in MEANT])
def test_a_misspelt_word_is_recognised(word: str, meant: str | None) -> None:
    assert nearest(word, ["environment", "version", "postgres"]) == meant


def test_without_a_near_word_the_first_choices_are_told() -> None:
    assert suggestion("x", ["aa", "bb", "cc"], shown=2) == "known: aa, bb and 1 more"
    assert suggestion("x", []) == ""


def test_a_schema_knows_the_protocols_that_kinds_know() -> None:
    kinds = json.loads(templates.KIND_SCHEMA.read_text())
    assert list(syntax.PROTOCOLS) == kinds["$defs"]["protocol"]["enum"]
