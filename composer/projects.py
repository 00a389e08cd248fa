"""Projects and the drafts of their schemas: every save is a version, and no save is lost without a word."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from composer import tables
from composer.access import Role
from composer.db import Database
from composer.members import add

KEPT_DRAFTS = 200
"""How many versions of a drawing are kept: the base of whoever edits is among them."""


@dataclass(frozen=True)
class Project:
    """A drawing with a history. `made` in seconds since 1970; `version` is that of its newest draft."""

    name: str
    made: float
    made_by: str
    paused: bool
    version: int


@dataclass(frozen=True)
class Draft:
    """One version of a project's schema, as somebody saved it. `at` in seconds since 1970."""

    project: str
    version: int
    text: str
    who: str
    at: float


class ProjectExistsError(Exception):
    """There is a project of that name already."""


@dataclass
class LostUpdateError(Exception):
    """Somebody saved since the version that was edited: `newest` stands, `base` is what was edited, if it is kept."""

    newest: Draft
    base: Draft | None


class Projects:
    """The projects of an installation."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def all(self) -> tuple[Project, ...]:
        """Every project, by name."""
        with self._database.reading() as connection:
            return tuple(map(_project, connection.execute(_PROJECTS.order_by(tables.projects.c.name))))

    def find(self, name: str) -> Project | None:
        """The project of that name, if any."""
        with self._database.reading() as connection:
            row = connection.execute(_PROJECTS.where(tables.projects.c.name == name)).first()
        return _project(row) if row else None

    def make(self, name: str, text: str, who: str, owner: str = "") -> Draft:
        """A new project with its first draft, and with its first owner if one is named. Raises ProjectExistsError."""
        now = self._clock()
        try:
            with self._database.writing() as connection:
                connection.execute(insert(tables.projects).values(name=name, made=now, made_by=who, paused=False))
                connection.execute(insert(tables.drafts).values(project=name, version=1, text=text, who=who, at=now))
                if owner:
                    add(connection, name, owner, Role.OWNER, now)
        except IntegrityError as error:
            raise ProjectExistsError(name) from error
        return Draft(name, 1, text, who, now)

    def remove(self, name: str) -> None:
        """Forget a project, its drafts and its members; what runs is not touched."""
        with self._database.writing() as connection:
            connection.execute(delete(tables.projects).where(tables.projects.c.name == name))

    def pause(self, name: str, paused: bool) -> None:
        """Say whether what runs is left as it is, even if it is not what was deployed."""
        with self._database.writing() as connection:
            connection.execute(update(tables.projects).where(tables.projects.c.name == name).values(paused=paused))

    def draft(self, project: str, version: int | None = None) -> Draft | None:
        """The newest draft of a project, or the one of that version, if it is kept."""
        drafts = tables.drafts.c
        query = select(tables.drafts).where(drafts.project == project)
        query = (
            query.order_by(drafts.version.desc()).limit(1)
            if version is None
            else query.where(drafts.version == version)
        )
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return _draft(row) if row else None

    def drafts(self, project: str, before: int | None = None, limit: int = 50) -> tuple[Draft, ...]:
        """At most `limit` drafts of a project, newest first, of versions below `before`."""
        drafts = tables.drafts.c
        query = select(tables.drafts).where(drafts.project == project).order_by(drafts.version.desc()).limit(limit)
        if before is not None:
            query = query.where(drafts.version < before)
        with self._database.reading() as connection:
            return tuple(map(_draft, connection.execute(query)))

    def save(self, project: str, text: str, who: str, base: int) -> Draft:
        """A new draft made from version `base`; the same text again makes none.

        Raises LostUpdateError where `base` is not the newest.
        """
        with self._database.writing() as connection:
            drafts = tables.drafts.c
            rows = connection.execute(
                select(tables.drafts).where(drafts.project == project).order_by(drafts.version.desc()).limit(1)
            )
            newest = _draft(rows.one())
            if newest.text == text:
                return newest
            if newest.version != base:
                found = connection.execute(
                    select(tables.drafts).where(drafts.project == project, drafts.version == base)
                ).first()
                raise LostUpdateError(newest, _draft(found) if found else None)
            made = Draft(project, base + 1, text, who, self._clock())
            connection.execute(
                insert(tables.drafts).values(project=project, version=made.version, text=text, who=who, at=made.at)
            )
            connection.execute(
                delete(tables.drafts).where(drafts.project == project, drafts.version <= made.version - KEPT_DRAFTS)
            )
        return made


_NEWEST = (
    select(func.max(tables.drafts.c.version)).where(tables.drafts.c.project == tables.projects.c.name).scalar_subquery()
)
_PROJECTS = select(tables.projects, _NEWEST.label("version"))


def _project(row: Row[tuple[object, ...]]) -> Project:
    return Project(row.name, row.made, row.made_by, row.paused, row.version)


def _draft(row: Row[tuple[object, ...]]) -> Draft:
    return Draft(row.project, row.version, row.text, row.who, row.at)
