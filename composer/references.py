"""References inside text: `${db.url}`, `${secret.NAME}`, `${env.NAME}`; everything else is plain, byte for byte.

`$${` writes a literal `${`; any other `$` stands for itself. A name may hold letters, digits, `_`, `-` and dots.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"\$\$\{|\$\{([^{}\n]{0,200})\}|\$\{")
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+){1,2}$")


@dataclass(frozen=True)
class Reference:
    """A dotted name: its first word says what it refers to (a component, `secret`, `env`, or a word of a kind file)."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return "${" + ".".join(self.words) + "}"


Part = str | Reference

REMEMBERED = 200
"""How long a text may be whose parts are remembered: those of kinds are asked for again with every connection."""


class ReferenceSyntaxError(ValueError):
    """Text holds a `${` that opens no reference."""


def split(text: str) -> tuple[Part, ...]:
    """The parts of `text` in order, adjacent plain text joined; empty text has no parts.

    Raises ReferenceSyntaxError with fault and remedy where a `${…}` is malformed.
    """
    return _remembered(text) if len(text) <= REMEMBERED else _split(text)


def _split(text: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    plain: list[str] = []
    position = 0
    for token in _TOKEN.finditer(text):
        plain.append(text[position : token.start()])
        position = token.end()
        if token.group() == "$${":
            plain.append("${")
            continue
        name = token.group(1)
        if name is None or not _NAME.match(name):
            shown = token.group()[:60]
            raise ReferenceSyntaxError(f"'{shown}' is not a reference; write $${{ for a literal ${{")
        if joined := "".join(plain):
            parts.append(joined)
        plain.clear()
        parts.append(Reference(tuple(name.split("."))))
    plain.append(text[position:])
    if joined := "".join(plain):
        parts.append(joined)
    return tuple(parts)


_remembered = lru_cache(maxsize=1024)(_split)


def references(text: str) -> tuple[Reference, ...]:
    """The references in `text`, in order. Raises ReferenceSyntaxError as `split` does."""
    return tuple(part for part in split(text) if isinstance(part, Reference))


def distinct_references(text: str) -> tuple[Reference, ...]:
    """The references in `text`, each once. Costs half of what `references` does, where a text holds 50,000 of them."""
    found = {token.group(1): None for token in _TOKEN.finditer(text) if token.group() != "$${"}
    if any(name is None or not _NAME.match(name) for name in found):
        return references(text)  # which tells the fault
    return tuple(Reference(tuple(name.split("."))) for name in found)


def escape(text: str) -> str:
    """`text` written so that `split` gives it back as one plain part."""
    return text.replace("${", "$${")
