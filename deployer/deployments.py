"""The whole life of a project on its engine: plan, deploy, look, read its logs, destroy.

This file tells the story; every sentence of it is a room of its own.
"""

import getpass
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from signal import Signals

from composer.advice import over_commitment
from composer.catalogue import Catalogue, standard
from composer.document import DocumentError, parse
from composer.model import Problem, Schema
from deployer import images, labels
from deployer.addresses import assigned
from deployer.conflicts import Sees, beyond, conflicts, everybody_may_know, whose_port
from deployer.desired import desired_state
from deployer.engines.docker import DockerEngine
from deployer.engines.docker import connect as connect_engine
from deployer.engines.interface import ContainerState, EngineError, LogLine
from deployer.errors import DeployerError
from deployer.events import Listener, Message, Phase, PhaseChanged, Record
from deployer.executor import Reveal, Run, execute
from deployer.failures import Failure, refusals, refused, refused_port, without_repeats
from deployer.git_access import OfProject, of_user
from deployer.host_ports import holder, is_taken
from deployer.lease import Lease
from deployer.locks import one_deploy
from deployer.model import DesiredState, ObservedContainer, ObservedState, Secret
from deployer.networks import drawn_networks
from deployer.observed import data_volumes, holds_port
from deployer.plan import Plan, as_json, summary
from deployer.plan import digest as plan_digest
from deployer.queue import Intent
from deployer.reconcile import destruction, reconcile
from deployer.recovery import as_before, is_committed, recovery, remembered
from deployer.schedule import ScheduledJob, due, jobs_of, scheduled_jobs
from deployer.status import ReplicaStatus, missing_replicas, needs_a_look, position, replica_status, urls
from deployer.stopping import unmoved
from deployer.store import Release, ReleaseOutcome, Store
from deployer.vault import Vault
from deployer.wiring import Surroundings, authors_secrets, unset_variables, wanted_secrets

log = logging.getLogger("backdraft.deploys")
SETTLING = 0.5
"""Seconds between two looks at what stands in the way."""
LOOKS = 10
"""How often to look again where a deploy was killed."""
MORE_TRIES = 5
"""How often a deploy is planned again because others took its addresses between the look and the making."""
ENGINE_AWAY = 60.0
"""Seconds that an engine which does not answer is waited for."""
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


class PlanChangedError(DeployerError):
    """The plan is no longer the one that was approved; `plan` is what would be done now."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("the plan that was approved is no longer the plan (look at it anew):\n" + summary(plan))
        self.plan = plan


@dataclass(frozen=True)
class Order:
    """In whose name something is done, and within which bounds.

    `approved` is the digest of the plan that somebody agreed to (`plan.digest`). `release` is one to go back to: its
    very images run, nothing is built. `source` is the tree of uploaded sources. With a `lease`, the deploy is that
    of its intent: it goes on from where another left it, stops when it is asked to, and writes nothing once it is lost.
    """

    who: str = field(default_factory=lambda: _who())
    why: str = ""
    approved: str = ""
    release: Release | None = None
    source: str = ""
    lease: Lease | None = None

    @property
    def intent(self) -> Intent | None:
        """The intent it carries out, if it does."""
        return self.lease.intent if self.lease else None

    def is_to_stop(self) -> bool:
        """Whether to begin nothing new."""
        return self.lease is not None and self.lease.is_to_stop()

    def require(self) -> None:
        """Raise LeaseLostError where it is no longer ours to carry out."""
        if self.lease is not None:
            self.lease.require()


class Deployer:
    """Deploys projects on one engine."""

    def __init__(
        self,
        engine: DockerEngine,
        store: Store,
        vault: Vault,
        catalogue: Catalogue,
        home: Path,
        environment: Mapping[str, str] = os.environ,
        sees: Sees = everybody_may_know,
        git_access: OfProject = of_user,
    ) -> None:
        """`environment` is what `${env.NAME}` is answered from; `sees` says which projects may be named to whoever is
        told what is wrong, and `git_access` as whom git asks for sources.
        """
        self._git_access = git_access
        self._environment = environment
        self._sees = sees
        self._engine = engine
        self._store = store
        self._vault = vault
        self._catalogue = catalogue
        self._home = home
        self._installation = store.installation()

    def plan(self, schema: Schema, directory: Path, listener: Listener, release: Release | None = None) -> Plan:
        """What a deploy of `schema` would do now; nothing is touched. `directory` is where its sources lie.

        With `release`, what going back to its images would do. Its notes say as well where limits add up to more than
        the engine has. Raises DeployerError where it could not be done.
        """
        with self._wanted(schema, directory, listener, time.monotonic(), release) as wanted:
            observed = self._engine.observe(schema.name)
            plan = self._planned(self._desired(schema, self._resolved(wanted, release, schema), observed), observed)
        advice = over_commitment(schema, self._catalogue, self._engine.capacity())
        return replace(plan, notes=(*plan.notes, *map(str, advice)))

    def deploy(
        self,
        schema: Schema,
        text: str,
        directory: Path,
        listener: Listener,
        why: str = "",
        order: Order | None = None,
    ) -> Outcome:
        """Make `schema`, whose text is `text`, run. A failed deploy goes back to what ran before.

        With an order that names an approved plan, raises PlanChangedError if the plan is no longer that one.
        """
        begun = time.monotonic()
        order = order or Order(why=why)
        with self._alone(schema.name, order, listener):
            if ended := self._ended_before(order, schema.name):
                return ended
            release = self._begun_before(order, schema.name)
            try:
                resolved, commits, seen, desired, plan = self._prepared(
                    schema, directory, listener, begun, order, release or order.release
                )
            except DeployerError as error:
                if release is None or _is_away(error):
                    raise
                return self._given_up(release, error, listener, order)
            before, was_killed, was_committed = self._before(schema.name, seen, order)
            if order.approved and release is None and plan_digest(plan) != order.approved:
                raise PlanChangedError(plan)
            if plan.is_empty and release is None:
                return Outcome(True, plan, seconds=time.monotonic() - begun, urls=urls(desired), commits=commits)
            record = Record(listener)
            if release is None:
                release = self._store.begin(
                    schema.name,
                    text,
                    str(plan),
                    who=order.who,
                    why=order.why,
                    digests={spec.component: spec.image_id for spec in desired.containers},
                    commits=commits,
                    images=resolved,
                    steps=as_json(plan),
                    before=remembered(before),
                    source=order.source,
                    intent=order.intent,
                )
            run = self._executed(plan, record.hear, order)
            for _ in range(MORE_TRIES):
                if not run.wants_new_subnets:
                    break
                record.hear(Message("somebody else took the same addresses this moment: planning again with others"))
                plan = self._planned_anew(schema, resolved)
                run = self._executed(plan, record.hear, order)
            order.require()
            is_committed_now = was_committed or is_committed(plan, run.done)
            if run.interrupted and is_committed_now and order.lease is not None:
                record.hear(Message("too late to go back: everything new is ready, and what is old goes"))
                run = self._executed(self._planned_anew(schema, resolved), record.hear, replace(order, lease=None))
            back = Run()
            if not run.ok and not is_committed_now:
                with unmoved():
                    back = self._go_back(before, schema.name, record.hear, was_killed)
                run.failures += back.failures
            order.require()
            if back.ok:
                # otherwise the release stays without an end, and the next deploy knows what that means
                self._finish(release, run, record, order)
            if run.ok:
                self._keep_images(schema.name)
        seconds = time.monotonic() - begun
        failures = without_repeats(run.failures)
        return Outcome(run.ok, plan, failures, seconds, urls(desired), run.stopped_by, release.number, commits)

    def destroy(
        self,
        project: str,
        listener: Listener,
        *,
        volumes: bool = False,
        of_others: bool = False,
        order: Order | None = None,
    ) -> Outcome:
        """Remove every container and network of `project`; its data and its secrets only with `volumes`.

        Raises DeployerError for what was deployed from another state folder, unless `of_others` says it is meant.
        """
        begun = time.monotonic()
        order = order or Order()
        with self._alone(project, order, listener):
            if ended := self._ended_before(order, project):
                return ended
            end = self._begun_before(order, project)
            record = Record(listener)
            try:
                observed = self._engine.observe(project)
                if not of_others:
                    self._refuse_what_is_others(project, observed)
            except DeployerError as error:
                if end is None or _is_away(error):
                    raise
                order.require()
                failed = Run(failures=list(refusals(error)))
                self._finish(end, failed, record, order)
                return Outcome(False, Plan(project), tuple(failed.failures), release=end.number)
            plan = destruction(project, observed, volumes=volumes)
            if end is None:
                end = self._store.begin(
                    project,
                    "",
                    str(plan),
                    who=order.who,
                    why=order.why or "destroyed",
                    steps=as_json(plan),
                    intent=order.intent,
                )
            run = self._executed(plan, record.hear, order)
            order.require()
            if run.ok:
                run.failures += self._let_go_of_images(project)
            if run.ok and volumes:
                self._vault.forget(project)
            self._finish(end, run, record, order)
        seconds = time.monotonic() - begun
        return Outcome(run.ok, plan, tuple(run.failures), seconds, (), run.stopped_by, end.number)

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
        return data_volumes(self._engine.observe(project))

    def logs(
        self, project: str, component: str | None = None, *, follow: bool, tail: int | None, since: float | None
    ) -> Iterator[LogLine]:
        """The lines of a project or of one component, in the order of their time. Raises DeployerError."""
        yield from self._engine.logs(project, component, follow=follow, tail=tail, since=since)

    def releases(self, project: str) -> tuple[Release, ...]:
        """Every release of `project` that is kept, newest first."""
        return self._store.releases(project)[::-1]

    def roll_back(self, project: str, number: int, listener: Listener, why: str = "") -> Outcome:
        """Make an older release run again, with its very images. Raises DeployerError where that cannot be."""
        release, schema = self._to_go_back_to(project, number)
        order = Order(why=why or f"back to release {number}", release=release, source=release.source)
        return self.deploy(schema, release.schema_text, self._home, listener, order=order)

    def plan_back(self, project: str, number: int, listener: Listener) -> Plan:
        """What `roll_back` would do now; nothing is touched. Raises DeployerError where it could not be done."""
        release, schema = self._to_go_back_to(project, number)
        return self.plan(schema, self._home, listener, release)

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
        """The scheduled jobs of `project`, or of all projects, that are deployed on the engine from this state folder.

        Raises DeployerError where `project` was deployed from another: that one's `backdraft schedule` starts its jobs.
        """
        found: list[ScheduledJob] = []
        for each in (project,) if project else self._engine.projects():
            observed = self._engine.observe(each)
            if project:
                self._refuse_what_is_others(project, observed)
            if not labels.other_installations(observed, self._installation):
                found += scheduled_jobs(observed)
        return tuple(found)

    def start_due_jobs(self, project: str | None, since: datetime, now: datetime) -> tuple[ScheduledJob, ...]:
        """Start every job that fell due after `since` and not after `now`, and tell which; one that runs is let be.

        What another, such as a server of this state folder, has started or is about to start is left to it. One that
        cannot be started has a fault and keeps no other from its start. Raises EngineError before the first.
        """
        jobs = self.scheduled_jobs(project)
        return tuple(self._started(job) for job in self._taken(due(jobs, since, now), since, now))

    def _taken(self, jobs: Iterable[ScheduledJob], since: datetime, now: datetime) -> Iterator[ScheduledJob]:
        """Those of `jobs` that are ours to start."""
        for project, of_project in groupby(jobs, lambda job: job.project):
            begin = self._store.take_turn(jobs_of(project), since.timestamp(), now.timestamp())
            yield from due(of_project, datetime.fromtimestamp(begin, UTC), now)

    def _to_go_back_to(self, project: str, number: int) -> tuple[Release, Schema]:
        release = self._store.release_to_run(project, number)
        try:
            return release, parse(release.schema_text)
        except DocumentError as error:
            raise DeployerError(f"{project}: release {number} cannot be read any more: {error}") from error

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

    def _alone(self, project: str, order: Order, listener: Listener) -> AbstractContextManager[None]:
        has_lease = order.lease is not None
        return one_deploy(self._home, project, _patience(order, listener), has_lease=has_lease)

    def _prepared(
        self,
        schema: Schema,
        directory: Path,
        listener: Listener,
        begun: float,
        order: Order,
        release: Release | None,
    ) -> tuple[images.Images, Mapping[str, str], ObservedState, DesiredState, Plan]:
        """Every image on the engine, and the commits they are from; what stands there, what is wanted, and the plan
        from one to the other.

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
        return resolved, commits, seen, desired, self._planned(desired, seen)

    def _given_up(self, release: Release, error: DeployerError, listener: Listener, order: Order) -> Outcome:
        """Go back from a deploy that another began and that cannot go on, such as for a port taken meanwhile."""
        begun = time.monotonic()
        order.require()
        stopped_by = Signals.SIGINT if isinstance(error, images.FetchStoppedError) else None
        run = Run(failures=[] if stopped_by else list(refusals(error)), stopped_by=stopped_by)
        record = Record(listener)
        seen = self._engine.observe(release.project)
        before, was_killed, was_committed = self._before(release.project, seen, order)
        back = Run() if was_committed else self._go_back(before, release.project, record.hear, was_killed)
        run.failures += back.failures
        order.require()
        if back.ok:
            self._finish(release, run, record, order)
        took = time.monotonic() - begun
        return Outcome(False, Plan(release.project), tuple(run.failures), took, (), stopped_by, release.number)

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
        with images.checked_out(sources, self._home, _progress(listener, begun), access) as checkouts:
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

    def _planned_anew(self, schema: Schema, resolved: images.Images) -> Plan:
        seen = self._engine.observe(schema.name)
        return self._planned(self._desired(schema, resolved, seen), seen)

    def _executed(self, plan: Plan, listener: Listener, order: Order) -> Run:
        reveal = self._revealer(plan.project)
        run = execute(plan, self._engine, reveal, listener, self._installation, order.is_to_stop)
        run.failures = [self._with_the_holder_of_its_port(each, plan.project) for each in run.failures]
        return run

    def _with_the_holder_of_its_port(self, failure: Failure, project: str) -> Failure:
        """A port may be taken between the look and the start; then who has it is what helps."""
        port = refused_port(failure)
        if port is None:
            return failure
        try:
            others = self._engine.observe(project).port_holders
        except EngineError:
            return failure
        holders = [each for each in others if any(f":{port}->" in text for text in each.ports)]
        if holders:
            whose, remedy = whose_port(holders[0], self._sees)
            return replace(failure, remedy=f"{whose} has port {port}; {remedy}")
        name = self._engine.is_local and holder(port)
        return replace(failure, remedy=f"{name} has port {port}; publish another one, or end that") if name else failure

    def _ended_before(self, order: Order, project: str) -> Outcome | None:
        """How the release ended that another began for the same intent, if it did before it died."""
        release = self._begun_before(order, project)
        if release is None or release.outcome is None:
            return None
        is_ok = release.outcome is ReleaseOutcome.DONE
        was_stopped = Signals.SIGINT if release.outcome is ReleaseOutcome.INTERRUPTED else None
        return Outcome(is_ok, Plan(project), release.failures, 0.0, (), was_stopped, release.number)

    def _begun_before(self, order: Order, project: str) -> Release | None:
        number = order.intent.release if order.intent else None
        return None if number is None else self._store.release(project, number)

    def _before(self, project: str, seen: ObservedState, order: Order) -> tuple[ObservedState, bool, bool]:
        """What to go back to; whether a killed deploy left what stands, and that may have run; whether it is this one,
        and had gone past the point from which it can only go on.
        """
        last = self._store.last_deploy(project)
        if last is None or last.outcome is not None:
            return seen, False, False
        if last.before is None:
            return seen, True, False
        known = as_before(seen, last.before)
        if known is None:
            return seen, False, order.intent is not None and order.intent.release == last.number
        return known, False, False

    def _finish(self, release: Release, run: Run, record: Record, order: Order) -> None:
        self._store.finish(
            release.project,
            release.number,
            _outcome(run),
            "\n".join(map(str, run.failures)),
            record.plain(),
            without_repeats(run.failures),
            order.intent,
        )

    def _keep_images(self, project: str) -> None:
        """What was deployed runs; that its images could not be kept is no reason to say it does not."""
        kept = self._store.newest(project, limit=images.KEPT_RELEASES, outcome=ReleaseOutcome.DONE)
        try:
            images.keep_images(self._engine, project, [each.images for each in kept])
        except EngineError as error:
            log.warning("%s: %s", project, error)

    def _let_go_of_images(self, project: str) -> list[Failure]:
        """Nothing holds the images of a project's releases any more; what kept it from that, if anything did."""
        try:
            images.keep_images(self._engine, project, ())
        except EngineError as error:
            return [refused("", 0, f"the images of its releases are still kept: {error}")]
        return []

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
        self._refuse_what_is_others(desired.project, observed)
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

    def _refuse_what_is_others(self, project: str, observed: ObservedState) -> None:
        if labels.other_installations(observed, self._installation):
            raise DeployerError(
                f"{project}: what stands on this engine was deployed from another state folder than {self._home}, "
                f"which has its passwords and its history (set BACKDRAFT_HOME to that folder, give this project "
                f"another name, or end that one: backdraft destroy {project} --of-others)"
            )

    def _go_back(self, before: ObservedState, project: str, listener: Listener, was_killed: bool) -> Run:
        ran = any(container.is_running for container in before.containers)
        self._await_engine(project, listener)
        try:
            plan = recovery(before, self._engine.observe(project), project, was_killed=was_killed)
        except DeployerError as error:
            return Run(failures=[Failure("", 0, f"could not go back to what ran before: {error}")])
        if plan.steps:
            listener(Message("going back to what ran before" if ran else "stopping what does not stay up"))
        return execute(plan, self._engine, self._revealer(project), listener, self._installation)

    def _await_engine(self, project: str, listener: Listener) -> None:
        """Give an engine that does not answer some time to come back: nobody else goes back for us."""
        end = time.monotonic() + ENGINE_AWAY
        is_told = False
        while time.monotonic() < end:
            try:
                self._engine.observe(project)
                return
            except EngineError as error:
                if not error.retry:
                    return
            if not is_told:
                listener(Message(f"the engine does not answer: waiting up to {ENGINE_AWAY:g} s for it, to go back"))
                is_told = True
            time.sleep(1.0)

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


def _patience(order: Order, listener: Listener) -> Callable[[str], bool]:
    """Whether to wait while another process holds the project: a worker does, and says so once."""
    told: list[str] = []

    def waits(holder: str) -> bool:
        if order.lease is None or order.is_to_stop():
            return False
        if not told:
            listener(Message(f"waiting for process {holder}, which is deploying or destroying it"))
            told.append(holder)
        return True

    return waits


def _program(port: int) -> str:
    return f"{holder(port) or 'a program'} of this host"


def _is_away(error: DeployerError) -> bool:
    return isinstance(error, EngineError) and error.retry


def _outcome(run: Run) -> ReleaseOutcome:
    if run.interrupted:
        return ReleaseOutcome.INTERRUPTED
    return ReleaseOutcome.DONE if run.ok else ReleaseOutcome.FAILED


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
