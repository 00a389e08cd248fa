"""What is wrong with the lines: ends that do not exist, protocols that do not match, lines that say the same."""

from collections.abc import Iterator

from composer.drawing import Drawing, OfferError
from composer.model import Connection
from composer.offers import own_prefix
from composer.validation.trial import Found, Trial

_ROUTE_FIELDS = ("path", "host", "weight", "algorithm")


def connection_problems(trial: Trial) -> Iterator[Found]:
    """What is wrong with each line, and with lines of one client that need each other."""
    schema, drawing, gaps = trial.schema, trial.drawing, trial.gaps
    seen: dict[tuple[object, ...], int] = {}
    prefixes: dict[tuple[str, str], tuple[str, str]] = {}
    for number, connection in enumerate(schema.connections):
        index = gaps.index(number)
        path = f"connections/{index}"
        ends = (("from", connection.client), ("to", connection.server))
        for end, name in ends:
            if name not in schema.components and not gaps.may_name(name):
                yield f"{path}/{end}", f"there is no component '{name}'", trial.component_meant(name)
        if any(name not in schema.components for _, name in ends):
            continue
        if connection.client == connection.server:
            yield f"{path}/to", f"'{connection.client}' is connected to itself", "remove the connection"
            continue
        yield from _route_problems(drawing, connection, path)
        if schema.components[connection.server].kind not in trial.catalogue:
            continue
        try:
            port = drawing.port(connection)
        except OfferError as error:
            remedy = trial.meant(connection.port, error.choices) if connection.port else error.remedy
            yield f"{path}/to", error.fault, remedy
            continue
        speaks = drawing.accepted(connection.client)
        if speaks is not None and port.protocol not in speaks:
            yield f"{path}/to", *_mismatch(drawing, connection, port.protocol, speaks)
            continue
        word = connection.prefix or port.prefix or own_prefix(connection.server)
        line = (connection.client, connection.server, port.name, word, connection.host, connection.path or "/")
        if line in seen:
            yield path, f"it is drawn already, as connections/{seen[line]}", "remove one of them"
            continue
        seen[line] = index
        target = (connection.server, port.name)
        first = prefixes.setdefault((connection.client, word), target)
        if first != target and not _is_proxy(drawing, connection.client):
            fault = f"'{connection.client}' is given {word}_… by '{first[0]}' already"
            yield path, fault, f"tell them apart, such as `as: {own_prefix(connection.server)}`"


def _is_proxy(drawing: Drawing, name: str) -> bool:
    kind = drawing.kind(name)
    return kind is not None and kind.routes


def _mismatch(drawing: Drawing, connection: Connection, protocol: str, speaks: tuple[str, ...]) -> tuple[str, str]:
    components = drawing.schema.components
    client, server = components[connection.client], components[connection.server]
    target = f"{server.name}.{connection.port}" if connection.port else server.name
    if not speaks:
        return f"'{client.name}' ({client.kind}) is no client of anything", "remove it, or draw it the other way round"
    fault = f"'{client.name}' ({client.kind}) speaks {', '.join(speaks)}, '{target}' speaks {protocol}"
    fitting = [f"{server.name}.{name}" for name, port in drawing.ports(server.name).items() if port.protocol in speaks]
    return fault, f"draw it to {', '.join(fitting)}" if fitting else ""


def _route_problems(drawing: Drawing, connection: Connection, path: str) -> Iterator[Found]:
    client = drawing.schema.components[connection.client]
    kind = drawing.kind(client.name)
    if kind is None or kind.routes:
        return
    for word in _ROUTE_FIELDS:
        if getattr(connection, word) is not None:
            remedy = "remove it; routes are drawn from proxies"
            yield f"{path}/{word}", f"'{client.name}' ({client.kind}) is no proxy", remedy
