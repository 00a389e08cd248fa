"""What a component can be, and what a project can begin with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ui.client.transport import Transport, path_of
from ui.client.values import value


@dataclass(frozen=True)
class Kind:
    """What a component can be; `settings` has the JSON Schema of each by its name."""

    kind: str
    title: str
    summary: str
    category: str
    settings: Mapping[str, Any]
    ports: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Stack:
    """What a project can begin with; `text` is its schema."""

    stack: str
    title: str
    summary: str
    text: str


class Catalogue:
    """`client.catalogue`: kinds and stacks."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def kinds(self) -> tuple[Kind, ...]:
        """Every kind, by name."""
        return tuple(value(Kind, each) for each in self._transport.ask("GET", path_of("kinds"))["kinds"])

    def kind(self, name: str) -> Kind:
        """One kind. Raises NotFoundError."""
        return value(Kind, self._transport.ask("GET", path_of("kinds", name)))

    def stacks(self) -> tuple[Stack, ...]:
        """Every stack, by name."""
        return tuple(value(Stack, each) for each in self._transport.ask("GET", path_of("stacks"))["stacks"])

    def form_of_schemas(self) -> Mapping[str, Any]:
        """The JSON Schema of a schema."""
        return self._transport.ask("GET", path_of("schema.json"))

    def form_of_kinds(self) -> Mapping[str, Any]:
        """The JSON Schema of a kind."""
        return self._transport.ask("GET", path_of("kind.schema.json"))
