"""What the keeper does about a project: decided from what was seen and what it remembers, with a reason.

The rules, the first that holds:

1. Nothing was ever deployed, or what was cannot be told here: leave it.
2. A deploy waits or runs: leave it; whatever is not as it should be is that deploy's business.
3. All is as it should be: it is well, or healed if it was not before. How often it was tried is remembered for a while,
   so that what falls over a minute after each healing is not healed every minute.
4. Something is not as it should be, for the first time: look again in a moment, for many things pass by themselves.
5. The project is paused: say what was found, and leave it.
6. It was tried before, and it is too early to try again: wait. What is new elsewhere in the project need not wait.
7. Heal it, and try again after twice the time if that does not hold.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from deployer.labels import RUN, container_name
from deployer.model import ContainerSpec, DesiredState, ObservedContainer, ObservedState
from deployer.observed import component_of, place_of
from deployer.plan import Operation, Plan, summary

SETTLING = 1.0
"""Seconds after which what was seen is looked at again before anything is done about it."""
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 600.0
HOLDS = 60.0
"""Seconds, at least, for which a healing must hold to be forgotten; longer where the pauses have grown longer."""

Place = tuple[str, int]
"""A component and the number of its replica; of what belongs to the whole project, its name and 0."""


@dataclass(frozen=True)
class Drift:
    """What the keeper remembers of a project that was not as it should be. Times in seconds since 1970.

    `causes` are the headlines of the plan that would heal it, and `places` what they are about. `tries` counts the
    healings so far; the next is not before `retry_at`. `healed` is when all was well again, 0 while it is not.
    """

    causes: tuple[str, ...]
    places: frozenset[Place]
    found: float
    retry_at: float
    tries: int = 0
    healed: float = 0.0
    told: bool = False


@dataclass(frozen=True)
class Sight:
    """A project as the keeper sees it. `fault` says why it cannot be told whether all is as it should be."""

    causes: tuple[str, ...] = ()
    places: frozenset[Place] = frozenset()
    is_deployed: bool = True
    is_paused: bool = False
    is_busy: bool = False
    fault: str = ""


class Verdict(StrEnum):
    """What is to be done about a project."""

    WELL = "well"
    LEAVE = "leave"
    WAIT = "wait"
    HEAL = "heal"


@dataclass(frozen=True)
class Decision:
    """What the keeper does, and why. `memory` is what it remembers from then on.

    `event` is what it writes to the journal, if anything; `look_at` is when to look again, 0 where nothing presses.
    """

    verdict: Verdict
    reason: str
    memory: Drift | None
    event: str = ""
    look_at: float = 0.0


def decide(sight: Sight, memory: Drift | None, now: float, jitter: float) -> Decision:
    """What to do about a project now. `jitter`, from 0 to 1, spreads the pauses by a fifth to either side."""
    if not sight.is_deployed:
        return Decision(Verdict.LEAVE, "nothing is deployed", None)
    if sight.is_busy:
        return Decision(Verdict.LEAVE, "a deploy waits or runs", memory)
    if sight.fault:
        return Decision(Verdict.LEAVE, sight.fault, memory)
    if not sight.causes:
        return _well(memory, now)
    if memory is None:
        fresh = Drift(sight.causes, sight.places, now, now + SETTLING)
        return Decision(Verdict.WAIT, "it may pass by itself", fresh, look_at=fresh.retry_at)
    if memory.healed:
        # it was healed and did not hold: the pause that had begun with the last healing goes on
        again = max(memory.retry_at, now + SETTLING)
        memory = replace(memory, places=sight.places, healed=0.0, found=now, retry_at=again, told=False)
    if sight.is_paused:
        return _of_a_paused_one(sight, memory, now)
    if memory.tries and sight.places - memory.places:
        memory = replace(memory, retry_at=min(memory.retry_at, now + SETTLING))
    memory = replace(memory, causes=sight.causes, places=memory.places | sight.places)
    if now < memory.retry_at:
        why = f"it was tried {_times(memory.tries)}" if memory.tries else "it may pass by itself"
        return Decision(Verdict.WAIT, why, memory, look_at=memory.retry_at)
    tries = memory.tries + 1
    retry_at = now + pause(tries) * (0.8 + 0.4 * jitter)
    event = "drift.persists" if tries > 1 else "" if memory.told else "drift.found"
    reason = "it is not as it was deployed" if tries == 1 else f"it did not hold; try {tries}"
    memory = replace(memory, tries=tries, retry_at=retry_at, told=True, places=sight.places)
    return Decision(Verdict.HEAL, reason, memory, event, retry_at)


def pause(tries: int) -> float:
    """Seconds from the healing with that number to the next."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(tries - 1, 16))


def drift_of(plan: Plan) -> tuple[tuple[str, ...], frozenset[Place]]:
    """What the plan that would heal a project says is not as it should be, and where."""
    places = {
        (step.component, step.replica) if step.component else (step.operation.name, 0)
        for step in plan.steps
        if step.component or step.operation.noun in ("network", "volume")
    }
    causes = tuple(summary(plan).splitlines()) or tuple(map(str, plan.steps))
    return tuple(map(_as_drift, causes)), frozenset(places)


def _as_drift(cause: str) -> str:
    """What a plan says of something that is to be made, as it is where that had been there."""
    for wanted in (": no such container", ": one more replica is wanted"):
        if cause.endswith(wanted):
            return f"{cause.removesuffix(wanted)}: it is gone"
    return cause


def at_rest(
    desired: DesiredState, observed: ObservedState, stopped: Collection[str]
) -> tuple[DesiredState, ObservedState]:
    """The same two without what is not drift.

    1. A component that somebody stopped on purpose stands still as it should, and is not made where it is not there.
    2. What the engine is starting again after it ended is the engine's to start.
    """
    there = {component_of(each) for each in observed.containers}
    wanted = tuple(spec for spec in desired.containers if spec.component not in stopped or spec.component in there)
    containers = tuple(
        replace(each, state="running")
        if each.state == "restarting" or (component_of(each) in stopped and each.state == "exited")
        else each
        for each in observed.containers
    )
    return replace(desired, containers=wanted), replace(observed, containers=containers)


def as_released(desired: DesiredState, observed: ObservedState, ended: float) -> tuple[ObservedState, dict[str, str]]:
    """`observed`, where what the release itself has made goes by the name that is wanted; that name -> the real one.

    A release is told anew from its text, and some of what went into it is not in there: a variable of the environment,
    a secret that was replaced since, a kind of a newer Backdraft. So what runs at its place since before the release
    `ended` is what the release wanted, whatever it would be called today. Its limits are not judged then.
    """
    names = {(spec.component, spec.replica): container_name(desired.project, spec) for spec in desired.containers}
    present = {each.name for each in observed.containers}
    real: dict[str, str] = {}
    found: list[ObservedContainer] = []
    for each in observed.containers:
        name = names.get(place_of(each), each.name)
        is_of_release = each.created <= ended and (each.state in ("running", "restarting") or is_job(each))
        if name in present or name in real or not is_of_release:
            found.append(each)
            continue
        real[name] = each.name
        found.append(replace(each, name=name, inspected=None))
    return replace(observed, containers=tuple(found)), real


def with_real_names(plan: Plan, real: dict[str, str]) -> Plan:
    """`plan`, speaking of containers by their real names."""
    return replace(plan, steps=tuple(replace(step, operation=_renamed(step.operation, real)) for step in plan.steps))


def specs_of(desired: DesiredState, component: str) -> tuple[ContainerSpec, ...]:
    """The replicas of a component, by number."""
    return tuple(
        sorted((each for each in desired.containers if each.component == component), key=lambda each: each.replica)
    )


def is_job(container: ObservedContainer) -> bool:
    """Whether it is to end by itself."""
    return container.labels.get(RUN) == "job"


def _renamed(operation: Operation, real: Mapping[str, str]) -> Operation:
    if operation.name not in real or "name" not in {each.name for each in fields(operation)}:
        return operation
    return replace(operation, name=real[operation.name])  # type: ignore[arg-type]


def _well(memory: Drift | None, now: float) -> Decision:
    if memory is None:
        return Decision(Verdict.WELL, "it is as it was deployed", None)
    if not memory.healed:
        event = "drift.healed" if memory.told else ""
        if not memory.tries:
            return Decision(Verdict.WELL, "it passed by itself", None, event)
        return Decision(Verdict.WELL, "it was healed", replace(memory, healed=now), event)
    if now - memory.healed >= max(HOLDS, 2 * pause(memory.tries)):
        return Decision(Verdict.WELL, "it was healed, and that held", None)
    return Decision(Verdict.WELL, "it was healed lately", memory)


def _of_a_paused_one(sight: Sight, memory: Drift, now: float) -> Decision:
    is_news = not memory.told or bool(sight.places - memory.places)
    if is_news and now < memory.retry_at and not memory.told:
        return Decision(Verdict.WAIT, "it may pass by itself", memory, look_at=memory.retry_at)
    memory = replace(memory, causes=sight.causes, places=memory.places | sight.places, told=True)
    return Decision(Verdict.LEAVE, "the project is paused", memory, "drift.found" if is_news else "")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
