"""What an answer that is no success says: a problem as RFC 9457 describes it, with a place and a remedy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from composer.model import Problem


@dataclass
class ApiError(Exception):
    """A request that cannot be answered as it was meant.

    `type` is the last part of the problem's address, such as `lost-update`; `path` says where in what was sent, and
    `remedy` what may help. `more` are further members, for programs. `retry_after` in seconds.
    """

    status: int
    type: str
    title: str
    detail: str = ""
    path: str = ""
    remedy: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    retry_after: float | None = None

    def __post_init__(self) -> None:
        super().__init__(self.detail or self.title)

    def as_json(self) -> dict[str, Any]:
        """The members of the problem document; empty ones are left out."""
        named = {
            "type": f"/problems/{self.type}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "path": self.path,
            "remedy": self.remedy,
        }
        return {name: value for name, value in named.items() if value} | dict(self.more)


def plain(problem: Problem) -> dict[str, Any]:
    """One of the `problems` of an answer: its component and path, the fault and the remedy, and where in the text."""
    place = problem.place
    return {
        "component": problem.component,
        "path": problem.path,
        "fault": problem.fault,
        "remedy": problem.remedy,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }


def not_found(what: str) -> ApiError:
    """Nothing of that name exists for whoever asks: what is somebody else's looks the same as what is nobody's."""
    return ApiError(404, "not-found", "There is no such thing here", what, remedy="check its name and your rights")


def denied(what: str) -> ApiError:
    """Whoever asks is known, and may not do that."""
    return ApiError(
        403, "denied", "You may not do that", what, remedy="ask an owner of the project for a role that may"
    )


def unknown_caller() -> ApiError:
    """Nobody knows who asks."""
    return ApiError(401, "not-signed-in", "Nobody is signed in", remedy="sign in, or sign the request with a key")
