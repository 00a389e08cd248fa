"""A line of the drawing."""

from dataclasses import dataclass

from composer import syntax
from composer.model import NAME_LENGTH, Connection
from composer.reading.faults import Faults
from composer.reading.mappings import Fields, attributes
from composer.reading.nodes import Node, SequenceNode, is_null
from composer.reading.scalars import matching, name, one_of, whole, written
from composer.routes import ALGORITHMS

_CONNECTION: Fields = {
    "from": ("client", name),
    "to": (
        "server",
        matching(syntax.TARGET, "a component or one of its ports", "write `db` or `db.primary`", 2 * NAME_LENGTH + 1),
    ),
    "as": ("prefix", matching(syntax.PREFIX, "a prefix of environment names", "write it as DATABASE", 64)),
    "path": (
        "path",
        matching(syntax.ROUTE, "a path of a route", "begin it with `/`; letters, digits and `. _ ~ - /`"),
    ),
    "host": ("host", matching(syntax.HOST, "a name of a host", "lower-case, such as shop.example", 253)),
    "weight": ("weight", whole(0, syntax.WEIGHT)),
    "algorithm": ("algorithm", one_of(ALGORITHMS, "algorithm")),
}


@dataclass(frozen=True)
class Line:
    """A connection, or None for one with faults; its client as far as that could be read."""

    connection: Connection | None
    client: str | None


def connections(faults: Faults, node: Node, path: str) -> tuple[Line, ...] | None:
    """A reader of the list of connections."""
    if is_null(node):
        return ()
    if not isinstance(node, SequenceNode):
        faults.add(node, path, f"{written(node)} is not a list", "write `- {from: api, to: db}`, a line each")
        return None
    if len(node.items) > syntax.CONNECTIONS:
        faults.add(node, path, f"there are more than {syntax.CONNECTIONS:,} of them", "draw several projects")
        return None
    return tuple(_line(faults, item, f"{path}/{index}") for index, item in enumerate(node.items))


def _line(faults: Faults, node: Node, path: str) -> Line:
    before = faults.count
    values = attributes(faults, node, path, _CONNECTION, required=("from", "to")) or {}
    if faults.count > before:
        return Line(None, values.get("client"))
    server, _, port = values.pop("server").partition(".")
    return Line(Connection(server=server, port=port or None, **values), values["client"])
