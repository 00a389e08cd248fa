"""Whether a schema can run with a catalogue: everything that stands against it, in one pass, with places."""

from collections.abc import Iterator
from itertools import islice

from composer.catalogue import Catalogue
from composer.gaps import NO_GAPS, Gaps
from composer.model import Problem, Schema, position
from composer.validation.components import component_problems, limit_problems
from composer.validation.connections import connection_problems
from composer.validation.publications import published_twice
from composer.validation.references import reference_problems
from composer.validation.routes import route_problems
from composer.validation.settings import setting_problems
from composer.validation.trial import Found, Trial

PROBLEMS = 200


def validate(schema: Schema, catalogue: Catalogue, gaps: Gaps = NO_GAPS) -> tuple[Problem, ...]:
    """What keeps `schema` from running, in the order of its text; empty when nothing does.

    At most the first 200 problems: a text with more is mended in rounds. What may depend on `gaps` is not judged.
    Whatever `parse` could read, this takes at most 100 ms of CPU.
    """
    trial = Trial(schema, catalogue, gaps)
    problems = [
        Problem(path, fault, remedy, schema.place(path)) for path, fault, remedy in islice(_problems(trial), PROBLEMS)
    ]
    return tuple(sorted(problems, key=position))


def _problems(trial: Trial) -> Iterator[Found]:
    schema, catalogue = trial.schema, trial.catalogue
    for component in schema.components.values():
        path = f"components/{component.name}"
        yield from reference_problems(trial, component, path)
        yield from limit_problems(component, path)
        kind = catalogue.get(component.kind)
        if kind is None:
            remedy = trial.meant(component.kind, catalogue.kinds)
            yield f"{path}/kind", f"there is no kind '{component.kind}'", remedy
            continue
        yield from setting_problems(trial, component, kind, path)
        yield from component_problems(trial, component, kind, path)
    yield from connection_problems(trial)
    yield from route_problems(trial)
    yield from published_twice(schema)
    for name in schema.layout:
        if name not in schema.components and not trial.gaps.may_name(name):
            yield f"layout/{name}", f"there is no component '{name}'", trial.component_meant(name)
