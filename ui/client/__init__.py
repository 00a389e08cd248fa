"""The Python client of Backdraft's API. It imports nothing of the rest of Backdraft; docs/client.md shows its use."""

from ui.client.client import Client
from ui.client.problems import (
    ClientError,
    DeniedError,
    LostUpdateError,
    NotFoundError,
    ProblemError,
    UnknownCallerError,
    UnreachableError,
)
from ui.client.signing import Key

__all__ = [
    "Client",
    "ClientError",
    "DeniedError",
    "Key",
    "LostUpdateError",
    "NotFoundError",
    "ProblemError",
    "UnknownCallerError",
    "UnreachableError",
]
