"""What is wrong with a text, as it is noted while it is read."""

from collections.abc import Callable, Iterable
from typing import Any

from composer.model import Problem
from composer.reading.nodes import Mark, Node, Places, Scalar, place
from composer.spelling import suggestion

PROBLEMS = 100
COUNTED = 1_000


class TooManyFaultsError(Exception):
    """So much is wrong that reading on would only cost time."""


class Faults:
    """The problems of one text: the first hundred in full, the rest only counted, so that bad texts stay cheap.

    Raises TooManyFaultsError when even counting has gone on for long.
    """

    def __init__(self, places: Places) -> None:
        self.problems: list[Problem] = []
        self.more = 0
        self.places = places

    @property
    def count(self) -> int:
        """How many there are so far, by which a reader tells whether its part had any."""
        return len(self.problems) + self.more

    def add(self, node: Node, path: str, fault: str, remedy: str = "") -> None:
        """Notes that `fault` is wrong with `node` at `path`."""
        if not self._is_full():
            is_seen = isinstance(node, Scalar) and node.text
            where = place(node.mark) if is_seen else self.places.get(path, place(node.mark))
            self.problems.append(Problem(path, fault, remedy, where))

    def add_unknown(self, node: Node, path: str, fault: str, word: str, choices: Iterable[str]) -> None:
        """Notes that `word` is none of `choices`, with the one that may have been meant."""
        if not self._is_full():
            self.add(node, path, fault, suggestion(word, choices))

    def _is_full(self) -> bool:
        """Whether one more is only counted, which is done here."""
        if len(self.problems) < PROBLEMS:
            return False
        self.more += 1
        if self.more == COUNTED - PROBLEMS:
            raise TooManyFaultsError
        return True


Read = Callable[[Faults, Node, str], Any]
"""A reader gives what the node at a path means, or None after it has noted what is wrong with it."""
ReadKey = Callable[[Faults, str, Mark, str], bool]
"""A reader of keys tells whether the word at a mark is one, and notes what is wrong if not; the path is its value's."""
