import json

import pytest

import templates
from composer import syntax
from composer.spelling import Words, nearest, suggestion
from tests.unit.cpu import cpu_seconds

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


def test_among_many_words_the_one_with_a_slip_at_either_end_is_recognised() -> None:
    words = Words(f"component-{number}" for number in range(2_000))
    asked = ["omponent-1234", "compnent-1234", "component-12345", "comopnent-77", "cmponent-1999"]
    assert [words.nearest(word) for word in asked] == [
        "component-1234",
        "component-1234",
        "component-1234",
        "component-77",
        "component-1999",
    ]


def test_words_that_are_made_to_cost_much_cost_little() -> None:
    alike = [f"{'ab' * 19}{first}{second}" for first in "abcdefgh" for second in "abcdefgh"]
    assert cpu_seconds(lambda: [Words(alike).nearest("ba" * 20) for _ in range(10)], 0.02) < 0.1


def test_without_a_near_word_the_first_choices_are_told() -> None:
    assert suggestion("x", ["aa", "bb", "cc"], shown=2) == "known: aa, bb and 1 more"
    assert suggestion("x", []) == ""


def test_a_schema_knows_the_protocols_that_kinds_know() -> None:
    kinds = json.loads(templates.KIND_SCHEMA.read_text())
    assert list(syntax.PROTOCOLS) == kinds["$defs"]["protocol"]["enum"]
