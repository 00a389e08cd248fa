"""Secrets of projects: set and forgotten, never read."""

from dataclasses import dataclass

from ui.client.transport import Transport, path_of
from ui.client.values import value


@dataclass(frozen=True)
class Secret:
    """That there is a secret; `component` is empty for the project's own. `version` rises when its value changes."""

    name: str
    component: str
    version: int


class Secrets:
    """`client.secrets`: what a schema calls `${secret.NAME}`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def names(self, project: str) -> tuple[Secret, ...]:
        """The secrets of a project, without their values."""
        answer = self._transport.ask("GET", path_of("projects", project, "secrets"))
        return tuple(value(Secret, each) for each in answer["secrets"])

    def put(self, project: str, name: str, secret: str) -> None:
        """Set a secret, or replace it; the next deploy gives it to those who use it."""
        body = {"value": secret}
        self._transport.ask("PUT", path_of("projects", project, "secrets", name), body=body, is_safe=True)

    def forget(self, project: str, name: str) -> None:
        """Forget a secret. Raises NotFoundError where there is none."""
        self._transport.ask("DELETE", path_of("projects", project, "secrets", name))
