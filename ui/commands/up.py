"""`backdraft up`: the whole server in one command."""

import click

from ui.serving.starting import listen_option, settings_with


@click.command("up")
@listen_option
def command(listen: str | None) -> None:
    """Run the whole server on this machine, until Ctrl-C.

    It serves the page and the API, deploys, and keeps what runs as it was deployed. docs/settings.md tells every
    setting, and docs/operating.md how to run it for good. A second one on the same state folder says which is the
    first.

    \b
    Example:
      backdraft up
      backdraft up --listen 0.0.0.0:8273
    """
    from ui.serving.lock import AlreadyServedError, sole_server
    from ui.serving.server import CannotServeError, serve
    from ui.serving.services import Process
    from ui.serving.website import website

    settings = settings_with(listen)
    try:
        with sole_server(settings.home, settings.url):
            serve(settings, website(settings, Process.UP))
    except (AlreadyServedError, CannotServeError) as error:
        raise click.ClickException(str(error)) from error
