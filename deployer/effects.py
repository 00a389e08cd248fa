"""What a plan means for each component: what becomes of it, why, and whether somebody notices."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from deployer.plan import (
    AwaitReady,
    ConnectContainer,
    CreateContainer,
    DisconnectContainer,
    LimitContainer,
    Plan,
    ReloadContainer,
    RemoveContainer,
    RemoveVolume,
    StartContainer,
    Step,
    StopContainer,
    stops_first,
)


class Change(StrEnum):
    """What becomes of a component; the first that fits."""

    CREATE = "create"
    REMOVE = "remove"
    CHANGE = "change"
    RESTART = "restart"
    ADJUST = "adjust"


@dataclass(frozen=True)
class Effect:
    """What a plan does to a component.

    `causes` are sentences, each once. `interruption` says why nobody answers for a moment, and is empty where an old
    replica answers until a new one does. `loses` are volumes that go with their data.
    """

    component: str
    change: Change
    causes: tuple[str, ...]
    interruption: str = ""
    loses: tuple[str, ...] = ()


def effects(plan: Plan) -> tuple[Effect, ...]:
    """The effect of `plan` on each component that it touches, by name; what belongs to the whole project is left out.

    1. create: replicas are made, and there was none. 2. remove: all of them go. 3. change: one is made in the place of
    another, or their number changes. 4. restart: one is started again. 5. adjust: while it runs, by its limits, its
    networks or what it looks up.
    """
    steps: dict[str, list[Step]] = {}
    for step in plan.steps:
        is_ours = step.component and not step.component.startswith("_")
        if is_ours and not isinstance(step.operation, AwaitReady):
            steps.setdefault(step.component, []).append(step)
    gaps = stops_first(plan.steps)
    return tuple(
        Effect(
            name,
            _change(own),
            tuple(dict.fromkeys(_causes(own))),
            "; ".join(dict.fromkeys(why for (component, _), why in sorted(gaps.items()) if component == name)),
            tuple(sorted(_lost(own))),
        )
        for name, own in sorted(steps.items())
    )


def _change(steps: list[Step]) -> Change:
    verbs = {type(step.operation) for step in steps}
    others_stay = any(step.cause == "one more replica is wanted" or step.cause.endswith(" wanted") for step in steps)
    if CreateContainer in verbs:
        return Change.CHANGE if RemoveContainer in verbs or others_stay else Change.CREATE
    if RemoveContainer in verbs:
        return Change.CHANGE if others_stay else Change.REMOVE
    if StartContainer in verbs or StopContainer in verbs:
        return Change.RESTART
    return Change.REMOVE if verbs == {RemoveVolume} else Change.ADJUST


def _causes(steps: list[Step]) -> Iterator[str]:
    """Why each thing is done; what only follows from making a container, or makes room for it, is left out."""
    is_made = any(isinstance(step.operation, CreateContainer) for step in steps)
    for step in steps:
        match step.operation:
            case CreateContainer() | LimitContainer():
                yield step.cause
            case (
                RemoveContainer()
                | StartContainer()
                | ConnectContainer()
                | DisconnectContainer()
                | ReloadContainer()
                | RemoveVolume()
            ) if not is_made:
                yield step.cause


def _lost(steps: list[Step]) -> Iterator[str]:
    """The volumes of data that are removed, `project.component.name`; those of rendered files have one word more."""
    for step in steps:
        if isinstance(step.operation, RemoveVolume) and step.operation.name.count(".") == 2:
            yield step.operation.name
