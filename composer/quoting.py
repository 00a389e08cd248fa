"""Texts of others inside a message of ours."""


def shown(text: str) -> str:
    """`text` in quotes for a message, cut where it is long and with its control characters escaped."""
    cut = text if len(text) <= 60 else text[:57] + "…"
    return "'" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut) + "'"
