"""What can go wrong while deploying, as one family: every message says path, fault and remedy."""

from collections.abc import Iterable
from typing import Self

from composer.model import Problem


class DeployerError(Exception):
    """Something the deployer cannot do; its text is for the person who asked.

    `problems` are what stands in the way, where each can be named: a line of the text for each.
    """

    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Self:
        """The error that tells all of `problems`."""
        found = tuple(problems)
        error = cls("\n".join(map(str, found)))
        error.problems = found
        return error
