"""The networks of a drawing: what is drawn is reachable, what is not drawn is not.

| network | for | members reach |
|---|---|---|
| `shop.api.db.5432` | the connections between two components | the other end |
| `shop.files.alone` | a component nobody is connected to | nothing |
| `shop.ingress` | components that publish a port | nothing; they are reached from outside |
| `shop.egress` | components with `egress: true` | the world outside |
| `shop.shared` | everything, with `network: shared` | each other |
"""

from collections.abc import Iterable, Iterator

from composer.catalogue import Catalogue
from composer.drawing import Drawing
from composer.model import Connection, Isolation, Schema
from deployer.model import Attachment, NetworkSpec

INGRESS = "ingress"
EGRESS = "egress"


def drawn_networks(schema: Schema, catalogue: Catalogue) -> Iterator[NetworkSpec]:
    """Every network the schema asks for, in a fixed order, without subnets."""
    drawing = Drawing(schema, catalogue)
    if schema.network is Isolation.SHARED:
        yield NetworkSpec(f"{schema.name}.shared", "shared", internal=False)
    else:
        for (client, server), ports in _pairs(drawing, schema.connections).items():
            yield NetworkSpec(_connection(schema, client, server, ports), f"connection:{client}:{server}", ports=ports)
        connected = {end for line in schema.connections for end in (line.client, line.server)}
        for name in schema.components:
            if name not in connected and not _doors(drawing, name):
                yield NetworkSpec(_alone(schema, name), f"alone:{name}", peers=False)
    doors = {door for name in schema.components for door in _doors(drawing, name)}
    if INGRESS in doors:
        yield NetworkSpec(f"{schema.name}.{INGRESS}", INGRESS, internal=False, peers=False)
    if EGRESS in doors:
        yield NetworkSpec(f"{schema.name}.{EGRESS}", EGRESS, internal=False, peers=False, masquerade=True)


def attachments(drawing: Drawing, name: str) -> tuple[Attachment, ...]:
    """The networks a component stands in, and as what."""
    schema = drawing.schema
    doors = tuple(Attachment(f"{schema.name}.{door}") for door in _doors(drawing, name))
    if schema.network is Isolation.SHARED:
        return (Attachment(f"{schema.name}.shared", (name,)), *doors)
    drawn = tuple(
        Attachment(_connection(schema, client, server, ports), (name,) if name == server else (), name == server)
        for (client, server), ports in _pairs(drawing, drawing.lines_of(name)).items()
    )
    return drawn + doors or (Attachment(_alone(schema, name)),)


def _connection(schema: Schema, client: str, server: str, ports: Iterable[int]) -> str:
    """Another port is another network: what may pass through a network is settled when it is made, and never changes.

    Only the server answers to its name there: where two components are drawn to each other, a name must not lead to
    the address its owner has as a client.
    """
    return f"{schema.name}.{client}.{server}.{'-'.join(map(str, ports))}"


def _alone(schema: Schema, name: str) -> str:
    """A name that no door and no connection has, even if the component is called after a door."""
    return f"{schema.name}.{name}.alone"


def _pairs(drawing: Drawing, lines: Iterable[Connection]) -> dict[tuple[str, str], tuple[int, ...]]:
    """Each pair that `lines` connect, and the numbers of the ports drawn between them."""
    pairs: dict[tuple[str, str], set[int]] = {}
    for line in lines:
        pairs.setdefault((line.client, line.server), set()).add(int(drawing.port(line).number))
    return {pair: tuple(sorted(numbers)) for pair, numbers in pairs.items()}


def _doors(drawing: Drawing, name: str) -> tuple[str, ...]:
    """The way out, or else the way in: a component that reaches the world can be reached by the same network."""
    component = drawing.schema.components[name]
    kind = drawing.catalogue[component.kind]
    if component.egress if component.egress is not None else kind.egress:
        return (EGRESS,)
    return (INGRESS,) if component.publish and drawing.schema.network is not Isolation.SHARED else ()
