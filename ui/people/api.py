"""The API of people, assembled."""

from flask_openapi3.blueprint import APIBlueprint

from composer.audit import Audit
from composer.journal import Journal
from composer.projects import Projects
from ui.people.api_everybody import everybody_routes
from ui.people.api_invitations import invitation_routes
from ui.people.api_me import me_routes
from ui.people.api_members import member_routes
from ui.people.api_session import session_routes
from ui.people.registry import Registry


def people_routes(registry: Registry, projects: Projects, journal: Journal, audit: Audit) -> tuple[APIBlueprint, ...]:
    """Signing in, one's own account, members, invitations and everybody."""
    return (
        session_routes(registry, audit, has_provider=False),
        me_routes(registry, audit),
        invitation_routes(registry, journal),
        member_routes(registry, projects, journal),
        everybody_routes(registry),
    )
