"""The word somebody may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches

CHOICES = 50


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice most like `word`, or None when none is. Costs little however many choices there are."""
    word = word[:40].lower()
    start = set(word[:3])
    likely = {
        choice.lower(): choice
        for choice in choices
        if abs(len(choice) - len(word)) <= 3 and not start.isdisjoint(choice[:3].lower())
    }
    found = get_close_matches(word, list(likely)[:CHOICES], n=1)
    return likely[found[0]] if found else None


def suggestion(word: str, choices: Iterable[str], shown: int = 12) -> str:
    """A remedy for an unknown word: the nearest choice, or else the first few of them."""
    known = list(choices)
    if found := nearest(word, known):
        return f"did you mean '{found}'?"
    if not known:
        return ""
    more = f" and {len(known) - shown} more" if len(known) > shown else ""
    return f"known: {', '.join(known[:shown])}{more}"
