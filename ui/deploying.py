"""What a verb needs of whoever deploys: the engine of this machine, or a server. Both tell the same."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from signal import Signals
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from deployer.engines.interface import LogLine
    from deployer.events import Listener
    from deployer.failures import Failure
    from deployer.status import ReplicaStatus
    from deployer.wiring import SecretName
    from ui.target import SchemaFile


@dataclass(frozen=True)
class ToldPlan:
    """A plan as people and programs are told of it. `summary` has a line for each thing made, changed or removed."""

    project: str
    summary: str = ""
    steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    json: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be done."""
        return not self.steps


@dataclass(frozen=True)
class ToldOutcome:
    """How a deploy, a way back or a destruction ended. `seconds` from its begin to its end.

    `stopped_by` is the signal that broke it off, if one did; `commits` maps components to commits of git repositories.
    """

    ok: bool
    plan: ToldPlan
    failures: "tuple[Failure, ...]" = ()
    seconds: float = 0.0
    urls: tuple[str, ...] = ()
    stopped_by: Signals | None = None
    release: int | None = None
    commits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ToldRelease:
    """A release as people are told of it. `outcome` is empty while it runs, and once it was given up.

    `is_end`: it is a destruction of the project.
    """

    number: int
    who: str
    why: str
    began: float
    outcome: str = ""
    is_end: bool = False


def previous_good(releases: Iterable[ToldRelease]) -> ToldRelease | None:
    """The one to go back to where none is named: of those that went well, the newest before the one that runs.

    Where the project was destroyed since, that is the one that ran then.
    """
    well = [each for each in sorted(releases, key=lambda each: -each.number) if each.outcome == "done"]
    return next((each for each in well[1:] if not each.is_end), None)


class Deploying(Protocol):
    """Deploys projects. Every method raises DeployerError or ClientError where it cannot be done."""

    def plan(self, read: "SchemaFile", listener: "Listener") -> ToldPlan:
        """What a deploy would do; nothing is touched."""

    def deploy(self, read: "SchemaFile", listener: "Listener", why: str) -> ToldOutcome:
        """Make what is drawn run; goes back to what ran before where that fails, or is stopped with Ctrl-C.

        One that a server has goes on; Ctrl-C raises KeyboardInterrupt then, which says so.
        """

    def destroy(
        self, project: str, listener: "Listener", *, volumes: bool = False, of_others: bool = False
    ) -> ToldOutcome:
        """Remove what runs of a project; its data only with `volumes`."""

    def roll_back(self, project: str, release: int, listener: "Listener", why: str) -> ToldOutcome:
        """Make an older release run again."""

    def plan_back(self, project: str, release: int, listener: "Listener") -> ToldPlan:
        """What going back to a release would do; nothing is touched."""

    def releases(self, project: str) -> tuple[ToldRelease, ...]:
        """The releases of a project, newest first."""

    def projects(self) -> tuple[str, ...]:
        """The projects there are, sorted."""

    def status(self, project: str) -> "tuple[ReplicaStatus, ...]":
        """Every replica; nothing of a project that there is not."""

    def data_volumes(self, project: str) -> tuple[str, ...]:
        """The names of the volumes that hold its data."""

    def logs(
        self, project: str, component: str | None, *, follow: bool, tail: int | None, since: float | None
    ) -> "Iterator[LogLine]":
        """The lines of a project or of one component."""

    def run_job(self, project: str, component: str, listener: "Listener") -> int:
        """Start a job now and wait for its end: its exit code."""


class SecretKeeping(Protocol):
    """Keeps the secrets of projects; none of them ever comes back."""

    def versions(self, project: str) -> "Mapping[SecretName, int]":
        """The version of every secret by (component, name); the component is empty for the project's own."""

    def put(self, project: str, name: str, value: str) -> None:
        """Set a secret, or replace it."""

    def remove(self, project: str, name: str) -> bool:
        """Forget a secret; whether there was one."""
