"""The API of who has a project open, for those who draw at the same time."""

from dataclasses import asdict

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from composer.access import Permission
from composer.api import ProjectPath
from composer.guarding import needs, principal, unaudited
from composer.journal import Journal
from composer.presence import Presence
from composer.problem import not_found
from composer.projects import Projects

_TAG = Tag(name="presence", description="Who has a project open now.")


class PresentOut(BaseModel):
    """Somebody who has the project open."""

    id: str
    name: str
    since: float = Field(description="In seconds since 1970.")


class PresenceOut(BaseModel):
    """Everybody who has the project open, whoever came first."""

    people: list[PresentOut]


def presence_routes(projects: Projects, journal: Journal, presence: Presence) -> APIBlueprint:
    """`/api/v1/projects/<project>/presence`."""
    api = APIBlueprint("presence", __name__, url_prefix="/api/v1/projects/<project>", abp_tags=[_TAG])

    def told(project: str, has_changed: bool) -> Response:
        unaudited()
        if has_changed:
            journal.write(project, "presence.changed", {"who": str(principal())})
        return jsonify(people=[asdict(each) for each in presence.people(project)])

    @api.put("/presence", summary="Say that you have it open", responses={200: PresenceOut})
    @needs(Permission.READ)
    def arrive(path: ProjectPath) -> Response:
        """Say so again within 45 seconds; whoever is silent for longer is gone. The answer is who is there."""
        if projects.find(path.project) is None:
            raise not_found(f"project '{path.project}'")
        return told(path.project, presence.arrive(path.project, principal().id, str(principal())))

    @api.delete("/presence", summary="Say that you have closed it", responses={200: PresenceOut})
    @needs(Permission.READ)
    def leave(path: ProjectPath) -> Response:
        if projects.find(path.project) is None:
            raise not_found(f"project '{path.project}'")
        return told(path.project, presence.leave(path.project, principal().id))

    return api
