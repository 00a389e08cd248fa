"""`backdraft secrets`: what a project must know and nobody else may."""

import re
import sys
from typing import TYPE_CHECKING

import click

from composer.home import home_path
from composer.spelling import suggestion
from ui import completions
from ui.output import json_option, say, table, tell, tell_json
from ui.target import NAME, shown

if TYPE_CHECKING:
    from deployer.vault import Vault

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
def put(project: str, name: str) -> None:
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
    _vault().put(project, name, value)
    say(f"{project}: {name} is set; `backdraft deploy` gives it to those who use it")


@command.command("list")
@click.argument("project", type=NAME, shell_complete=completions.projects)
@json_option
def names(project: str, as_json: bool) -> None:
    """List the names of a project's secrets, never their values.

    Those with a component were made by Backdraft.

    \b
    Example:
      backdraft secrets list shop
    """
    versions = _vault().versions(project)
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
def remove(project: str, name: str) -> None:
    """Forget a secret of a project.

    What runs keeps it until the next deploy.

    \b
    Example:
      backdraft secrets remove shop API_TOKEN
    """
    vault = _vault()
    known = vault.names(project)
    if not vault.remove(project, name):
        hint = suggestion(name, known) or f"set one with: backdraft secrets set {project} {name}"
        raise click.ClickException(f"{project}: has no secret {name}; {hint}")
    say(f"{project}: {name} is forgotten")


def _typed(name: str) -> str:
    value: str = click.prompt(name, hide_input=True, confirmation_prompt="once more", err=True)
    return value


def _piped() -> str:
    content = sys.stdin.buffer.read(LARGEST + 2)
    try:
        return content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise click.ClickException("the value is not UTF-8 text; encode it, in base64 for instance") from None


def _vault() -> "Vault":
    from deployer.vault import Vault

    return Vault(home_path())
