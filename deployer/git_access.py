"""As whom git asks for repositories: as the user who deploys here, or, on a server, as nobody but a deploy key.

A server deploys what people and machines ask for who are not its user. Whatever that user may read elsewhere, with keys
for ssh, an agent, credential helpers, a .netrc or the configuration of git, is not theirs to build from.
"""

import hashlib
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from deployer.errors import DeployerError
from deployer.vault import Vault

DEPLOY_KEY = "GIT_DEPLOY_KEY"
"""The secret of a project that holds its private key for ssh."""


@dataclass(frozen=True)
class GitAccess:
    """As whom git asks. `is_users_own`: as the user of this process, with all that is configured for her.

    Otherwise only `key` opens anything, a private key for ssh in the form of OpenSSH; empty: what is public is to be
    had and nothing else. What was fetched with one key is never given to whoever has another.
    """

    is_users_own: bool = False
    key: str = field(default="", repr=False)

    @property
    def mark(self) -> str:
        """Sets apart what was fetched with it; says nothing of the key."""
        if self.is_users_own:
            return ""
        return hashlib.sha256(f"deploy key {self.key}".encode()).hexdigest() if self.key else "nobody"


USERS_OWN = GitAccess(is_users_own=True)
NOBODY = GitAccess()

OfProject = Callable[[str], GitAccess]
"""As whom git asks for the sources of that project."""


def of_user(project: str) -> GitAccess:
    """Without a server, whoever deploys is the user of this process."""
    return USERS_OWN


def of_server(vault: Vault, key_file: Path | None = None) -> OfProject:
    """On a server: the project's own key, or else that of the installation, if any."""

    def access(project: str) -> GitAccess:
        if ("", DEPLOY_KEY) in vault.versions(project):
            return GitAccess(key=_as_file(vault.value(project, "", DEPLOY_KEY)))
        return GitAccess(key=key_of(key_file)) if key_file else NOBODY

    return access


def key_of(path: Path) -> str:
    """The private key in a file that nobody else may read. Raises DeployerError."""
    try:
        mode = path.stat().st_mode
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise DeployerError(f"git_key_file: {path}: cannot be read: {reason} (name a private key for ssh)") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise DeployerError(
            f"git_key_file: {path}: others may read it ({stat.S_IMODE(mode):04o}; run: chmod 600 {path})"
        )
    if "PRIVATE KEY-----" not in text:
        raise DeployerError(
            f"git_key_file: {path}: holds no private key for ssh (make one: ssh-keygen -t ed25519 -N '')"
        )
    return _as_file(text)


def _as_file(key: str) -> str:
    """As ssh wants it in a file, however it was pasted."""
    return key.replace("\r\n", "\n").strip() + "\n"
