"""The API of how all projects are, at a glance: from what was last seen, so that it costs no look at an engine."""

from collections import Counter
from typing import Any

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from composer.guarding import for_the_signed_in, principal
from composer.projects import Project, Projects
from deployer.queue import Intent, Queue
from deployer.store import ReleaseOutcome, Store
from deployer.watchbook import Watchbook

_TAG = Tag(name="running", description="What runs: status, start and stop, commands, terminals.")


class UnderwayOut(BaseModel):
    """What is being done to a project, or waits."""

    id: int
    action: str
    state: str
    who: str


class AtAGlanceOut(BaseModel):
    """A project at a glance."""

    project: str
    paused: bool
    states: dict[str, int] = Field(description="How many replicas are in each state; empty while nothing runs.")
    release: int | None = Field(description="The last release that went well.")
    deployed: float | None = Field(description="When that ended, in seconds since 1970.")
    who: str = Field(description="Who deployed it.")
    underway: UnderwayOut | None


class OverviewOut(BaseModel):
    """The projects that the caller may see, by name."""

    projects: list[AtAGlanceOut]


def overview_routes(projects: Projects, queue: Queue, store: Store, watchbook: Watchbook) -> APIBlueprint:
    """`/api/v1/overview`."""
    api = APIBlueprint("overview", __name__, url_prefix="/api/v1", abp_tags=[_TAG])

    def glance(project: Project, underway: Intent | None) -> dict[str, Any]:
        newest = store.newest(project.name, limit=1, outcome=ReleaseOutcome.DONE)
        release = newest[0] if newest else None
        return {
            "project": project.name,
            "paused": project.paused,
            "states": Counter(each.state for each in watchbook.statuses(project.name)),
            "release": release.number if release else None,
            "deployed": release.ended if release else None,
            "who": release.who if release else "",
            "underway": None
            if underway is None
            else {
                "id": underway.id,
                "action": underway.action,
                "state": underway.state.value,
                "who": underway.who,
            },
        }

    @api.get("/overview", summary="How all your projects are", responses={200: OverviewOut})
    @for_the_signed_in
    def show_overview() -> Response:
        who = principal()
        underway: dict[str, Intent] = {}
        for intent in queue.unfinished():
            underway.setdefault(intent.project, intent)
        seen = [each for each in projects.all() if who.sees(each.name)]
        return jsonify(projects=[glance(each, underway.get(each.name)) for each in seen])

    return api
