"""The API of people, assembled."""

from flask_openapi3.blueprint import APIBlueprint

from composer.audit import Audit
from composer.journal import Journal
from composer.projects import Projects
from ui.people.api_everybody import everybody_routes
from ui.people.api_invitations import invitation_routes
from ui.people.api_me import me_routes
from ui.people.api_members import member_routes
from ui.people.api_provider import CALLBACK, provider_routes
from ui.people.api_session import session_routes
from ui.people.provider import Provider
from ui.people.registry import Registry
from ui.settings import Settings


def people_routes(
    settings: Settings, registry: Registry, projects: Projects, journal: Journal, audit: Audit
) -> tuple[APIBlueprint, ...]:
    """Signing in, one's own account, members, invitations and everybody."""
    provider = _provider(settings)
    return (
        session_routes(registry, audit, has_provider=provider is not None),
        provider_routes(registry, journal, audit, provider, settings.oidc_issuer),
        me_routes(registry, audit),
        invitation_routes(registry, journal),
        member_routes(registry, projects, journal),
        everybody_routes(registry),
    )


def _provider(settings: Settings) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.url + CALLBACK)
