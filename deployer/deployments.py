"""The life of a project on its engine: deploy, go back, destroy, look, read its logs.

This file tells the story; every sentence of it is a room of its own.
"""

import logging
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from pathlib import Path
from signal import Signals

from composer.catalogue import Catalogue, standard
from composer.document import DocumentError, parse
from composer.model import Schema
from deployer import images
from deployer.conflicts import Sees, everybody_may_know, whose_port
from deployer.engines.docker import DockerEngine
from deployer.engines.docker import connect as connect_engine
from deployer.engines.interface import ContainerState, EngineError, LogLine
from deployer.errors import DeployerError
from deployer.events import Listener, Message, Record
from deployer.executor import Reveal, Run, execute
from deployer.failures import Failure, refusals, refused, refused_port, without_repeats
from deployer.git_access import OfProject, of_user
from deployer.host_ports import holder
from deployer.jobs import Jobs
from deployer.locks import one_deploy
from deployer.model import ObservedContainer, ObservedState, Secret
from deployer.observed import data_volumes
from deployer.orders import Order, Outcome, PlanChangedError, patience
from deployer.ownership import Owner
from deployer.plan import Plan, as_json
from deployer.plan import digest as plan_digest
from deployer.planning import Planner
from deployer.reconcile import destruction
from deployer.recovery import as_before, is_committed, recovery, remembered
from deployer.status import ReplicaStatus, missing_replicas, needs_a_look, position, replica_status, urls
from deployer.stopping import unmoved
from deployer.store import Release, ReleaseOutcome, Store
from deployer.vault import Vault

log = logging.getLogger("backdraft.deploys")
MORE_TRIES = 5
"""How often a deploy is planned again because others took its addresses between the look and the making."""
ENGINE_AWAY = 60.0
"""Seconds that an engine which does not answer is waited for."""


def connect(home: Path) -> "Deployer":
    """The deployer that keeps its state in `home` and uses the engine the environment names.

    Raises DeployerError when no engine answers or the state cannot be used.
    """
    store = Store(home)
    return Deployer(connect_engine(), store, Vault(home, store), standard(), home)


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
        owner = Owner(store.installation(), home)
        self._engine = engine
        self._store = store
        self._vault = vault
        self._catalogue = catalogue
        self._owner = owner
        self._sees = sees
        self._planner = Planner(engine, store, vault, catalogue, owner, environment, sees, git_access)
        self.jobs = Jobs(engine, store, owner)

    def plan(self, schema: Schema, directory: Path, listener: Listener, release: Release | None = None) -> Plan:
        """What a deploy of `schema` would do now; nothing is touched. `directory` is where its sources lie.

        With `release`, what going back to its images would do. Its notes say as well where limits add up to more than
        the engine has. Raises DeployerError where it could not be done.
        """
        return self._planner.preview(schema, directory, listener, release)

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
                prepared = self._planner.prepared(schema, directory, listener, begun, order, release or order.release)
            except DeployerError as error:
                if release is None or _is_away(error):
                    raise
                return self._given_up(release, error, listener, order)
            plan, desired, commits = prepared.plan, prepared.desired, prepared.commits
            before, was_killed, was_committed = self._before(schema.name, prepared.seen, order)
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
                    images=prepared.images,
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
                plan = self._planner.planned_anew(schema, prepared.images)
                run = self._executed(plan, record.hear, order)
            order.require()
            is_committed_now = was_committed or is_committed(plan, run.done)
            if run.interrupted and is_committed_now and order.lease is not None:
                record.hear(Message("too late to go back: everything new is ready, and what is old goes"))
                run = self._executed(
                    self._planner.planned_anew(schema, prepared.images), record.hear, replace(order, lease=None)
                )
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
                    self._owner.require(project, observed)
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
        return self.deploy(schema, release.schema_text, self._owner.home, listener, order=order)

    def plan_back(self, project: str, number: int, listener: Listener) -> Plan:
        """What `roll_back` would do now; nothing is touched. Raises DeployerError where it could not be done."""
        release, schema = self._to_go_back_to(project, number)
        return self.plan(schema, self._owner.home, listener, release)

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
        if release is None or release.is_end or not self._owner.owns(observed):
            return ()
        try:
            schema = parse(release.schema_text)
        except DocumentError:  # a later Backdraft may be stricter than the one that deployed it
            return ()
        return missing_replicas(schema, self._catalogue, observed, release.number)

    def _alone(self, project: str, order: Order, listener: Listener) -> AbstractContextManager[None]:
        has_lease = order.lease is not None
        return one_deploy(self._owner.home, project, patience(order, listener), has_lease=has_lease)

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

    def _executed(self, plan: Plan, listener: Listener, order: Order) -> Run:
        reveal = self._revealer(plan.project)
        run = execute(plan, self._engine, reveal, listener, self._owner.installation, order.is_to_stop)
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

    def _go_back(self, before: ObservedState, project: str, listener: Listener, was_killed: bool) -> Run:
        ran = any(container.is_running for container in before.containers)
        self._await_engine(project, listener)
        try:
            plan = recovery(before, self._engine.observe(project), project, was_killed=was_killed)
        except DeployerError as error:
            return Run(failures=[Failure("", 0, f"could not go back to what ran before: {error}")])
        if plan.steps:
            listener(Message("going back to what ran before" if ran else "stopping what does not stay up"))
        return execute(plan, self._engine, self._revealer(project), listener, self._owner.installation)

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

    def _revealer(self, project: str) -> Reveal:
        def reveal(secret: Secret) -> str:
            return self._vault.value(project, secret.owner, secret.name)

        return reveal


def _is_away(error: DeployerError) -> bool:
    return isinstance(error, EngineError) and error.retry


def _outcome(run: Run) -> ReleaseOutcome:
    if run.interrupted:
        return ReleaseOutcome.INTERRUPTED
    return ReleaseOutcome.DONE if run.ok else ReleaseOutcome.FAILED
