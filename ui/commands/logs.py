"""`backdraft logs`: what the components write."""

import re
import time
from dataclasses import asdict
from datetime import UTC, datetime

import click

from composer.spelling import suggestion
from deployer.gate import COMPONENT as GATE
from ui import completions
from ui.output import tell, tell_json_line
from ui.target import NAME, deploying, is_name, shown, unknown_project

COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_green", "bright_magenta")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@click.command("logs")
@click.argument("target", metavar="NAME[/COMPONENT]", shell_complete=completions.components)
@click.option("-f", "--follow", is_flag=True, help="Go on with the lines to come, until Ctrl-C.")
@click.option("--tail", type=click.IntRange(0), metavar="N", help="Only the last N lines of each replica.")
@click.option("--since", metavar="AGE", help="Only lines younger than this: 30s, 10m, 2h, 1d.")
@click.option("--times", is_flag=True, help="Begin each line with its time (UTC).")
@click.option("as_json", "--json", is_flag=True, help="Print a JSON object a line, for programs to read.")
@click.pass_context
def command(
    context: click.Context, target: str, follow: bool, tail: int | None, since: str | None, times: bool, as_json: bool
) -> None:
    """Print what a project writes, or one component of it.

    The lines of all replicas, in the order of their time. Those of the packet filter only where they are asked for,
    as NAME/_gate.

    \b
    Example:
      backdraft logs shop --tail 20
      backdraft logs shop/api -f
      backdraft logs shop --since 10m --json | jq .text
    """
    project, component = (target.partition("/")[0], GATE) if is_gate(target) else split_target(target)
    youngest = _since(since)
    made = deploying(context)
    components = sorted({replica.component for replica in made.status(project)} - ({GATE} - {component}))
    if not components:
        raise unknown_project(project, made.projects())
    if component is not None and component not in components:
        raise click.ClickException(f"{project}: has no component '{component}'; {suggestion(component, components)}")
    for line in made.logs(project, component, follow=follow, tail=tail, since=youngest):
        if component is None and line.component == GATE:
            continue
        if as_json:
            tell_json_line(asdict(line))
            continue
        colour = COLOURS[components.index(line.component) % len(COLOURS)] if line.component in components else None
        when = f"{datetime.fromtimestamp(line.time, UTC):%Y-%m-%dT%H:%M:%S.%fZ} " if times else ""
        tell(f"{when}{click.style(f'{line.component}.{line.replica} |', fg=colour)} {line.text}")


def is_gate(target: str) -> bool:
    """Whether `target` names the packet filter of a project, which has a name that no component can have."""
    project, _, component = target.partition("/")
    return is_name(project) and component == GATE


def split_target(target: str) -> tuple[str, str | None]:
    """Project and component of `shop/api`; a UsageError when it is neither that nor `shop`."""
    project, slash, component = target.partition("/")
    if not is_name(project) or (slash and not is_name(component)):
        raise click.UsageError(f"{shown(target)} is neither a project nor a component of one, such as shop or shop/api")
    return NAME.convert(project, None, None), component or None


def _since(text: str | None) -> float | None:
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,6}[smhd]", text):
        raise click.UsageError(f"--since: {shown(text)} is no age, such as 30s, 10m, 2h or 1d")
    return time.time() - int(text[:-1]) * UNITS[text[-1]]
