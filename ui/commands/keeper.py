"""`backdraft keeper`: keeps what runs as it was deployed, where several processes share the work."""

import click

from ui.serving.starting import settings_with, shared


@click.command("keeper")
def command() -> None:
    """Keep what runs as it was deployed, until Ctrl-C.

    For an installation of several processes, each of which may run more than once: web, worker and keeper. They share
    PostgreSQL and Redis (BACKDRAFT_DATABASE_URL and BACKDRAFT_REDIS_URL). On one machine alone, see: backdraft up

    \b
    Example:
      backdraft keeper
    """
    from ui.serving.process import run_services
    from ui.serving.server import CannotServeError
    from ui.serving.services import Process

    try:
        run_services(shared(settings_with()), Process.KEEPER)
    except CannotServeError as error:
        raise click.ClickException(str(error)) from error
