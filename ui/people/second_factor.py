"""The second factor: codes that an app makes from the time (RFC 6238), and ten codes on paper for when it is lost."""

import hmac
import time
from collections.abc import Callable

import pyotp
from sqlalchemy import delete, func, insert, select, update

from composer.db import Database
from deployer.vault import SecretMissingError, Vault
from ui.people import tables
from ui.people.proofs import hashed, new_recovery_code

RECOVERY_CODES = 10
STEP = 30
"""Seconds that a code stands; the one before and the one after are good as well, since clocks differ."""
_PLACE = ""
"""Secrets of people lie in the vault beside those of projects; no project has an empty name."""
_NAME, _PROPOSED = "second-factor", "second-factor-proposed"


class SecondFactors:
    """The second factors of everybody who has one; the secret behind the codes is sealed by the vault."""

    def __init__(self, database: Database, vault: Vault, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock

    def propose(self, person: str) -> str:
        """A new secret for somebody's app, in base32; it counts for nothing until it is confirmed."""
        secret = pyotp.random_base32()
        self._vault.put(_PLACE, _PROPOSED, secret, owner=person)
        return secret

    def confirm(self, person: str, code: str) -> tuple[str, ...] | None:
        """Have the proposed secret count, if the app made `code` from it: the recovery codes, or None."""
        try:
            secret = self._vault.value(_PLACE, person, _PROPOSED)
        except SecretMissingError:
            return None
        step = self._step_of(secret, code)
        if step is None:
            return None
        self._vault.put(_PLACE, _NAME, secret, owner=person)
        self._vault.remove(_PLACE, _PROPOSED, owner=person)
        with self._database.writing() as connection:
            connection.execute(
                update(tables.people)
                .where(tables.people.c.id == person)
                .values(second_factor_since=self._clock(), second_factor_step=step)
            )
        return self.renew_recovery_codes(person)

    def renew_recovery_codes(self, person: str) -> tuple[str, ...]:
        """Ten new recovery codes; those before are good for nothing."""
        codes = tuple(new_recovery_code() for _ in range(RECOVERY_CODES))
        with self._database.writing() as connection:
            connection.execute(delete(tables.recovery_codes).where(tables.recovery_codes.c.person == person))
            connection.execute(
                insert(tables.recovery_codes), [{"person": person, "code": _kept(person, code)} for code in codes]
            )
        return codes

    def recovery_codes_left(self, person: str) -> int:
        """How many recovery codes somebody has not used."""
        query = select(func.count()).where(tables.recovery_codes.c.person == person)
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def accepts(self, person: str, code: str) -> bool:
        """Whether `code` is of the app or on the paper of somebody; whichever it is, it is accepted once."""
        text = "".join(code.split()).lower()
        return self._accepts_of_app(person, text) if text.isdecimal() else self._accepts_of_paper(person, text)

    def remove(self, person: str) -> None:
        """Have one factor be enough for somebody."""
        with self._database.writing() as connection:
            connection.execute(
                update(tables.people).where(tables.people.c.id == person).values(second_factor_since=None)
            )
            connection.execute(delete(tables.recovery_codes).where(tables.recovery_codes.c.person == person))
        for name in (_NAME, _PROPOSED):
            self._vault.remove(_PLACE, name, owner=person)

    def _accepts_of_app(self, person: str, code: str) -> bool:
        try:
            secret = self._vault.value(_PLACE, person, _NAME)
        except SecretMissingError:
            return False
        step = self._step_of(secret, code)
        if step is None:
            return False
        people = tables.people.c
        with self._database.writing() as connection:
            result = connection.execute(
                update(tables.people)
                .where(people.id == person, people.second_factor_step < step)
                .values(second_factor_step=step)
            )
        return bool(result.rowcount)

    def _accepts_of_paper(self, person: str, code: str) -> bool:
        codes = tables.recovery_codes.c
        with self._database.writing() as connection:
            result = connection.execute(
                delete(tables.recovery_codes).where(codes.person == person, codes.code == _kept(person, code))
            )
        return bool(result.rowcount)

    def _step_of(self, secret: str, code: str) -> int | None:
        """The time step whose code that is, of those that are good now."""
        app = pyotp.TOTP(secret, interval=STEP)
        now = int(self._clock()) // STEP
        given = code.encode("utf-8", "replace")
        fitting = [
            step for step in (now - 1, now, now + 1) if hmac.compare_digest(app.generate_otp(step).encode(), given)
        ]
        return fitting[-1] if fitting else None


def address_for_app(secret: str, name: str, server: str) -> str:
    """What an app reads from a picture: `otpauth://totp/…`."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=name, issuer_name=f"Backdraft {server}")


def _kept(person: str, code: str) -> str:
    letters = "".join(each for each in code.lower() if each.isalnum())
    return hashed(f"{person} {letters}")
