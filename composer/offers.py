"""What a connection gives its client: which port it leads to, and under which names which texts reach the client.

1. The ports of a component are its kind's, then its own; its own take the place of the kind's of the same name.
2. A connection leads to the port it names; else to the only port whose protocol the client's kind accepts.
3. The names begin with what `as:` says; else with the prefix of the kind's port; else with the server's own name.
4. `${db.url}` is what the connection drawn to `db` gives as URL; `${db.primary.url}` where two are drawn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from composer.catalogue import Catalogue, Kind, KindPort
from composer.model import Component, Connection, Port, Schema, Value
from composer.references import Reference, references

ADDRESS_OFFERS = {"HOST": "${server.host}", "PORT": "${server.port}"}
HTTP_OFFERS = {"URL": "http://${server.host}:${server.port}", **ADDRESS_OFFERS}


class OfferError(LookupError):
    """A connection or a reference leads to nothing, or to more than one thing. Trying again does not help."""

    def __init__(self, fault: str, remedy: str = "", choices: Iterable[str] = ()) -> None:
        super().__init__(f"{fault} ({remedy})" if remedy else fault)
        self.fault = fault
        self.remedy = remedy
        self.choices = tuple(choices)


def settings(component: Component, kind: Kind | None) -> Mapping[str, Value]:
    """Every setting that counts: what the schema says, over the defaults of the kind."""
    return {**(kind.defaults() if kind else {}), **component.settings}


def ports(component: Component, kind: Kind | None) -> Mapping[str, KindPort]:
    """The ports of a component by name, their numbers resolved to int.

    A number that refers to a setting which is no port number becomes 0; validation refuses such a schema.
    """
    values: Mapping[str, Value] = {}
    if kind and any(isinstance(port.number, str) for port in kind.ports.values()):
        values = settings(component, kind)
    own = {name: replace(port, number=_number(port, values)) for name, port in (kind.ports if kind else {}).items()}
    return own | {name: _added(name, port, own.get(name)) for name, port in component.ports.items()}


def port_of(schema: Schema, catalogue: Catalogue, connection: Connection) -> KindPort:
    """The port of the server that `connection` leads to. Raises OfferError when there is none, or more than one."""
    server = schema.components.get(connection.server)
    if server is None:
        raise OfferError(f"there is no component '{connection.server}'", choices=schema.components)
    found = ports(server, catalogue.get(server.kind))
    if not found:
        raise OfferError(f"'{server.name}' has no port to connect to", f"give it one with `ports:` in {server.name}")
    if connection.port is not None:
        if connection.port not in found:
            raise OfferError(f"'{server.name}' has no port '{connection.port}'", _one_of(found), choices=found)
        return found[connection.port]
    if len(found) == 1:
        return next(iter(found.values()))
    return _fitting(found, server.name, accepted(schema, catalogue, connection.client))


def prefix(schema: Schema, catalogue: Catalogue, connection: Connection) -> str:
    """The first word of the environment names the client is given. Raises OfferError as `port_of` does."""
    if connection.prefix:
        return connection.prefix
    return port_of(schema, catalogue, connection).prefix or connection.server.upper().replace("-", "_")


def offers(schema: Schema, catalogue: Catalogue, connection: Connection) -> Mapping[str, str]:
    """What the client is given: KEY -> text; its name in the environment is `prefix` + `_` + KEY.

    The text may refer to `${settings.…}` and `${secret.…}` of the server and to `${server.host}` and `${server.port}`.
    Raises OfferError as `port_of` does.
    """
    return port_of(schema, catalogue, connection).offers


def offered(
    schema: Schema, catalogue: Catalogue, drawn: Iterable[Connection], reference: Reference
) -> tuple[Connection, str]:
    """The connection and the KEY of its offers that `reference` (`${db.url}`, `${db.primary.url}`) means.

    `drawn` are the connections of the component that holds the reference. Raises OfferError when none gives it,
    or more than one.
    """
    server, *named, word = reference.words
    lines = [line for line in drawn if line.server == server]
    if not lines:
        raise OfferError(f"{reference} refers to '{server}', and no connection is drawn to it")
    if named:
        lines = [line for line in lines if port_of(schema, catalogue, line).name == named[0]]
        if not lines:
            raise OfferError(f"{reference} refers to '{server}.{named[0]}', and no connection is drawn to it")
    key = word.upper().replace("-", "_")
    giving: dict[str, Connection] = {}
    for line in lines:
        port = port_of(schema, catalogue, line)
        if key in port.offers:
            giving.setdefault(port.name, line)
    if not giving:
        known = sorted({key.lower() for line in lines for key in offers(schema, catalogue, line)})
        raise OfferError(f"'{server}' does not offer '{word}'", f"it offers {', '.join(known) or 'nothing'}", known)
    if len(giving) > 1:
        names = [f"${{{server}.{name}.{word}}}" for name in giving]
        raise OfferError(f"{reference} could be more than one", f"write one of {', '.join(names)}")
    return next(iter(giving.values())), key


def accepted(schema: Schema, catalogue: Catalogue, client: str) -> tuple[str, ...] | None:
    """The protocols `client` may be drawn to; None means any."""
    component = schema.components.get(client)
    kind = catalogue.get(component.kind) if component else None
    return kind.accepts if kind else None


def _number(port: KindPort, values: Mapping[str, Value]) -> int:
    if isinstance(port.number, int):
        return port.number
    named = references(port.number)
    value = values.get(named[0].words[-1]) if named else None
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _added(name: str, port: Port, replaced: KindPort | None) -> KindPort:
    if replaced and replaced.protocol == port.protocol:
        return replace(replaced, number=port.number)
    return KindPort(name, port.protocol, port.number, None, HTTP_OFFERS if port.protocol == "http" else ADDRESS_OFFERS)


def _fitting(found: Mapping[str, KindPort], server: str, accepts: tuple[str, ...] | None) -> KindPort:
    fitting = {name: port for name, port in found.items() if accepts is None or port.protocol in accepts}
    if not fitting:
        # the first is as wrong as any other; validation tells that the protocols do not match
        return next(iter(found.values()))
    if len(fitting) > 1:
        names = [f"{server}.{name}" for name in fitting]
        raise OfferError(f"'{server}' has more than one port", f"write one of {', '.join(names)}", names)
    return next(iter(fitting.values()))


def _one_of(found: Iterable[str]) -> str:
    return f"its ports: {', '.join(found)}"
