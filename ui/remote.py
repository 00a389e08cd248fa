"""Deploying through a server: the same verbs, asked over its API and told from its stream of events."""

import json
import queue
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from composer.catalogue import standard
from composer.drawing import ports
from composer.model import Schema
from deployer.engines.interface import LogLine
from deployer.errors import DeployerError
from deployer.events import Event, Listener, Message, Phase, PhaseChanged, StepDone
from deployer.failures import Failure
from deployer.status import ReplicaStatus, shown_address
from deployer.wiring import SecretName
from ui.client import Client, ClientError, NotFoundError, ProblemError, UnreachableError
from ui.client import streaming as told
from ui.client.deploys import Deploy, Plan
from ui.client.values import value
from ui.deploying import ToldOutcome, ToldPlan, ToldRelease
from ui.target import SchemaFile

LOOK_EVERY = 2.0
"""Seconds without an event after which the deploy itself is looked at, should the stream have ended."""
PATIENCE = 120.0
"""Seconds for which a server that went away is waited for."""
MOST_LINES = 10_000
LISTED = 50
"""How many deploys are listed, the newest."""
SERVING = ("start", "readiness", "owner of volume", "files", "attachment", "stop")
"""The nouns of steps that follow from others, which a summary leaves out."""
_STEP = re.compile(r"#[0-9]+ (?P<what>[-+~?] (?P<noun>[a-z ]+?) \S+) \((?P<cause>.*)\)(?: after [#0-9, ]+)?")


class Remote:
    """See `Deploying`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def plan(self, read: SchemaFile, listener: Listener) -> ToldPlan:
        """See `Deploying.plan`. Sources are sent, so that their images are known; the drawing stays as it is."""
        try:
            source = self._sent_sources(read)
            plan = self._client.deploys.plan(read.schema.name, text=read.text, source=source)
        except NotFoundError as error:
            raise DeployerError(
                f"{read.schema.name}: the server has no project of that name "
                f"(`backdraft deploy` makes it, and makes what is drawn run)"
            ) from error
        return _told(plan)

    def deploy(self, read: SchemaFile, listener: Listener, why: str) -> ToldOutcome:
        """See `Deploying.deploy`. The file becomes the newest version of the drawing, or a new project."""
        name = read.schema.name
        version = self._drawn(read, listener)
        source = self._sent_sources(read)
        notes: tuple[str, ...] = ()
        with suppress(ProblemError):  # what keeps it from being planned keeps it from being deployed, and is told then
            notes = self._client.deploys.plan(name, version=version, source=source).notes
        ended = self._followed(
            lambda: self._client.deploys.deploy(name, version=version, source=source, why=why), listener
        )
        return self._outcome(ended, notes, urls(read.schema, self._client.url))

    def destroy(
        self, project: str, listener: Listener, *, volumes: bool = False, of_others: bool = False
    ) -> ToldOutcome:
        """See `Deploying.destroy`. A project of which no data is left is gone from the server as well."""
        if of_others:
            raise DeployerError(f"{project}: --of-others is for the engine of this machine (leave out the server)")
        confirm = project if volumes else ""
        return self._outcome(self._followed(lambda: self._client.deploys.destroy(project, confirm=confirm), listener))

    def roll_back(self, project: str, release: int, listener: Listener, why: str) -> ToldOutcome:
        """See `Deploying.roll_back`."""
        ended = self._followed(lambda: self._client.deploys.roll_back(project, release, why=why), listener)
        return self._outcome(ended)

    def plan_back(self, project: str, release: int, listener: Listener) -> ToldPlan:
        """See `Deploying.plan_back`."""
        return _told(self._client.deploys.plan_back(project, release))

    def queued(self, project: str) -> tuple[Deploy, ...]:
        """What waits or runs at the server for a project, and what was done last; newest first."""
        return tuple(islice(self._client.deploys.deploys(project), LISTED))

    def watch(self, project: str, number: int | None, listener: Listener) -> ToldOutcome:
        """Tell what happens with a deploy until its end; unless one is named, the one that runs, or waits first."""
        deploy = self._unfinished(project) if number is None else self._client.deploys.show(project, number)
        return self._outcome(self._followed(lambda: deploy, listener))

    def cancel(self, project: str, number: int | None) -> Deploy:
        """End a deploy that waits, or have one that runs go back; unless one is named, the one that runs or waits."""
        found = self._unfinished(project).id if number is None else number
        return self._client.deploys.cancel(project, found)

    def _unfinished(self, project: str) -> Deploy:
        unfinished = [each for each in self.queued(project) if not each.is_over]
        if not unfinished:
            raise DeployerError(
                f"{project}: nothing waits or runs there (`backdraft deploys list {project}` tells what was done)"
            )
        return unfinished[-1]

    def releases(self, project: str) -> tuple[ToldRelease, ...]:
        """See `Deploying.releases`."""
        return tuple(
            ToldRelease(each.number, each.who, each.why, each.began, each.outcome or "", each.is_end)
            for each in self._client.deploys.releases(project)
        )

    def projects(self) -> tuple[str, ...]:
        """See `Deploying.projects`: those that the key may see."""
        return tuple(each.name for each in self._client.drawings.projects())

    def status(self, project: str) -> tuple[ReplicaStatus, ...]:
        """See `Deploying.status`."""
        try:
            found = self._client.running.status(project)
        except NotFoundError:
            return ()
        return tuple(value(ReplicaStatus, each) for each in found.replicas)

    def data_volumes(self, project: str) -> tuple[str, ...]:
        """See `Deploying.data_volumes`."""
        try:
            return self._client.running.volumes(project)
        except NotFoundError:
            return ()

    def logs(
        self, project: str, component: str | None, *, follow: bool, tail: int | None, since: float | None
    ) -> Iterator[LogLine]:
        """See `Deploying.logs`; the server tells at most MOST_LINES of each replica."""
        most = MOST_LINES if tail is None else min(tail, MOST_LINES)
        for line in self._client.running.logs(project, component, tail=most, since=since, follow=follow):
            yield LogLine(line.component, line.replica, line.stream, line.time, line.text)

    def run_job(self, project: str, component: str, listener: Listener) -> int:
        """See `Deploying.run_job`."""
        begun = time.monotonic()
        listener(PhaseChanged(component, 1, Phase.STARTING, 0.0))
        for each in self._client.running.run(project, component):
            if each.fault:
                raise DeployerError(f"{project}/{component}: {each.fault}")
            if each.exit_code is not None:
                took = time.monotonic() - begun
                phase = Phase.READY if each.exit_code == 0 else Phase.FAILED
                listener(PhaseChanged(component, 1, phase, took, took))
                return each.exit_code
        raise DeployerError(f"{project}/{component}: the server did not say how it ended (see its logs)")

    def _drawn(self, read: SchemaFile, listener: Listener) -> int:
        """The version of the drawing on the server that the file is now."""
        drawings = self._client.drawings
        try:
            newest = drawings.schema(read.schema.name)
        except NotFoundError:
            return drawings.make(read.schema.name, read.text).version
        saved = drawings.save(read.schema.name, read.text, newest.version)
        if saved.version != newest.version:
            was = f"version {newest.version}, which {newest.who} saved"
            listener(Message(f"the drawing on the server is version {saved.version} now; it was {was}"))
        return saved.version

    def _sent_sources(self, read: SchemaFile) -> str:
        from deployer.builds.context import sources_archive

        needed = [
            each.source.directory for each in read.schema.components.values() if each.source and not each.source.git
        ]
        if not needed:
            return ""
        with sources_archive(read.directory, needed) as archive:
            return self._client.deploys.send_sources(read.schema.name, archive)

    def _followed(self, begin: Callable[[], Deploy], listener: Listener) -> tuple[Deploy, float, tuple[str, ...]]:
        """Queue something and tell what happens until its end: how it ended, after how long, and the steps done."""
        begun = time.monotonic()
        following = _Following(self._client)
        deploy: Deploy | None = None
        steps: list[str] = []

        def hear(event: Event) -> None:
            if isinstance(event, StepDone):
                steps.append(event.text)
            listener(event)

        try:
            deploy = begin()
            ended = following.until_end(deploy, hear)
            return ended, time.monotonic() - begun, tuple(steps)
        except KeyboardInterrupt as stop:
            raise type(stop)(_goes_on(deploy)) from None
        finally:
            following.close()

    def _outcome(
        self,
        followed: tuple[Deploy, float, tuple[str, ...]],
        notes: tuple[str, ...] = (),
        answers_at: tuple[str, ...] = (),
    ) -> ToldOutcome:
        ended, seconds, steps = followed
        plan = ToldPlan(ended.project, _summary(steps), steps, notes)
        failures = tuple(value(Failure, each) for each in ended.failures)
        stopped = signal.SIGINT if ended.state in ("cancelled", "interrupted", "replaced") else None
        if ended.state == "replaced":
            failures = (Failure("", 0, "another deploy took its place before it began"),)
        is_ok = ended.state == "done"
        return ToldOutcome(is_ok, plan, failures, seconds, answers_at if is_ok else (), stopped, ended.release)


class RemoteSecrets:
    """See `SecretKeeping`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def versions(self, project: str) -> Mapping[SecretName, int]:
        """See `SecretKeeping.versions`."""
        return {(each.component, each.name): each.version for each in self._client.secrets.names(project)}

    def put(self, project: str, name: str, value: str) -> None:
        """See `SecretKeeping.put`."""
        self._client.secrets.put(project, name, value)

    def remove(self, project: str, name: str) -> bool:
        """See `SecretKeeping.remove`."""
        try:
            self._client.secrets.forget(project, name)
        except NotFoundError:
            return False
        return True


class _Following:
    """The stream of events, read by a thread of its own, so that a deploy is also looked at where nothing comes."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._arrived: queue.SimpleQueue[told.Event | None] = queue.SimpleQueue()
        self._stream: told.Stream | None = None
        with suppress(ClientError):  # without it, looks have to do
            self._stream = client.events()
            threading.Thread(target=self._read, args=(self._stream,), name="events", daemon=True).start()

    def until_end(self, deploy: Deploy, listener: Listener) -> Deploy:
        while True:
            try:
                event = self._arrived.get(timeout=LOOK_EVERY)
            except queue.Empty:
                event = None
            if event is None or event.is_resync:
                found = self._look(deploy, listener)
                if found.is_over:
                    return found
                continue
            content = dict(event.content or {})
            if content.pop("deploy", None) != deploy.id or event.project != deploy.project:
                continue
            if event.kind == "deploy.ended":
                return replace(self._look(deploy, listener), state=content["state"])
            if (heard := _event(event.kind, content)) is not None:
                listener(heard)

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def _look(self, deploy: Deploy, listener: Listener) -> Deploy:
        """The deploy as it is; a server that is away is waited for, since it goes on with it when it is back."""
        end, is_told = time.monotonic() + PATIENCE, False
        while True:
            try:
                return self._client.deploys.show(deploy.project, deploy.id)
            except NotFoundError:
                if deploy.action != "destroy":
                    raise
                return replace(deploy, state="done")  # the project is gone, and with it the record of its end
            except UnreachableError:
                if time.monotonic() >= end:
                    raise
                if not is_told:
                    listener(Message("the server does not answer: waiting for it"))
                is_told = True
                time.sleep(LOOK_EVERY)

    def _read(self, stream: told.Stream) -> None:
        with suppress(ClientError):
            for event in stream:
                self._arrived.put(event)


def _goes_on(deploy: Deploy | None) -> str:
    """What becomes of a deploy that nobody watches any more."""
    if deploy is None:
        return "stopped before the server said that it has it; `backdraft deploys list NAME` tells what it has"
    name, number = deploy.project, deploy.id
    return (
        f"{name}: {deploy.action} {number} goes on at the server; watch it: `backdraft deploys watch {name} {number}`, "
        f"or end it: `backdraft deploys cancel {name} {number}`"
    )


def _told(plan: Plan) -> ToldPlan:
    steps = list(plan.steps)
    content = {"project": plan.project, "notes": list(plan.notes), "steps": steps}
    return ToldPlan(
        plan.project,
        "\n".join(plan.summary),
        tuple(step["text"] for step in steps),
        plan.notes,
        json.dumps(content, indent=2),
    )


def urls(schema: Schema, server: str) -> tuple[str, ...]:
    """Where what is published answers; what stands for every address is the server's."""
    catalogue, host = standard(), urlsplit(server).hostname or ""
    found = []
    for _, component in sorted(schema.components.items()):
        known = ports(component, catalogue[component.kind])
        for port, publication in sorted(component.publish.items()):
            scheme = "http://" if known[port].protocol == "http" else ""
            found.append(f"{scheme}{shown_address(publication.address, host)}:{publication.number}")
    return tuple(found)


def _event(kind: str, content: Mapping[str, Any]) -> Event | None:
    if kind == "deploy.phase":
        return value(PhaseChanged, {**content, "phase": Phase(content["phase"])})
    if kind == "deploy.step":
        return value(StepDone, content)
    return value(Message, content) if kind == "deploy.message" else None


def _summary(steps: tuple[str, ...]) -> str:
    found = [match for step in steps if (match := _STEP.fullmatch(step))]
    return "\n".join(f"{each['what']}: {each['cause']}" for each in found if each["noun"] not in SERVING)
