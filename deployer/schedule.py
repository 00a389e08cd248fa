"""When a scheduled job is due: five cron fields, in UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from deployer.labels import COMPONENT, PROJECT, SCHEDULE
from deployer.model import ObservedContainer, ObservedState


@dataclass(frozen=True)
class ScheduledJob:
    """A job of a project with its schedule; `container` is started again each time it is due.

    `fault` says why it could not be started when it was.
    """

    project: str
    component: str
    schedule: str
    container: str
    is_running: bool
    fault: str = ""


def scheduled_jobs(observed: ObservedState) -> tuple[ScheduledJob, ...]:
    """The scheduled jobs that are deployed, by component."""
    found = [_job(container) for container in observed.containers if container.labels.get(SCHEDULE)]
    return tuple(sorted(found, key=lambda job: job.component))


def due(jobs: Iterable[ScheduledJob], since: datetime, now: datetime) -> tuple[ScheduledJob, ...]:
    """The jobs that fell due after `since` and not after `now` (both aware of their zone); each once, however often."""
    return tuple(job for job in jobs if next_time(job.schedule, since) <= now)


def jobs_of(project: str) -> str:
    """The name of the turn (`store.take_turn`) at the jobs of a project: whoever takes it starts them."""
    return f"schedule:{project}"


def next_time(schedule: str, after: datetime) -> datetime:
    """The first time after `after` at which `schedule` falls due. The schedule has been validated."""
    from cronsim import CronSim

    return next(CronSim(schedule, after))


def _job(container: ObservedContainer) -> ScheduledJob:
    labels = container.labels
    return ScheduledJob(labels[PROJECT], labels[COMPONENT], labels[SCHEDULE], container.name, container.is_running)
