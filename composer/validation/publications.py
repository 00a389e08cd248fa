"""Ports of a host that two components want."""

from collections.abc import Iterator
from ipaddress import ip_address
from itertools import count, product

from composer.model import Schema
from composer.validation.trial import Found

_ALL = ""


def published_twice(schema: Schema) -> Iterator[Found]:
    """Two components that want the same port of the same host; 0.0.0.0 and [::] overlap every address of their sort.

    A component that is placed nowhere may come to stand on any host. A text may publish 10,000 ports, so each is kept
    by its address and its host, by either alone, and by neither: what overlaps another is then found without a search.
    """
    wanted: dict[tuple[object, ...], tuple[int, str, str]] = {}
    order = count()
    for component in schema.components.values():
        host = component.place.host
        for name, published in component.publish.items():
            address = _address(published.address)
            port = published.number, ":" in published.address
            overlapping = [port + each for each in product(_overlapping(address), _overlapping(host))]
            if found := [wanted[each] for each in overlapping if each in wanted]:
                _, other, other_port = min(found)
                at = f"{ip_address(published.address)}:{published.number}"
                fault = f"{at} is taken by components/{other}/publish/{other_port}"
                yield f"components/{component.name}/publish/{name}", fault, "choose another number"
            this = next(order), component.name, name
            for each in product((address, _ALL), (host, _ALL)):
                wanted.setdefault(port + each, this)


def _overlapping(where: object) -> tuple[object, ...]:
    """Anywhere (None) overlaps all, and is overlapped by all."""
    return (_ALL,) if where is None else (where, None)


def _address(text: str) -> object:
    """The same for every way to write an address, and None for every address; `ipaddress` needs ten times as long."""
    if ":" not in text:
        return None if text == "0.0.0.0" else text  # noqa: S104 (compared)
    before, _, after = text.partition("::")
    first, last = ([int(group, 16) for group in half.split(":") if group] for half in (before, after))
    groups = (*first, *[0] * (8 - len(first) - len(last)), *last)
    return groups if any(groups) else None
