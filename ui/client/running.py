"""What runs: status, logs, start and stop, commands."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ui.client.deploys import Deploy
from ui.client.problems import ClientError, UnreachableError
from ui.client.transport import Query, Transport, path_of
from ui.client.values import value


@dataclass(frozen=True)
class Status:
    """A project as it is now. `replicas` and `drift` are JSON objects; `fault` is empty where all is known."""

    project: str
    paused: bool
    release: int | None
    fault: str
    replicas: tuple[Mapping[str, Any], ...]
    stopped: Mapping[str, str]
    drift: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Line:
    """A line that a replica wrote; `time` in seconds since 1970, `stream` is stdout or stderr."""

    component: str
    replica: int
    stream: str
    time: float
    text: str


@dataclass(frozen=True)
class Output:
    """Something that a command wrote, or how it ended: then only `exit_code` or `fault` is set."""

    stream: str = ""
    text: str = ""
    exit_code: int | None = None
    fault: str = ""


class LogsEndedError(ClientError):
    """The lines ended because the engine went away."""


class Running:
    """`client.running`: what runs of a project."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def status(self, project: str) -> Status:
        """How everything is."""
        return value(Status, self._transport.ask("GET", path_of("projects", project, "status")))

    def volumes(self, project: str) -> tuple[str, ...]:
        """Where its data lies."""
        return tuple(self._transport.ask("GET", path_of("projects", project, "volumes"))["volumes"])

    def pause(self, project: str, paused: bool = True) -> Status:
        """Have what runs left alone even where it is not what was deployed, or no longer."""
        path = path_of("projects", project, "paused")
        return value(Status, self._transport.ask("PUT", path, body={"paused": paused}, is_safe=True))

    def logs(
        self,
        project: str,
        component: str | None = None,
        *,
        tail: int | None = None,
        since: float | None = None,
        follow: bool = False,
    ) -> Iterator[Line]:
        """The lines of a project or of one component; with `follow`, those to come as well. Raises LogsEndedError."""
        query: Query = {"component": component, "tail": tail, "since": since, "follow": follow}
        for each in self._lines("GET", path_of("projects", project, "logs"), query=query):
            if "fault" in each:
                raise LogsEndedError(each["fault"])
            yield value(Line, each)

    def start(self, project: str, component: str) -> Deploy:
        """Queue the start of a component."""
        return self._operation(project, component, "start")

    def stop(self, project: str, component: str) -> Deploy:
        """Queue the stop of a component, which then stays so."""
        return self._operation(project, component, "stop")

    def restart(self, project: str, component: str) -> Deploy:
        """Queue a restart, one replica after another."""
        return self._operation(project, component, "restart")

    def run(
        self,
        project: str,
        component: str,
        argv: Sequence[str] = (),
        *,
        replica: int | None = None,
        seconds: float = 600.0,
    ) -> Iterator[Output]:
        """Run a command in a component, or a job: what it writes, and at last how it ended."""
        body = {"argv": list(argv), "replica": replica, "seconds": seconds}
        for each in self._lines("POST", path_of("projects", project, "components", component, "run"), body=body):
            yield value(Output, each)

    def _operation(self, project: str, component: str, verb: str) -> Deploy:
        return value(Deploy, self._transport.ask("POST", path_of("projects", project, "components", component, verb)))

    def _lines(
        self, method: str, path: str, *, query: Query | None = None, body: Any = None
    ) -> Iterator[Mapping[str, Any]]:
        """A stream of JSON objects, a line each; empty ones only say that it goes on."""
        content = b"" if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        answer = self._transport.send(method, path, query=query, body=content, headers=headers, is_stream=True)
        rest = b""
        with answer:
            while piece := answer.raw.read1(2**16, decode_content=True):
                *lines, rest = (rest + piece).split(b"\n")
                yield from (content for line in lines if line and (content := json.loads(line)))
        if rest:
            raise UnreachableError(f"{self._transport.url}: the answer ended in the middle of a line")
