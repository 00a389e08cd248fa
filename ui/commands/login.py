"""`backdraft login`: have the command line speak with a server."""

import socket
import sys

import click

from ui.output import say
from ui.target import counted


@click.command("login")
@click.argument("url")
@click.option("--person", metavar="NAME", help="Who signs in; asked for unless given.")
@click.pass_context
def command(context: click.Context, url: str, person: str | None) -> None:
    """Keep a server and a key for it as a profile.

    The profile is called `default` unless --profile says otherwise.

    Signs in with name and password, and the second factor where there is one, and makes an access key, which is kept
    in ~/.config/backdraft/profiles.toml, readable by you only. The password is not kept. The page, or
    `DELETE /api/v1/me/keys/<id>`, ends the key. With --key-file, that key is kept and nobody signs in.

    \b
    Example:
      backdraft login https://backdraft.example
      backdraft --profile default status
      backdraft login https://staging.example --profile staging
      backdraft --profile staging deploy
    """
    from ui.client import Client, ClientError
    from ui.client.coming_in import key_for
    from ui.profiles import Access, ProfileError, keep, key_in

    given = context.find_root().params
    name, key_file = given.get("profile") or "default", given.get("key_file")
    try:
        if key_file is not None:
            key = key_in(key_file)
        else:
            login = person or click.prompt("Name or e-mail", err=True)
            password = _password()
            key = key_for(url, login, password, _code, key_name=f"command line on {socket.gethostname()}"[:100])
        with Client(url, key) as client:
            seen = client.drawings.projects()
        path = keep(name, Access(client.url, key))
    except (ClientError, ProfileError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    say(f"{client.url}: {counted(len(seen), 'project')} to see; kept as '{name}' in {path}")
    say(f"use it: backdraft --profile {name} status")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    value: str = click.prompt("Password", hide_input=True, err=True)
    return value


def _code() -> str:
    value: str = click.prompt("Code of your second factor", err=True)
    return value
