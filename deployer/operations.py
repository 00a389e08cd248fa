"""Starting, stopping and restarting a component: as plans."""

from collections.abc import Callable

from deployer.keeping import specs_of
from deployer.labels import RUN
from deployer.model import ContainerSpec, DesiredState, ObservedContainer, ObservedState
from deployer.observed import AT_WORK, component_of, in_order_of_name, place_of
from deployer.plan import AwaitReady, Operation, Plan, StartContainer, Step, StopContainer

Planner = Callable[[DesiredState, ObservedState, str], Plan]


def stopping(desired: DesiredState, observed: ObservedState, component: str) -> Plan:
    """Every replica of a component ends, all at once."""
    steps = _Steps(observed, component)
    for container in steps.containers:
        if container.state in AT_WORK:
            steps.add(StopContainer(container.name), container)
    return steps.plan(desired.project)


def starting(desired: DesiredState, observed: ObservedState, component: str) -> Plan:
    """Every replica of a component that does not run is started and waited for; a job is started only."""
    steps = _Steps(observed, component)
    for container in steps.containers:
        if container.state in ("exited", "created"):
            started = steps.add(StartContainer(container.name), container)
            if spec := _spec_to_await(desired, container):
                steps.add(AwaitReady(container.name, spec), container, started)
    return steps.plan(desired.project)


def restarting(desired: DesiredState, observed: ObservedState, component: str) -> Plan:
    """The replicas of a component end and start, one after another: the next once the one before it is ready."""
    steps = _Steps(observed, component)
    last: tuple[int, ...] = ()
    for container in steps.containers:
        if container.state in AT_WORK:
            last = (steps.add(StopContainer(container.name), container, *last),)
        last = (steps.add(StartContainer(container.name), container, *last),)
        if spec := _spec_to_await(desired, container):
            last = (steps.add(AwaitReady(container.name, spec), container, *last),)
    return steps.plan(desired.project)


class _Steps:
    """The steps of a plan for one component."""

    def __init__(self, observed: ObservedState, component: str) -> None:
        self.containers = [each for each in in_order_of_name(observed).containers if component_of(each) == component]
        self.containers.sort(key=place_of)
        self.steps: list[Step] = []

    def add(self, operation: Operation, container: ObservedContainer, *after: int) -> int:
        number = len(self.steps) + 1
        self.steps.append(Step(number, operation, "somebody asked for it", after, *place_of(container)))
        return number

    def plan(self, project: str) -> Plan:
        return Plan(project, tuple(self.steps))


def _spec_to_await(desired: DesiredState, container: ObservedContainer) -> ContainerSpec | None:
    component, replica = place_of(container)
    if container.labels.get(RUN) == "job":
        return None
    return next((each for each in specs_of(desired, component) if each.replica == replica), None)
