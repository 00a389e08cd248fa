"""The hardening that is given up, each rule with its reason."""

from composer import syntax
from composer.quoting import shown
from composer.reading.faults import Faults
from composer.reading.mappings import entries
from composer.reading.nodes import Mark, Node, key_node
from composer.reading.scalars import text


def _relaxation(faults: Faults, word: str, mark: Mark, path: str) -> bool:
    if word in syntax.RELAXATIONS:
        return True
    faults.add_unknown(key_node(word, mark), path, f"{shown(word)} cannot be relaxed", word, syntax.RELAXATIONS)
    return False


def _reason(faults: Faults, node: Node, path: str) -> str | None:
    reason = text(faults, node, path)
    if reason is None or reason.strip():
        return reason
    faults.add(node, path, "the reason is missing", "say in a few words why it is needed")
    return None


relax = entries(_relaxation, _reason)
"""A reader of relaxations."""
