"""The audit log: who did what, when and from where; it is only ever added to."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from composer import tables
from composer.db import Database


@dataclass(frozen=True)
class Deed:
    """One thing that somebody did. `at` in seconds since 1970; `what` is `noun.verb`, such as `deploy.queued`.

    `project` is empty where it was done to the installation. `address` is where the request came from, and `request`
    its id. `before` and `after` are JSON values, and hold no secret.
    """

    who: str
    what: str
    project: str = ""
    target: str = ""
    address: str = ""
    request: str = ""
    before: Any = None
    after: Any = None
    at: float = 0.0
    id: int = 0


class Audit:
    """Writes deeds and gives them back; there is no way to change one."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def record(self, deed: Deed) -> None:
        """Write one deed, stamped with the time."""
        with self._database.writing() as connection:
            connection.execute(
                insert(tables.audit).values(
                    at=self._clock(),
                    who=deed.who,
                    what=deed.what,
                    project=deed.project,
                    target=deed.target,
                    address=deed.address,
                    request=deed.request,
                    before=_text(deed.before),
                    after=_text(deed.after),
                )
            )

    def deeds(
        self,
        project: str | None = None,
        before: int | None = None,
        limit: int = 50,
        *,
        who: str | None = None,
        what: str | None = None,
    ) -> tuple[Deed, ...]:
        """At most `limit` deeds, newest first: of one project, or of everything; with ids below `before`.

        Only those of whom `who` is a part of the name, and only those of the kind `what`, where these are given.
        """
        audit = tables.audit.c
        query = select(tables.audit).order_by(audit.id.desc()).limit(limit)
        if project is not None:
            query = query.where(audit.project == project)
        if before is not None:
            query = query.where(audit.id < before)
        if who is not None:
            query = query.where(audit.who.icontains(who, autoescape=True))
        if what is not None:
            query = query.where(audit.what == what)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(
            Deed(
                who=row.who,
                what=row.what,
                project=row.project,
                target=row.target,
                address=row.address,
                request=row.request,
                before=_value(row.before),
                after=_value(row.after),
                at=row.at,
                id=row.id,
            )
            for row in rows
        )


def _text(value: Any) -> str:
    return "" if value is None else json.dumps(value, sort_keys=True)


def _value(text: str) -> Any:
    return json.loads(text) if text else None
