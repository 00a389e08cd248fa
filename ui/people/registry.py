"""Everything that is known of people, and all that tells who somebody is."""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from composer.db import Database
from composer.members import Members
from deployer.vault import Vault
from ui.people.identities import Identities
from ui.people.invitations import Invitations
from ui.people.mail import Mailer
from ui.people.passwords import Passwords
from ui.people.people import People
from ui.people.second_factor import SecondFactors
from ui.people.sessions import Sessions
from ui.people.throttle import Throttle
from ui.people.tokens import Tokens
from ui.settings import Settings


@dataclass(frozen=True)
class Registry:
    """The stores of people; every part is safe to use from several threads. `url` is how people reach us."""

    url: str
    members: Members
    people: People
    passwords: Passwords
    sessions: Sessions
    second_factors: SecondFactors
    tokens: Tokens
    throttle: Throttle
    invitations: Invitations
    identities: Identities
    mailer: Mailer
    clock: Callable[[], float]
    csrf_key: bytes = field(repr=False)

    @property
    def is_https(self) -> bool:
        """Whether browsers reach us by a way nobody listens to."""
        return self.url.startswith("https://")

    def csrf_token(self, session: str) -> str:
        """What a request that changes something must say in that session: other sites cannot know it."""
        return hmac.new(self.csrf_key, session.encode(), hashlib.sha256).hexdigest()

    def close(self) -> None:
        """Send the mail that waits."""
        self.mailer.close()


def open_registry(
    settings: Settings, database: Database, members: Members, vault: Vault, clock: Callable[[], float] = time.time
) -> Registry:
    """The people of the installation that `settings` tell of."""
    vault.ensure("", {("", "csrf"): 43})
    return Registry(
        url=settings.url,
        members=members,
        people=People(database, members, clock),
        passwords=Passwords(),
        sessions=Sessions(database, settings.session_hours * 3600, clock),
        second_factors=SecondFactors(database, vault, clock),
        tokens=Tokens(database, clock),
        throttle=Throttle(database, clock),
        invitations=Invitations(database, clock),
        identities=Identities(database, clock),
        mailer=Mailer(settings.smtp_url, settings.mail_from),
        clock=clock,
        csrf_key=vault.value("", "", "csrf").encode(),
    )
