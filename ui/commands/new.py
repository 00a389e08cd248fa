"""`backdraft new`: a project made from a stack."""

import re
import shutil
from pathlib import Path

import click

import templates
from composer.spelling import suggestion
from ui import completions
from ui.output import say, tell
from ui.target import FILE_NAME, NAME, shown

LEFT_OUT = shutil.ignore_patterns("stack.yml", "__pycache__", "*.pyc")


@click.command("new")
@click.argument("name", type=NAME)
@click.option(
    "--stack",
    default="hello",
    show_default=True,
    metavar="STACK",
    shell_complete=completions.stacks,
    help="What to begin with; see: backdraft stacks.",
)
def command(name: str, stack: str) -> None:
    """Make a project NAME: a folder with a schema and code.

    NAME is made here, with backdraft.yml and sample code that runs as it is; change both as you like.

    \b
    Example:
      backdraft new my-api                 # one service
      backdraft new my-shop --stack shop   # a proxy, an API, a worker and their stores
    """
    known = sorted(path.parent.name for path in templates.STACKS.glob("*/stack.yml"))
    if stack not in known:
        raise click.UsageError(f"there is no stack {shown(stack)}; {suggestion(stack, known)}")
    folder = Path(name)
    try:
        shutil.copytree(templates.STACKS / stack, folder, ignore=LEFT_OUT)
        schema = folder / FILE_NAME
        schema.write_text(re.sub(r"(?m)^name: .*$", f"name: {name}", schema.read_text(), count=1))
    except FileExistsError:
        raise click.ClickException(f"{folder}: is there already; choose another name, or move it away") from None
    except (OSError, shutil.Error) as error:
        raise click.ClickException(f"{folder}: cannot be made: {error}; go to a folder you can write to") from error
    tell(str(folder / FILE_NAME))
    say(f"next:\n  cd {name}\n  backdraft plan     see what would be done\n  backdraft deploy   do it")
