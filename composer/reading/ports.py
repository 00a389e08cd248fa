"""The ports of a component: those it has beside its kind's, and those it opens on the host."""

import re

from composer import syntax
from composer.model import Port, Publication
from composer.reading.faults import Faults
from composer.reading.mappings import Fields, entries, made
from composer.reading.nodes import Node, Scalar
from composer.reading.scalars import meant, name_key, one_of, unquoted, whole, written

_NUMBER = whole(1, syntax.PORT_NUMBER)
_PORT: Fields = {
    "protocol": ("protocol", one_of(syntax.PROTOCOLS, "protocol")),
    "number": ("number", _NUMBER),
}

# `ipaddress` needs 25 µs for an IPv6 address, too long for a text full of them
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_GROUP = "[0-9A-Fa-f]{1,4}"
_IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_IPV6 = rf"(?:{_GROUP}:){{7}}{_GROUP}|(?:{_GROUP}(?::{_GROUP})*)?::(?:{_GROUP}(?::{_GROUP})*)?"
_GROUPS = 8
_SOUND = re.compile(rf"(?:({_IPV4})|\[({_IPV6})\]):([0-9]{{1,5}})").fullmatch
_ADDRESS = re.compile(syntax.PUBLICATION).fullmatch


def _publication(faults: Faults, node: Node, path: str) -> Publication | None:
    if isinstance(node, Scalar) and (found := _SOUND(node.text)):
        ipv4, ipv6, digits = found.groups()
        number = int(digits)
        if 1 <= number <= syntax.PORT_NUMBER and (ipv4 or ipv6.count(":") < _GROUPS):
            return Publication(number, ipv4 or ipv6.lower())
    alone = meant(node)
    if type(alone) is int and 1 <= alone <= syntax.PORT_NUMBER:
        return Publication(alone)
    _note_fault(faults, node, path)
    return None


def _note_fault(faults: Faults, node: Node, path: str) -> None:
    if isinstance(node, Scalar) and (found := _ADDRESS(node.text)):
        if 1 <= int(found[3]) <= syntax.PORT_NUMBER:
            address = (found[1] or found[2]).lower()
            faults.add(node, path, f"'{address}' is not an address of a host", "such as 0.0.0.0, 127.0.0.1 or [::1]")
        else:
            faults.add(node, path, f"{int(found[3])} is not between 1 and {syntax.PORT_NUMBER}")
    elif isinstance(node, Scalar) and not isinstance(meant(node), str):
        _NUMBER(faults, node, path)
    else:
        remedy = unquoted(node) or 'write 8080, "0.0.0.0:8080" or "[::1]:8080"'
        faults.add(node, path, f"{written(node)} is not an address and a port", remedy)


ports = entries(name_key, made(Port, _PORT, required=("protocol", "number")), limit=syntax.PORTS)
"""A reader of ports."""
publish = entries(name_key, _publication)
"""A reader of what is opened on the host."""
