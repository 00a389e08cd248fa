"""What a connection gives its client: under which names which texts reach it.

1. The names begin with what `as:` says; else with the prefix of the kind's port; else with the server's own name.
2. `${db.url}` is what the connection drawn to `db` gives as URL; `${db.primary.url}` where two are drawn.
"""

from collections.abc import Mapping

from composer.drawing import Drawing, OfferError
from composer.model import Connection
from composer.references import Reference


def prefix(drawing: Drawing, connection: Connection) -> str:
    """The first word of the environment names the client is given.

    Raises OfferError when the connection leads to no port, or to more than one.
    """
    return connection.prefix or drawing.port(connection).prefix or own_prefix(connection.server)


def own_prefix(name: str) -> str:
    """The first word that a component's own name makes: `my-db` -> `MY_DB`."""
    return name.upper().replace("-", "_")


def offers(drawing: Drawing, connection: Connection) -> Mapping[str, str]:
    """What the client is given: KEY -> text; its name in the environment is `prefix` + `_` + KEY.

    The text may refer to `${settings.…}` and `${secret.…}` of the server and to `${server.host}` and `${server.port}`.
    Raises OfferError as `prefix` does.
    """
    return drawing.port(connection).offers


def offered(drawing: Drawing, client: str, reference: Reference) -> tuple[Connection, str]:
    """The connection and the KEY of its offers that `reference` (`${db.url}`, `${db.primary.url}`) means.

    It stands in the environment of `client`. Raises OfferError when no connection of it gives that, or more than one.
    """
    server, *named, word = reference.words
    lines = drawing.lines_between(client, server)
    if not lines:
        raise OfferError(f"{reference} refers to '{server}', and no connection is drawn to it")
    if named:
        lines = [line for line in lines if drawing.port(line).name == named[0]]
        if not lines:
            raise OfferError(f"{reference} refers to '{server}.{named[0]}', and no connection is drawn to it")
    key = word.upper().replace("-", "_")
    giving: dict[str, Connection] = {}
    for line in lines:
        port = drawing.port(line)
        if key in port.offers:
            giving.setdefault(port.name, line)
    if not giving:
        known = sorted({key.lower() for line in lines for key in offers(drawing, line)})
        raise OfferError(f"'{server}' does not offer '{word}'", f"it offers {', '.join(known) or 'nothing'}", known)
    if len(giving) > 1:
        names = [f"${{{server}.{name}.{word}}}" for name in giving]
        raise OfferError(f"{reference} could be more than one", f"write one of {', '.join(names)}")
    return next(iter(giving.values())), key
