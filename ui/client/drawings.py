"""Projects and their schemas."""

from collections.abc import Iterator
from dataclasses import dataclass

from ui.client.transport import Transport, path_of
from ui.client.values import value


@dataclass(frozen=True)
class Project:
    """A project. `made` in seconds since 1970; `version` is that of its newest schema."""

    name: str
    made: float
    made_by: str
    paused: bool
    version: int


@dataclass(frozen=True)
class Draft:
    """One version of a project's schema. `at` in seconds since 1970."""

    project: str
    version: int
    text: str
    who: str
    at: float


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a schema; `line` and `column` begin at 1."""

    path: str
    fault: str
    remedy: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Advice:
    """One thing that could go better."""

    id: str
    component: str
    why: str
    fix: str


@dataclass(frozen=True)
class Judgement:
    """What is wrong with a schema, or else what could go better. `complete`: these are all problems."""

    problems: tuple[Fault, ...]
    complete: bool
    advice: tuple[Advice, ...]


class Drawings:
    """`client.drawings`: the projects you may see, and what is drawn in them."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def check(self, text: str) -> Judgement:
        """Everything that is wrong with a schema."""
        answer = self._transport.ask("POST", path_of("check"), body={"text": text}, is_safe=True)
        return Judgement(
            tuple(value(Fault, each) for each in answer["problems"]),
            answer["complete"],
            tuple(value(Advice, each) for each in answer["advice"]),
        )

    def projects(self) -> tuple[Project, ...]:
        """The projects you may see, by name."""
        return tuple(value(Project, each) for each in self._transport.ask("GET", path_of("projects"))["projects"])

    def project(self, name: str) -> Project:
        """A project. Raises NotFoundError."""
        return value(Project, self._transport.ask("GET", path_of("projects", name)))

    def make(self, name: str, text: str | None = None) -> Project:
        """A new project with its first schema, or an empty one. Raises ProblemError of the type `exists`."""
        body = {"name": name} | ({} if text is None else {"text": text})
        return value(Project, self._transport.ask("POST", path_of("projects"), body=body))

    def schema(self, project: str) -> Draft:
        """The schema as it is drawn now."""
        return value(Draft, self._transport.ask("GET", path_of("projects", project, "schema")))

    def save(self, project: str, text: str, base: int) -> Draft:
        """Save a schema that was made from version `base`: the new version.

        Raises LostUpdateError where somebody saved in between; it has their text and the one that was edited.
        """
        headers = {"If-Match": f'"v{base}"'}
        path = path_of("projects", project, "schema")
        # the same text again makes no version, so a save whose answer was lost may be repeated
        return value(Draft, self._transport.ask("PUT", path, body={"text": text}, headers=headers, is_safe=True))

    def drafts(self, project: str) -> Iterator[Draft]:
        """Every version that is kept, newest first."""
        for each in self._transport.pages(path_of("projects", project, "drafts"), "drafts"):
            yield value(Draft, each)

    def draft(self, project: str, version: int) -> Draft:
        """One version of a schema. Raises NotFoundError."""
        return value(Draft, self._transport.ask("GET", path_of("projects", project, "drafts", version)))
