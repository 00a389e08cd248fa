"""What plans mean for components, in the words that people read before they agree."""

import pytest

from tests.plans.planning import CASES, had_effects, read_case

EFFECTS = {
    "no_change": "",
    "layout_moved": "",
    "job_still_running": "",
    "first_deploy_shared": """\
create api: no such container
create db: no such container
create front: no such container
""",
    "setting_changed": """\
change db: environment, health changed (interrupted: the new one needs its data)
change web: environment changed
""",
    "scaled_up": """\
change api: one more replica is wanted
adjust front: api has new replicas
""",
    "scaled_down": """\
change api: 1 replica wanted
adjust front: api has fewer replicas
""",
    "container_exited": """\
change api: it ended with exit code 137
adjust front: api has new replicas
""",
    "container_limited": """\
adjust api: its limit of memory is 64 MiB instead of 512 MiB
""",
    "store_renamed": """\
change api: environment changed
remove db: no longer drawn
create store: no such container
""",
    "published_moved": """\
adjust api: no longer drawn
change front: publish changed (interrupted: the new one needs its port 9090)
change new: publish changed (interrupted: the new one needs its port 8080)
remove old: no longer drawn, no longer rendered (interrupted: 'front' needs its port 9090)
""",
    "destroyed_with_volumes": """\
remove api: the project ends
remove db: the project ends, its end was confirmed (loses shop.db.data)
remove front: the project ends
""",
}


@pytest.mark.parametrize("name", EFFECTS)
def test_a_plan_tells_what_becomes_of_each_component_and_whether_somebody_notices(name: str):
    assert had_effects(read_case(CASES / f"{name}.yml")) == EFFECTS[name]
