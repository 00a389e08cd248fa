"""The whole life of a project on its engine: plan, deploy, look, read its logs, destroy.

This file tells the story; every sentence of it is a room of its own.
"""

import getpass
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from signal import Signals

from composer.catalogue import Catalogue, standard
from composer.document import DocumentError, parse
from composer.model import Problem, Schema
from deployer import images, labels
from deployer.addresses import assigned
from deployer.conflicts import conflicts
from deployer.desired import desired_state
from deployer.engines.docker import DockerEngine
from deployer.engines.docker import connect as connect_engine
from deployer.engines.interface import ContainerState, EngineError, LogLine
from deployer.errors import DeployerError
from deployer.events import Listener, Message, Phase, PhaseChanged
from deployer.executor import Reveal, Run, execute
from deployer.failures import Failure, without_repeats
from deployer.host_ports import is_taken
from deployer.locks import one_deploy
from deployer.model import DesiredState, ObservedContainer, ObservedState, Secret
from deployer.networks import drawn_networks
from deployer.observed import holds_port
from deployer.plan import Plan, summary
from deployer.reconcile import destruction, reconcile
from deployer.recovery import is_committed, recovery
from deployer.schedule import ScheduledJob, due, scheduled_jobs
from deployer.status import ReplicaStatus, missing_replicas, needs_a_look, position, replica_status, urls
from deployer.stopping import unmoved
from deployer.store import Release, ReleaseOutcome, Store
from deployer.vault import Vault
from deployer.wiring import Surroundings, authors_secrets, unset_variables, wanted_secrets

SETTLING = 0.5
MORE_TRIES = 5
"""How often a deploy is planned again because others took its addresses between the look and the making."""
JOB_POLL = 0.2
"""Seconds between two looks at a job that runs."""


@dataclass(frozen=True)
class Outcome:
    """How a deploy or a destruction ended. `seconds` from its begin to its end; `urls` are what was published.

    `stopped_by` is the signal that broke it off, if one did.
    `commits` maps each component that is built from a git repository to its commit there.
    """

    ok: bool
    plan: Plan
    failures: tuple[Failure, ...] = ()
    seconds: float = 0.0
    urls: tuple[str, ...] = ()
    stopped_by: Signals | None = None
    release: int | None = None
    commits: Mapping[str, str] = field(default_factory=dict)


def connect(home: Path) -> "Deployer":
    """The deployer that keeps its state in `home` and uses the engine the environment names.

    Raises DeployerError when no engine answers or the state cannot be used.
    """
    store = Store(home)
    return Deployer(connect_engine(), store, Vault(home, store), standard(), home)


class Deployer:
    """Deploys projects on one engine."""

    def __init__(self, engine: DockerEngine, store: Store, vault: Vault, catalogue: Catalogue, home: Path) -> None:
        self._engine = engine
        self._store = store
        self._vault = vault
        self._catalogue = catalogue
        self._home = home
        self._installation = store.installation()

    def plan(self, schema: Schema, directory: Path, listener: Listener) -> Plan:
        """What a deploy of `schema` would do now; nothing is touched. `directory` is where its sources lie.

        Raises DeployerError where it could not be deployed.
        """
        with self._wanted(schema, directory, listener, time.monotonic()) as wanted:
            observed = self._engine.observe(schema.name)
            return self._planned(self._desired(schema, wanted, observed), observed)

    def deploy(
        self,
        schema: Schema,
        text: str,
        directory: Path,
        listener: Listener,
        why: str = "",
        approved: Plan | None = None,
    ) -> Outcome:
        """Make `schema`, whose text is `text`, run. A failed deploy goes back to what ran before.

        With `approved`, the deploy stops with DeployerError if the plan is no longer that one.
        """
        begun = time.monotonic()
        with one_deploy(self._home, schema.name):
            self._vault.ensure(schema.name, wanted_secrets(schema, self._catalogue))
            self._refuse_missing_values(schema)
            with self._wanted(schema, directory, listener, begun) as wanted:
                self._fetch(wanted, listener, begun)
            commits = images.commits(wanted)
            before = self._engine.observe(schema.name)
            desired = self._desired(schema, wanted, before)
            plan = self._planned(desired, before)
            if approved is not None:
                _refuse_another(plan, approved)
            if plan.is_empty:
                return Outcome(True, plan, seconds=time.monotonic() - begun, urls=urls(desired), commits=commits)
            was_killed = _is_without_end(self._store.last_deploy(schema.name))
            digests = {spec.component: spec.image_id for spec in desired.containers}
            release = self._store.begin(
                schema.name, text, str(plan), who=_who(), why=why, digests=digests, commits=commits
            )
            run = execute(plan, self._engine, self._revealer(schema.name), listener, self._installation)
            for _ in range(MORE_TRIES):
                if not run.wants_new_subnets:
                    break
                listener(Message("somebody else took the same addresses this moment: planning again with others"))
                seen = self._engine.observe(schema.name)
                plan = self._planned(self._desired(schema, wanted, seen), seen)
                run = execute(plan, self._engine, self._revealer(schema.name), listener, self._installation)
            back = Run()
            if not run.ok and not is_committed(plan, run.done):
                with unmoved():
                    back = self._go_back(before, schema.name, listener, was_killed)
                run.failures += back.failures
            if back.ok:
                # otherwise the release stays without an end, and the next deploy knows what that means
                message = "\n".join(map(str, run.failures))
                self._store.finish(schema.name, release.number, _outcome(run), message)
        seconds = time.monotonic() - begun
        failures = without_repeats(run.failures)
        return Outcome(run.ok, plan, failures, seconds, urls(desired), run.stopped_by, release.number, commits)

    def destroy(self, project: str, listener: Listener, *, volumes: bool = False, of_others: bool = False) -> Outcome:
        """Remove every container and network of `project`; its data and its secrets only with `volumes`.

        Raises DeployerError for what was deployed from another state folder, unless `of_others` says it is meant.
        """
        begun = time.monotonic()
        with one_deploy(self._home, project):
            observed = self._engine.observe(project)
            if not of_others:
                self._refuse_what_is_others(project, observed)
            plan = destruction(project, observed, volumes=volumes)
            end = self._store.begin(project, "", str(plan), who=_who(), why="destroyed")
            run = execute(plan, self._engine, self._revealer(project), listener, self._installation)
            self._store.finish(project, end.number, _outcome(run), "\n".join(map(str, run.failures)))
            if run.ok and volumes:
                self._vault.forget(project)
        return Outcome(run.ok, plan, tuple(run.failures), time.monotonic() - begun, (), run.stopped_by)

    def projects(self) -> tuple[str, ...]:
        """The projects that have something on the engine; sorted."""
        return self._engine.projects()

    def status(self, project: str) -> tuple[ReplicaStatus, ...]:
        """Every replica of `project` as it is now, and each that its last good release wants and that is missing."""
        observed = self._engine.observe(project)
        looked_at = self._looked_at(filter(needs_a_look, observed.containers))
        return tuple(sorted((*replica_status(observed, looked_at), *self._missing(project, observed)), key=position))

    def data_volumes(self, project: str) -> tuple[str, ...]:
        """The names of the volumes that hold data of `project`; sorted."""
        observed = self._engine.observe(project)
        return tuple(
            sorted(
                volume.name
                for volume in observed.volumes
                if not volume.labels.get(labels.PURPOSE, "").startswith("files:")
            )
        )

    def logs(
        self, project: str, component: str | None = None, *, follow: bool, tail: int | None, since: float | None
    ) -> Iterator[LogLine]:
        """The lines of a project or of one component, in the order of their time. Raises DeployerError."""
        yield from self._engine.logs(project, component, follow=follow, tail=tail, since=since)

    def run_job(self, project: str, component: str, listener: Listener) -> int:
        """Start a deployed job now and wait for its end: its exit code.

        Raises DeployerError when there is no such job, or when it runs already.
        """
        jobs = [
            container
            for container in self._engine.observe(project).containers
            if container.labels.get(labels.COMPONENT) == component and container.labels.get(labels.RUN) == "job"
        ]
        if not jobs:
            raise DeployerError(f"{project}/{component}: no such job is deployed (`backdraft status {project}` tells)")
        name = jobs[0].name
        if jobs[0].is_running:
            raise DeployerError(f"{project}/{component}: it runs already (wait for its end)")
        begun = time.monotonic()
        self._engine.start(name)
        listener(PhaseChanged(component, 1, Phase.STARTING, 0.0))
        while (state := self._engine.inspect(name)).state == "running":
            time.sleep(JOB_POLL)
        phase = Phase.READY if state.exit_code == 0 else Phase.FAILED
        took = time.monotonic() - begun
        listener(PhaseChanged(component, 1, phase, took, took))
        return state.exit_code

    def scheduled_jobs(self, project: str | None = None) -> tuple[ScheduledJob, ...]:
        """The scheduled jobs of `project`, or of all projects, that are deployed on the engine."""
        projects = (project,) if project else self._engine.projects()
        return tuple(job for each in projects for job in scheduled_jobs(self._engine.observe(each)))

    def start_due_jobs(self, project: str | None, since: datetime, now: datetime) -> tuple[ScheduledJob, ...]:
        """Start every job that fell due after `since` and not after `now`, and tell which; one that runs is let be.

        One that cannot be started has a fault and keeps no other from its start. Raises EngineError before the first.
        """
        return tuple(self._started(job) for job in due(self.scheduled_jobs(project), since, now))

    def _looked_at(self, containers: Iterable[ObservedContainer]) -> Mapping[str, ContainerState]:
        states = {}
        for container in containers:
            with suppress(EngineError):  # it may have gone since it was listed
                states[container.name] = self._engine.inspect(container.name)
        return states

    def _missing(self, project: str, observed: ObservedState) -> tuple[ReplicaStatus, ...]:
        """What the last good release wants and has no container; nothing where another state folder deployed."""
        release = self._store.last(project, ReleaseOutcome.DONE)
        if release is None or release.is_end or labels.other_installations(observed, self._installation):
            return ()
        try:
            schema = parse(release.schema_text)
        except DocumentError:  # a later Backdraft may be stricter than the one that deployed it
            return ()
        return missing_replicas(schema, self._catalogue, observed, release.number)

    def _started(self, job: ScheduledJob) -> ScheduledJob:
        if job.is_running:
            return job
        try:
            self._engine.start(job.container)
        except EngineError as error:
            return replace(job, fault=str(error))
        return job

    def _desired(self, schema: Schema, wanted: Mapping[str, images.Wanted], observed: ObservedState) -> DesiredState:
        networks = assigned(drawn_networks(schema, self._catalogue), observed, schema.name)
        present = self._engine.image_ids(images.engine_name(image.reference) for image in wanted.values())
        resolved = images.resolved_images(wanted, present)
        surroundings = Surroundings(self._vault.versions(schema.name), os.environ)
        return desired_state(schema, self._catalogue, resolved, networks, surroundings)

    def _planned(self, desired: DesiredState, observed: ObservedState) -> Plan:
        if conflicts(desired, observed):
            # what a killed deploy was making is listed for a moment without its labels
            time.sleep(SETTLING)
            observed = self._engine.observe(desired.project)
        if faults := conflicts(desired, observed) or self._ports_of_programs(desired, observed):
            raise DeployerError.of(faults)
        self._refuse_what_is_others(desired.project, observed)
        last = self._store.last_deploy(desired.project)
        unfinished = bool(observed.containers) if last is None else last.outcome is not ReleaseOutcome.DONE
        return reconcile(desired, observed, unfinished=unfinished)

    def _ports_of_programs(self, desired: DesiredState, observed: ObservedState) -> tuple[Problem, ...]:
        """A problem for each port to be published that a program of this host has; of other hosts nothing is known."""
        own = [port for container in observed.containers for port in container.ports]
        return tuple(
            Problem(
                f"components/{spec.component}/publish",
                f"port {port.host_port} on {port.address} is taken by a program of this host",
                "publish another port, or end that program: `ss -ltnp` tells which it is",
            )
            for spec in desired.containers
            for port in spec.published
            if self._engine.is_local
            and not holds_port(own, port.address, port.host_port)
            and is_taken(port.address, port.host_port)
        )

    def _refuse_what_is_others(self, project: str, observed: ObservedState) -> None:
        if labels.other_installations(observed, self._installation):
            raise DeployerError(
                f"{project}: what stands on this engine was deployed from another state folder than {self._home}, "
                f"which has its passwords and its history (set BACKDRAFT_HOME to that folder, give this project "
                f"another name, or end that one: backdraft destroy {project} --of-others)"
            )

    @contextmanager
    def _wanted(
        self, schema: Schema, directory: Path, listener: Listener, begun: float
    ) -> Iterator[Mapping[str, images.Wanted]]:
        """The image each component wants; what they are built from is there until the end of the block."""
        source = self._image_source(listener)
        sources = images.git_sources(schema, self._catalogue)
        with images.checked_out(sources, self._home, _progress(listener, begun)) as checkouts:
            wanted = images.wanted_images(schema, self._catalogue, directory, source, checkouts)
            for sentence in images.commit_sentences(wanted):
                listener(Message(sentence))
            yield wanted

    def _fetch(self, wanted: Mapping[str, images.Wanted], listener: Listener, begun: float) -> None:
        images.fetch_missing(wanted, self._engine, _progress(listener, begun))

    def _go_back(self, before: ObservedState, project: str, listener: Listener, was_killed: bool) -> Run:
        ran = any(container.is_running for container in before.containers)
        try:
            plan = recovery(before, self._engine.observe(project), project, was_killed=was_killed)
        except DeployerError as error:
            return Run(failures=[Failure("", 0, f"could not go back to what ran before: {error}")])
        if plan.steps:
            listener(Message("going back to what ran before" if ran else "stopping what does not stay up"))
        return execute(plan, self._engine, self._revealer(project), listener, self._installation)

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
        faults += unset_variables(schema, os.environ)
        if faults:
            raise DeployerError.of(faults)

    def _revealer(self, project: str) -> Reveal:
        def reveal(secret: Secret) -> str:
            return self._vault.value(project, secret.owner, secret.name)

        return reveal


def _progress(listener: Listener, begun: float) -> images.Progress:
    """Tells `listener` what is done for a component before anything of it starts; the first word says what that is."""
    phases = {phase.value: phase for phase in (Phase.FETCHING, Phase.PULLING, Phase.BUILDING)}

    def progress(component: str, text: str) -> None:
        phase = phases.get(text.partition(" ")[0], Phase.PULLING)
        listener(PhaseChanged(component, 0, phase, time.monotonic() - begun, detail=text))

    return progress


def _refuse_another(plan: Plan, approved: Plan) -> None:
    """Raise DeployerError, saying what moved, unless `plan` does what was approved."""
    before, now = set(summary(approved).splitlines()), set(summary(plan).splitlines())
    if before != now:
        moved = [f"  no longer: {line}" for line in sorted(before - now)] + [
            f"  new: {line}" for line in sorted(now - before)
        ]
        raise DeployerError("\n".join(["the plan that was approved is no longer the plan (look at it anew):", *moved]))


def _is_without_end(release: Release | None) -> bool:
    return release is not None and release.outcome is None


def _outcome(run: Run) -> ReleaseOutcome:
    if run.interrupted:
        return ReleaseOutcome.INTERRUPTED
    return ReleaseOutcome.DONE if run.ok else ReleaseOutcome.FAILED


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
