"""The text of a document, before anybody looks for YAML in it: UTF-8, not too long, of characters YAML may hold."""

import re

from composer.model import Place, Problem

TEXT_BYTES = 2**20

UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class TextError(Exception):
    """Text is no tree of nodes; `problem` says where and why. Trying again does not help."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def readable(text: str | bytes) -> str:
    """`text` without a byte order mark. Raises TextError with the first thing that is wrong, nothing else."""
    if len(text) > TEXT_BYTES:
        raise _too_long()
    if isinstance(text, bytes):
        text = _decoded(text)
    text = text.removeprefix("\ufeff")
    if found := UNREADABLE.search(text):
        code = ord(found.group())
        remedy = f'write "\\u{code:04x}" in double quotes, or remove it' if 0 < code < 0xD800 else "remove it"
        fault = f"the character U+{code:04X} cannot stand in a text"
        raise TextError(Problem("", fault, remedy, _position(text, found.start())))
    if not text.isascii() and len(text.encode()) > TEXT_BYTES:
        raise _too_long()
    if directive := _directive(text):
        fault = "directives are not allowed"
        raise TextError(Problem("", fault, "remove the line", Place(directive, 1)))
    return text


def _too_long() -> TextError:
    return TextError(Problem("", f"the text is longer than {TEXT_BYTES // 2**20} MiB", "draw several projects"))


def _decoded(text: bytes) -> str:
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TextError(Problem("", "the text is UTF-16 or UTF-32", "save it as UTF-8", Place(1, 1)))
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        before = text[: error.start].decode()
        fault = f"the byte 0x{text[error.start]:02x} is not UTF-8"
        raise TextError(Problem("", fault, "save it as UTF-8", _position(before, len(before)))) from None


def _directive(text: str) -> int:
    """The first line that begins with a `%`, counted from 1; 0 if none does.

    Wherever it stands: what libyaml does with tag directives takes quadratic time, at the end of a document too.
    """
    if text.startswith("%"):
        return 1
    found = [at for at in (text.find("\n%"), text.find("\r%")) if at >= 0]
    return _position(text, min(found) + 1).line if found else 0


def _position(text: str, offset: int) -> Place:
    ends = text.count("\n", 0, offset) + text.count("\r", 0, offset) - text.count("\r\n", 0, offset)
    begin = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    return Place(ends + 1, offset - begin + 1)
