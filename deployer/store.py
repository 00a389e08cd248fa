"""What the deployer remembers: releases, sealed secrets and settings; values in and out, rows stay inside."""

import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, true, tuple_, union, update
from sqlalchemy import delete as delete_from

from composer.db import Database, DatabaseUnusableError, open_database
from composer.home import HomeError, make_home
from composer.model import Problem
from deployer import tables
from deployer.desired import ResolvedImage
from deployer.errors import DeployerError
from deployer.failures import Failure
from deployer.queue import Intent, failures_of, hold_or_raise
from deployer.schedule import jobs_of
from deployer.wiring import SecretName


class ReleaseOutcome(StrEnum):
    """How a release ended."""

    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Release:
    """An immutable record of what one deploy meant, or a destruction, which means that nothing should run.

    `outcome` is None while it runs, and stays None when its process was killed.
    `digests` maps component -> image digest, and `images` tells the names of those as well; `commits` maps component ->
    commit of the git repository it is built from. `steps` is the plan as JSON, `events` what was told while it ran.
    `before` is what has to be known to go back (`recovery.remembered`). `source` is the tree of uploaded sources it was
    built from, if any. `began` and `ended` are seconds since 1970.
    """

    project: str
    number: int
    schema_text: str
    plan_text: str
    who: str
    why: str
    began: float
    ended: float | None = None
    outcome: ReleaseOutcome | None = None
    message: str = ""
    digests: Mapping[str, str] = field(default_factory=dict)
    commits: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, ResolvedImage] = field(default_factory=dict)
    steps: str = ""
    events: tuple[Mapping[str, Any], ...] = ()
    before: Mapping[str, bool] | None = None
    source: str = ""
    failures: tuple[Failure, ...] = ()

    @property
    def is_end(self) -> bool:
        """Whether it is a destruction: there is no schema of it."""
        return not self.schema_text


@dataclass(frozen=True)
class SealedSecret:
    """An encrypted value with its version."""

    version: int
    token: bytes = field(repr=False)


class StoreError(DeployerError):
    """The deployer's memory cannot be used."""


class Store:
    """The deployer's memory in one state folder; processes share it safely."""

    def __init__(self, home: Path, database: Database | None = None, clock: Callable[[], float] = time.time) -> None:
        """Use `database`, or open that of `home`, making the folder where it misses. Raises StoreError."""
        self._clock = clock
        try:
            self._database = database or open_database(make_home(home))
        except (HomeError, DatabaseUnusableError) as error:
            raise StoreError(str(error)) from error

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def begin(
        self,
        project: str,
        schema_text: str,
        plan_text: str,
        who: str,
        why: str = "",
        digests: Mapping[str, str] | None = None,
        commits: Mapping[str, str] | None = None,
        images: Mapping[str, ResolvedImage] | None = None,
        steps: str = "",
        before: Mapping[str, bool] | None = None,
        source: str = "",
        intent: Intent | None = None,
    ) -> Release:
        """A new release of `project`, numbered one above its last, with no outcome yet; its end has an empty schema.

        With the `intent` it is for, that learns its number; raises LeaseLostError where it is not held any more.
        """
        with self._database.writing() as connection:
            last = connection.scalar(
                select(func.max(tables.releases.c.number)).where(tables.releases.c.project == project)
            )
            release = Release(
                project,
                (last or 0) + 1,
                schema_text,
                plan_text,
                who,
                why,
                self._clock(),
                digests=dict(digests or {}),
                commits=dict(commits or {}),
                images=dict(images or {}),
                steps=steps,
                before=before,
                source=source,
            )
            if intent is not None:
                hold_or_raise(connection, intent, {"release": release.number})
            connection.execute(
                insert(tables.releases).values(
                    project=project,
                    number=release.number,
                    schema_text=schema_text,
                    plan_text=plan_text,
                    digests=json.dumps(release.digests, sort_keys=True),
                    who=who,
                    why=why,
                    began=release.began,
                    images=json.dumps({name: astuple(image) for name, image in release.images.items()}),
                    plan=steps,
                    before="" if before is None else json.dumps(dict(before)),
                    source=source,
                )
            )
            for component, commit in release.commits.items():
                row = {"project": project, "number": release.number, "component": component, "commit": commit}
                connection.execute(insert(tables.commits).values(row))
        return release

    def finish(
        self,
        project: str,
        number: int,
        outcome: str,
        message: str = "",
        events: Sequence[Mapping[str, Any]] = (),
        failures: Sequence[Failure] = (),
        intent: Intent | None = None,
    ) -> None:
        """Say how a release ended (a word of ReleaseOutcome); the first counts, a second one changes nothing.

        With the `intent` it is for, raises LeaseLostError where that is not held any more.
        """
        releases = tables.releases.c
        with self._database.writing() as connection:
            if intent is not None:
                hold_or_raise(connection, intent, {"release": number})
            connection.execute(
                update(tables.releases)
                .where(releases.project == project, releases.number == number, releases.outcome.is_(None))
                .values(
                    outcome=ReleaseOutcome(outcome).value,
                    message=message,
                    ended=self._clock(),
                    events=json.dumps(list(events)),
                    failures=json.dumps([asdict(each) for each in failures]),
                )
            )

    def release(self, project: str, number: int) -> Release | None:
        """The release of that number, if any."""
        releases = tables.releases.c
        query = select(tables.releases).where(releases.project == project, releases.number == number)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
            return _release(row, _commits(connection, project).get(number, {})) if row else None

    def release_to_run(self, project: str, number: int) -> Release:
        """The release of that number, to go back to. Raises DeployerError where there is none, or nothing to run."""
        found = self.release(project, number)
        if found is None:
            raise DeployerError(f"{project}: there is no release {number} (`backdraft releases {project}` lists them)")
        if found.is_end:
            raise DeployerError.of(
                [
                    Problem(
                        f"release {number}",
                        "it is the destruction of the project, so there is nothing to go back to",
                        f"choose one that was deployed: `backdraft releases {project}` lists them; "
                        f"`backdraft destroy {project}` ends the project",
                    )
                ]
            )
        return found

    def newest(
        self, project: str, before: int | None = None, limit: int = 50, outcome: ReleaseOutcome | None = None
    ) -> tuple[Release, ...]:
        """At most `limit` releases, newest first, with numbers below `before` (only those that ended so, if given)."""
        releases = tables.releases.c
        query = select(tables.releases).where(releases.project == project).order_by(releases.number.desc()).limit(limit)
        if before is not None:
            query = query.where(releases.number < before)
        if outcome is not None:
            query = query.where(releases.outcome == outcome.value)
        with self._database.reading() as connection:
            commits = _commits(connection, project)
            return tuple(_release(row, commits.get(row.number, {})) for row in connection.execute(query))

    def forget(self, project: str) -> None:
        """Forget every release and every secret of `project`, as if there had never been one."""
        with self._database.writing() as connection:
            for table in (tables.releases, tables.commits, tables.secrets):
                connection.execute(delete_from(table).where(table.c.project == project))
            turn = f"turn:{jobs_of(project)}"
            connection.execute(delete_from(tables.settings).where(tables.settings.c.name == turn))

    def last(self, project: str, outcome: ReleaseOutcome | None = None) -> Release | None:
        """The newest release of `project` (only those that ended with `outcome`, if given), or None."""
        releases = tables.releases.c
        return self._newest(project, true() if outcome is None else releases.outcome == outcome.value)

    def last_deploy(self, project: str) -> Release | None:
        """The newest release of `project` that is a deploy, whatever was destroyed since, or None."""
        return self._newest(project, tables.releases.c.schema_text != "")

    def _newest(self, project: str, condition: ColumnElement[bool]) -> Release | None:
        releases = tables.releases.c
        query = select(tables.releases).where(releases.project == project, condition)
        with self._database.reading() as connection:
            row = connection.execute(query.order_by(releases.number.desc()).limit(1)).first()
            return _release(row, _commits(connection, project).get(row.number, {})) if row else None

    def projects(self) -> tuple[str, ...]:
        """The projects that were deployed and not destroyed since, and those that have secrets; sorted."""
        releases, secrets = tables.releases.c, tables.secrets.c
        newest = select(releases.project, func.max(releases.number)).group_by(releases.project)
        is_gone = (releases.schema_text == "") & (func.coalesce(releases.outcome, "") == ReleaseOutcome.DONE.value)
        deployed = select(releases.project).where(tuple_(releases.project, releases.number).in_(newest), ~is_gone)
        secretive = select(secrets.project).where(secrets.token.is_not(None))
        with self._database.reading() as connection:
            return tuple(sorted(connection.scalars(union(deployed, secretive))))

    def releases(self, project: str) -> tuple[Release, ...]:
        """Every release of `project`, oldest first."""
        query = select(tables.releases).where(tables.releases.c.project == project).order_by(tables.releases.c.number)
        with self._database.reading() as connection:
            commits = _commits(connection, project)
            return tuple(_release(row, commits.get(row.number, {})) for row in connection.execute(query))

    def deployed(self) -> tuple[str, ...]:
        """The projects that have a release; sorted."""
        with self._database.reading() as connection:
            return tuple(sorted(connection.scalars(select(tables.releases.c.project).distinct())))

    def setting(self, name: str) -> str | None:
        """The setting of that name, or None when nobody chose."""
        with self._database.reading() as connection:
            value: str | None = connection.scalar(select(tables.settings.c.value).where(tables.settings.c.name == name))
        return value

    def put_setting(self, name: str, value: str | None) -> None:
        """Choose a setting; None forgets the choice."""
        with self._database.writing() as connection:
            connection.execute(delete_from(tables.settings).where(tables.settings.c.name == name))
            if value is not None:
                connection.execute(insert(tables.settings).values(name=name, value=value))

    def take_turn(self, name: str, since: float, until: float) -> float:
        """See `take_turn`."""
        return take_turn(self._database, name, since, until)

    def installation(self) -> str:
        """The name of this state folder among all: twelve letters and digits made at the first use, never changed."""
        if known := self.setting("installation"):
            return known
        made = uuid.uuid4().hex[:12]
        with self._database.writing() as connection:
            # two processes that race keep the same name: the one that came first
            found = connection.scalar(select(tables.settings.c.value).where(tables.settings.c.name == "installation"))
            if found is None:
                connection.execute(insert(tables.settings).values(name="installation", value=made))
        return found or made

    def has_secrets(self) -> bool:
        """Whether any sealed secret of any project is kept."""
        with self._database.reading() as connection:
            return connection.execute(select(tables.secrets.c.name).limit(1)).first() is not None

    def secret_versions(self, project: str) -> dict[SecretName, int]:
        """The version of every secret of `project`, sorted by owner and name."""
        secrets = tables.secrets.c
        query = (
            select(secrets.owner, secrets.name, secrets.version)
            .where(secrets.project == project, secrets.token.is_not(None))
            .order_by(secrets.owner, secrets.name)
        )
        with self._database.reading() as connection:
            return {(row.owner, row.name): row.version for row in connection.execute(query)}

    def secret(self, project: str, owner: str, name: str) -> SealedSecret | None:
        """One sealed secret, or None when there is none."""
        secrets = tables.secrets.c
        with self._database.reading() as connection:
            row = connection.execute(
                select(secrets.version, secrets.token).where(_is_secret(project, owner, name))
            ).first()
        return SealedSecret(row.version, row.token) if row and row.token is not None else None

    def put_secret(self, project: str, owner: str, name: str, token: bytes, *, replace: bool) -> None:
        """Keep a sealed secret, one version above any of its past; unless `replace`, one that is there stays."""
        with self._database.writing() as connection:
            row = connection.execute(
                select(tables.secrets.c.version, tables.secrets.c.token).where(_is_secret(project, owner, name))
            ).first()
            if row is None:
                connection.execute(
                    insert(tables.secrets).values(project=project, owner=owner, name=name, version=1, token=token)
                )
            elif replace or row.token is None:
                connection.execute(
                    update(tables.secrets)
                    .where(_is_secret(project, owner, name))
                    .values(version=row.version + 1, token=token)
                )

    def remove_secret(self, project: str, owner: str, name: str) -> bool:
        """Forget a secret's value; whether there was one. Its version is remembered and never given again."""
        with self._database.writing() as connection:
            result = connection.execute(
                update(tables.secrets)
                .where(_is_secret(project, owner, name), tables.secrets.c.token.is_not(None))
                .values(token=None)
            )
        return bool(result.rowcount)

    def forget_secrets(self, project: str) -> None:
        """Forget the value of every secret of `project`."""
        with self._database.writing() as connection:
            connection.execute(update(tables.secrets).where(tables.secrets.c.project == project).values(token=None))


def take_turn(database: Database, name: str, since: float, until: float) -> float:
    """Take over, for the time up to `until`, what is done by whoever comes first: from when it is to be done.

    That is `since`, or later where another has taken a part of it.
    """
    settings = tables.settings.c
    with database.writing() as connection:
        row = connection.execute(select(settings.value).where(settings.name == f"turn:{name}")).first()
        begin = max(since, float(row.value)) if row else since
        if begin < until:
            connection.execute(delete_from(tables.settings).where(settings.name == f"turn:{name}"))
            connection.execute(insert(tables.settings).values(name=f"turn:{name}", value=repr(until)))
    return begin


def _is_secret(project: str, owner: str, name: str) -> Any:
    secrets = tables.secrets.c
    return (secrets.project == project) & (secrets.owner == owner) & (secrets.name == name)


def _commits(connection: Connection, project: str) -> dict[int, dict[str, str]]:
    """For each release of `project`, by its number: component -> commit."""
    found: dict[int, dict[str, str]] = {}
    commits = tables.commits.c
    query = select(tables.commits).where(commits.project == project).order_by(commits.number, commits.component)
    for row in connection.execute(query):
        found.setdefault(row.number, {})[row.component] = row.commit
    return found


def _release(row: Row[Any], commits: Mapping[str, str]) -> Release:
    return Release(
        project=row.project,
        number=row.number,
        schema_text=row.schema_text,
        plan_text=row.plan_text,
        who=row.who,
        why=row.why,
        began=row.began,
        ended=row.ended,
        outcome=ReleaseOutcome(row.outcome) if row.outcome else None,
        message=row.message,
        digests=json.loads(row.digests),
        commits=commits,
        images={name: ResolvedImage(*parts) for name, parts in json.loads(row.images).items()},
        steps=row.plan,
        events=tuple(json.loads(row.events)),
        before=json.loads(row.before) if row.before else None,
        source=row.source,
        failures=failures_of(row.failures),
    )
