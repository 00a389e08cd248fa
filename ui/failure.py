"""What a command that could not do what it was asked leaves behind: a sentence for people, a document for programs."""

from collections.abc import Iterable
from signal import SIGINT
from typing import Any

import click

from composer.model import Place, Problem
from deployer.errors import DeployerError
from deployer.stopping import Terminated

SIGNALLED = 128
"""What a shell adds to the number of the signal that ended a program."""


class SchemaError(click.ClickException):
    """A schema that is not acted on, since it has `problems`, which were told already."""

    def __init__(self, message: str, problems: Iterable[Problem]) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


def exit_code(stop: KeyboardInterrupt | click.Abort) -> int:
    """130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""
    return SIGNALLED + (stop.number if isinstance(stop, Terminated) else SIGINT)


def sentence(error: BaseException) -> str:
    """What to say to a person."""
    if isinstance(error, click.ClickException):
        return error.format_message()
    if told := _of_server(error):
        return "\n".join(map(str, told))
    return str(error) or "stopped"


def document(error: BaseException) -> dict[str, Any]:
    """What to tell a program: `{"error": {"message": …, "problems": […]}}`."""
    problems = error.problems if isinstance(error, SchemaError | DeployerError) else _of_server(error)
    return {"error": {"message": sentence(error), "problems": list(map(plain, problems))}}


def _of_server(error: BaseException) -> tuple[Problem, ...]:
    """The problems that a server told, where it is one's answer; whoever asks no server never loads the client."""
    told = getattr(error, "more", {}).get("problems", ())
    return tuple(
        Problem(
            each["path"], each["fault"], each["remedy"], Place(each["line"], each["column"]) if each["line"] else None
        )
        for each in told
    )


def plain(problem: Problem) -> dict[str, str | int | None]:
    """A problem as JSON has it: path, fault, remedy, and where in the text, or null."""
    place = problem.place
    return {
        "path": problem.path,
        "fault": problem.fault,
        "remedy": problem.remedy,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }
