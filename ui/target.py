"""What a command is pointed at: a schema file, a project by its name, the deployer behind both."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from composer.home import home_path
from composer.model import NAME_LENGTH, NAME_PATTERN, Problem, Schema
from composer.spelling import suggestion
from ui.failure import SchemaError
from ui.output import say

if TYPE_CHECKING:
    from composer.judgement import Judgement
    from deployer.deployments import Deployer
    from ui.client import Client
    from ui.deploying import Deploying, SecretKeeping

FILE_NAME = "backdraft.yml"
LARGEST = 2**20


@dataclass(frozen=True)
class SchemaFile:
    """A schema that was read; `directory` is where its sources begin."""

    path: Path
    text: str
    schema: Schema

    @property
    def directory(self) -> Path:
        """The folder the file lies in."""
        return self.path.absolute().parent


class Name(click.ParamType[str]):
    """A name as schemas write them, of a project or a component."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """`value` itself, or a UsageError that says how names look."""
        text = str(value)
        if not is_name(text):
            self.fail(f"{shown(text)} is not a name: lower-case letters, digits and single dashes, such as my-shop")
        return text


NAME = Name()

file_argument: Callable[[Any], Any] = click.argument(
    "file", required=False, metavar="[FILE]", type=click.Path(path_type=Path)
)


def is_name(text: str) -> bool:
    """Whether `text` can be the name of a project or a component."""
    return len(text) <= NAME_LENGTH and re.fullmatch(NAME_PATTERN[1:-1], text) is not None


def shown(text: str) -> str:
    """A word somebody typed, short, quoted and free of control characters."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def read_text(file: Path | None) -> tuple[Path, bytes]:
    """The path and the bytes of a schema file: `file`, the backdraft.yml in it, or the one here when none is named."""
    path = _found(file)
    try:
        with path.open("rb") as stream:
            return path, stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        fault = getattr(error, "strerror", None) or str(error)
        raise click.ClickException(f"{shown(str(path))}: cannot be read: {fault}; check the path") from error


def read_schema(file: Path | None, *, with_sources: bool = True) -> SchemaFile:
    """The schema in `file`, without a problem; ends the command with all of them otherwise."""
    path, content = read_text(file)
    judgement = judged(path, content, with_sources=with_sources)
    if judgement.schema is None or judgement.problems:
        for problem in judgement.problems:
            say(problem_line(path, problem))
        raise SchemaError(f"{path}: {counted_problems(judgement)}; nothing was done", judgement.problems)
    return SchemaFile(path, content.decode("utf-8", "replace"), judgement.schema)


def judged(path: Path, content: bytes, *, with_sources: bool = True) -> "Judgement":
    """The schema that `content`, the file at `path`, describes, if any, and everything that is wrong with it.

    With the directories it builds from, which lie beside the file, unless they do not matter.
    """
    from composer import judgement
    from composer.catalogue import standard
    from composer.sources import source_problems

    def look(schema: Schema) -> tuple[Problem, ...]:
        return source_problems(schema, standard(), path.absolute().parent) if with_sources else ()

    return judgement.judged(content, standard(), look)


def counted_problems(judgement: "Judgement") -> str:
    """`2 problems`, or `100 problems, and more to come` where these are only the first."""
    return counted(len(judgement.problems), "problem") + ("" if judgement.is_complete else ", and more to come")


def problem_line(path: Path, problem: Problem) -> str:
    """`backdraft.yml:4:18 components/db/kind: …`, as editors and terminals make a link of."""
    return f"{path}:{problem}" if problem.place else f"{path}: {problem}"


def counted(number: int, noun: str) -> str:
    """`1 problem`, `2 problems`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def deploying(context: click.Context) -> "Deploying":
    """Whoever deploys: a server, where one is named, or else the engine of this machine."""
    from ui.local import Local

    if context.obj is None and (client := server(context)) is not None:
        from ui.remote import Remote

        return Remote(client)
    return Local(deployer(context))


def secret_keeping(context: click.Context) -> "SecretKeeping":
    """Whoever keeps the secrets: a server, where one is named, or else the state folder."""
    if (client := server(context)) is not None:
        from ui.remote import RemoteSecrets

        return RemoteSecrets(client)
    from deployer.vault import Vault

    return Vault(home_path())


def server(context: click.Context) -> "Client | None":
    """The server that the options of the command line, the environment or a profile name, if any."""
    from ui.profiles import ProfileError, access

    given = context.find_root().params
    try:
        found = access(given.get("server"), given.get("key_file"), given.get("profile"))
        if found is None:
            return None
        from ui.client import Client

        client = Client(found.server, found.key)
    except (ProfileError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    context.find_root().call_on_close(client.close)
    return client


def stay_here(context: click.Context, why: str) -> None:
    """Have a command be about this machine: an option that names a server is a UsageError, which says `why`.

    A server that the environment names is for other commands; that it is not asked is said.
    """
    from ui.profiles import PROFILE, SERVER

    given = context.find_root().params
    if given.get("server") or given.get("profile"):
        raise click.UsageError(f"{context.command_path} is about this machine: {why}; leave out --server and --profile")
    for name in (SERVER, PROFILE):
        if os.environ.get(name):
            say(f"this is about this machine, not about the server that {name} names: {why}")
            return


def deployer(context: click.Context) -> "Deployer":
    """The deployer of this state folder; a test may hand its own in `context.obj`."""
    if context.obj is not None:
        handed: Deployer = context.obj
        return handed
    from deployer.deployments import connect

    return connect(home_path())


def unknown_project(project: str, known: Iterable[str]) -> click.ClickException:
    """The error of a project of which nothing stands on the engine."""
    hint = suggestion(project, known) or "nothing is deployed yet; see: backdraft deploy --help"
    return click.ClickException(f"{project}: nothing of a project of that name runs here; {hint}")


def _found(file: Path | None) -> Path:
    if file is None:
        if not Path(FILE_NAME).is_file():
            raise click.UsageError(f"there is no {FILE_NAME} here; name a file, or make one with: backdraft new NAME")
        return Path(FILE_NAME)
    try:
        return file / FILE_NAME if file.is_dir() else file
    except (OSError, ValueError):
        return file
