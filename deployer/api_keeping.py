"""The API of what runs: its status, pausing, the start, stop and restart of components, commands in them."""

import json
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, replace
from http import HTTPStatus
from typing import Annotated, Any

from flask import Response, g, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from composer.access import Permission
from composer.api import ProjectPath
from composer.audit import Audit, Deed
from composer.guarding import audited, needs, principal
from composer.journal import Journal
from composer.model import NAME_LENGTH, NAME_PATTERN
from composer.problem import ApiError, not_found
from composer.projects import Project, Projects
from composer.streams import Streams
from deployer import answers
from deployer.commands import LONGEST, Told, output_of, output_of_job, shown
from deployer.engines.interface import EngineError
from deployer.labels import RUN
from deployer.live_status import unknown
from deployer.minding import Minding
from deployer.model import ObservedContainer
from deployer.observed import component_of, replica_of
from deployer.queue import Action, Intent, Queue, QueueFullError

NDJSON = "application/x-ndjson"
_TAG = Tag(name="running", description="What runs: status, start and stop, commands, terminals.")
_QUEUED: dict[str | int | HTTPStatus, Any] = {HTTPStatus.ACCEPTED: answers.DeployOut}
_POLL = 0.1


class ComponentPath(ProjectPath):
    """A component in the address."""

    component: str = Field(pattern=NAME_PATTERN, max_length=NAME_LENGTH, description="The component's name.")


class ReplicaOut(BaseModel):
    """A replica as it is now."""

    component: str
    kind: str
    replica: int
    name: str = Field(description="Of its container; empty where there is none.")
    state: str = Field(
        description="running, starting, unhealthy, restarting, stopped, waiting, exited, missing, drifted or unknown."
    )
    reason: str
    health: str = Field(description="What the engine's own check says, where there is one.")
    image: str
    image_id: str = Field(description="The digest of its image.")
    since: float = Field(description="When its container was made, in seconds since 1970.")
    started: float = Field(description="When it was last started; 0 unless it runs.")
    restarts: int = Field(description="How often the engine started it again.")
    exit_code: int | None
    ports: list[str]
    host: str


class DriftOut(BaseModel):
    """What is not as it was deployed."""

    causes: list[str] = Field(description="The headlines of what would heal it.")
    found: float = Field(description="When it was first seen, in seconds since 1970.")
    tries: int = Field(description="How often it was healed and did not hold.")
    retry_at: float = Field(description="When it is healed next.")


class StatusOut(BaseModel):
    """A project as it is now."""

    project: str
    paused: bool
    release: int | None = Field(description="The last release that went well.")
    fault: str = Field(description="Why it cannot be told how things are, or should be; empty where it can.")
    drift: DriftOut | None
    stopped: dict[str, str] = Field(description="Components that somebody stopped on purpose, and who.")
    replicas: list[ReplicaOut]


class PausedIn(BaseModel):
    """Whether what runs is left alone even where it is not what was deployed."""

    paused: bool


class RunIn(BaseModel):
    """A command to be run in a component."""

    argv: list[Annotated[str, Field(max_length=32_768, pattern=r"^[^\x00]*$")]] = Field(
        default_factory=list, max_length=200, description="The program and its arguments; none for a job."
    )
    replica: int | None = Field(None, ge=1, le=1000, description="In which replica; without it, the first that runs.")
    seconds: float = Field(600.0, gt=0, le=LONGEST, description="After how long it is ended.")


def keeping_routes(
    projects: Projects, journal: Journal, queue: Queue, audit: Audit, streams: Streams, minding: Minding
) -> APIBlueprint:
    """Everything below `/api/v1/projects/<project>` that is about what runs, but for terminals."""
    api = APIBlueprint("running", __name__, url_prefix="/api/v1/projects/<project>", abp_tags=[_TAG])

    @api.get("/status", summary="How everything is", responses={200: StatusOut})
    @needs(Permission.READ)
    def show_status(path: ProjectPath) -> Response:
        return jsonify(_status(_project(projects, path.project), minding))

    @api.put("/paused", summary="Pause the keeping, or go on with it", responses={200: StatusOut})
    @needs(Permission.MANAGE)
    def pause_project(path: ProjectPath, body: PausedIn) -> Response:
        before = _project(projects, path.project)
        if before.paused != body.paused:
            projects.pause(path.project, body.paused)
            journal.write(path.project, _PAUSING[body.paused], {"who": str(principal())})
            minding.nudge()
        audited("paused", before.paused, body.paused)
        return jsonify(_status(_project(projects, path.project), minding))

    def operation(action: Action, path: ComponentPath) -> Response:
        _project(projects, path.project)
        run_of_component(minding, path)
        intent = Intent(path.project, action, who=str(principal()), component=path.component)
        try:
            made = queue.put(intent)
        except QueueFullError as error:
            raise ApiError(429, "queue-full", "Too much waits already", str(error), retry_after=10) from error
        audited(path.component, after={"deploy": made.id})
        response = jsonify(answers.deploy_out(made))
        response.status_code = HTTPStatus.ACCEPTED
        response.headers["Location"] = f"/api/v1/projects/{path.project}/deploys/{made.id}"
        return response

    @api.post("/components/<component>/start", summary="Start a component", responses=_QUEUED)
    @needs(Permission.OPERATE)
    def start_component(path: ComponentPath) -> Response:
        return operation(Action.START, path)

    @api.post("/components/<component>/stop", summary="Stop a component, and leave it so", responses=_QUEUED)
    @needs(Permission.OPERATE)
    def stop_component(path: ComponentPath) -> Response:
        """It stays stopped until somebody starts it, or deploys."""
        return operation(Action.STOP, path)

    @api.post("/components/<component>/restart", summary="Restart a component", responses=_QUEUED)
    @needs(Permission.OPERATE)
    def restart_component(path: ComponentPath) -> Response:
        """One replica after another: the next once the one before it is ready."""
        return operation(Action.RESTART, path)

    @api.post(
        "/components/<component>/run",
        summary="Run a command in a component, or start a job",
        responses={200: {"content": {NDJSON: {"schema": {"type": "string"}}}, "description": _OF_A_RUN}},
    )
    @needs(Permission.OPERATE)
    def run_command(path: ComponentPath, body: RunIn) -> Response:
        _project(projects, path.project)
        kind = run_of_component(minding, path)
        caller = principal()
        give_back = streams.take(caller)
        try:
            told = _job(minding, queue, path, body, str(caller)) if kind == "job" else _command(minding, path, body)
        except BaseException:
            give_back()
            raise
        audited(path.component, after={"argv": shown(body.argv), "replica": body.replica})
        came_from, known_as = request.remote_addr or "", g.get("request_id", "")
        deed = Deed(str(caller), "command.ended", path.project, path.component, came_from, known_as)
        response = Response(_lines(told, _recorded(audit, deed)), mimetype=NDJSON)
        response.headers["X-Accel-Buffering"] = "no"
        response.call_on_close(told.close)
        response.call_on_close(give_back)
        return response

    return api


_PAUSING = {True: "project.paused", False: "project.resumed"}
_OF_A_RUN = (
    'A line of JSON for everything that is written, {"stream", "text"}; an empty object from time to time; and at the '
    'end {"exit_code"}, or {"fault"} where it was ended.'
)


def running_container(minding: Minding, path: ComponentPath, replica: int | None) -> ObservedContainer:
    """The container of a replica that runs; the first, where none is named. Raises ApiError where none runs."""
    found = sorted(
        (
            each
            for each in minding.reach().observe(path.project).containers
            if component_of(each) == path.component and each.is_running and replica in (None, replica_of(each))
        ),
        key=lambda each: (replica_of(each), -each.created),
    )
    if not found:
        which = f"{path.component} {replica}" if replica else path.component
        raise ApiError(
            409, "not-running", "It does not run", f"nothing of {which} runs now", "component", "start it first"
        )
    return found[0]


def _status(project: Project, minding: Minding) -> dict[str, Any]:
    memory, _ = minding.watchbook.drift(project.name)
    drift = None
    if memory is not None and not memory.healed:
        drift = {
            "causes": list(memory.causes),
            "found": memory.found,
            "tries": memory.tries,
            "retry_at": memory.retry_at,
        }
    answer = {"project": project.name, "paused": project.paused, "drift": drift}
    try:
        look = minding.lookout.look(project.name)
    except EngineError as error:
        replicas = unknown(minding.watchbook.statuses(project.name), "the engine does not answer")
        answer |= {"release": None, "fault": str(error), "stopped": {}}
    else:
        replicas = look.statuses
        answer |= {
            "release": look.release.number if look.release else None,
            "fault": look.fault,
            "stopped": dict(look.stopped),
        }
    return answer | {"replicas": [asdict(each) for each in replicas]}


def _project(projects: Projects, name: str) -> Project:
    found = projects.find(name)
    if found is None:
        raise not_found(f"project '{name}'")
    return found


def run_of_component(minding: Minding, path: ComponentPath) -> str:
    """How a component runs, `service` or `job`. Raises ApiError where the last release has none of that name."""
    found = minding.lookout.components(path.project).get(path.component)
    if found is None:
        raise not_found(f"a component '{path.component}' of {path.project} that is deployed")
    return found


def _command(minding: Minding, path: ComponentPath, body: RunIn) -> Generator[Told, None, None]:
    if not body.argv or not body.argv[0]:
        raise ApiError(422, "no-command", "There is no command", "argv is empty", "argv", "name a program")
    container = running_container(minding, path, body.replica)
    told = output_of(minding.reach().begin(container.name, body.argv), body.seconds)
    next(told)  # what was not begun does nothing at its end, and the program has begun
    return told


def _job(minding: Minding, queue: Queue, path: ComponentPath, body: RunIn, who: str) -> Generator[Told, None, None]:
    if body.argv:
        raise ApiError(422, "job-with-command", "A job runs what is drawn", "argv is given", "argv", "leave argv out")
    job = _job_container(minding, path)
    if job.is_running:
        raise ApiError(409, "runs", "It runs already", f"job {path.component}", "component", "wait for its end")
    began = time.time()
    intent = queue.put(Intent(path.project, Action.START, who=who, component=path.component, why="it was asked for"))
    return _started_job(minding, queue, path, intent, began, body.seconds)


def _started_job(
    minding: Minding, queue: Queue, path: ComponentPath, intent: Intent, began: float, seconds: float
) -> Generator[Told, None, None]:
    while (found := queue.find(intent.id)) and not found.is_over:
        if time.time() - began > seconds:
            yield {"fault": f"it still waits for its turn, as deploy {intent.id}"}
            return
        time.sleep(_POLL)
        yield {}
    if found is None or found.state != "done":
        failure = str(found.failures[0]) if found and found.failures else "it was not started"
        yield {"fault": failure}
        return
    engine, name = minding.reach(), _job_container(minding, path).name

    def exit_code() -> int | None:
        state = engine.inspect(name)
        return state.exit_code if state.state == "exited" else None

    def lines() -> Iterator[Any]:
        return engine.logs(path.project, path.component, follow=True, tail=None, since=began)

    yield from output_of_job(lines, exit_code, seconds)


def _job_container(minding: Minding, path: ComponentPath) -> ObservedContainer:
    for each in minding.reach().observe(path.project).containers:
        if component_of(each) == path.component and each.labels.get(RUN) == "job":
            return each
    raise ApiError(409, "not-there", "It is not there", f"job {path.component}", "component", "deploy first")


def _lines(told: Generator[Told, None, None], ended: Callable[[Told], None]) -> Iterator[str]:
    last: Told = {"fault": "nobody read on"}
    try:
        for each in told:
            if each.keys() & {"exit_code", "fault"}:
                last = each
            yield json.dumps(each, ensure_ascii=False) + "\n"
    except EngineError as error:
        last = {"fault": str(error)}
        yield json.dumps(last, ensure_ascii=False) + "\n"
    finally:
        told.close()
        ended(last)


def _recorded(audit: Audit, deed: Deed) -> Callable[[Told], None]:
    def record(last: Told) -> None:
        audit.record(replace(deed, after=dict(last)))

    return record
