"""The page that documents every kind, as Markdown: python -m composer.kinds_page > docs/kinds.md."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

import templates
from composer.catalogue import BY_DOCKERFILE, MEMORY_UNITS, Catalogue, Kind, KindPort, standard

OPENING = """\
<!-- Made from templates/kinds by `python -m composer.kinds_page > docs/kinds.md`; change those files, not this one. -->

# Kinds of components

A component of a schema is of one kind. All of them run with every Linux capability dropped but those named here,
without a way to gain privileges, and with a limit on memory, CPU and processes.
"""

CLOSING = """\
## Write your own kind: one file, no code

Put `templates/kinds/NAME.yml` beside the others; `templates/kind.schema.json` explains each word of it. This one is
complete:

```yaml
kind: gotify
title: Gotify
summary: Sends notes to your phone.
category: messaging
icon: mailpit
image: {repository: gotify/server, tag: "${settings.version}"}
settings:
  version: {description: Tag of the image., type: string, default: "2.6"}
secrets:
  password: {description: Password of the first user.}
ports:
  http:
    protocol: http
    number: 8080
    offers: {URL: "http://${server.host}:${server.port}", PASSWORD: "${secret.password}"}
environment:
  GOTIFY_SERVER_PORT: ${port.http}
  GOTIFY_DEFAULTUSER_PASS: ${secret.password}
volumes: {data: /app/data}
user: "1000:1000"
health: {tcp: http}
single: true
```

- A secret stands in the environment or in a file, never in a command: others can read those.
- Files go to `/etc/backdraft`, a folder no image uses, so nothing of the image is hidden by them.
- Name an unprivileged `user`, and a `tmpfs` for each place it writes to; keep the root read-only.
- `tests/unit/test_kinds.py` checks the file, and `python -m composer.kinds_page > docs/kinds.md` writes this page anew.
"""

ANY_STATUS = 600


def kinds_page(catalogue: Catalogue) -> str:
    """The whole page: a table of all kinds, then each of them, by category and title."""
    kinds = sorted(catalogue.kinds.values(), key=lambda kind: (kind.category, kind.title.lower()))
    sections = ["\n".join(_overview(kinds)), *("\n".join(_section(kind)) for kind in kinds)]
    return "\n".join([OPENING, *(f"{section}\n" for section in sections), CLOSING])


def _overview(kinds: Iterable[Kind]) -> Iterator[str]:
    yield "| Kind | Category | What it is | Ports | Replicas |"
    yield "|---|---|---|---|---|"
    for kind in kinds:
        replicas = "one" if kind.single else "any number"
        cells = [f"[`{kind.name}`](#{kind.name})", kind.category, kind.title, _ports(kind), replicas]
        yield f"| {' | '.join(cells)} |"


def _ports(kind: Kind) -> str:
    return ", ".join(f"{port.name} ({port.protocol})" for port in kind.ports.values()) or "none"


def _section(kind: Kind) -> Iterator[str]:
    yield f"## {kind.name}"
    yield ""
    yield f"**{kind.title}.** {kind.summary}"
    if kind.settings:
        yield from ("", "| Setting | Default | Allowed | What it does |", "|---|---|---|---|")
        for name, rule in kind.settings.items():
            cells = [f"`{name}`", _default(rule), _allowed(rule), rule["description"]]
            yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
    for port in kind.ports.values():
        yield from _port(port)
    yield ""
    yield from (f"- {title}: {fact}" for title, fact in _facts(kind).items() if fact)


def _port(port: KindPort) -> Iterator[str]:
    first_word = port.prefix or "NAME"
    purpose = f" {port.description}" if port.description else ""
    given = "A connection to it gives its client" + ("" if port.prefix else ", where NAME is the name of the component")
    yield ""
    yield f"Port `{port.name}` speaks {port.protocol} on {_number(port)}.{purpose} {given}:"
    yield ""
    yield from (f"- `{first_word}_{key}` = `{text}`" for key, text in port.offers.items())


def _number(port: KindPort) -> str:
    return str(port.number) if isinstance(port.number, int) else f"the number of `{port.number}`"


def _facts(kind: Kind) -> Mapping[str, str]:
    limits = kind.limits
    return {
        "Image": _image(kind),
        "Source": _source(kind),
        "Command": f"`{' '.join(kind.command)}`" if kind.command else "",
        "Health": _health(kind),
        "Volumes": ", ".join(f"`{name}` at `{path}`" for name, path in kind.volumes.items()),
        "Secrets": "; ".join(f"`{name}` ({rule.description.rstrip('.')})" for name, rule in kind.secrets.items()),
        "Limits": f"{_memory(limits.memory or 0)} of memory, {limits.cpus:g} CPU, {limits.pids} processes",
        "User": f"`{kind.user}`" if kind.user else "the image's own",
        "Root file system": "read-only" if kind.read_only else "can be written",
        "Capabilities": ", ".join(f"`{name}`" for name in kind.capabilities),
        "Ends on": f"`{kind.stop.signal}`, within {kind.stop.grace:g} s",
        "Looks up its servers again on": f"`{kind.reload}`" if kind.reload else "",
        "Way out to the world": "open" if kind.egress else "closed, unless the component says `egress: true`",
    }


def _image(kind: Kind) -> str:
    if kind.image is None:
        return "the one the component names"
    tagged = f"{kind.image.repository}:{_with_defaults(kind.image.tag, kind)}"
    return f"`{tagged}` at a registry; local recipe: {_recipe(kind.image.recipe)}"


def _recipe(name: str | None) -> str:
    if name is None:
        return "none"
    versions = yaml.safe_load((templates.IMAGES / name / "recipe.yml").read_text())["versions"]
    return f"`{name}`, for {' and '.join(versions)}"


def _with_defaults(text: str, kind: Kind) -> str:
    for name, value in kind.defaults.items():
        text = text.replace(f"${{settings.{name}}}", str(value))
    return text


def _source(kind: Kind) -> str:
    if kind.build is None:
        return ""
    if kind.build == BY_DOCKERFILE:
        return "a directory of yours with a Dockerfile, instead of an `image`"
    need = "required, unless the component names an `image`" if kind.source_required else "may be left out"
    return f"a directory of yours, built with `templates/builds/{kind.build}.Dockerfile` or its own Dockerfile ({need})"


def _health(kind: Kind) -> str:
    probes = []
    if kind.health.tcp:
        probes.append(f"port `{kind.health.tcp}` is open")
    if kind.health.http:
        done = "is answered" if kind.health.http.below == ANY_STATUS else "succeeds"
        probes.append(f"`GET {kind.health.http.path}` on port `{kind.health.http.port}` {done}")
    if kind.health.command:
        probes.append(f"`{' '.join(kind.health.command)}` succeeds")
    return f"ready when {' and '.join(probes)}, within {kind.health.timeout:g} s" if probes else "ready when it runs"


def _memory(size: int) -> str:
    unit = max((name for name, step in MEMORY_UNITS.items() if size % step == 0), key=MEMORY_UNITS.__getitem__)
    return f"{size // MEMORY_UNITS[unit]} {unit}"


def _default(rule: Mapping[str, Any]) -> str:
    return f"`{_written(rule['default'])}`" if "default" in rule else "required"


def _allowed(rule: Mapping[str, Any]) -> str:
    if "enum" in rule:
        return ", ".join(f"`{_written(value)}`" for value in rule["enum"])
    if rule["type"] == "integer":
        return f"{rule['minimum']} to {rule['maximum']}"
    if rule["type"] == "boolean":
        return "`true`, `false`"
    return f"`{rule['pattern']}`"


def _written(value: object) -> str:
    """The value as a schema writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    looks_like_a_number = isinstance(value, str) and value.replace(".", "", 1).isdigit()
    return f'"{value}"' if looks_like_a_number or value == "" else str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(kinds_page(standard()), end="")
