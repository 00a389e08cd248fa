"""What can go wrong between a client and its server, as exceptions with a path and a remedy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class ClientError(Exception):
    """Whatever the client raises."""


class UnreachableError(ClientError):
    """The server did not answer, or what answered is not Backdraft; trying again may help."""


@dataclass
class ProblemError(ClientError):
    """The server answered that it will not do it: a problem document (RFC 9457).

    `type` is the last part of the problem's address, such as `lost-update`; `path` says where in what was sent;
    `instance` is the request as the server's log knows it; `more` are the further members. `retry_after` in seconds.
    """

    status: int
    type: str
    title: str = ""
    detail: str = ""
    path: str = ""
    remedy: str = ""
    instance: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    retry_after: float | None = None

    def __str__(self) -> str:
        """`path: fault (remedy)`."""
        fault = f"{self.title}: {self.detail}" if self.title and self.detail else self.title or self.detail or self.type
        return (f"{self.path}: " if self.path else "") + fault + (f" ({self.remedy})" if self.remedy else "")


class UnknownCallerError(ProblemError):
    """401: the server does not know who asks, or the key has ended."""


class DeniedError(ProblemError):
    """403: the key, or its person, may not do that."""


class NotFoundError(ProblemError):
    """404: there is no such thing, or it is not to be seen with this key."""


class LostUpdateError(ProblemError):
    """412: somebody saved in between. `newest` stands now, `base` is what was edited: the texts to merge."""

    @property
    def newest(self) -> Mapping[str, Any]:
        """The version that stands: `version`, `text`, `who`, `at`."""
        return dict(self.more["newest"])

    @property
    def base(self) -> Mapping[str, Any] | None:
        """The version that was edited; None where it is no longer kept."""
        return self.more.get("base")


_BY_STATUS = {401: UnknownCallerError, 403: DeniedError, 404: NotFoundError}
_BY_TYPE = {"lost-update": LostUpdateError}
_MEMBERS = ("title", "detail", "path", "remedy", "instance")


def problem(status: int, document: Mapping[str, Any], retry_after: float | None = None) -> ProblemError:
    """The exception for a problem document."""
    kind = str(document.get("type", "unknown")).rpartition("/")[2]
    made = _BY_TYPE.get(kind) or _BY_STATUS.get(status, ProblemError)
    known = {name: str(document.get(name, "")) for name in _MEMBERS}
    more = {name: value for name, value in document.items() if name not in (*_MEMBERS, "type", "status")}
    return made(status, kind, **known, more=more, retry_after=retry_after)
