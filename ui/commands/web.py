"""`backdraft web`: the page and the API alone, where several processes share the work."""

import click

from ui.serving.starting import listen_option, settings_with, shared


@click.command("web")
@listen_option
def command(listen: str | None) -> None:
    """Serve the page and the API alone, until Ctrl-C.

    For an installation of several processes, each of which may run more than once: web, worker and keeper. They share
    PostgreSQL and Redis (BACKDRAFT_DATABASE_URL and BACKDRAFT_REDIS_URL). On one machine alone, see: backdraft up

    \b
    Example:
      backdraft web --listen 0.0.0.0:8273
    """
    from ui.serving.server import CannotServeError, serve
    from ui.serving.services import Process
    from ui.serving.website import website

    settings = shared(settings_with(listen))
    try:
        serve(settings, website(settings, Process.WEB))
    except CannotServeError as error:
        raise click.ClickException(str(error)) from error
