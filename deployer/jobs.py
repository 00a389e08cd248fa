"""Jobs that are deployed: started by hand, and when they fall due."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

from deployer import labels
from deployer.engines.docker import DockerEngine
from deployer.engines.interface import EngineError
from deployer.errors import DeployerError
from deployer.events import Listener, Phase, PhaseChanged
from deployer.ownership import Owner
from deployer.schedule import ScheduledJob, due, jobs_of, scheduled_jobs
from deployer.store import Store

POLL = 0.2
"""Seconds between two looks at a job that runs."""


class Jobs:
    """The jobs on one engine that were deployed from one state folder."""

    def __init__(self, engine: DockerEngine, store: Store, owner: Owner) -> None:
        self._engine = engine
        self._store = store
        self._owner = owner

    def run(self, project: str, component: str, listener: Listener) -> int:
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
            time.sleep(POLL)
        phase = Phase.READY if state.exit_code == 0 else Phase.FAILED
        took = time.monotonic() - begun
        listener(PhaseChanged(component, 1, phase, took, took))
        return state.exit_code

    def scheduled(self, project: str | None = None) -> tuple[ScheduledJob, ...]:
        """The scheduled jobs of `project`, or of all projects, that are deployed on the engine from this state folder.

        Raises DeployerError where `project` was deployed from another: that one's `backdraft schedule` starts its jobs.
        """
        found: list[ScheduledJob] = []
        for each in (project,) if project else self._engine.projects():
            observed = self._engine.observe(each)
            if project:
                self._owner.require(project, observed)
            if self._owner.owns(observed):
                found += scheduled_jobs(observed)
        return tuple(found)

    def start_due(self, project: str | None, since: datetime, now: datetime) -> tuple[ScheduledJob, ...]:
        """Start every job that fell due after `since` and not after `now`, and tell which; one that runs is let be.

        What another, such as a server of this state folder, has started or is about to start is left to it. One that
        cannot be started has a fault and keeps no other from its start. Raises EngineError before the first.
        """
        jobs = self.scheduled(project)
        return tuple(self._started(job) for job in self._taken(due(jobs, since, now), since, now))

    def _taken(self, jobs: Iterable[ScheduledJob], since: datetime, now: datetime) -> Iterator[ScheduledJob]:
        """Those of `jobs` that are ours to start."""
        for project, of_project in groupby(jobs, lambda job: job.project):
            begin = self._store.take_turn(jobs_of(project), since.timestamp(), now.timestamp())
            yield from due(of_project, datetime.fromtimestamp(begin, UTC), now)

    def _started(self, job: ScheduledJob) -> ScheduledJob:
        if job.is_running:
            return job
        try:
            self._engine.start(job.container)
        except EngineError as error:
            return replace(job, fault=str(error))
        return job
