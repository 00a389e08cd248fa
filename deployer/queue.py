"""The queue: what is to be done to projects, a row each, claimed by one worker at a time and ended once.

The row is the truth; the bus only rings (topic TOPIC), so whoever waits also looks by itself. A claim is a conditional
update that raises the row's fence, and it holds as long as the holder renews it. What a holder writes carries its
fence, so one that was thought dead and comes back writes nothing. How states follow each other:

| from | to | by |
|---|---|---|
| waiting | running | a claim; the oldest of its project, while nothing of that project runs |
| waiting | cancelled, replaced | somebody who asked for its end, or queued another in its place |
| waiting, running (a healing) | replaced, asked to end | somebody who queued a deploy, a way back or a destruction |
| running | running | a claim by another, once its holder is dead, silent, or has given it back |
| running | done, failed, cancelled, interrupted | its holder, at the end |

Whether a holder is silent is told by this process's own steady clock: the row did not change for LEASE seconds while it
was looked at. So clocks that differ, or that are set, make nobody lose a lease.
"""

import json
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, insert, select, update
from sqlalchemy import delete as delete_from

from composer.bus import Bus
from composer.db import Database
from composer.journal import Journal
from deployer import tables
from deployer.errors import DeployerError
from deployer.failures import Failure

TOPIC = "deploys"
"""The topic on which the bus rings when something was queued, ended, or is to be cancelled."""
LEASE = 10.0
"""Seconds after which a row that nobody renewed may be claimed by another."""
MOST_WAITING = 20
"""How many intents of one project may wait."""
MOST_CLAIMS = 12
"""How often an intent is claimed at most: one that ends every process that works on it must not do so for ever."""
KEPT = 1_000
"""How many ended intents of a project are kept."""


class Action(StrEnum):
    """What is to be done."""

    DEPLOY = "deploy"
    ROLLBACK = "rollback"
    DESTROY = "destroy"
    HEAL = "heal"
    """Make it again as its last release wanted it."""
    START = "start"
    STOP = "stop"
    RESTART = "restart"


REPLACEABLE = (Action.DEPLOY, Action.ROLLBACK)
"""Those that a newer one may take the place of, since it says all that is to run."""


DECISIVE = (Action.DEPLOY, Action.ROLLBACK, Action.DESTROY)
"""Those that say how all of a project is to be, so that nothing has to be healed before them."""


class State(StrEnum):
    """Where an intent stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """It was given up before its end, and not by anybody's wish."""
    CANCELLED = "cancelled"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Intent:
    """One thing that is to be done to a project, from the wish to its end.

    Whoever queues one fills in the first part; the queue knows the rest. `component` is empty where it is about all of
    the project, `source` is a tree of uploaded sources, `base` the release to go back to, `options` what else the
    action is told, `approved` the digest of the plan that somebody agreed to. `key` is what the caller calls this
    request and `request` the digest of what came with it. Times are seconds since 1970.
    """

    project: str
    action: str
    who: str
    why: str = ""
    component: str = ""
    schema_text: str = ""
    source: str = ""
    base: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    approved: str = ""
    key: str = ""
    request: str = ""

    id: int = 0
    state: State = State.WAITING
    cancelled_by: str = ""
    holder: str = ""
    fence: int = 0
    lease_end: float = 0.0
    created: float = 0.0
    began: float | None = None
    ended: float | None = None
    release: int | None = None
    failures: tuple[Failure, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether it has come to its end."""
        return self.state not in (State.WAITING, State.RUNNING)


@dataclass(frozen=True)
class Ending:
    """How the work on an intent ended."""

    state: State
    failures: tuple[Failure, ...] = ()
    release: int | None = None


class QueueFullError(DeployerError):
    """More is waiting for one project than anybody can mean."""


class KeyReusedError(DeployerError):
    """The caller used the same key for another request."""


class LeaseLostError(DeployerError):
    """Another works on it by now, or nobody: whoever held it must not go on."""


class NotWaitingError(DeployerError):
    """It has ended, so there is nothing to cancel."""


class Queue:
    """The intents of an installation; safe to use from several threads and processes."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        journal: Journal,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        is_dead: Callable[[str], bool] = lambda holder: False,
    ) -> None:
        """`steady` never jumps. `is_dead` says of a holder that it has ended for sure, so nobody has to wait."""
        self._database = database
        self._bus = bus
        self._journal = journal
        self._clock = clock
        self._steady = steady
        self._is_dead = is_dead
        self._alone = threading.Lock()
        self._seen: dict[int, tuple[tuple[int, float], float]] = {}

    def put(self, intent: Intent, *, replaces: bool = False) -> Intent:
        """Queue an intent; with `replaces`, instead of the deploys of its project that wait.

        The same key by the same caller gives the intent of the first time. Raises KeyReusedError where that was another
        request, QueueFullError where too many wait.
        """
        with self._database.writing() as connection:
            if known := _repeated(connection, intent):
                return known
            made = _inserted(connection, replace(intent, created=self._clock()))
            if made.action in DECISIVE:
                self._have_heals_step_aside(connection, made)
            for each in _waiting(connection, intent.project) if replaces else ():
                if each.id < made.id and each.action in REPLACEABLE:
                    self._write_end(connection, each, Ending(State.REPLACED), by=made.who)
            count = len(_waiting(connection, intent.project))
            if count > MOST_WAITING:
                raise QueueFullError(
                    f"{intent.project}: {count - 1} deploys wait already (cancel some, or replace those that wait)"
                )
            self._tell(connection, made, "queued", {"action": made.action, "component": made.component})
        self._ring()
        return made

    def repeated(self, intent: Intent) -> Intent | None:
        """The intent that the same caller queued with the same key before, if any. Raises KeyReusedError."""
        with self._database.reading() as connection:
            return _repeated(connection, intent)

    def find(self, id: int) -> Intent | None:  # noqa: A002 (the word for it)
        """The intent of that id, if any."""
        with self._database.reading() as connection:
            row = connection.execute(select(tables.intents).where(tables.intents.c.id == id)).first()
        return _intent(row) if row else None

    def intents(self, project: str, before: int | None = None, limit: int = 50) -> tuple[Intent, ...]:
        """At most `limit` intents of a project, newest first, with ids below `before`."""
        intents = tables.intents.c
        query = select(tables.intents).where(intents.project == project).order_by(intents.id.desc()).limit(limit)
        if before is not None:
            query = query.where(intents.id < before)
        with self._database.reading() as connection:
            return tuple(map(_intent, connection.execute(query)))

    def unfinished(self, project: str | None = None) -> tuple[Intent, ...]:
        """What waits or runs, of `project` or of all; oldest first."""
        query = select(tables.intents).where(tables.intents.c.state.in_(_OPEN)).order_by(tables.intents.c.id)
        if project is not None:
            query = query.where(tables.intents.c.project == project)
        with self._database.reading() as connection:
            return tuple(map(_intent, connection.execute(query)))

    def claim(self, holder: str) -> Intent | None:
        """The oldest intent that may begin or has to be resumed, now held by `holder`; None where there is none.

        `began` is set at the first claim. Its `fence` is above 1 where somebody has worked on it before.
        """
        with self._database.reading() as connection:
            if not any(True for _ in self._claimable(connection)):
                return None
        with self._database.writing() as connection:
            for found in self._claimable(connection):
                if found.fence >= MOST_CLAIMS:
                    self._write_end(connection, found, Ending(State.INTERRUPTED, (_TOO_OFTEN,), found.release))
                    continue
                if claimed := self._claimed(connection, found, holder):
                    self._tell(connection, claimed, "began", {"attempt": claimed.fence, "action": claimed.action})
                    break
            else:
                claimed = None
        self._ring()
        return claimed

    def renew(self, intent: Intent) -> Intent | None:
        """Hold it LEASE seconds longer: the intent as it is now, or None where it is no longer held."""
        until = max(self._clock() + LEASE, intent.lease_end + 0.001)
        with self._database.writing() as connection:
            found = connection.execute(update(tables.intents).where(_is_held(intent)).values(lease_end=until))
            if not found.rowcount:
                return None
            row = connection.execute(select(tables.intents).where(tables.intents.c.id == intent.id)).one()
        return _intent(row)

    def give_back(self, intent: Intent) -> bool:
        """Let another resume it at once; False where it was no longer held."""
        with self._database.writing() as connection:
            found = connection.execute(update(tables.intents).where(_is_held(intent)).values(holder="", lease_end=0.0))
        self._ring()
        return bool(found.rowcount)

    def end(self, intent: Intent, ending: Ending) -> bool:
        """Write how it ended; False where it is no longer held, and then nothing is written."""
        with self._database.writing() as connection:
            is_ours = self._write_end(connection, intent, ending)
            self._forget_oldest(connection, intent.project)
        self._ring()
        return is_ours

    def cancel(self, id: int, who: str) -> Intent:  # noqa: A002 (the word for it)
        """End one that waits, or ask for the end of one that runs, which then goes back to what ran before.

        Asking twice is well. Raises NotWaitingError for one that has ended.
        """
        with self._database.writing() as connection:
            found = _intent(connection.execute(select(tables.intents).where(tables.intents.c.id == id)).one())
            if found.is_over and found.state is not State.CANCELLED:
                raise NotWaitingError(f"deploy {id} is over: {found.state} (there is nothing to cancel)")
            if not found.is_over and not found.cancelled_by:
                connection.execute(update(tables.intents).where(tables.intents.c.id == id).values(cancelled_by=who))
                if found.state is State.WAITING:
                    self._write_end(connection, found, Ending(State.CANCELLED), by=who)
                else:
                    self._tell(connection, found, "cancelling", {"who": who})
            row = connection.execute(select(tables.intents).where(tables.intents.c.id == id)).one()
        self._ring()
        return _intent(row)

    def forget(self, project: str, but: int = 0) -> None:
        """Forget every intent of a project, except the one with the id `but`."""
        intents = tables.intents.c
        with self._database.writing() as connection:
            connection.execute(delete_from(tables.intents).where(intents.project == project, intents.id != but))

    def _have_heals_step_aside(self, connection: Connection, intent: Intent) -> None:
        """A healing that waits is not begun, and one that runs begins nothing more: nobody waits for the keeper."""
        intents = tables.intents.c
        healing = intents.project == intent.project, intents.action == Action.HEAL.value, intents.state.in_(_OPEN)
        for each in map(_intent, connection.execute(select(tables.intents).where(*healing)).all()):
            if each.state is State.WAITING:
                self._write_end(connection, each, Ending(State.REPLACED), by=intent.who)
            elif not each.cancelled_by:
                connection.execute(update(tables.intents).where(intents.id == each.id).values(cancelled_by=intent.who))
                self._tell(connection, each, "cancelling", {"who": intent.who})

    def _claimable(self, connection: Connection) -> Iterator[Intent]:
        """What runs without anybody alive, then the oldest of each project of which nothing runs."""
        running = [_intent(row) for row in connection.execute(_RUNNING)]
        with self._alone:
            now = self._steady()
            self._seen = {each.id: self._seen_since(each, now) for each in running}
            silent = {number: now - moment for number, (_, moment) in self._seen.items()}
        for each in running:
            if not each.holder or self._is_dead(each.holder) or silent[each.id] >= LEASE:
                yield each
        yield from map(_intent, connection.execute(_NEXT).all())

    def _seen_since(self, intent: Intent, now: float) -> tuple[tuple[int, float], float]:
        sign = (intent.fence, intent.lease_end)
        known = self._seen.get(intent.id)
        return known if known and known[0] == sign else (sign, now)

    def _claimed(self, connection: Connection, found: Intent, holder: str) -> Intent | None:
        intents = tables.intents.c
        now = self._clock()
        claimed = replace(
            found,
            state=State.RUNNING,
            holder=holder,
            fence=found.fence + 1,
            lease_end=now + LEASE,
            began=found.began or now,
        )
        changed = connection.execute(
            update(tables.intents)
            .where(intents.id == found.id, intents.state == found.state.value, intents.fence == found.fence)
            .where(intents.lease_end == found.lease_end)
            .values(
                state=claimed.state.value,
                holder=holder,
                fence=claimed.fence,
                lease_end=claimed.lease_end,
                began=claimed.began,
            )
        )
        return claimed if changed.rowcount else None

    def _write_end(self, connection: Connection, intent: Intent, ending: Ending, by: str = "") -> bool:
        changed = connection.execute(
            update(tables.intents)
            .where(_is_held(intent))
            .values(
                state=ending.state.value,
                ended=self._clock(),
                failures=json.dumps([asdict(each) for each in ending.failures]),
                **({} if ending.release is None else {"release": ending.release}),
            )
        )
        if not changed.rowcount:
            return False
        content = {
            "action": intent.action,
            "state": ending.state.value,
            "release": ending.release,
            "failures": [asdict(each) for each in ending.failures],
        }
        self._tell(connection, intent, "ended", content | ({"who": by} if by else {}))
        return True

    def _forget_oldest(self, connection: Connection, project: str) -> None:
        intents = tables.intents.c
        oldest = connection.scalar(
            select(intents.id).where(intents.project == project).order_by(intents.id.desc()).offset(KEPT).limit(1)
        )
        if oldest is not None:
            connection.execute(
                delete_from(tables.intents).where(
                    intents.project == project, intents.id <= oldest, intents.state.not_in(_OPEN)
                )
            )

    def _tell(self, connection: Connection, intent: Intent, verb: str, content: Mapping[str, Any]) -> None:
        about = {"deploy": intent.id, "who": intent.who, "why": intent.why}
        self._journal.add(connection, [(intent.project, f"deploy.{verb}", about | dict(content))])

    def _ring(self) -> None:
        self._bus.ring(TOPIC)
        self._journal.ring()


def hold_or_raise(connection: Connection, intent: Intent, values: Mapping[str, Any]) -> None:
    """Write `values` to the row of an intent in a transaction of the caller's. Raises LeaseLostError where it is not
    held any more, and the caller's transaction is undone.
    """
    if not connection.execute(update(tables.intents).where(_is_held(intent)).values(dict(values))).rowcount:
        raise LeaseLostError(f"{intent.project}: another works on deploy {intent.id} by now (nothing more was done)")


_OPEN = (State.WAITING.value, State.RUNNING.value)
_TOO_OFTEN = Failure(
    "",
    0,
    f"every process that worked on it ended before it did, {MOST_CLAIMS} times",
    remedy="look at the server's log for the reason, and deploy again",
)
_RUNNING: Select[Any] = (
    select(tables.intents).where(tables.intents.c.state == State.RUNNING.value).order_by(tables.intents.c.id)
)


def _next() -> Select[Any]:
    """The oldest that waits of each project of which nothing runs; oldest first."""
    intents, other = tables.intents.c, tables.intents.alias("other")
    oldest = (
        select(func.min(intents.id)).where(intents.state == State.WAITING.value).group_by(intents.project)
    ).scalar_subquery()
    runs = exists().where(other.c.project == intents.project, other.c.state == State.RUNNING.value)
    return select(tables.intents).where(intents.id.in_(oldest), ~runs).order_by(intents.id)


_NEXT = _next()


def _is_held(intent: Intent) -> Any:
    """Whether the row stands as whoever holds `intent` knows it: in that state and under that fence."""
    intents = tables.intents.c
    return (intents.id == intent.id) & (intents.state == intent.state.value) & (intents.fence == intent.fence)


def _waiting(connection: Connection, project: str) -> tuple[Intent, ...]:
    intents = tables.intents.c
    query = select(tables.intents).where(intents.project == project, intents.state == State.WAITING.value)
    return tuple(map(_intent, connection.execute(query.order_by(intents.id))))


def _repeated(connection: Connection, intent: Intent) -> Intent | None:
    if not intent.key:
        return None
    intents = tables.intents.c
    row = connection.execute(
        select(tables.intents)
        .where(intents.project == intent.project, intents.who == intent.who, intents.key == intent.key)
        .limit(1)
    ).first()
    known = _intent(row) if row else None
    if known is not None and known.request != intent.request:
        raise KeyReusedError(
            f"the key '{intent.key[:60]}' came with another request before, deploy {known.id} "
            "(use a new key for each request)"
        )
    return known


_ASKED = ("project", "action", "component", "schema_text", "source", "base", "approved", "why", "who", "key", "request")


def _inserted(connection: Connection, intent: Intent) -> Intent:
    values = {name: getattr(intent, name) for name in _ASKED} | {
        "options": json.dumps(dict(intent.options), sort_keys=True),
        "state": State.WAITING.value,
        "cancelled_by": "",
        "holder": "",
        "fence": 0,
        "lease_end": 0.0,
        "created": intent.created,
        "failures": "[]",
    }
    made = connection.execute(insert(tables.intents).values(values)).inserted_primary_key
    return replace(intent, id=int(made[0]) if made else 0, state=State.WAITING)


def _intent(row: Row[Any]) -> Intent:
    return Intent(
        **{name: getattr(row, name) for name in _ASKED},
        options=json.loads(row.options),
        id=row.id,
        state=State(row.state),
        cancelled_by=row.cancelled_by,
        holder=row.holder,
        fence=row.fence,
        lease_end=row.lease_end,
        created=row.created,
        began=row.began,
        ended=row.ended,
        release=row.release,
        failures=failures_of(row.failures),
    )


def failures_of(text: str) -> tuple[Failure, ...]:
    """Failures as they were kept, in JSON."""
    found: Collection[dict[str, Any]] = json.loads(text)
    return tuple(Failure(**{**each, "log": tuple(each["log"])}) for each in found)
