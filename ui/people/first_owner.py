"""The first owner: an installation that nobody administers prints a link at its start, and whoever has it comes in."""

from ui.people.letters import first_owner_link
from ui.people.people import People
from ui.people.tokens import Purpose, Tokens


def link_for_first_owner(people: People, tokens: Tokens, url: str) -> str | None:
    """A link for the one who runs the server, good once and for a day; None where there is an administrator.

    Only a hash is kept, so each start makes another; all of them end with the first that is used.
    """
    if not people.needs_first():
        return None
    return first_owner_link(url, tokens.make(Purpose.FIRST_OWNER))
