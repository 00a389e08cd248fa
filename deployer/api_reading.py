"""The API of what components write and of the data they keep."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from composer.access import Permission, Principal
from composer.api import ProjectPath
from composer.guarding import Renewal, needs, principal, renewal
from composer.problem import not_found
from composer.projects import Projects
from composer.streams import Streams
from deployer.engines.docker import DockerEngine
from deployer.engines.interface import EngineError, LogLine
from deployer.observed import data_volumes

NDJSON = "application/x-ndjson"
LOOK_EVERY = 1.0
"""Seconds between two looks at the logs of what is followed."""
RIGHTS_HOLD = 3.0
"""Seconds for which rights are believed while lines are followed."""
LONGEST = 3600.0
"""Seconds after which a stream of lines ends, so that nobody's is forgotten for ever."""
MOST_LINES = 10_000
_TAG = Tag(name="running", description="What runs: status, start and stop, commands, terminals.")
_LINES = (
    'JSON for each line that was written, {"component", "replica", "stream", "time", "text"}, in the order of '
    'their time; with `follow` an empty object from time to time, and {"fault"} where the engine went away.'
)


class LogsQuery(BaseModel):
    """Which lines."""

    component: str = Field("", max_length=100, description="Of one component; without it, of all.")
    tail: int = Field(1000, ge=0, le=MOST_LINES, description="At most so many of each replica, the newest.")
    since: float | None = Field(None, ge=0, lt=1e11, description="Only younger ones, in seconds since 1970.")
    follow: bool = Field(False, description="Go on with the lines to come, for an hour at most.")


class VolumesOut(BaseModel):
    """Where a project's data lies."""

    volumes: list[str]


def reading_routes(
    projects: Projects, streams: Streams, reach: Callable[[], DockerEngine], clock: Callable[[], float] = time.monotonic
) -> APIBlueprint:
    """`/api/v1/projects/<project>/logs` and `…/volumes`."""
    api = APIBlueprint("reading", __name__, url_prefix="/api/v1/projects/<project>", abp_tags=[_TAG])

    @api.get(
        "/logs",
        summary="What components write",
        responses={200: {"content": {NDJSON: {"schema": {"type": "string"}}}, "description": _LINES}},
    )
    @needs(Permission.READ)
    def read_logs(path: ProjectPath, query: LogsQuery) -> Response:
        _hold_to_existence(projects, path.project)
        engine = reach()
        give_back = streams.take(principal())
        response = Response(_told(engine, path.project, query, renewal(), clock), mimetype=NDJSON)
        response.headers["X-Accel-Buffering"] = "no"
        response.call_on_close(give_back)
        return response

    @api.get("/volumes", summary="Where its data lies", responses={200: VolumesOut})
    @needs(Permission.READ)
    def list_volumes(path: ProjectPath) -> Response:
        _hold_to_existence(projects, path.project)
        return jsonify(volumes=list(data_volumes(reach().observe(path.project))))

    return api


def _hold_to_existence(projects: Projects, name: str) -> None:
    if projects.find(name) is None:
        raise not_found(f"project '{name}'")


def _may_go_on(caller: Principal | None, project: str) -> bool:
    return caller is not None and caller.sees(project)


def _told(
    engine: DockerEngine, project: str, query: LogsQuery, renewed: Renewal, clock: Callable[[], float]
) -> Iterator[str]:
    try:
        for line in _lines(engine, project, query, renewed, clock):
            yield json.dumps(asdict(line) if line else {}, ensure_ascii=False) + "\n"
    except EngineError as error:
        yield json.dumps({"fault": str(error)}, ensure_ascii=False) + "\n"


def _lines(
    engine: DockerEngine, project: str, query: LogsQuery, renewed: Renewal, clock: Callable[[], float]
) -> Iterator[LogLine | None]:
    """The lines; with `follow` the logs are looked at again and again, so what is replaced is followed as well."""
    component = query.component or None
    last: dict[tuple[str, int], float] = {}
    end, tail, since = clock() + LONGEST, query.tail, query.since
    while True:
        before = dict(last)
        for line in engine.logs(project, component, follow=False, tail=tail, since=since):
            place = (line.component, line.replica)
            if line.time > before.get(place, 0.0):
                last[place] = line.time
                yield line
        if not query.follow or clock() >= end or not _may_go_on(renewed(clock() - RIGHTS_HOLD), project):
            return
        yield None
        time.sleep(LOOK_EVERY)
        tail, since = MOST_LINES, max(last.values(), default=query.since or time.time() - LOOK_EVERY * 2)
