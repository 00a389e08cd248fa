"""Deploying on the engine of this machine, without a server."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ui.deploying import ToldOutcome, ToldPlan, ToldRelease

if TYPE_CHECKING:
    from deployer.deployments import Deployer
    from deployer.engines.interface import LogLine
    from deployer.events import Listener
    from deployer.orders import Outcome
    from deployer.plan import Plan
    from deployer.status import ReplicaStatus
    from ui.target import SchemaFile


class Local:
    """See `Deploying`."""

    def __init__(self, deployer: "Deployer") -> None:
        self._deployer = deployer

    def plan(self, read: "SchemaFile", listener: "Listener") -> ToldPlan:
        """See `Deploying.plan`."""
        return _told(self._deployer.plan(read.schema, read.directory, listener))

    def deploy(self, read: "SchemaFile", listener: "Listener", why: str) -> ToldOutcome:
        """See `Deploying.deploy`."""
        return _outcome(self._deployer.deploy(read.schema, read.text, read.directory, listener, why))

    def destroy(
        self, project: str, listener: "Listener", *, volumes: bool = False, of_others: bool = False
    ) -> ToldOutcome:
        """See `Deploying.destroy`."""
        return _outcome(self._deployer.destroy(project, listener, volumes=volumes, of_others=of_others))

    def roll_back(self, project: str, release: int, listener: "Listener", why: str) -> ToldOutcome:
        """See `Deploying.roll_back`."""
        return _outcome(self._deployer.roll_back(project, release, listener, why))

    def plan_back(self, project: str, release: int, listener: "Listener") -> ToldPlan:
        """See `Deploying.plan_back`."""
        return _told(self._deployer.plan_back(project, release, listener))

    def releases(self, project: str) -> tuple[ToldRelease, ...]:
        """See `Deploying.releases`."""
        return tuple(
            ToldRelease(
                each.number, each.who, each.why, each.began, each.outcome.value if each.outcome else "", each.is_end
            )
            for each in self._deployer.releases(project)
        )

    def projects(self) -> tuple[str, ...]:
        """See `Deploying.projects`: those that have something on the engine."""
        return self._deployer.projects()

    def status(self, project: str) -> "tuple[ReplicaStatus, ...]":
        """See `Deploying.status`."""
        return self._deployer.status(project)

    def data_volumes(self, project: str) -> tuple[str, ...]:
        """See `Deploying.data_volumes`."""
        return self._deployer.data_volumes(project)

    def logs(
        self, project: str, component: str | None, *, follow: bool, tail: int | None, since: float | None
    ) -> "Iterator[LogLine]":
        """See `Deploying.logs`."""
        return self._deployer.logs(project, component, follow=follow, tail=tail, since=since)

    def run_job(self, project: str, component: str, listener: "Listener") -> int:
        """See `Deploying.run_job`."""
        return self._deployer.jobs.run(project, component, listener)


def _told(plan: "Plan") -> ToldPlan:
    from deployer import plan as plans

    return ToldPlan(plan.project, plans.summary(plan), tuple(map(str, plan.steps)), plan.notes, plans.as_json(plan))


def _outcome(outcome: "Outcome") -> ToldOutcome:
    return ToldOutcome(
        outcome.ok,
        _told(outcome.plan),
        outcome.failures,
        outcome.seconds,
        outcome.urls,
        outcome.stopped_by,
        outcome.release,
        outcome.commits,
    )
