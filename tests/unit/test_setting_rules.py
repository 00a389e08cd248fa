"""The rules of settings mean what JSON Schema says, whoever judges them."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from composer.catalogue import standard
from composer.model import Component, Schema, Value
from composer.validation import validate

VALUES: list[Value] = [
    *(None, True, False, 0, 1, 5, 64, 65, 1_000_000, -1, 1.5, 64.0),
    *("", "a", "17", "3.13", "1.26", "a b", "app:app", "main.py", "/a/b", "a\n", "17\n", "10.0.0.0/8", "noeviction"),
    *([], ["17"], {}, {"a": 1}),
]
SETTINGS = [
    pytest.param(kind.name, name, rule, id=f"{kind.name} {name}")
    for kind in standard().kinds.values()
    for name, rule in kind.settings.items()
]


def is_refused(kind: str, setting: str, value: Value) -> bool:
    schema = Schema("shop", {"a": Component("a", kind, settings={setting: value})})
    return any(problem.path.startswith("components/a/settings/") for problem in validate(schema, standard()))


@pytest.mark.parametrize(("kind", "setting", "rule"), SETTINGS)
def test_a_value_is_refused_if_and_only_if_it_breaks_the_json_schema(kind: str, setting: str, rule: Any) -> None:
    judge = Draft202012Validator(rule)
    # 64.0 is a whole number to JSON Schema and a text may end in a newline before `$`: neither gets into a file
    strict = [value for value in VALUES if not isinstance(value, float) and not str(value).endswith("\n")]
    assert [is_refused(kind, setting, value) for value in strict] == [not judge.is_valid(value) for value in strict]


def test_a_whole_number_has_no_fraction_and_a_pattern_sees_a_newline_at_the_end() -> None:
    assert is_refused("nginx", "workers", 4.0)
    assert is_refused("postgres", "database", "shop\n")
