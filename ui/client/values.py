"""Values out of the server's answers: members that this client does not know yet are passed over."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from ui.client.problems import UnreachableError

Value = TypeVar("Value")


def value(kind: type[Value], answer: Mapping[str, Any]) -> Value:
    """The value of the dataclass `kind` that `answer` tells; lists become tuples.

    Raises UnreachableError where a member is missing: then what answered is another version, or not Backdraft.
    """
    known = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]
    given = {name: _frozen(content) for name, content in answer.items() if name in known}
    missing = [
        name
        for name, each in known.items()
        if name not in given and each.default is MISSING and each.default_factory is MISSING
    ]
    if missing:
        raise UnreachableError(f"the answer has no {', '.join(missing)}; client and server may be of other versions")
    return kind(**given)


def _frozen(content: Any) -> Any:
    return tuple(content) if isinstance(content, list) else content
