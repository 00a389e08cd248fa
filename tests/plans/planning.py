"""A case of planning: a schema that runs on a fake engine, what happened to it since, and the schema wanted now."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import Any

import yaml

from composer.catalogue import standard
from composer.document import parse
from deployer import gate, labels
from deployer.addresses import assigned
from deployer.conflicts import conflicts
from deployer.desired import ResolvedImage, desired_state
from deployer.effects import Effect, effects
from deployer.executor import execute
from deployer.model import ContainerSpec, DesiredState, ObservedNetwork, ObservedState, ObservedVolume, PublishedPort
from deployer.networks import drawn_networks
from deployer.plan import AwaitReady, CreateContainer, Plan, StartContainer, Step, summary
from deployer.reconcile import destruction, reconcile
from deployer.recovery import recovery
from deployer.wiring import Surroundings
from tests.fake_engine import FakeEngine

CASES = Path(__file__).parent / "cases"
CHANGING = re.compile(r"\.([0-9a-f]{8})\b")


@dataclass(frozen=True)
class Case:
    """`before` and `after` are texts of schemas; `changes` happened to the engine between them."""

    name: str
    before: str = ""
    after: str = ""
    changes: tuple[dict[str, Any], ...] = ()
    image_ids: dict[str, str] = field(default_factory=dict)
    unfinished: bool = False
    fails: str = ""
    destroy: str = ""

    def __str__(self) -> str:
        return self.name


def read_case(path: Path) -> Case:
    content = yaml.safe_load(path.read_text())
    return Case(path.stem, **{key: tuple(value) if key == "changes" else value for key, value in content.items()})


def read_cases() -> list[Case]:
    return [read_case(path) for path in sorted(CASES.glob("*.yml"))]


def desired(
    text: str, observed: ObservedState, image_ids: dict[str, str] | None = None, cpus: float = inf
) -> DesiredState:
    """What the schema in `text` wants, each image named after its component's kind unless it names one."""
    schema = parse(text)
    names = {name: component.image or f"{component.kind}:1" for name, component in schema.components.items()}
    names[gate.COMPONENT] = gate.IMAGE
    ids = {name: sha256(reference.encode()).hexdigest() for name, reference in names.items()} | (image_ids or {})
    images = {name: ResolvedImage(reference, ids[name]) for name, reference in names.items()}
    networks = assigned(drawn_networks(schema, standard()), observed, schema.name)
    return desired_state(schema, standard(), images, networks, Surroundings(cpus=cpus))


class World:
    """A fake engine, and the plans made for it."""

    def __init__(self, project: str = "shop") -> None:
        self.project = project
        self.engine = FakeEngine()

    @property
    def observed(self) -> ObservedState:
        return self.engine.observe_closely(self.project)

    def wanted(self, text: str, image_ids: dict[str, str] | None = None) -> DesiredState:
        """What the schema in `text` wants here; its images are there."""
        wanted = desired(text, self.observed, image_ids)
        self.engine.images |= {spec.image: spec.image_id for spec in wanted.containers}
        return wanted

    def deploy(self, text: str, image_ids: dict[str, str] | None = None, *, unfinished: bool = False) -> Plan:
        """Carry out the whole plan, which is returned."""
        plan = reconcile(self.wanted(text, image_ids), self.observed, unfinished=unfinished)
        self.apply(plan)
        return plan

    def apply(self, plan: Plan, steps: Iterable[Step] | None = None) -> None:
        """Do the steps one by one in the order of their numbers, without waiting for readiness."""
        for step in plan.steps if steps is None else steps:
            if isinstance(step.operation, AwaitReady):
                continue
            run = execute(Plan(plan.project, (replace(step, after=()),)), self.engine, str, lambda event: None)
            assert run.ok, f"{step}: {run.failures[0].what}"
            if isinstance(step.operation, StartContainer):
                self.refuse_rivals(step.operation.name)

    def refuse_rivals(self, name: str) -> None:
        """Two containers that run may neither publish the same port nor write to the same data."""
        started = self.engine.containers[name]
        for other in self.engine.containers.values():
            if other is started or "running" not in (other.state, started.state) or other.state != started.state:
                continue
            ports = {(port.address, port.host_port) for port in started.spec.published}
            assert not ports & {(port.address, port.host_port) for port in other.spec.published}, f"{name}: {ports}"
            data = {mount.volume for mount in started.spec.mounts if not mount.read_only}
            same_place = (started.spec.component, started.spec.replica) == (other.spec.component, other.spec.replica)
            written = {mount.volume for mount in other.spec.mounts if not mount.read_only}
            assert not (same_place and data & written), f"{name} and {other.name} write to {data & written}"

    def change(self, change: dict[str, Any], after: str) -> None:
        """One thing that happened to the engine behind our back."""
        match change:
            case {"exit": place, "code": code}:
                container = self.find(place)
                container.state, container.exit_code = "exited", code
            case {"restarting": place}:
                self.find(place).state = "restarting"
            case {"created": place}:
                self.find(place).state = "created"
            case {"running": place}:
                self.find(place).state = "running"
            case {"paused": place}:
                self.find(place).state = "paused"
            case {"disconnect": place, "from": network}:
                self.find(place).networks.pop(network)
            case {"limit": place, "memory": memory}:
                container = self.find(place)
                container.limits = replace(container.limits, memory=memory)
            case {"connect": place, "to": network}:
                self.foreign("network", network, after)
                self.find(place).networks[network] = ()
            case {"remove": what}:
                noun, name = what.split()
                if noun == "container":
                    self.engine.containers.pop(self.find(name).name)
                else:
                    {"network": self.engine.networks, "volume": self.engine.volumes}[noun].pop(name)
            case {"publishes": address}:
                self.publishes(*address.split(":"))
            case {"foreign": what}:
                self.foreign(*what.split(), after)
            case _:
                raise AssertionError(f"unknown change: {change}")

    def foreign(self, noun: str, name: str, after: str) -> None:
        """Something that carries no label of ours; a container by its place takes the name we would give."""
        if noun == "network":
            self.engine.networks[name] = ObservedNetwork("foreign", name, {}, "192.168.77.0/24")
        elif noun == "volume":
            self.engine.volumes[name] = ObservedVolume(name, {})
        else:
            specs = self.wanted(after).containers
            spec = next(each for each in specs if f"{each.component}.{each.replica}" == name)
            self.engine.create_container(labels.container_name(self.project, spec), spec, {}, (), {})

    def publishes(self, address: str, port: str) -> None:
        """A container of another project that runs and has a port of the host."""
        spec = ContainerSpec("web", 1, "container", "other:1", "", published=(PublishedPort(80, address, int(port)),))
        self.engine.images["other:1"] = ""
        self.engine.create_container("blog.web.1", spec, {}, (), {labels.PROJECT: "blog"})
        self.engine.start("blog.web.1")

    def find(self, place: str) -> Any:
        """The container at `api.1`."""
        component, replica = place.split(".")
        for container in self.engine.containers.values():
            if (container.labels.get(labels.COMPONENT), container.labels.get(labels.REPLICA)) == (component, replica):
                return container
        raise AssertionError(f"no container at {place}")


def world_of(case: Case) -> tuple[World, DesiredState | None]:
    """The world of a case as it is when the plan is made, and what is wanted (None: nothing any more)."""
    world = World()
    if case.before:
        world.deploy(case.before)
    for change in case.changes:
        world.change(change, case.after)
    return world, world.wanted(case.after, case.image_ids) if case.after else None


def planned(case: Case) -> str:
    """The whole plan as text, or the conflicts; what was there at the start bears `old` where a name has a hash."""
    world, wanted = world_of(case)
    before = world.observed
    known = {each.name for each in (*before.containers, *before.volumes)}
    if wanted is None:
        text = str(destruction(world.project, before, volumes=case.destroy == "with volumes"))
    elif faults := conflicts(wanted, before):
        text = "\n".join(map(str, faults))
    else:
        plan = reconcile(wanted, before, unfinished=case.unfinished)
        if case.fails:
            break_off(world, plan, case.fails)
            plan = recovery(before, world.observed, world.project)
        text = "\n".join([str(plan), *(f"note: {note}" for note in plan.notes)])
    return readable(text, known)


def summed_up(case: Case) -> str:
    """What the plan of a case comes to, in the words for people."""
    world, wanted = world_of(case)
    known = {each.name for each in (*world.observed.containers, *world.observed.volumes)}
    plan = reconcile(wanted, world.observed) if wanted else destruction(world.project, world.observed)
    return readable(summary(plan), known)


def had_effects(case: Case) -> str:
    """What the plan means for each component, a line each: `change db: environment changed (interrupted: …)`."""
    world, wanted = world_of(case)
    before = world.observed
    if wanted is None:
        plan = destruction(world.project, before, volumes=case.destroy == "with volumes")
    else:
        plan = reconcile(wanted, before, unfinished=case.unfinished)
    known = {each.name for each in (*before.containers, *before.volumes)}
    return readable("\n".join(map(_effect, effects(plan))), known)


def _effect(effect: Effect) -> str:
    told = f"{effect.change} {effect.component}: {', '.join(effect.causes)}"
    told += f" (interrupted: {effect.interruption})" if effect.interruption else ""
    return told + (f" (loses {', '.join(effect.loses)})" if effect.loses else "")


def break_off(world: World, plan: Plan, place: str) -> None:
    """Do the plan up to where the new container at `place` should get ready; it does not stay up."""
    name = next(
        step.operation.name
        for step in plan.steps
        if isinstance(step.operation, CreateContainer) and f"{step.component}.{step.replica}" == place
    )
    end = next(
        index
        for index, step in enumerate(plan.steps)
        if isinstance(step.operation, AwaitReady) and step.operation.name == name
    )
    world.apply(plan, plan.steps[:end])
    world.engine.containers[name].state = "restarting"


def readable(text: str, known: set[str]) -> str:
    """Hashes become `old` or `new`, so that a text does not change with everything that goes into a hash."""
    hashes = {found for name in known for found in CHANGING.findall(name)}
    return CHANGING.sub(lambda found: ".old" if found.group(1) in hashes else ".new", text) + ("\n" if text else "")
