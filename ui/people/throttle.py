"""How often somebody may guess: ever more slowly, and never locked out for good.

Each attempt is counted before it is judged, so that many at once are no way around, and what succeeds is taken back.

| what is counted                               | free attempts | longest wait |
|-----------------------------------------------|---------------|--------------|
| one account from one address                  | 5             | 15 min       |
| one account, from addresses it was never used | 10            | 1 min        |
| one address, whatever it tries                | 20            | 15 min       |

Each attempt beyond the free ones doubles the wait, from one second on. The second row is short, because it is the one
by which somebody could keep another one out; and it is not asked where that one has signed in from before.
"""

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from composer.db import Database
from ui.people import tables
from ui.people.proofs import hashed

FORGOTTEN_AFTER = 3600.0
"""Seconds without an attempt after which none is remembered."""
KNOWN_FOR = 90 * 24 * 3600.0
"""Seconds that an account is known to be used from an address."""
_KNOWN = -1
"""What stands instead of a count where an account was used from an address."""


@dataclass(frozen=True)
class Limit:
    """How many attempts are free, and the longest wait in seconds after one more."""

    free: int
    longest: float

    def wait(self, count: int) -> float:
        """Seconds to wait after `count` attempts."""
        return 0.0 if count < self.free else min(self.longest, 2.0 ** min(count - self.free, 30))


FROM_ONE_ADDRESS = Limit(5, 900.0)
FROM_ANYWHERE = Limit(10, 60.0)
OF_AN_ADDRESS = Limit(20, 900.0)


class TooManyAttemptsError(Exception):
    """Wait `seconds` before the next one."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds:.0f} s")
        self.seconds = seconds


class Throttle:
    """Counts attempts in the database, so that every process knows of all."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def attempt(self, what: str, account: str, address: str) -> None:
        """Count one attempt at `what` (such as `sign-in`) on `account`, as it was typed, from `address`.

        Raises TooManyAttemptsError, and does not count it then.
        """
        now = self._clock()
        keys = _Keys.of(what, account, address)
        with self._database.writing() as connection:
            _forget(connection, now)
            counted = [(keys.pair, FROM_ONE_ADDRESS), (keys.address, OF_AN_ADDRESS)]
            if _last(connection, keys.known) is None:
                counted.append((keys.account, FROM_ANYWHERE))
            wait = max(_wait(connection, key, limit, now) for key, limit in counted)
            if wait > 0:
                raise TooManyAttemptsError(wait)
            for key, _limit in counted:
                _count(connection, key, now)

    def succeeded(self, what: str, account: str, address: str) -> None:
        """Take that attempt back and forget those before it; the account is known from that address now."""
        now = self._clock()
        keys = _Keys.of(what, account, address)
        attempts = tables.attempts.c
        with self._database.writing() as connection:
            connection.execute(delete(tables.attempts).where(attempts.key.in_((keys.pair, keys.account, keys.known))))
            connection.execute(
                update(tables.attempts)
                .where(attempts.key == keys.address, attempts.tries > 0)
                .values(tries=attempts.tries - 1)
            )
            connection.execute(insert(tables.attempts).values(key=keys.known, tries=_KNOWN, last=now))


@dataclass(frozen=True)
class _Keys:
    """What one attempt is counted by."""

    pair: str
    account: str
    address: str
    known: str

    @classmethod
    def of(cls, what: str, account: str, address: str) -> "_Keys":
        name, network = account.strip().lower(), _network(address)
        return cls(
            pair=_key(what, "pair", name, network),
            account=_key(what, "account", name),
            address=_key(what, "address", network),
            known=_key(what, "known", name, network),
        )


def _key(*words: str) -> str:
    """Hashed: people type passwords where a name belongs."""
    return hashed("\0".join(words))


def _network(address: str) -> str:
    """An address, or the /64 of an IPv6 address: whoever has one of those has all of them."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found), 64), strict=False))


def _forget(connection: Connection, now: float) -> None:
    attempts = tables.attempts.c
    connection.execute(
        delete(tables.attempts).where(
            ((attempts.tries != _KNOWN) & (attempts.last <= now - FORGOTTEN_AFTER)) | (attempts.last <= now - KNOWN_FOR)
        )
    )


def _last(connection: Connection, key: str) -> float | None:
    found: float | None = connection.scalar(select(tables.attempts.c.last).where(tables.attempts.c.key == key))
    return found


def _wait(connection: Connection, key: str, limit: Limit, now: float) -> float:
    row = connection.execute(select(tables.attempts).where(tables.attempts.c.key == key)).first()
    if row is None:
        return 0.0
    # a clock that was set back must not make anybody wait for longer than the wait itself
    tries, last = int(row.tries), float(row.last)
    return limit.wait(tries) - max(0.0, now - last)


def _count(connection: Connection, key: str, now: float) -> None:
    row = connection.execute(select(tables.attempts).where(tables.attempts.c.key == key)).first()
    if row is None:
        connection.execute(insert(tables.attempts).values(key=key, tries=1, last=now))
        return
    connection.execute(
        update(tables.attempts).where(tables.attempts.c.key == key).values(tries=row.tries + 1, last=now)
    )
