"""The hardening that is given up, each rule with its reason."""

from composer import syntax
from composer.quoting import shown
from composer.reading.faults import Faults
from composer.reading.mappings import entries
from composer.reading.nodes import Node, Scalar
from composer.reading.scalars import text


def _relaxation(faults: Faults, node: Node, path: str) -> str | None:
    rule = node.text if isinstance(node, Scalar) else ""
    if rule in syntax.RELAXATIONS:
        return rule
    faults.add_unknown(node, path, f"{shown(rule)} cannot be relaxed", rule, syntax.RELAXATIONS)
    return None


def _reason(faults: Faults, node: Node, path: str) -> str | None:
    reason = text(faults, node, path)
    if reason is None or reason.strip():
        return reason
    faults.add(node, path, "the reason is missing", "say in a few words why it is needed")
    return None


relax = entries(_relaxation, _reason)
"""A reader of relaxations."""
