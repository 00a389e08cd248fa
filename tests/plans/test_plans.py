"""Plans as text: each case in `cases/` is a file, its plan lies beside it.

`BACKDRAFT_WRITE_PLANS=1 pytest tests/plans` writes the texts anew; read what changed before you keep them.
"""

import os

import pytest

from tests.plans.planning import CASES, Case, planned, read_cases


@pytest.mark.parametrize("case", read_cases(), ids=str)
def test_a_plan_is_the_one_written_beside_its_case(case: Case):
    written = CASES / f"{case.name}.txt"
    text = planned(case)
    if os.environ.get("BACKDRAFT_WRITE_PLANS"):
        written.write_text(text)
    assert text == written.read_text()


def test_every_plan_belongs_to_a_case():
    assert {path.stem for path in CASES.glob("*.txt")} == {case.name for case in read_cases()}
