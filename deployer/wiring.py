"""Connections become environment: what each component is told, with secrets still sealed.

Where a text may refer to what:

1. A kind's own texts: `${settings.x}`, `${secret.x}` (its own), `${port.x}`, `${component.name}` and `.project`.
2. What a server offers: the same, of the server, and `${server.host}`, `${server.port}`.
3. What a schema's author writes: `${db.url}` along a drawn connection, `${secret.NAME}` of the project, `${env.NAME}`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from composer.catalogue import Catalogue, Kind
from composer.model import Component, Connection, Problem, Schema, Value
from composer.offers import offered, offers, port_of, ports, prefix, settings
from composer.references import Reference, split
from deployer.errors import DeployerError
from deployer.model import SealedText, Secret, sealed

SecretName = tuple[str, str]
"""Owner (a component, or empty for the project's own) and name."""


class WiringError(DeployerError):
    """A reference that nothing answers: where it stands, the fault and how to mend it."""


@dataclass(frozen=True)
class Surroundings:
    """What a schema is wired into: the version of each secret in use, and the environment `${env.NAME}` reads."""

    versions: Mapping[SecretName, int] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


Scope = Callable[[Reference], SealedText]


def environment(
    schema: Schema, catalogue: Catalogue, component: Component, surroundings: Surroundings
) -> tuple[tuple[str, SealedText], ...]:
    """The environment of a component, sorted by name: its kind's, then what connections give, then its own, which wins.

    Raises WiringError for `${env.NAME}` that is not set.
    """
    kind = catalogue[component.kind]
    drawn = drawn_from(schema, component.name)
    own = kind_scope(schema, component, kind, surroundings)
    result = {name: resolve(text, own) for name, text in kind.environment.items()}
    for connection in drawn:
        first_word = prefix(schema, catalogue, connection)
        scope = offer_scope(schema, catalogue, connection, surroundings)
        for key, text in offers(schema, catalogue, connection).items():
            result[f"{first_word}_{key}"] = resolve(text, scope)
    author = author_scope(schema, catalogue, component, drawn, surroundings)
    result |= {name: resolve(text, author) for name, text in component.environment.items()}
    return tuple(sorted(result.items()))


def resolve(text: str, scope: Scope) -> SealedText:
    """`text` with every reference replaced by what `scope` makes of it; neighbouring plain text is joined."""
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


def offer_scope(schema: Schema, catalogue: Catalogue, connection: Connection, surroundings: Surroundings) -> Scope:
    """What the texts that a server offers may refer to. A server's replicas answer to its name."""
    server = schema.components[connection.server]
    port = port_of(schema, catalogue, connection)
    own = kind_scope(schema, server, catalogue[server.kind], surroundings)

    def scope(reference: Reference) -> SealedText:
        match reference.words:
            case ("server", "host"):
                return sealed(server.name)
            case ("server", "port"):
                return sealed(str(port.number))
        return own(reference)

    return scope


def author_scope(
    schema: Schema,
    catalogue: Catalogue,
    component: Component,
    drawn: Iterable[Connection],
    surroundings: Surroundings,
) -> Scope:
    """What the author of a schema may refer to in a component's environment."""
    lines = tuple(drawn)

    def scope(reference: Reference) -> SealedText:
        match reference.words:
            case ("secret", name):
                return (_secret("", name, surroundings),)
            case ("env", name):
                if name not in surroundings.environment:
                    raise WiringError.of([unset_variable(component.name, reference)])
                return sealed(surroundings.environment[name])
        connection, key = offered(schema, catalogue, lines, reference)
        text = offers(schema, catalogue, connection)[key]
        return resolve(text, offer_scope(schema, catalogue, connection, surroundings))

    return scope


def drawn_from(schema: Schema, client: str) -> tuple[Connection, ...]:
    """The connections of which `client` is the client, in the order of the schema."""
    return tuple(connection for connection in schema.connections if connection.client == client)


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
