"""What is wrong with the references in environments: `${db.url}` needs a line to `db`."""

import re
from collections.abc import Iterator

from composer import syntax
from composer.drawing import OfferError
from composer.model import Component
from composer.offers import offered
from composer.references import Reference, ReferenceSyntaxError, distinct_references
from composer.validation.trial import Found, Trial

_SECRET_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def reference_problems(trial: Trial, component: Component, path: str) -> Iterator[Found]:
    """What is wrong with the references of its environment."""
    given: dict[tuple[str, ...], set[str]] | None = None
    for name, text in component.environment.items():
        if "${" not in text:
            continue
        where = f"{path}/environment/{name}"
        try:
            found = distinct_references(text)
        except ReferenceSyntaxError as error:
            fault, _, remedy = str(error).partition("; ")
            yield where, fault, remedy
            continue
        given = _given(trial, component) if given is None else given
        for reference in found:
            if _is_free(reference):
                continue
            *target, word = reference.words
            if len(given.get((*target, word.upper().replace("-", "_")), ())) != 1:
                fault, remedy = _reference_fault(trial, component, reference)
                if fault:
                    yield where, fault, remedy


def _is_free(reference: Reference) -> bool:
    """Whether it means a secret or a variable, which nothing in the schema has to give."""
    words = reference.words
    return words[0] in ("secret", "env") and len(words) == 2 and _SECRET_NAME.fullmatch(words[1]) is not None


def _given(trial: Trial, component: Component) -> dict[tuple[str, ...], set[str]]:
    """The ports that answer to each name a component may refer to; a schema may hold 50,000 references to check."""
    given: dict[tuple[str, ...], set[str]] = {}
    for connection in trial.drawing.lines_from(component.name):
        try:
            port = trial.drawing.port(connection)
        except OfferError:
            continue
        for key in port.offers:
            given.setdefault((connection.server, key), set()).add(port.name)
            given.setdefault((connection.server, port.name, key), set()).add(port.name)
    return given


def _reference_fault(trial: Trial, component: Component, reference: Reference) -> tuple[str, str]:
    """What is wrong with a reference, and how to mend it; empty when nothing is."""
    schema, gaps = trial.schema, trial.gaps
    first, *rest = reference.words
    if first in ("secret", "env"):
        if first == "secret" and rest[0] in schema.components:
            fault = f"{reference}: a component's own secrets are not yours to read"
            return fault, f"draw a connection to it and write what it offers, such as ${{{rest[0]}.password}}"
        return f"{reference} is not a name of letters, digits and `_`", f"write ${{{first}.NAME}}"
    if first in syntax.RESERVED_NAMES:
        return f"{reference} is for the files of kinds", "write the value out"
    if first not in schema.components:
        if gaps.may_name(first):
            return "", ""
        return f"{reference}: there is no component '{first}'", trial.component_meant(first)
    if first == component.name:
        return f"{reference} refers to the component it stands in", "write the value out"
    if gaps.may_connect(component.name):
        return "", ""
    if not trial.drawing.lines_between(component.name, first):
        fault = f"{reference}: no connection is drawn to '{first}'"
        return fault, f"draw it: `- {{from: {component.name}, to: {first}}}`"
    if schema.components[first].kind not in trial.catalogue:
        return "", ""
    try:
        offered(trial.drawing, component.name, reference)
    except OfferError as error:
        return error.fault, trial.meant(reference.words[-1], error.choices) if error.choices else error.remedy
    return "", ""
