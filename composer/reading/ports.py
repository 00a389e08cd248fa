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
_ADDRESS = re.compile(syntax.PUBLICATION).fullmatch
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}").fullmatch
_FULL_IPV6 = re.compile("(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}").fullmatch
_SHORT_IPV6 = re.compile("(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?").fullmatch


def _publication(faults: Faults, node: Node, path: str) -> Publication | None:
    if isinstance(node, Scalar) and not isinstance(meant(node), str):
        number = _NUMBER(faults, node, path)
        return None if number is None else Publication(number)
    if isinstance(node, Scalar) and (found := _ADDRESS(node.text)):
        return _at_address(faults, node, path, found)
    fault = f"{written(node)} is not an address and a port"
    faults.add(node, path, fault, unquoted(node) or 'write 8080, "0.0.0.0:8080" or "[::1]:8080"')
    return None


def _at_address(faults: Faults, node: Scalar, path: str, found: re.Match[str]) -> Publication | None:
    ipv6, ipv4, digits = found.groups()
    address, number = (ipv6 or ipv4).lower(), int(digits)
    if not (_is_ipv6(address) if ipv6 else _IPV4(address)):
        faults.add(node, path, f"'{address}' is not an address of a host", "such as 0.0.0.0, 127.0.0.1 or [::1]")
    elif not 1 <= number <= syntax.PORT_NUMBER:
        faults.add(node, path, f"{number} is not between 1 and {syntax.PORT_NUMBER}")
    else:
        return Publication(number, address)
    return None


def _is_ipv6(address: str) -> bool:
    if "::" in address:
        return address.count(":") <= 7 and _SHORT_IPV6(address) is not None
    return _FULL_IPV6(address) is not None


ports = entries(name_key, made(Port, _PORT, required=("protocol", "number")), limit=syntax.PORTS)
"""A reader of ports."""
publish = entries(name_key, _publication)
"""A reader of what is opened on the host."""
