"""Connections become environment: what each component is told, with secrets still sealed.

Where a text may refer to what:

1. A kind's own texts: `${settings.x}`, `${secret.x}` (its own), `${port.x}`, `${component.name}` and `.project`.
2. What a server offers: the same, of the server, and `${server.host}`, `${server.port}`.
3. What a schema's author writes: `${db.url}` along a drawn connection, `${secret.NAME}` of the project, `${env.NAME}`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf

from composer.catalogue import Catalogue, Kind
from composer.drawing import Drawing, ports, settings
from composer.model import Component, Connection, Problem, Schema, Value
from composer.offers import offered, offers, prefix
from composer.references import Reference, split
from deployer.errors import DeployerError
from deployer.model import SealedText, Secret, sealed

SecretName = tuple[str, str]
"""Owner (a component, or empty for the project's own) and name."""


class WiringError(DeployerError):
    """A reference that nothing answers: where it stands, the fault and how to mend it."""


@dataclass(frozen=True)
class Surroundings:
    """What a schema is wired into: the version of each secret in use, the environment `${env.NAME}` reads, the host.

    `cpus` is how many cores the host has; the share that a kind gives by itself is never more.
    """

    versions: Mapping[SecretName, int] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    cpus: float = inf


Scope = Callable[[Reference], SealedText]


def environment(
    drawing: Drawing, component: Component, surroundings: Surroundings
) -> tuple[tuple[str, SealedText], ...]:
    """The environment of a component, sorted by name: its kind's, then what connections give, then its own, which wins.

    Raises WiringError for `${env.NAME}` that is not set.
    """
    kind = drawing.catalogue[component.kind]
    own = kind_scope(drawing.schema, component, kind, surroundings)
    result = {name: resolve(text, own) for name, text in kind.environment.items()}
    for connection in drawing.lines_from(component.name):
        first_word = prefix(drawing, connection)
        scope = offer_scope(drawing, connection, surroundings)
        for key, text in offers(drawing, connection).items():
            result[f"{first_word}_{key}"] = resolve(text, scope)
    author = author_scope(drawing, component, surroundings)
    result |= {name: resolve(text, author) for name, text in component.environment.items()}
    return tuple(sorted(result.items()))


def resolve(text: str, scope: Scope) -> SealedText:
    """`text` with every reference replaced by what `scope` makes of it; neighbouring plain text is joined."""
    if "${" not in text:
        return sealed(text)
    parts: list[str | Secret] = []
    for part in split(text):
        for piece in scope(part) if isinstance(part, Reference) else (part,):
            if isinstance(piece, str) and parts and isinstance(parts[-1], str):
                parts[-1] += piece
            else:
                parts.append(piece)
    return tuple(parts)


def plain(text: str, scope: Scope) -> str:
    """`text` resolved where no secret may stand (image names, probes). Raises WiringError if one does."""
    parts = resolve(text, scope)
    if any(isinstance(part, Secret) for part in parts):
        raise WiringError(f"'{text}': a secret may not stand here, since others can read it")
    return "".join(part for part in parts if isinstance(part, str))


def kind_scope(schema: Schema, component: Component, kind: Kind, surroundings: Surroundings) -> Scope:
    """What a kind's own texts may refer to."""
    values = settings(component, kind)

    def scope(reference: Reference) -> SealedText:
        match reference.words:
            case ("settings", name):
                return sealed(_text(values.get(name)))
            case ("secret", name):
                return (_secret(component.name, name, surroundings),)
            case ("port", name):
                return sealed(str(ports(component, kind)[name].number))
            case ("component", "name"):
                return sealed(component.name)
            case ("component", "project"):
                return sealed(schema.name)
        raise WiringError(f"kind '{kind.name}': {reference} means nothing")

    return scope


def offer_scope(drawing: Drawing, connection: Connection, surroundings: Surroundings) -> Scope:
    """What the texts that a server offers may refer to. A server's replicas answer to its name."""
    server = drawing.schema.components[connection.server]
    port = drawing.port(connection)
    own = kind_scope(drawing.schema, server, drawing.catalogue[server.kind], surroundings)

    def scope(reference: Reference) -> SealedText:
        match reference.words:
            case ("server", "host"):
                return sealed(server.name)
            case ("server", "port"):
                return sealed(str(port.number))
        return own(reference)

    return scope


def author_scope(drawing: Drawing, component: Component, surroundings: Surroundings) -> Scope:
    """What the author of a schema may refer to in a component's environment."""

    def scope(reference: Reference) -> SealedText:
        match reference.words:
            case ("secret", name):
                return (_secret("", name, surroundings),)
            case ("env", name):
                if name not in surroundings.environment:
                    raise WiringError.of([unset_variable(component.name, reference)])
                return sealed(surroundings.environment[name])
        connection, key = offered(drawing, component.name, reference)
        return resolve(offers(drawing, connection)[key], offer_scope(drawing, connection, surroundings))

    return scope


def wanted_secrets(schema: Schema, catalogue: Catalogue) -> Mapping[SecretName, int]:
    """Every secret a kind generates for this schema, and its length in characters."""
    return {
        (component.name, name): rule.length
        for component in schema.components.values()
        for name, rule in catalogue[component.kind].secrets.items()
    }


def unset_variables(schema: Schema, environment: Mapping[str, str]) -> tuple[Problem, ...]:
    """A problem for every `${env.NAME}` that an author refers to and `environment` does not have."""
    return tuple(
        unset_variable(component.name, part)
        for component in schema.components.values()
        for text in component.environment.values()
        for part in split(text)
        if isinstance(part, Reference) and part.words[0] == "env" and part.words[1] not in environment
    )


def unset_variable(component: str, reference: Reference) -> Problem:
    """What is wrong with a reference to a variable that is not set."""
    name = reference.words[1]
    remedy = f"export {name}, or use ${{secret.{name}}}"
    return Problem(f"components/{component}/environment", f"{reference} is not set here", remedy)


def authors_secrets(schema: Schema) -> tuple[str, ...]:
    """The names of the project's own secrets that environments refer to; sorted, each once."""
    return tuple(
        sorted(
            {
                part.words[1]
                for component in schema.components.values()
                for text in component.environment.values()
                for part in split(text)
                if isinstance(part, Reference) and part.words[0] == "secret" and len(part.words) == 2
            }
        )
    )


def _secret(owner: str, name: str, surroundings: Surroundings) -> Secret:
    return Secret(owner, name, surroundings.versions.get((owner, name), 1))


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
