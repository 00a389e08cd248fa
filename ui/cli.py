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
from ui.failure import document, exit_code, sentence
from ui.output import tell_json_line

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
    "deploys",
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
HABITS = {
    "init": "new",
    "create": "new",
    "validate": "check",
    "lint": "check",
    "diff": "plan",
    "apply": "deploy",
    "ps": "status",
    "ls": "status",
    "list": "status",
    "down": "destroy",
    "rm": "destroy",
    "delete": "destroy",
    "remove": "destroy",
}
"""What other tools call our verbs."""
OF_A_SERVER = ("--server", "--key-file", "--profile")

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
            here = HABITS.get(name)
            remedy = f"here it is '{here}'" if here else suggestion(name, COMMANDS, len(COMMANDS))
            ctx.fail(f"{name[:60]!r} is not a command; {remedy}")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the options that name a server from wherever they stand: before the verb or after it."""
        return super().parse_args(ctx, _with_server_first(args))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; here it is told what kept it from its end, to people and, with --json, to programs."""
        is_for_programs = "--json" in ctx.args
        try:
            return super().invoke(ctx)
        except (click.ClickException, DeployerError, HomeError, KeyboardInterrupt, click.Abort) as error:
            told: BaseException = error
        except Exception as error:
            # the client is loaded only where a server is named
            problems = sys.modules.get("ui.client.problems")
            if problems is None or not isinstance(error, problems.ClientError):
                raise
            told = error
        if is_for_programs:
            tell_json_line(document(told))
        if isinstance(told, KeyboardInterrupt | click.Abort):
            click.echo(f"\n{sentence(told)}", err=True)
            ctx.exit(exit_code(told))
        if isinstance(told, click.ClickException):
            raise told
        raise click.ClickException(sentence(told)) from told


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
)
@click.version_option(package_name="backdraft", message="%(version)s")
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

    A component is a box of some kind, such as a database, a proxy or code of yours; `backdraft kinds` lists them. A
    connection from one to another opens the way, and hands over address and password.

    \b
    Example:
      backdraft new shop --stack shop   # make a project with sample code
      cd shop
      backdraft check                   # see what is wrong with its schema
      backdraft plan                    # see what would be done
      backdraft deploy                  # do it
      backdraft status shop             # see what runs
      backdraft logs shop --follow      # see what it writes
      backdraft destroy shop            # end it; its data stays

    \b
    Environment:
      BACKDRAFT_HOME     the state folder: history, secrets and their key (~/.backdraft)
      BACKDRAFT_IMAGES   where images come from: registry, local or "mirror PREFIX"
      DOCKER_HOST        the engine (the Docker socket of this machine)
      NO_COLOR           if it is set, nothing has colours

    \b
    Exit codes:
      0     done
      1     problems, or a failure
      2     wrong usage
      129   stopped by SIGHUP, since the terminal went away
      130   stopped with Ctrl-C
      143   stopped by SIGTERM

    With --json, stdout is JSON and nothing else, however a command ends. One that cannot tell what it was asked for
    tells {"error": {"message": …, "problems": […]}}, each problem with path, fault, remedy, line and column.
    What is said to people goes to stderr.
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
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a second one must not break into the tidying up
            signal.signal(number, signal.SIG_IGN)
        gc.freeze()  # or Python looks through all that was imported once more before it ends, for a quarter of a second
