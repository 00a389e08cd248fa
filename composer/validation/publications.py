"""Ports of a host that two components want."""

from collections.abc import Iterator
from ipaddress import ip_address

from composer.model import Component, Schema
from composer.validation.drawing import Found


def published_twice(schema: Schema) -> Iterator[Found]:
    """Two components that want the same port of the same host; 0.0.0.0 and [::] overlap every address of their sort."""
    taken: dict[int, list[tuple[Component, str, str]]] = {}
    for component in schema.components.values():
        for name, published in component.publish.items():
            address = str(ip_address(published.address))
            others = taken.setdefault(published.number, [])
            first = next((other for other in others[:20] if _clash(component, address, other[0], other[2])), None)
            if first:
                fault = f"{address}:{published.number} is taken by components/{first[0].name}/publish/{first[1]}"
                yield f"components/{component.name}/publish/{name}", fault, "choose another number"
            others.append((component, name, address))


def _clash(one: Component, address: str, other: Component, other_address: str) -> bool:
    apart = one.place.host and other.place.host and one.place.host != other.place.host
    if apart or (":" in address) != (":" in other_address):
        return False
    return address == other_address or bool({address, other_address} & {"0.0.0.0", "::"})  # noqa: S104 (compared)
