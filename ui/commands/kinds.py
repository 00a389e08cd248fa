"""`backdraft kinds`: what a component can be."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from composer.catalogue import Kind, standard
from composer.spelling import suggestion
from ui import completions
from ui.output import json_option, say, table, tell, tell_json
from ui.target import shown


@click.command("kinds")
@click.argument("name", required=False, shell_complete=completions.kinds)
@json_option
def command(name: str | None, as_json: bool) -> None:
    """List the kinds of components, or tell about one.

    Of the kind NAME: its settings with their defaults, its ports, and the environment that a connection to it gives.

    \b
    Example:
      backdraft kinds
      backdraft kinds postgres
    """
    kinds = standard().kinds
    if name is not None and name not in kinds:
        raise click.UsageError(f"there is no kind {shown(name)}; {suggestion(name, kinds)}")
    if as_json:
        tell_json(_plain(kinds[name]) if name else list(map(_plain, kinds.values())))
    elif name:
        tell("\n".join(_told(kinds[name])))
    else:
        rows = [(kind.name, kind.category, kind.title) for kind in kinds.values()]
        tell(table(("KIND", "CATEGORY", "TITLE"), sorted(rows, key=lambda row: (row[1], row[0]))))
        say("more about one: backdraft kinds KIND")


def _told(kind: Kind) -> Iterator[str]:
    yield f"{kind.title}: {kind.summary}"
    if kind.settings:
        yield "settings:"
    for setting, rule in kind.settings.items():
        yield f"  {setting} = {rule.get('default', '(required)')}: {rule.get('description', '')}{_choices(rule)}"
    for port in kind.ports.values():
        yield f"port {port.name}: {port.protocol}. {port.description}".rstrip()
        prefix = port.prefix or "(the server's name)"
        yield from (f"  a client gets {prefix}_{key}" for key in port.offers)


def _choices(rule: Mapping[str, Any]) -> str:
    return f" One of {', '.join(map(str, rule['enum']))}." if "enum" in rule else ""


def _plain(kind: Kind) -> dict[str, Any]:
    return {
        "kind": kind.name,
        "title": kind.title,
        "summary": kind.summary,
        "category": kind.category,
        "settings": dict(kind.settings),
        "ports": {
            port.name: {"protocol": port.protocol, "prefix": port.prefix, "offers": list(port.offers)}
            for port in kind.ports.values()
        },
    }
