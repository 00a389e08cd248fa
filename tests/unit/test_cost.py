"""No text costs more than is promised, whoever wrote it and whatever for."""

import pytest

from composer.advice import Capacity, advise
from composer.catalogue import standard
from composer.document import DocumentError, parse
from composer.gaps import NO_GAPS, Gaps
from composer.judgement import judged
from composer.model import Schema
from composer.validation import validate
from tests.unit.catalogue_of_tests import catalogue
from tests.unit.cpu import MARGIN, cpu_seconds
from tests.unit.hostile_texts import HEAD, TO_JUDGE, TO_READ

# what the docstrings say, in seconds of CPU
PARSE, VALIDATE, ADVISE = 0.2, 0.1, 0.05
HOST = Capacity(memory=1, cpus=1)


def read(text: str) -> tuple[Schema | None, Gaps]:
    try:
        return parse(text), NO_GAPS
    except DocumentError as error:
        return error.readable, error.gaps


@pytest.mark.parametrize("text", [*TO_READ.values(), *TO_JUDGE.values()], ids=[*TO_READ, *TO_JUDGE])
def test_no_text_costs_more_to_read_than_is_promised(text: str) -> None:
    assert cpu_seconds(lambda: read(text), PARSE) < MARGIN * PARSE


@pytest.mark.parametrize("text", TO_JUDGE.values(), ids=TO_JUDGE)
def test_no_schema_costs_more_to_judge_than_is_promised(text: str) -> None:
    schema, gaps = read(text)
    assert schema is not None
    assert cpu_seconds(lambda: validate(schema, standard(), gaps), VALIDATE) < MARGIN * VALIDATE


@pytest.mark.parametrize("text", TO_JUDGE.values(), ids=TO_JUDGE)
def test_no_schema_costs_more_to_advise_on_than_is_promised(text: str) -> None:
    schema, _ = read(text)
    assert schema is not None
    assert cpu_seconds(lambda: advise(schema, standard(), HOST), ADVISE) < MARGIN * ADVISE


def test_a_text_is_judged_in_the_time_of_reading_and_of_judging() -> None:
    text = TO_JUDGE["unknown ends and a fault of form"]
    assert cpu_seconds(lambda: judged(text, standard()), PARSE + VALIDATE) < MARGIN * (PARSE + VALIDATE)


def large() -> str:
    components = (
        f"  s{n}: {{kind: app, source: {{directory: s{n}}}, replicas: {{min: 2, max: 6, cpu: 70}},"
        " environment: {LOG_LEVEL: info, A: b}}\n"
        for n in range(1_000)
    )
    connections = (f"  - {{from: s{n}, to: s{(n * 7 + 1) % 1_000}}}\n" for n in range(1_000))
    layout = (f"  s{n}: [{n * 10}, {n}]\n" for n in range(1_000))
    return "".join([HEAD, "components:\n", *components, "connections:\n", *connections, "layout:\n", *layout])


def test_a_schema_of_a_thousand_components_is_read_and_judged_in_half_a_second() -> None:
    text, kinds = large(), catalogue()
    assert validate(parse(text), kinds) == ()
    assert cpu_seconds(lambda: validate(parse(text), kinds), 0.25) < 0.5
