"""The page of settings as Markdown, from what every setting says of itself: `python -m ui.settings_page`."""

from ui.settings import documented

HEAD = """# Settings

Made by `python -m ui.settings_page > docs/settings.md`; change `ui/settings.py`, not this file.

A server reads each setting from the environment (`BACKDRAFT_LISTEN`), or from the file `settings.toml` in the state
folder (`listen = "127.0.0.1:8273"`); the environment wins. All of them are checked at the start, and every fault is
told at once, with its place and its remedy. `backdraft doctor` checks them without starting anything.

Two are for the environment alone: `BACKDRAFT_HOME`, the state folder (`~/.backdraft` unless given), and
`BACKDRAFT_IMAGES`, where images come from for this one command (see [Images](images.md)).

| setting | default | example | meaning |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(
        f"| `{name}`<br>`{variable}` | {_code(default)} | {_code(example)} | {meaning} |\n"
        for name, variable, default, example, meaning in documented()
    )


def _code(text: str) -> str:
    return f"`{text}`" if text else "–"


if __name__ == "__main__":
    print(page(), end="")
