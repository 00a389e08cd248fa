"""Access keys."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ui.client.transport import Transport, path_of
from ui.client.values import value


@dataclass(frozen=True)
class AccessKey:
    """A key, without its secret. Times in seconds since 1970; a scope or projects of None: all that its person has."""

    id: str
    name: str
    person: str
    scope: tuple[str, ...] | None
    projects: tuple[str, ...] | None
    made: float
    expires: float | None = None
    last_used: float | None = None
    revoked: float | None = None


class Keys:
    """`client.keys`: the keys of the person in whose name you ask. Making one takes a person who is signed in."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def mine(self) -> Iterator[AccessKey]:
        """Every key of yours, newest first."""
        for each in self._transport.pages(path_of("me", "keys"), "keys"):
            yield value(AccessKey, each)

    def show(self, id: str) -> AccessKey:  # noqa: A002 (the word for it)
        """A key of yours. Raises NotFoundError."""
        return value(AccessKey, self._transport.ask("GET", path_of("me", "keys", id)))

    def make(
        self,
        name: str,
        scope: Collection[str] | None = None,
        projects: Collection[str] | None = None,
        expires: float | None = None,
    ) -> tuple[AccessKey, str]:
        """A new key, and the text of a key file for it. Raises DeniedError where a key asks for it."""
        body = {
            "name": name,
            "scope": None if scope is None else sorted(scope),
            "projects": None if projects is None else sorted(projects),
            "expires": expires,
        }
        answer = self._transport.ask("POST", path_of("me", "keys"), body=body)
        made = value(AccessKey, answer)
        return made, f"{made.id}:{answer['secret']}"

    def revoke(self, id: str) -> None:  # noqa: A002 (the word for it)
        """End a key of yours; a key may end itself. Ending it twice is ending it."""
        self._transport.ask("DELETE", path_of("me", "keys", id), is_safe=True)

    def of_everybody(self) -> Iterator[AccessKey]:
        """Every key of everybody, newest first; for administrators."""
        for each in self._transport.pages(path_of("keys"), "keys"):
            yield value(AccessKey, each)

    def revoke_of_anybody(self, id: str) -> None:  # noqa: A002 (the word for it)
        """End anybody's key; for administrators."""
        self._transport.ask("DELETE", path_of("keys", id), is_safe=True)
