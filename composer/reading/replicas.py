"""How many containers a component has."""

from composer import syntax
from composer.model import Replicas
from composer.reading.faults import Faults
from composer.reading.mappings import Fields, attributes
from composer.reading.nodes import Node, Scalar
from composer.reading.scalars import whole

_NUMBER = whole(0, syntax.REPLICAS)
_REPLICAS: Fields = {
    "min": ("min", _NUMBER),
    "max": ("max", whole(1, syntax.REPLICAS)),
    "cpu": ("cpu", whole(1, 100)),
}


def replicas(faults: Faults, node: Node, path: str) -> Replicas | None:
    """A reader of `3` and of `{min: 2, max: 6, cpu: 70}`."""
    if isinstance(node, Scalar):
        number = _NUMBER(faults, node, path)
        return None if number is None else Replicas(number, number)
    values = attributes(faults, node, path, _REPLICAS)
    if values is None:
        return None
    low = values.get("min", min(1, values.get("max", 1)))
    high = values.get("max", max(1, low))
    if high < low:
        faults.add(node, path, f"max {high} is below min {low}")
        return None
    return Replicas(low, high, values.get("cpu"))
