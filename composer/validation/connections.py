"""What is wrong with the lines: ends that do not exist, protocols that do not match, lines that say the same."""

from collections.abc import Iterator

from composer.catalogue import Catalogue
from composer.model import Connection, Schema
from composer.offers import OfferError, accepted, ports
from composer.validation.drawing import Drawing, Found

_ROUTE_FIELDS = ("path", "host", "weight", "algorithm")


def connection_problems(drawing: Drawing) -> Iterator[Found]:
    """What is wrong with each line, and with lines of one client that need each other."""
    schema, catalogue, gaps = drawing.schema, drawing.catalogue, drawing.gaps
    seen: dict[tuple[object, ...], int] = {}
    prefixes: dict[tuple[str, str], tuple[str, str]] = {}
    for number, connection in enumerate(schema.connections):
        index = gaps.index(number)
        path = f"connections/{index}"
        ends = (("from", connection.client), ("to", connection.server))
        for end, name in ends:
            if name not in schema.components and not gaps.may_name(name):
                yield f"{path}/{end}", f"there is no component '{name}'", drawing.component_meant(name)
        if any(name not in schema.components for _, name in ends):
            continue
        if connection.client == connection.server:
            yield f"{path}/to", f"'{connection.client}' is connected to itself", "remove the connection"
            continue
        yield from _route_problems(schema, catalogue, connection, path)
        if schema.components[connection.server].kind not in catalogue:
            continue
        try:
            port = drawing.port(connection)
        except OfferError as error:
            remedy = drawing.meant(connection.port, error.choices) if connection.port else error.remedy
            yield f"{path}/to", error.fault, remedy
            continue
        speaks = accepted(schema, catalogue, connection.client)
        if speaks is not None and port.protocol not in speaks:
            yield f"{path}/to", *_mismatch(schema, catalogue, connection, port.protocol, speaks)
            continue
        word = connection.prefix or port.prefix or _own_prefix(connection.server)
        line = (connection.client, connection.server, port.name, word, connection.host, connection.path or "/")
        if line in seen:
            yield path, f"it is drawn already, as connections/{seen[line]}", "remove one of them"
            continue
        seen[line] = index
        target = (connection.server, port.name)
        first = prefixes.setdefault((connection.client, word), target)
        if first != target and not _is_proxy(schema, catalogue, connection.client):
            fault = f"'{connection.client}' is given {word}_… by '{first[0]}' already"
            yield path, fault, f"tell them apart, such as `as: {_own_prefix(connection.server)}`"


def _is_proxy(schema: Schema, catalogue: Catalogue, name: str) -> bool:
    kind = catalogue.get(schema.components[name].kind)
    return kind is not None and kind.routes


def _own_prefix(name: str) -> str:
    return name.upper().replace("-", "_")


def _mismatch(
    schema: Schema, catalogue: Catalogue, connection: Connection, protocol: str, speaks: tuple[str, ...]
) -> tuple[str, str]:
    client, server = schema.components[connection.client], schema.components[connection.server]
    target = f"{server.name}.{connection.port}" if connection.port else server.name
    if not speaks:
        return f"'{client.name}' ({client.kind}) is no client of anything", "remove it, or draw it the other way round"
    fault = f"'{client.name}' ({client.kind}) speaks {', '.join(speaks)}, '{target}' speaks {protocol}"
    fitting = [
        f"{server.name}.{name}"
        for name, port in ports(server, catalogue.get(server.kind)).items()
        if port.protocol in speaks
    ]
    return fault, f"draw it to {', '.join(fitting)}" if fitting else ""


def _route_problems(schema: Schema, catalogue: Catalogue, connection: Connection, path: str) -> Iterator[Found]:
    client = schema.components[connection.client]
    if client.kind not in catalogue or catalogue[client.kind].routes:
        return
    for word in _ROUTE_FIELDS:
        if getattr(connection, word) is not None:
            remedy = "remove it; routes are drawn from proxies"
            yield f"{path}/{word}", f"'{client.name}' ({client.kind}) is no proxy", remedy
