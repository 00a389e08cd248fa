"""The command line, assembled: every verb is a file in `ui/commands` and is imported only when it is asked for."""

import gc
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from composer.home import HomeError
from composer.spelling import suggestion
from deployer.errors import DeployerError

COMMANDS = (
    "new",
    "check",
    "plan",
    "deploy",
    "status",
    "logs",
    "run",
    "schedule",
    "releases",
    "rollback",
    "projects",
    "destroy",
    "secrets",
    "login",
    "users",
    "up",
    "web",
    "worker",
    "keeper",
    "doctor",
    "backup",
    "restore",
    "images",
    "kinds",
    "stacks",
    "schema",
    "completion",
    "version",
)
OF_A_SERVER = ("--server", "--key-file", "--profile")
STOPPED = 130
"""What a shell calls the end by Ctrl-C: 128 + SIGINT."""


OBJECTS_BEFORE_COLLECTION = 100_000
"""Python's default is 700, which costs a short-lived process a tenth of its time: what it imports is never garbage."""


class LazyGroup(click.Group):
    """The verbs in reading order; whatever a person can mend ends in a sentence, not in a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all verbs."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"ui.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that `args` begin with; a UsageError with the nearest one when there is none of that name."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            ctx.fail(f"{name[:60]!r} is not a command; {suggestion(name, COMMANDS, len(COMMANDS))}")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the options that name a server from wherever they stand: before the verb or after it."""
        return super().parse_args(ctx, _with_server_first(args))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except (DeployerError, HomeError) as error:
            raise click.ClickException(str(error)) from error
        except Exception as error:
            # the client is loaded only where a server is named
            problems = sys.modules.get("ui.client.problems")
            if problems is not None and isinstance(error, problems.ClientError):
                raise click.ClickException(str(error)) from error
            raise
        except (KeyboardInterrupt, click.Abort) as stop:
            click.echo(f"\n{str(stop) or 'stopped'}", err=True)
            ctx.exit(STOPPED)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
)
@click.option("--server", metavar="URL", help="Work through a server instead of the engine here [BACKDRAFT_SERVER].")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The access key for the server, bdk_…:bds_… [BACKDRAFT_KEY: the key itself].",
)
@click.option("--profile", metavar="NAME", help="A server and its key, as `backdraft login` keeps them.")
@click.pass_context
def cli(context: click.Context, server: str | None, key_file: Path | None, profile: str | None) -> None:
    """Backdraft runs a backend that is drawn as a schema: one YAML file of components and connections.

    \b
    Example:
      backdraft new shop --stack shop   make a project with sample code
      cd shop
      backdraft plan                    see what would be done
      backdraft deploy                  do it
      backdraft status shop             see what runs
      backdraft destroy shop            end it; its data stays

    With --json, stdout is JSON and nothing else; errors are sentences on stderr even then, and stdout stays empty.
    Exit codes: 0 done, 1 problems or failure, 2 wrong usage, 130 stopped with Ctrl-C.
    """
    if os.environ.get("NO_COLOR"):
        context.color = False


def _with_server_first(args: list[str]) -> list[str]:
    """`deploy --server URL x` as `--server URL deploy x`; what comes after `--` is no option."""
    first: list[str] = []
    rest: list[str] = []
    left = list(args)
    while left:
        word = left.pop(0)
        if word == "--":
            return [*first, *rest, word, *left]
        name, equals, _ = word.partition("=")
        if name in OF_A_SERVER:
            first += [word] if equals or not left else [word, left.pop(0)]
        else:
            rest.append(word)
    return first + rest


def main() -> None:
    """Run the command line of this process."""
    gc.set_threshold(OBJECTS_BEFORE_COLLECTION)
    try:
        cli(prog_name="backdraft")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not break into the tidying up
