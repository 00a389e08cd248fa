"""Plans of large schemas: what they cost grows with their size and not with its square."""

import time

from bench.deploy.large import large_schema
from deployer.model import ObservedState
from deployer.reconcile import reconcile
from tests.plans.planning import desired


def test_a_plan_of_a_thousand_components_takes_seconds_at_most():
    # a second on a machine of 2020; four leave room for slow ones, and none for work per pair of components
    text = large_schema(1000)
    begun = time.process_time()
    plan = reconcile(desired(text, ObservedState()), ObservedState())
    assert (len(plan.steps) > 1000, time.process_time() - begun < 4) == (True, True)
