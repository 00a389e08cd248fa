"""What our letters say, and where their links lead.

The token stands behind a `#`: browsers keep that part to themselves, so it is in no log and no Referer.
"""

from ui.people.mail import Letter
from ui.people.model import Invitation, Person


def first_owner_link(url: str, token: str) -> str:
    """Where the first owner makes an account."""
    return f"{url}/first-owner#{token}"


def reset_link(url: str, token: str) -> str:
    """Where somebody chooses another password."""
    return f"{url}/reset#{token}"


def invitation_link(url: str, token: str) -> str:
    """Where somebody takes an invitation."""
    return f"{url}/invitation#{token}"


def reset_letter(person: Person, to: str, url: str, token: str) -> Letter:
    """To whoever forgot a password."""
    return Letter(
        to,
        "Another password for Backdraft",
        f"Somebody, probably you, asked for another password of '{person.name}' at {url}.\n\n"
        f"Choose it here within an hour:\n{reset_link(url, token)}\n\n"
        "If it was not you, do nothing: your password stays as it is.\n",
    )


def invitation_letter(invitation: Invitation, to: str, url: str, token: str) -> Letter:
    """To whoever is invited."""
    place = f"the project '{invitation.project}', as {invitation.role}" if invitation.project else "Backdraft"
    return Letter(
        to,
        "You are invited to Backdraft",
        f"{invitation.made_by} invites you to {place}, at {url}.\n\n"
        f"Come in within a week, once:\n{invitation_link(url, token)}\n",
    )
