"""How each replica is, next to what the last release wants of it: what people see, and what is told when it changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from deployer.drift import changed_by_hand
from deployer.failures import how_it_ended
from deployer.labels import COMPONENT, RUN, SCHEDULE, container_name
from deployer.model import ContainerSpec, DesiredState, Inspection, ObservedContainer, ObservedState
from deployer.observed import component_of, place_of
from deployer.status import ReplicaStatus, position, status_of


class State(StrEnum):
    """How a replica is, next to what the last release wants of it."""

    RUNNING = "running"
    STARTING = "starting"
    UNHEALTHY = "unhealthy"
    RESTARTING = "restarting"
    STOPPED = "stopped"
    """Somebody stopped it on purpose."""
    WAITING = "waiting"
    """A scheduled job that is not due."""
    EXITED = "exited"
    MISSING = "missing"
    DRIFTED = "drifted"
    """Somebody changed it by hand."""
    UNKNOWN = "unknown"
    """The engine does not answer."""


@dataclass(frozen=True)
class Wanted:
    """What the last release that went well wants: nothing, while there is none.

    `ready` is when its deploy ended, in seconds since 1970: what started before has been seen ready, and what was made
    before is what the release made, even if it would be called otherwise today. `stopped` maps
    each component that somebody stopped on purpose to who it was.
    """

    desired: DesiredState
    ready: float = 0.0
    stopped: Mapping[str, str] = field(default_factory=dict)


def live_status(wanted: Wanted, observed: ObservedState) -> tuple[ReplicaStatus, ...]:
    """Every replica that is wanted and everything else of the project that is there, by component and number.

    `observed` has been looked at closely. Reasons do not change with time alone, so two looks can be compared.
    """
    desired = wanted.desired
    specs = {(spec.component, spec.replica): spec for spec in desired.containers}
    seen: set[tuple[str, int]] = set()
    found: list[ReplicaStatus] = []
    for container in observed.containers:
        if not container.labels.get(COMPONENT):
            continue
        place = place_of(container)
        spec = specs.get(place)
        is_that = spec is not None and container_name(desired.project, spec) == container.name
        is_of_release = is_that or (spec is not None and container.created <= wanted.ready)
        seen.add(place)
        state, reason = _judged(container, spec if is_that else None, wanted)
        if not is_of_release and desired.containers:
            reason = "; ".join(filter(None, (reason, "it is not of the last release")))
        found.append(_live(container, state, reason))
    for place, spec in specs.items():
        if place not in seen:
            found.append(_missing(spec, wanted.stopped.get(spec.component)))
    return tuple(sorted(found, key=position))


def unknown(statuses: Iterable[ReplicaStatus], why: str) -> tuple[ReplicaStatus, ...]:
    """The same replicas, of which nothing is known any more."""
    return tuple(replace(each, state=State.UNKNOWN.value, reason=why, health="") for each in statuses)


def _judged(container: ObservedContainer, spec: ContainerSpec | None, wanted: Wanted) -> tuple[State, str]:
    seen = container.inspected or Inspection()
    match container.state:
        case "running":
            return _of_what_runs(container, spec, seen, wanted.ready)
        case "restarting":
            times = f"{seen.restarts} time{'s' if seen.restarts != 1 else ''}"
            return State.RESTARTING, f"{_end(seen)}; the engine started it again {times}"
        case "paused":
            return State.DRIFTED, "somebody paused it by hand"
        case "created":
            if schedule := container.labels.get(SCHEDULE):
                return State.WAITING, f"for its schedule, {schedule} (UTC)"
            return State.STARTING, "it was made and is not started yet"
    if who := wanted.stopped.get(component_of(container)):
        return State.STOPPED, f"by {who}"
    if container.labels.get(RUN) == "job" and seen.exit_code == 0:
        return State.EXITED, "it ended well"
    return State.EXITED, _end(seen)


def _of_what_runs(
    container: ObservedContainer, spec: ContainerSpec | None, seen: Inspection, ready: float
) -> tuple[State, str]:
    changes = changed_by_hand(container, spec) if spec else ()
    if changes:
        return State.DRIFTED, "; ".join(changes)
    if seen.health == "unhealthy":
        return State.UNHEALTHY, "its health check fails"
    if seen.health == "starting" and seen.started > ready:
        return State.STARTING, "its health check has not succeeded yet"
    return State.RUNNING, ""


def _end(seen: Inspection) -> str:
    how = how_it_ended(seen.exit_code, out_of_memory=seen.out_of_memory)
    return f"{how}: {seen.error}" if seen.error else how


def _live(container: ObservedContainer, state: State, reason: str) -> ReplicaStatus:
    seen = container.inspected or Inspection()
    is_over = state in (State.EXITED, State.STOPPED, State.RESTARTING)
    return replace(
        status_of(container),
        state=state.value,
        reason=reason,
        health=seen.health,
        image_id=container.image_id,
        started=seen.started if container.is_running else 0.0,
        restarts=seen.restarts,
        exit_code=seen.exit_code if is_over else None,
    )


def _missing(spec: ContainerSpec, stopped_by: str | None) -> ReplicaStatus:
    state, reason = (
        (State.STOPPED, f"by {stopped_by}") if stopped_by else (State.MISSING, "there is no container for it")
    )
    return ReplicaStatus(
        component=spec.component,
        kind=spec.kind,
        replica=spec.replica,
        name="",
        state=state.value,
        reason=reason,
        health="",
        image=spec.image,
        since=0.0,
        ports=(),
        run=spec.run,
        image_id=spec.image_id,
    )
