"""Plans, deploys, releases and sources."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from ui.client.transport import Answer, Transport, path_of
from ui.client.values import value

ARCHIVE = "application/x-tar"
ENDED = ("done", "failed", "interrupted", "cancelled", "replaced")


@dataclass(frozen=True)
class Plan:
    """What would be done. `summary` has a line for each thing made (+), changed (~) and removed (-).

    `digest` is what a deploy may be told, to do exactly this or nothing. `steps` are JSON objects.
    """

    project: str
    digest: str
    is_empty: bool
    summary: tuple[str, ...]
    steps: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Deploy:
    """Something that is to be done to a project, or was. Times in seconds since 1970."""

    id: int
    project: str
    action: str
    state: str
    who: str
    why: str
    created: float
    began: float | None = None
    ended: float | None = None
    release: int | None = None
    component: str = ""
    cancelled_by: str = ""
    failures: tuple[Mapping[str, Any], ...] = field(default=())

    @property
    def is_over(self) -> bool:
        """Whether it has come to its end."""
        return self.state in ENDED


@dataclass(frozen=True)
class Release:
    """What one deploy meant. `outcome`: done, failed or interrupted; None while it runs or once it was given up.

    `is_end`: it is a destruction of the project, which cannot be gone back to.
    """

    project: str
    number: int
    who: str
    why: str
    began: float
    ended: float | None = None
    outcome: str | None = None
    message: str = ""
    is_end: bool = False


@dataclass(frozen=True)
class ReleaseDetails(Release):
    """What one deploy meant, in full: its schema, the steps of its plan, what was told, what failed."""

    text: str = ""
    steps: tuple[Mapping[str, Any], ...] = ()
    events: tuple[Mapping[str, Any], ...] = ()
    failures: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Two releases side by side: the lines of the schema that differ as `diff -u` shows them, and the components."""

    before: int
    after: int
    schema_difference: str
    components: tuple[Mapping[str, Any], ...]


class Deploys:
    """`client.deploys`: what is done to projects.

    What changes something has an `idempotency_key`, made up unless given, so it is sent again where no answer came.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def plan(self, project: str, *, version: int | None = None, text: str | None = None, source: str = "") -> Plan:
        """What a deploy would do now: of the newest schema, of a version of it, or of a text that is not saved."""
        body = {"version": version, "source": source} | ({} if text is None else {"text": text})
        answer = self._transport.ask("POST", path_of("projects", project, "plan"), body=body, is_safe=True)
        return value(Plan, answer)

    def send_sources(self, project: str, archive: IO[bytes]) -> str:
        """Send a tar of the folder in which the schema lies: the name of the tree, for a deploy or a plan."""
        answer = self._transport.send(
            "PUT",
            path_of("projects", project, "sources"),
            body=archive,
            headers={"Content-Type": ARCHIVE},
            is_safe=True,
        )
        return str(answer.json()["tree"])

    def deploy(
        self,
        project: str,
        *,
        version: int | None = None,
        source: str = "",
        why: str = "",
        plan: str = "",
        replace: bool = False,
        idempotency_key: str | None = None,
    ) -> Deploy:
        """Queue a deploy: of the newest schema, or of a version of it.

        With the digest of a `plan`, another plan is refused (ProblemError of the type `another-plan`).
        `replace`: in the place of those that wait.
        """
        body = {"version": version, "source": source, "why": why, "plan": plan, "replace": replace}
        return self._queued("POST", path_of("projects", project, "deploys"), body, idempotency_key)

    def deploys(self, project: str) -> Iterator[Deploy]:
        """What was done and what is to be, newest first."""
        for each in self._transport.pages(path_of("projects", project, "deploys"), "deploys"):
            yield value(Deploy, each)

    def show(self, project: str, deploy: int) -> Deploy:
        """One deploy. Raises NotFoundError."""
        return value(Deploy, self._transport.ask("GET", path_of("projects", project, "deploys", deploy)))

    def cancel(self, project: str, deploy: int) -> Deploy:
        """End one that waits, or have one that runs go back to what ran before. Asking twice is well."""
        path = path_of("projects", project, "deploys", deploy, "cancel")
        return value(Deploy, self._transport.ask("POST", path, is_safe=True))

    def destroy(self, project: str, *, confirm: str = "", why: str = "", idempotency_key: str | None = None) -> Deploy:
        """Queue the end of a project; with its name in `confirm`, its data goes as well, for good."""
        query = {"confirm": confirm, "why": why}
        headers = {"Idempotency-Key": idempotency_key or _new_key()}
        answer = self._transport.ask("DELETE", path_of("projects", project), query=query, headers=headers, is_safe=True)
        return value(Deploy, answer)

    def releases(self, project: str) -> Iterator[Release]:
        """The releases, newest first."""
        for each in self._transport.pages(path_of("projects", project, "releases"), "releases"):
            yield value(Release, each)

    def release(self, project: str, number: int) -> ReleaseDetails:
        """One release, in full. Raises NotFoundError."""
        return value(ReleaseDetails, self._transport.ask("GET", path_of("projects", project, "releases", number)))

    def compare(self, project: str, before: int, after: int) -> Comparison:
        """Two releases side by side."""
        path = path_of("projects", project, "releases", before, "compare", after)
        return value(Comparison, self._transport.ask("GET", path))

    def plan_back(self, project: str, release: int) -> Plan:
        """What going back to a release would do now."""
        path = path_of("projects", project, "releases", release, "plan")
        return value(Plan, self._transport.ask("POST", path, is_safe=True))

    def roll_back(
        self, project: str, release: int, *, why: str = "", plan: str = "", idempotency_key: str | None = None
    ) -> Deploy:
        """Queue the way back to a release, with its very images."""
        path = path_of("projects", project, "releases", release, "rollback")
        return self._queued("POST", path, {"why": why, "plan": plan}, idempotency_key)

    def _queued(self, method: str, path: str, body: Answer, key: str | None) -> Deploy:
        headers = {"Idempotency-Key": key or _new_key()}
        return value(Deploy, self._transport.ask(method, path, body=body, headers=headers, is_safe=True))


def _new_key() -> str:
    return uuid.uuid4().hex
