"""From a schema to the plan of its deploy: everything that is asked and refused before anything is touched."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from composer.advice import over_commitment
from composer.catalogue import Catalogue
from composer.model import Problem, Schema
from deployer import images
from deployer.addresses import assigned
from deployer.conflicts import Sees, beyond, conflicts
from deployer.desired import desired_state
from deployer.engines.docker import DockerEngine
from deployer.errors import DeployerError
from deployer.events import Listener, Message, Phase, PhaseChanged
from deployer.git_access import OfProject
from deployer.host_ports import holder, is_taken
from deployer.model import DesiredState, ObservedState
from deployer.networks import drawn_networks
from deployer.observed import holds_port
from deployer.orders import Order
from deployer.ownership import Owner
from deployer.plan import Plan
from deployer.reconcile import reconcile
from deployer.store import Release, ReleaseOutcome, Store
from deployer.vault import Vault
from deployer.wiring import Surroundings, authors_secrets, unset_variables, wanted_secrets

SETTLING = 0.5
"""Seconds between two looks at what stands in the way."""
LOOKS = 10
"""How often to look again where a deploy was killed."""


@dataclass(frozen=True)
class Prepared:
    """What a deploy begins with: all its images are on the engine.

    `commits` maps each component that is built from a git repository to its commit there; `seen` is what stands,
    `desired` what is wanted, and `plan` leads from one to the other.
    """

    images: images.Images
    commits: Mapping[str, str]
    seen: ObservedState
    desired: DesiredState
    plan: Plan


class Planner:
    """Plans deploys on one engine."""

    def __init__(
        self,
        engine: DockerEngine,
        store: Store,
        vault: Vault,
        catalogue: Catalogue,
        owner: Owner,
        environment: Mapping[str, str],
        sees: Sees,
        git_access: OfProject,
    ) -> None:
        self._engine = engine
        self._store = store
        self._vault = vault
        self._catalogue = catalogue
        self._owner = owner
        self._environment = environment
        self._sees = sees
        self._git_access = git_access

    def preview(self, schema: Schema, directory: Path, listener: Listener, release: Release | None = None) -> Plan:
        """What a deploy of `schema` would do now; nothing is touched. `directory` is where its sources lie.

        With `release`, what going back to its images would do. Its notes say as well where limits add up to more than
        the engine has. Raises DeployerError where it could not be done.
        """
        with self._wanted(schema, directory, listener, time.monotonic(), release) as wanted:
            observed = self._engine.observe(schema.name)
            plan = self._planned(self._desired(schema, self._resolved(wanted, release, schema), observed), observed)
        advice = over_commitment(schema, self._catalogue, self._engine.capacity())
        return replace(plan, notes=(*plan.notes, *map(str, advice)))

    def prepared(
        self,
        schema: Schema,
        directory: Path,
        listener: Listener,
        begun: float,
        order: Order,
        release: Release | None,
    ) -> Prepared:
        """Fetch and build every image, and plan. Raises DeployerError where the deploy cannot be.

        With a release, the images are those it has: that of a deploy which is taken up again says what it began with,
        and a branch or a name may stand for something else by now.
        """
        self._vault.ensure(schema.name, wanted_secrets(schema, self._catalogue))
        self._refuse_missing_values(schema)
        with self._wanted(schema, directory, listener, begun, release) as wanted:
            images.fetch_missing(wanted, self._engine, _progress(listener, begun), order.is_to_stop)
        resolved = self._resolved(wanted, release, schema)
        seen = self._engine.observe(schema.name)
        desired = self._desired(schema, resolved, seen)
        commits = release.commits if release else images.commits(wanted)
        return Prepared(resolved, commits, seen, desired, self._planned(desired, seen))

    @contextmanager
    def _wanted(
        self, schema: Schema, directory: Path, listener: Listener, begun: float, release: Release | None
    ) -> Iterator[Mapping[str, images.Wanted]]:
        """What has to be on the engine; what it is built from is there until the end of the block.

        Of what a release has, only the gate, which is ours.
        """
        source = self._image_source(listener)
        if release is not None:
            if schema.components and not release.images:
                raise DeployerError(
                    f"{schema.name}: release {release.number} does not know its images, an older Backdraft made it "
                    "(deploy its schema anew instead)"
                )
            yield images.wanted_images(replace(schema, components={}), self._catalogue, directory, source)
            return
        sources = images.git_sources(schema, self._catalogue)
        access = self._git_access(schema.name)
        with images.checked_out(sources, self._owner.home, _progress(listener, begun), access) as checkouts:
            wanted = images.wanted_images(schema, self._catalogue, directory, source, checkouts)
            for sentence in images.commit_sentences(wanted):
                listener(Message(sentence))
            yield wanted

    def _resolved(self, wanted: Mapping[str, images.Wanted], release: Release | None, schema: Schema) -> images.Images:
        present = self._engine.image_ids(images.engine_name(image.reference) for image in wanted.values())
        resolved = images.resolved_images(wanted, present)
        if release is None:
            return resolved
        return {**images.kept_images(self._engine, schema.name, release.number, release.images), **resolved}

    def _desired(self, schema: Schema, resolved: images.Images, observed: ObservedState) -> DesiredState:
        networks = assigned(drawn_networks(schema, self._catalogue), observed, schema.name)
        cpus = self._engine.capacity().cpus
        surroundings = Surroundings(self._vault.versions(schema.name), self._environment, cpus)
        return desired_state(schema, self._catalogue, resolved, networks, surroundings)

    def planned_anew(self, schema: Schema, resolved: images.Images) -> Plan:
        """The plan from what stands now, with the images that the deploy began with. Raises DeployerError."""
        seen = self._engine.observe(schema.name)
        return self._planned(self._desired(schema, resolved, seen), seen)

    def _planned(self, desired: DesiredState, observed: ObservedState) -> Plan:
        last = self._store.last_deploy(desired.project)
        # what a killed deploy was making is listed for a moment without its labels, and what it stopped has its port
        looks = LOOKS if last is not None and last.outcome is None else 1
        while faults := conflicts(desired, observed, self._sees) or self._ports_of_programs(desired, observed):
            if looks == 0:
                raise DeployerError.of(faults)
            looks -= 1
            time.sleep(SETTLING)
            observed = self._engine.observe(desired.project)
        self._owner.require(desired.project, observed)
        self._refuse_too_many_cpus(desired)
        unfinished = bool(observed.containers) if last is None else last.outcome is not ReleaseOutcome.DONE
        return reconcile(desired, observed, unfinished=unfinished)

    def _ports_of_programs(self, desired: DesiredState, observed: ObservedState) -> tuple[Problem, ...]:
        """A problem for each port to be published that a program of this host has; of other hosts nothing is known."""
        own = [port for container in observed.containers for port in container.ports]
        return tuple(
            Problem(
                f"components/{spec.component}/publish",
                f"port {port.host_port} on {port.address} is taken by {_program(port.host_port)}",
                "publish another port, or end that program: `ss -ltnp` tells which it is",
            )
            for spec in desired.containers
            for port in spec.published
            if self._engine.is_local
            and not holds_port(own, port.address, port.host_port)
            and is_taken(port.address, port.host_port)
        )

    def _refuse_too_many_cpus(self, desired: DesiredState) -> None:
        # one core is everywhere, so the engine is not asked for less
        most = max((spec.cpus for spec in desired.containers), default=0.0)
        if most > 1 and (faults := beyond(desired, self._engine.capacity().cpus)):
            raise DeployerError.of(faults)

    def _image_source(self, listener: Listener) -> images.ImageSource:
        setting = os.environ.get("BACKDRAFT_IMAGES") or self._store.setting("images")
        if setting:
            return images.source_of(setting)
        source = images.detected_source(self._engine)
        self._store.put_setting("images", str(source))
        if source.name == "local":
            listener(Message("no image registry answers: images are built here (`backdraft images use` changes that)"))
        return source

    def _refuse_missing_values(self, schema: Schema) -> None:
        """Raise DeployerError with every secret and every variable that is referred to and has no value."""
        known = self._vault.versions(schema.name)
        faults = [
            Problem(f"${{secret.{name}}}", "no such secret", f"`backdraft secrets set {schema.name} {name}`")
            for name in authors_secrets(schema)
            if ("", name) not in known
        ]
        faults += unset_variables(schema, self._environment)
        if faults:
            raise DeployerError.of(faults)


def _progress(listener: Listener, begun: float) -> images.Progress:
    """Tells `listener` what is done for a component before anything of it starts; the first word says what that is."""
    phases = {phase.value: phase for phase in (Phase.FETCHING, Phase.PULLING, Phase.BUILDING)}

    def progress(component: str, text: str) -> None:
        phase = phases.get(text.partition(" ")[0], Phase.PULLING)
        listener(PhaseChanged(component, 0, phase, time.monotonic() - begun, detail=text))

    return progress


def _program(port: int) -> str:
    return f"{holder(port) or 'a program'} of this host"
