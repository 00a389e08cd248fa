"""The way back from a deploy that did not succeed, and the point from which there is none."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from deployer.labels import RELOAD, RUN
from deployer.model import ObservedContainer, ObservedState
from deployer.observed import component_of, in_order_of_name, is_gate, replica_of
from deployer.plan import (
    AwaitReady,
    ConnectContainer,
    CreateContainer,
    Operation,
    Plan,
    ReloadContainer,
    RemoveContainer,
    StartContainer,
    Step,
    StopContainer,
)


def recovery(before: ObservedState, now: ObservedState, project: str, *, was_killed: bool = False) -> Plan:
    """The plan back to what ran `before` a deploy that failed: all that it made goes, what it stopped runs again.

    Where nothing ran before, what is ready stays for the next deploy to go on from, and what does not stay up is
    stopped. `was_killed` says that the deploy before this one was killed, so what stood still may have run as well.
    """
    steps: list[Step] = []

    def step(operation: Operation, cause: str, container: ObservedContainer, after: Iterable[int] = ()) -> int:
        number = len(steps) + 1
        steps.append(Step(number, operation, cause, tuple(after), component_of(container), replica_of(container)))
        return number

    now = in_order_of_name(now)
    known = {container.id for container in before.containers}
    made = [container for container in now.containers if container.id not in known]
    ran = {
        container.id
        for container in before.containers
        if container.is_running or (was_killed and container.state == "exited" and container.labels.get(RUN) != "job")
    }
    if not ran:
        for container in made:
            if container.state == "restarting":
                step(StopContainer(container.name), "it does not stay up", container)
        return Plan(project, tuple(steps))
    gone: list[int] = []
    for container in sorted(made, key=is_gate):
        # the packet filter goes last: what it knows of must not run without it
        after = gone if is_gate(container) else ()
        stop = step(StopContainer(container.name), "the deploy failed", container, after)
        gone.append(step(RemoveContainer(container.name), "the deploy failed", container, [stop]))
    for container in now.containers:
        if container.id in ran and container.state in ("exited", "created"):
            step(StartContainer(container.name), "it ran before", container, gone)
    everything = [each.number for each in steps]
    for container in now.containers:
        signal = container.labels.get(RELOAD, "")
        if signal and everything and container.id in ran and container.is_running:
            step(ReloadContainer(container.name, signal), "its servers went back", container, everything)
    return Plan(project, tuple(steps))


def as_before(now: ObservedState, before: Mapping[str, bool]) -> ObservedState | None:
    """What stood before a deploy that was killed, told by the ids of its containers and whether each ran.

    None where one that ran is gone: that deploy went past the point from which it can only go on.
    """
    there = {container.id: container for container in now.containers}
    if any(ran and each not in there for each, ran in before.items()):
        return None
    known = (there[each] for each in before if each in there)
    return replace(now, containers=tuple(replace(each, state=_STATE[before[each.id]]) for each in known))


_STATE = {True: "running", False: "exited"}


def is_committed(plan: Plan, done: Collection[int]) -> bool:
    """Whether a plan of which the steps `done` are done went past the point from which it can only go on.

    That is when all that is new is made and ready: from there on what was old goes.
    """
    new = (CreateContainer, ConnectContainer, StartContainer, AwaitReady)
    return all(step.number in done for step in plan.steps if isinstance(step.operation, new))
