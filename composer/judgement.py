"""Everything that is wrong with a text, whether of form or of meaning, in one pass."""

from dataclasses import dataclass

from composer.catalogue import Catalogue
from composer.document import DocumentError, parse
from composer.model import Problem, Schema, position
from composer.validation import PROBLEMS, validate


@dataclass(frozen=True)
class Judgement:
    """The schema, None when the text is none; its problems in the order of the text; whether these are all of them."""

    schema: Schema | None
    problems: tuple[Problem, ...]
    is_complete: bool = True


def judged(text: str | bytes, catalogue: Catalogue) -> Judgement:
    """What `text` describes, and what keeps it from running with `catalogue`.

    A text with faults of form is judged for its meaning as far as it could be read; what depends on the rest is not.
    """
    try:
        schema = parse(text)
    except DocumentError as error:
        meant = () if error.readable is None else validate(error.readable, catalogue, error.gaps)
        problems = tuple(sorted((*error.problems, *meant), key=position))
        return Judgement(None, problems, not error.more and len(meant) < PROBLEMS)
    found = validate(schema, catalogue)
    return Judgement(schema, found, len(found) < PROBLEMS)
