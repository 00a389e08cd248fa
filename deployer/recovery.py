"""The way back from a deploy that did not succeed, and the point from which there is none."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from deployer.labels import RELOAD, RUN
from deployer.model import ObservedContainer, ObservedState
from deployer.observed import component_of, in_order_of_name, is_data, is_gate, replica_of
from deployer.plan import (
    AwaitReady,
    ConnectContainer,
    CreateContainer,
    DisconnectContainer,
    Operation,
    Plan,
    ReloadContainer,
    RemoveContainer,
    RemoveNetwork,
    RemoveVolume,
    StartContainer,
    Step,
    StopContainer,
)


def recovery(before: ObservedState, now: ObservedState, project: str, *, was_killed: bool = False) -> Plan:
    """The plan back to what ran `before` a deploy that failed: what it made goes, data excepted, and what it stopped
    runs again.

    Where nothing ran before, what is ready stays for the next deploy to go on from, and what does not stay up is
    stopped. `was_killed` says that the deploy before this one was killed, so what stood still may have run as well.
    """
    steps: list[Step] = []

    def step(
        operation: Operation, cause: str, container: ObservedContainer | None = None, after: Iterable[int] = ()
    ) -> int:
        number = len(steps) + 1
        place = (component_of(container), replica_of(container)) if container else ("", 0)
        steps.append(Step(number, operation, cause, tuple(after), *place))
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
        stop = step(StopContainer(container.name), _FAILED, container, after)
        gone.append(step(RemoveContainer(container.name), _FAILED, container, [stop]))
    for container in now.containers:
        if container.id in ran and container.state in ("exited", "created"):
            step(StartContainer(container.name), "it ran before", container, gone)
    everything = [each.number for each in steps]
    for container in now.containers:
        signal = container.labels.get(RELOAD, "")
        if signal and everything and container.id in ran and container.is_running:
            step(ReloadContainer(container.name, signal), "its servers went back", container, everything)
    there = {network.id for network in before.networks}
    for network in (each for each in now.networks if each.id not in there):
        members = [each for each in now.containers if each.id in known and network.name in each.addresses]
        out = [step(DisconnectContainer(each.name, network.name), _FAILED, each, gone) for each in members]
        step(RemoveNetwork(network.name), _FAILED, after=[*gone, *out])
    rendered = {volume.name for volume in now.volumes if not is_data(volume)} - {each.name for each in before.volumes}
    for name in sorted(rendered):
        step(RemoveVolume(name), _FAILED, after=gone)
    return Plan(project, tuple(steps))


def remembered(before: ObservedState) -> dict[str, bool]:
    """What has to be known of `before` to go back to it: the ids of containers and networks, the names of volumes.

    Each with whether it ran.
    """
    names = [*(each.id for each in before.networks), *(each.name for each in before.volumes)]
    return {each.id: each.is_running for each in before.containers} | dict.fromkeys(names, False)


def as_before(now: ObservedState, before: Mapping[str, bool]) -> ObservedState | None:
    """What stood before a deploy that was killed, of which this is `remembered`.

    None where one that ran is gone: that deploy went past the point from which it can only go on.
    """
    there = {container.id: container for container in now.containers}
    if any(ran and each not in there for each, ran in before.items()):
        return None
    known = (there[each] for each in before if each in there)
    return replace(
        now,
        containers=tuple(replace(each, state=_STATE[before[each.id]]) for each in known),
        networks=tuple(each for each in now.networks if each.id in before),
        volumes=tuple(each for each in now.volumes if each.name in before),
    )


_FAILED = "the deploy failed"
_STATE = {True: "running", False: "exited"}


def is_committed(plan: Plan, done: Collection[int]) -> bool:
    """Whether a plan of which the steps `done` are done went past the point from which it can only go on.

    That is when all that is new is made and ready: from there on what was old goes.
    """
    new = (CreateContainer, ConnectContainer, StartContainer, AwaitReady)
    return all(step.number in done for step in plan.steps if isinstance(step.operation, new))
