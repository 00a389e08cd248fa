"""A schema on trial, and what is asked about it again and again, found out once."""

from collections.abc import Iterable

from composer.catalogue import Catalogue, KindPort
from composer.gaps import Gaps
from composer.model import Connection, Schema
from composer.offers import OfferError, accepted, port_of
from composer.spelling import Words, suggestion

SUGGESTIONS = 50

Found = tuple[str, str, str]
"""A path, what is wrong there, and how to mend it."""


class Drawing:
    """A schema, the catalogue it is judged by, and what of its text could not be read."""

    def __init__(self, schema: Schema, catalogue: Catalogue, gaps: Gaps) -> None:
        self.schema = schema
        self.catalogue = catalogue
        self.gaps = gaps
        self.drawn: dict[str, list[Connection]] = {}
        for connection in schema.connections:
            self.drawn.setdefault(connection.client, []).append(connection)
        self._ports: dict[tuple[object, ...], KindPort | OfferError] = {}
        self._names = Words(schema.components)
        self._asked = 0

    def port(self, connection: Connection) -> KindPort:
        """What `port_of` says. A server may have 50 ports and be drawn to 5,000 times."""
        question = (connection.server, connection.port, accepted(self.schema, self.catalogue, connection.client))
        if question not in self._ports:
            try:
                self._ports[question] = port_of(self.schema, self.catalogue, connection)
            except OfferError as error:
                self._ports[question] = error
        answer = self._ports[question]
        if isinstance(answer, OfferError):
            raise answer
        return answer

    def component_meant(self, name: str) -> str:
        """The remedy for an unknown component."""
        return self._names.suggestion(name) if self._may_ask() else ""

    def meant(self, word: str, choices: Iterable[str]) -> str:
        """The remedy for any other unknown word."""
        return suggestion(word, choices) if self._may_ask() else ""

    def _may_ask(self) -> bool:
        """Whether there is time: a remedy costs up to 0.4 ms, so the first words have to do."""
        self._asked += 1
        return self._asked <= SUGGESTIONS
