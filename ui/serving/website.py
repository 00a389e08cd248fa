"""What a web server serves: the installation, opened, with its application and its services."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ui.output import say
from ui.serving.log import log_to_stderr
from ui.serving.server import CannotServeError, Site
from ui.serving.services import Process, services_of
from ui.settings import Settings

if TYPE_CHECKING:
    from ui.http.guard import Authenticator


def website(settings: Settings, process: Process, authenticators: "Sequence[Authenticator]" = ()) -> Callable[[], Site]:
    """What makes the application of `process` (`up` or `web`), its services, and what lets go of everything.

    It raises CannotServeError where the installation cannot be used. Nothing of it is loaded before it is called.
    """

    def made() -> Site:
        from composer.db import DatabaseUnusableError
        from composer.home import HomeError
        from deployer.errors import DeployerError
        from ui.app import create_app
        from ui.http.health import Check
        from ui.installation import open_installation
        from ui.people.first_owner import link_for_first_owner

        log_to_stderr(settings.log_level, as_json=settings.log_format == "json")
        try:
            installation = open_installation(settings)
        except (HomeError, DatabaseUnusableError, DeployerError) as error:
            raise CannotServeError(str(error)) from error
        running = services_of(process, installation)
        app = create_app(installation, authenticators, {"services": Check(running.fault)})
        registry = installation.registry
        if link := link_for_first_owner(registry.people, registry.tokens, settings.url):
            say(f"nobody administers this server yet; whoever opens this link within a day does:\n{link}")
        return app, running, installation.close

    return made
