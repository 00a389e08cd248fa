from pathlib import Path

import pytest

from composer.advice import Capacity, advise
from composer.document import parse
from composer.validation import validate
from tests.unit.catalogue_of_tests import catalogue

CASES = Path(__file__).parent / "advice"
ONE_HOST = Capacity(memory=8 * 2**30, cpus=4)


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.yml")))
def test_a_schema_that_can_run_is_given_this_advice(name: str) -> None:
    schema = parse((CASES / f"{name}.yml").read_bytes())
    assert validate(schema, catalogue()) == ()
    advice = "".join(f"{found}\n" for found in advise(schema, catalogue(), ONE_HOST))
    assert advice == (CASES / f"{name}.txt").read_text()


def test_without_a_capacity_nothing_is_said_about_over_commitment() -> None:
    assert advise(parse((CASES / "over_commit.yml").read_bytes()), catalogue()) == ()
