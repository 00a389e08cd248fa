"""The reference of the command line as Markdown, from what every command says of itself: `python -m ui.reference`."""

from collections.abc import Iterator
from inspect import cleandoc

import click

from ui.cli import cli

HEAD = """# Command line

Made by `python -m ui.reference > docs/cli.md`; change the commands, not this file.
"""


def reference() -> str:
    """The whole page."""
    pages = [HEAD]
    for path, command in commands(cli, "backdraft"):
        context = click.Context(command, info_name=path, max_content_width=100)
        pages.append("\n".join(_page(path, command, context)))
    return "\n".join(pages)


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command with the words that lead to it, groups before their members."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if (found := command.get_command(context, name)) is not None:
                yield from commands(found, f"{path} {name}")


def _page(path: str, command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"{'##' if path.count(' ') < 2 else '###'} {path}\n"
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"```\n{path} {usage}\n```\n"
    for paragraph in cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith("\b\n"):
            _, title, *lines = paragraph.splitlines()
            language = "sh" if title == "Example:" else ""
            yield "\n".join([title, "", f"```{language}", *(line.removeprefix("  ") for line in lines), "```", ""])
        else:
            yield " ".join(paragraph.split()) + "\n"
    options = [
        record
        for option in command.params
        if isinstance(option, click.Option) and (record := option.get_help_record(context))
    ]
    if options:
        yield "| option | meaning |\n|---|---|"
        yield from (f"| `{names}` | {meaning} |" for names, meaning in options)
        yield ""


if __name__ == "__main__":
    click.echo(reference(), nl=False)
