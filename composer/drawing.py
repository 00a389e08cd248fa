"""A schema with its catalogue: its lines at hand from both ends, and the port that each leads to.

1. The ports of a component are its kind's, then its own; its own take the place of the kind's of the same name.
2. A connection leads to the port it names; else to the only port whose protocol the client's kind accepts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from composer.catalogue import Catalogue, Kind, KindPort
from composer.model import Component, Connection, Port, Schema, Value
from composer.references import references

ADDRESS_OFFERS = {"HOST": "${server.host}", "PORT": "${server.port}"}
HTTP_OFFERS = {"URL": "http://${server.host}:${server.port}", **ADDRESS_OFFERS}


class OfferError(LookupError):
    """A connection or a reference leads to nothing, or to more than one thing. Trying again does not help."""

    def __init__(self, fault: str, remedy: str = "", choices: Iterable[str] = ()) -> None:
        super().__init__(f"{fault} ({remedy})" if remedy else fault)
        self.fault = fault
        self.remedy = remedy
        self.choices = tuple(choices)


class Drawing:
    """A schema and the catalogue it is drawn from. What was asked once is remembered: a server may have thousands of
    clients, and each of them asks for its ports.
    """

    def __init__(self, schema: Schema, catalogue: Catalogue) -> None:
        self.schema = schema
        self.catalogue = catalogue
        self._from: dict[str, list[Connection]] = {}
        self._of: dict[str, list[Connection]] = {}
        self._between: dict[tuple[str, str], dict[str | None, Connection]] = {}
        for line in schema.connections:
            self._from.setdefault(line.client, []).append(line)
            for end in {line.client: None, line.server: None}:
                self._of.setdefault(end, []).append(line)
            self._between.setdefault((line.client, line.server), {}).setdefault(line.port, line)
        self._ports: dict[str, Mapping[str, KindPort]] = {}
        self._led_to: dict[tuple[object, ...], KindPort | OfferError] = {}

    def kind(self, name: str) -> Kind | None:
        """The kind of a component; None when there is no such component, or its kind is not known."""
        component = self.schema.components.get(name)
        return self.catalogue.get(component.kind) if component else None

    def lines_from(self, client: str) -> Sequence[Connection]:
        """The connections of which `client` is the client, in the order of the schema."""
        return self._from.get(client, ())

    def lines_of(self, name: str) -> Sequence[Connection]:
        """The connections of which a component is either end, in the order of the schema."""
        return self._of.get(name, ())

    def lines_between(self, client: str, server: str) -> Sequence[Connection]:
        """The connections from `client` to `server`; of those that name the same port, only the first."""
        return tuple(self._between.get((client, server), {}).values())

    def accepted(self, client: str) -> tuple[str, ...] | None:
        """The protocols `client` may be drawn to; None means any."""
        kind = self.kind(client)
        return kind.accepts if kind else None

    def ports(self, name: str) -> Mapping[str, KindPort]:
        """The ports of a component by name, their numbers resolved to int."""
        if name not in self._ports:
            self._ports[name] = ports(self.schema.components[name], self.kind(name))
        return self._ports[name]

    def port(self, connection: Connection) -> KindPort:
        """The port that `connection` leads to. Raises OfferError when there is none, or more than one."""
        question = (connection.server, connection.port, self.accepted(connection.client))
        if question not in self._led_to:
            try:
                self._led_to[question] = self._led(connection)
            except OfferError as error:
                self._led_to[question] = error
        answer = self._led_to[question]
        if isinstance(answer, OfferError):
            raise answer
        return answer

    def _led(self, connection: Connection) -> KindPort:
        name = connection.server
        if name not in self.schema.components:
            raise OfferError(f"there is no component '{name}'", choices=self.schema.components)
        found = self.ports(name)
        if not found:
            raise OfferError(f"'{name}' has no port to connect to", f"give it one with `ports:` in {name}")
        if connection.port is not None:
            if connection.port not in found:
                fault = f"'{name}' has no port '{connection.port}'"
                raise OfferError(fault, f"its ports: {', '.join(found)}", choices=found)
            return found[connection.port]
        if len(found) == 1:
            return next(iter(found.values()))
        return _fitting(found, name, self.accepted(connection.client))


def settings(component: Component, kind: Kind | None) -> Mapping[str, Value]:
    """Every setting that counts: what the schema says, over the defaults of the kind."""
    return {**(kind.defaults if kind else {}), **component.settings}


def ports(component: Component, kind: Kind | None) -> Mapping[str, KindPort]:
    """The ports of a component by name, their numbers resolved to int.

    A number that refers to a setting which is no port number becomes 0; validation refuses such a schema.
    """
    own = {name: _resolved(port, component, kind) for name, port in (kind.ports if kind else {}).items()}
    return own | {name: _added(name, port, own.get(name)) for name, port in component.ports.items()}


def _resolved(port: KindPort, component: Component, kind: Kind | None) -> KindPort:
    if isinstance(port.number, int):
        return port
    named = references(port.number)
    value = settings(component, kind).get(named[0].words[-1]) if named else None
    return replace(port, number=value if isinstance(value, int) and not isinstance(value, bool) else 0)


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
