"""A drawing on trial."""

from collections.abc import Iterable

from composer.catalogue import Catalogue
from composer.drawing import Drawing
from composer.gaps import Gaps
from composer.model import Schema
from composer.spelling import Words, suggestion

SUGGESTIONS = 50

Found = tuple[str, str, str]
"""A path, what is wrong there, and how to mend it."""


class Trial:
    """A drawing, what of its text could not be read, and the words that may have been meant."""

    def __init__(self, schema: Schema, catalogue: Catalogue, gaps: Gaps) -> None:
        self.schema = schema
        self.catalogue = catalogue
        self.gaps = gaps
        self.drawing = Drawing(schema, catalogue)
        self._names = Words(schema.components)
        self._asked = 0

    def component_meant(self, name: str) -> str:
        """The remedy for an unknown component."""
        return self._names.suggestion(name) if self._may_ask() else ""

    def meant(self, word: str, choices: Iterable[str]) -> str:
        """The remedy for any other unknown word."""
        return suggestion(word, choices) if self._may_ask() else ""

    def _may_ask(self) -> bool:
        """Whether there is time: a remedy costs up to 0.3 ms, so the first words have to do."""
        self._asked += 1
        return self._asked <= SUGGESTIONS
