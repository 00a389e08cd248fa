"""How the command line speaks: data to stdout, talk to stderr, colours on a terminal only."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

COLOURS = {"+": "green", "~": "yellow", "-": "red"}

json_option: Callable[[Any], Any] = click.option(
    "as_json", "--json", is_flag=True, help="Print JSON, for programs to read."
)


def tell(text: str) -> None:
    """Print data."""
    click.echo(text)


def tell_json(value: Any) -> None:
    """Print data for programs."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def tell_json_line(value: Any) -> None:
    """Print a document for programs that may come after other lines, so on one line."""
    click.echo(json.dumps(value, ensure_ascii=False))


def say(text: str) -> None:
    """Print a sentence for the person who asked; one that nobody reads any more is no reason to stop."""
    try:
        click.echo(text, err=True)
    except OSError:
        talk_to_nobody()


def talk_to_nobody() -> None:
    """Nobody reads stderr any more: the pipe is closed, or the terminal went away. From now on it goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def tell_notes(notes: Iterable[str]) -> None:
    """Say what a plan leaves as it is and people should know."""
    for note in notes:
        say(click.style(f"note: {note}", fg="yellow"))


def changes(summary: str) -> str:
    """The summary of a plan, each line in the colour of its sign."""
    return "\n".join(click.style(line, fg=COLOURS.get(line[:1])) for line in summary.splitlines())


def totals(summary: str) -> str:
    """`2 to create, 1 to change, 0 to remove`."""
    signs = [line[:1] for line in summary.splitlines()]
    return f"{signs.count('+')} to create, {signs.count('~')} to change, {signs.count('-')} to remove"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell; the last one runs free."""
    lines = [tuple(heads), *map(tuple, rows)]
    widths = [max(len(click.unstyle(line[column])) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - len(click.unstyle(cell))) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def age(since: float, now: float | None = None) -> str:
    """How long ago `since` (seconds since 1970) was, in its largest unit: `45 s`, `3 min`, `5 h`, `12 d`."""
    seconds = max(0, int((time.time() if now is None else now) - since))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def duration(seconds: float) -> str:
    """`1.2 s`, `12 s` or `2 min 5 s`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"
