"""What a faulty text left out of its schema, so that nobody takes something unread for something missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Gaps:
    """What could not be read. A schema without faults has no gaps.

    `components` are written but hold faults; `is_unnamed`: so does the name of one, which may have meant any name.
    `clients` are components one of whose connections could not be read; `is_undrawn`: that may be so of all components.
    `indexes` are the places in the text's list of the connections that were read, where these are not all.
    """

    components: frozenset[str] = frozenset()
    is_unnamed: bool = False
    clients: frozenset[str] = frozenset()
    is_undrawn: bool = False
    indexes: Mapping[int, int] = field(default_factory=dict)

    def may_name(self, component: str) -> bool:
        """Whether the text may mean a component of that name that could not be read."""
        return self.is_unnamed or component in self.components

    def may_connect(self, client: str) -> bool:
        """Whether a connection from `client` may have been left out."""
        return self.is_undrawn or client in self.clients

    def index(self, connection: int) -> int:
        """Where in the text's list the connection of that number stands."""
        return self.indexes.get(connection, connection)


NO_GAPS = Gaps()
