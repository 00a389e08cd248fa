"""Passwords: which are good enough, and how they are kept: as Argon2id, never so many at once that memory runs out.

The parameters are those that OWASP's Password Storage Cheat Sheet names: 19 MiB, two rounds, one lane.
"""

import re
import threading
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from composer.problem import ApiError

SHORTEST = 12
LONGEST = 256
AT_ONCE = 2
"""How many passwords are hashed at the same time: 38 MiB; whoever comes then waits in line."""
WAITS = 10.0
"""Seconds in that line, after which somebody is asked to come back."""
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$nAu/G3mDphMyiRof6sEqiQ$ZViQ9vO53aJjhR3gXfwWeMw0m9cbtbwKwYWxK2fo2QE"
"""Compared with where there is no password, so that nobody can tell by the time; what it was made of is forgotten."""
JUDGED = 64
"""Characters that are judged, the first: the time it takes grows with their cube, and these take 0.1 s at most."""
LEAST_GUESSES = 10.0**10
"""From here on zxcvbn calls a password strong even against whoever has what is kept of it and guesses by themselves."""


class Passwords:
    """Hashes passwords and compares them; one for each process, since it bounds what hashing costs."""

    def __init__(self, at_once: int = AT_ONCE, waits: float = WAITS) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
        self._places = threading.BoundedSemaphore(at_once)
        self._waits = waits

    def hash(self, password: str) -> str:
        """What is kept of a password. Raises ApiError (503) where too many wait."""
        with self._place():
            return self._hasher.hash(password)

    def fit(self, kept: str | None, password: str) -> bool:
        """Whether `password` is the one that was kept; takes as long where none was. Raises ApiError (503)."""
        with self._place():
            try:
                self._hasher.verify(kept or _NOBODYS, password[:LONGEST])
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None and len(password) <= LONGEST

    def _place(self) -> "_Place":
        return _Place(self._places, self._waits)


class _Place:
    """One of the places, for as long as the block lasts."""

    def __init__(self, places: threading.BoundedSemaphore, waits: float) -> None:
        self._places = places
        self._waits = waits

    def __enter__(self) -> None:
        if not self._places.acquire(timeout=self._waits):
            raise ApiError(
                503, "too-busy", "Too many people sign in at the moment", remedy="try again soon", retry_after=5
            )

    def __exit__(self, *_: object) -> None:
        self._places.release()


def fault_of(password: str, *names: str) -> str:
    """What is wrong with a new password of somebody who is called `names`; empty where it will do."""
    if len(password) < SHORTEST:
        return f"is shorter than {SHORTEST} characters; a few words in a row are easy to keep in mind"
    if len(password) > LONGEST:
        return f"is longer than {LONGEST} characters"
    if len(set(password)) < 5:
        return "is made of fewer than five different characters"
    stem = _stem(password)
    if stem in {_stem(name) for name in names if name}:
        return "is your name"
    if _guesses(password, names) < LEAST_GUESSES:
        return "is among the first that somebody would try"
    return ""


def _stem(text: str) -> str:
    """Without case, and without the digits and signs that people add to a word they cannot use: `Password123!`."""
    lowered = text.casefold()
    return re.sub(r"[^a-z]+$|^[^a-z]+", "", lowered) or lowered


def _guesses(password: str, names: Iterable[str]) -> float:
    """How many guesses somebody needs who tries what people choose: words, names, dates, keys in a row, repeats."""
    # it brings lists of words, 13 MiB of them, and few processes are ever given a new password
    from zxcvbn import zxcvbn

    told = [part for name in names for part in (name, *re.split(r"[^\w]+", name)) if part]
    return float(zxcvbn(password[:JUDGED], user_inputs=["backdraft", *told])["guesses"])
