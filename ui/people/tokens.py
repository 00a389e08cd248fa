"""Tokens that are good once, for one purpose and for a while: links and the steps of a sign-in."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select

from composer.db import Database
from ui.people import tables
from ui.people.proofs import hashed, new_token


class Purpose(StrEnum):
    """What a token is good for."""

    FIRST_OWNER = "first-owner"
    RESET = "reset"
    SECOND_STEP = "second-step"
    PROVIDER = "provider"


LASTS: Mapping[Purpose, float] = {
    Purpose.FIRST_OWNER: 24 * 3600.0,
    Purpose.RESET: 3600.0,
    Purpose.SECOND_STEP: 300.0,
    Purpose.PROVIDER: 600.0,
}
"""How many seconds each is good for."""


@dataclass(frozen=True)
class Spent:
    """What a token stood for."""

    person: str
    content: Any


class Tokens:
    """Every token that was given and not used yet."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def make(self, purpose: Purpose, person: str = "", content: Any = None) -> str:
        """A new token; those that are over are cleared away."""
        now = self._clock()
        token = new_token()
        with self._database.writing() as connection:
            connection.execute(delete(tables.one_time_tokens).where(tables.one_time_tokens.c.expires <= now))
            connection.execute(
                insert(tables.one_time_tokens).values(
                    token=hashed(token),
                    purpose=purpose.value,
                    person=person,
                    content=json.dumps(content),
                    expires=now + LASTS[purpose],
                )
            )
        return token

    def look(self, purpose: Purpose, token: str) -> Spent | None:
        """What a token stands for, without using it."""
        tokens = tables.one_time_tokens.c
        query = select(tokens.person, tokens.content).where(
            tokens.token == hashed(token), tokens.purpose == purpose.value, tokens.expires > self._clock()
        )
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return Spent(row.person, json.loads(row.content)) if row else None

    def spend(self, purpose: Purpose, token: str) -> Spent | None:
        """What a token stood for, once: to one of those who come at the same moment, and to nobody after."""
        found = self.look(purpose, token)
        if found is None:
            return None
        with self._database.writing() as connection:
            result = connection.execute(
                delete(tables.one_time_tokens).where(tables.one_time_tokens.c.token == hashed(token))
            )
        return found if result.rowcount else None

    def forget(self, purpose: Purpose, person: str = "") -> None:
        """Have every token of that purpose and person be good for nothing."""
        tokens = tables.one_time_tokens.c
        with self._database.writing() as connection:
            connection.execute(
                delete(tables.one_time_tokens).where(tokens.purpose == purpose.value, tokens.person == person)
            )
