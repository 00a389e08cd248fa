"""Everything that is wrong with a text, whether of form or of meaning, in one pass."""

from collections.abc import Callable
from dataclasses import dataclass

from composer.catalogue import Catalogue
from composer.document import DocumentError, parse
from composer.gaps import NO_GAPS
from composer.model import Problem, Schema, position
from composer.validation import PROBLEMS, validate

Look = Callable[[Schema], tuple[Problem, ...]]


@dataclass(frozen=True)
class Judgement:
    """The schema, None when the text is none; its problems in the order of the text; whether these are all of them."""

    schema: Schema | None
    problems: tuple[Problem, ...]
    is_complete: bool = True


def judged(text: str | bytes, catalogue: Catalogue, look: Look = lambda schema: ()) -> Judgement:
    """What `text` describes, and what keeps it from running with `catalogue`.

    A text with faults of form is judged for its meaning as far as it could be read; what depends on the rest is not.
    `look` tells what no text can: what is wrong around a schema, such as a source that is not there.
    """
    schema = readable = None
    formal: tuple[Problem, ...] = ()
    more, gaps = 0, NO_GAPS
    try:
        schema = readable = parse(text)
    except DocumentError as error:
        formal, more, readable, gaps = error.problems, error.more, error.readable, error.gaps
    meant = () if readable is None else validate(readable, catalogue, gaps)
    seen = () if readable is None else look(readable)
    problems = tuple(sorted((*formal, *meant, *seen), key=position))
    return Judgement(schema, problems, not more and len(meant) < PROBLEMS and len(seen) < PROBLEMS)
