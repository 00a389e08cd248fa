"""Plans as text: each case in `cases/` is a file, its plan lies beside it.

`BACKDRAFT_WRITE_PLANS=1 pytest tests/plans` writes the texts anew; read what changed before you keep them.
"""

import os

import pytest

from tests.plans.planning import CASES, Case, planned, read_case, read_cases, summed_up


@pytest.mark.parametrize("case", read_cases(), ids=str)
def test_a_plan_is_the_one_written_beside_its_case(case: Case):
    written = CASES / f"{case.name}.txt"
    text = planned(case)
    if os.environ.get("BACKDRAFT_WRITE_PLANS"):
        written.write_text(text)
    assert text == written.read_text()


SUMMARIES = {
    "setting_changed": """\
~ container shop.db.1.new: environment, health changed (stops first: the new one needs its data)
~ container shop.web.1.new: environment changed
""",
    "published_changed": """\
~ container shop.front.1.new: cpus changed (stops first: the new one needs its port 8080)
""",
    "route_changed": """\
+ volume shop.front.files.new: no such volume
~ container shop.front.1.new: files or volumes changed (stops first: the new one needs its port 8080)
- volume shop.front.files.old: no longer rendered
""",
    "published_moved": """\
~ container shop._gate.1.new: the connections changed
~ container shop.front.1.new: publish changed (stops first: the new one needs its port 9090)
~ container shop.new.1.new: publish changed (stops first: the new one needs its port 8080)
- attachment shop.api.1.old from shop.old.api.8000: no longer drawn
- container shop.old.1.old: no longer drawn (stops first: 'front' needs its port 9090)
- network shop.old.api.8000: no longer drawn
- volume shop.old.files.old: no longer rendered
""",
    "image_changed": """\
~ container shop.api.1.new: image changed
~ container shop.api.2.new: image changed
~ reload shop.front.1.old: api has new replicas
""",
    "container_exited": """\
~ container shop.api.1.old: it ended with exit code 137
~ reload shop.front.1.old: api has new replicas
""",
    "scaled_down": """\
- container shop.api.2.old: 1 replica wanted
~ reload shop.front.1.old: api has fewer replicas
""",
}


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_summary_tells_what_is_replaced_in_one_line_and_whether_it_stops_first(name: str):
    assert summed_up(read_case(CASES / f"{name}.yml")) == SUMMARIES[name]


def test_every_plan_belongs_to_a_case():
    assert {path.stem for path in CASES.glob("*.txt")} == {case.name for case in read_cases()}
