"""`backdraft secrets`: what a project must know and nobody else may."""

import re
import sys

import click

from composer.home import home_path
from composer.spelling import suggestion
from ui import completions
from ui.output import json_option, say, table, tell, tell_json
from ui.target import NAME, counted, secret_keeping, shown

LARGEST = 65_536


class SecretName(click.ParamType[str]):
    """A name as `${secret.NAME}` writes it."""

    name = "secret"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """`value` itself, or a UsageError that says how names of secrets look."""
        text = str(value)
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", text):
            self.fail(f"{shown(text)} is not a name: letters, digits, '_' and '-', such as API_TOKEN")
        return text


@click.group("secrets")
def command() -> None:
    """Keep what a schema calls ${secret.NAME}.

    A component that has `environment: {TOKEN: "${secret.API_TOKEN}"}` is given the value as TOKEN. Secrets are
    encrypted, and given only to the containers that use them. The passwords of databases are made for you.

    \b
    Example:
      backdraft secrets set shop API_TOKEN
      backdraft deploy
    """


@command.command("set")
@click.argument("project", type=NAME, shell_complete=completions.projects)
@click.argument("name", type=SecretName(), shell_complete=completions.secrets)
@click.pass_context
def put(context: click.Context, project: str, name: str) -> None:
    """Set a secret, or replace it.

    The value comes from a prompt or from stdin, never from the command line, where others could read it. The next
    deploy gives it to those who use it.

    \b
    Example:
      backdraft secrets set shop API_TOKEN
      pass show shop/token | backdraft secrets set shop API_TOKEN
    """
    value = _typed(name) if sys.stdin.isatty() else _piped()
    if not value:
        raise click.ClickException(f"{name}: the value is empty; nothing was done")
    if len(value.encode("utf-8", "surrogatepass")) > LARGEST:
        raise click.ClickException(f"{name}: the value is larger than {LARGEST // 1024} KiB; nothing was done")
    secret_keeping(context).put(project, name, value)
    say(f"{project}: {name} is set; `backdraft deploy` gives it to those who use it")


@command.command("list")
@click.argument("project", type=NAME, shell_complete=completions.projects)
@json_option
@click.pass_context
def names(context: click.Context, project: str, as_json: bool) -> None:
    """List the names of a project's secrets, never their values.

    Those with a component were made by Backdraft.

    \b
    Example:
      backdraft secrets list shop
    """
    versions = secret_keeping(context).versions(project)
    if as_json:
        tell_json(
            [{"name": name, "component": owner, "version": version} for (owner, name), version in versions.items()]
        )
        return
    if not versions:
        say(f"{project}: has no secrets")
        return
    rows = [(name, owner or "-", str(version)) for (owner, name), version in versions.items()]
    tell(table(("NAME", "COMPONENT", "VERSION"), rows))


@command.command("remove")
@click.argument("project", type=NAME, shell_complete=completions.projects)
@click.argument("name", type=SecretName(), shell_complete=completions.secrets)
@click.pass_context
def remove(context: click.Context, project: str, name: str) -> None:
    """Forget a secret of a project.

    What runs keeps it until the next deploy.

    \b
    Example:
      backdraft secrets remove shop API_TOKEN
    """
    keeping = secret_keeping(context)
    known = [known for owner, known in keeping.versions(project) if owner == ""]
    if not keeping.remove(project, name):
        hint = suggestion(name, known) or f"set one with: backdraft secrets set {project} {name}"
        raise click.ClickException(f"{project}: has no secret {name}; {hint}")
    say(f"{project}: {name} is forgotten")


@command.command("rotate")
def rotate() -> None:
    """Make a new key, and seal every secret with it anew.

    Of this state folder, passwords and second factors included. Servers that run go on. What is interrupted is
    completed by the next rotation, and nothing is lost. Afterwards, make a new backup: old ones hold the old key.

    \b
    Example:
      backdraft secrets rotate
    """
    import os

    from composer.db import DatabaseUnusableError
    from ui.installation import open_installation
    from ui.settings import SettingsError, load

    try:
        installation = open_installation(load(home_path(), os.environ))
    except (SettingsError, DatabaseUnusableError) as error:
        raise click.ClickException(str(error)) from error
    try:
        count = installation.vault.keyring.rotate(installation.database)
    finally:
        installation.close()
    say(f"{counted(count, 'value')} sealed with a new key, in {installation.vault.keyring.path}; make a backup of it")


def _typed(name: str) -> str:
    value: str = click.prompt(name, hide_input=True, confirmation_prompt="once more", err=True)
    return value


def _piped() -> str:
    content = sys.stdin.buffer.read(LARGEST + 2)
    try:
        return content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise click.ClickException("the value is not UTF-8 text; encode it, in base64 for instance") from None
