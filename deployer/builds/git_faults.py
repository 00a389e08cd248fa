"""What git complains of, as a sentence with a remedy: a table, the first row that fits."""

import re
from dataclasses import dataclass

from deployer.builds.errors import BuildError
from deployer.builds.git import (
    USERS_OWN,
    GitError,
    GitMissingError,
    GitStoppedError,
    GitTookTooLongError,
    GitTookTooMuchError,
    GitTooOldError,
    Identity,
)
from deployer.engines.docker_observation import readable

OLDEST = "2.29"
SHOWN_LINES = 5


class CheckoutError(BuildError):
    """A source in git that cannot be had; `key` is the key of the schema's `source` that it is about, or empty.

    `is_silence`: nothing is wrong with what was asked for, but nobody answered; later may help.
    """

    def __init__(self, key: str, fault: str, remedy: str, said: str = "", *, is_silence: bool = False) -> None:
        super().__init__(f"{fault} ({remedy})" + (f":\n{said}" if said else ""))
        self.key = key
        self.fault = fault
        self.remedy = remedy
        self.is_silence = is_silence


@dataclass(frozen=True)
class Address:
    """A repository's address, taken apart: `port` is empty where it is the usual one, `user` where there is none."""

    url: str
    host: str
    port: str = ""
    user: str = ""

    @property
    def is_ssh(self) -> bool:
        """Whether ssh leads there."""
        return not self.url.startswith("https://")

    @property
    def login(self) -> str:
        """What to give to ssh to get there, `-p 2222 git@git.example`."""
        return f"{f'-p {self.port} ' if self.port else ''}{f'{self.user}@' if self.user else ''}{self.host}"

    @property
    def known_as(self) -> str:
        """The name of the host in known_hosts."""
        return f"[{self.host}]:{self.port}" if self.port else self.host


def address(url: str) -> Address:
    """A repository's `url` taken apart; it has the form that schemas allow."""
    scheme, slashes, rest = url.partition("://")
    place = rest.partition("/")[0] if slashes else scheme.partition(":")[0]
    user, _, place = place.rpartition("@")
    host, _, port = place.partition(":")
    return Address(url, host, port, user)


NOT_SHARED = "check the address, and that it is shared with the user of this machine"
LATER = "do it again when it does"
ADDRESS, BRANCH = "git", "branch"
FAULTS: tuple[tuple[str, str, str, str], ...] = (
    (
        "REMOTE HOST IDENTIFICATION HAS CHANGED|has changed and you have requested strict checking",
        ADDRESS,
        "{host} shows another key than the one this machine knows: somebody may stand in between",
        "ask whoever runs it; if they changed it, `ssh-keygen -R '{known_as}'`, then `ssh -T {login}` and compare",
    ),
    (
        "host key is known for|Host key verification failed",
        ADDRESS,
        "{host} is not among the hosts that ssh knows",
        "`ssh -T {login}` once, compare the key it shows with the one {host} publishes, and say yes",
    ),
    (
        "cannot run ssh: No such file",
        ADDRESS,
        "ssh is not installed",
        "install it (Debian, Ubuntu: `apt install openssh-client`), or write the address as https://…",
    ),
    (
        "Could not resolve host",
        ADDRESS,
        "there is no host {host}",
        "check the address, and that this machine's name server knows it",
    ),
    (
        "certificate verification failed|certificate problem|SSL certificate|SSL CA cert|unable to get local issuer",
        ADDRESS,
        "the certificate of {host} is not trusted here",
        "name the file of its authority in GIT_SSL_CAINFO, or in `git config --global http.sslCAInfo`",
    ),
    (
        "Permission denied \\(|Too many authentication failures|no mutual signature|sign_and_send_pubkey",
        ADDRESS,
        "{host} refuses the ssh keys of this machine's user",
        "let {host} know one of them, or name the right one for it in ~/.ssh/config",
    ),
    (
        "could not read (Username|Password)",
        ADDRESS,
        "{host} asks who you are: the repository is not public, or is not there",
        "check the address; give git a credential helper that knows you there, or write git@{host}:path and use a key",
    ),
    (
        "Authentication failed|HTTP Basic: Access denied|error: 40[13]",
        ADDRESS,
        "{host} refuses this machine's user",
        "check what git's credential helper has for it and that it may read the repository, or use a key: "
        "git@{host}:path",
    ),
    (
        "repository '.*' not found|does not appear to be a git repo|Repository not found|error: 404"
        "|is this a git repo|could not be found|project you were looking for",
        ADDRESS,
        "there is no repository {url}",
        NOT_SHARED,
    ),
    (
        "not our ref|unadvertised object",
        BRANCH,
        "{url} has no such commit, or hands out branches only",
        "check it, or write a branch or a tag",
    ),
    (
        "couldn't find remote ref",
        BRANCH,
        "the branch was removed from {url} this moment",
        "check the branch, and do it again",
    ),
    (
        "transport '.*' not allowed|not supported or disabled in libcurl",
        ADDRESS,
        "what is asked for leads to an address that is neither https nor ssh",
        "write the address it has today; or look for insteadOf in `git config --list`",
    ),
    (
        "dumb http transport",
        ADDRESS,
        "{host} does not speak git's protocol for fetching a single commit",
        "ask whoever runs it for git's smart protocol",
    ),
    ("No space left on device", "", "there is no space left on this machine", "make some, and do it again"),
)

DEPLOY_KEY = (
    "let {host} know a deploy key, and give that to the project: `backdraft secrets set PROJECT GIT_DEPLOY_KEY`"
)
FAULTS_OF_NOBODY: tuple[tuple[str, str, str, str], ...] = (
    (
        "host key is known for|Host key verification failed",
        ADDRESS,
        "{host} is not among the hosts that this server knows",
        "whoever runs the server adds the key that {host} publishes to `known_hosts` in its state folder",
    ),
    (
        "Permission denied|Too many authentication failures|no mutual signature|sign_and_send_pubkey",
        ADDRESS,
        "{host} does not let this server in: it uses no keys of its user, and only a deploy key where there is one",
        DEPLOY_KEY,
    ),
    (
        "could not read (Username|Password)|Authentication failed|HTTP Basic: Access denied|error: 40[13]",
        ADDRESS,
        "{host} asks who this server is: the repository is not public, or is not there",
        "check the address; for one that is not public write git@{host}:path, and " + DEPLOY_KEY,
    ),
)
"""What git complains of where it asks as nobody, or with a deploy key; these go first then."""

SILENCES = (
    r"error: (429|5\d\d)|Failed to connect|Connection (refused|reset|timed out|closed)|Couldn't connect|timed out"
    r"|Operation too slow|Empty reply|early EOF|hung up|RPC failed|No route to host|Network is unreachable"
    r"|unexpected disconnect|Could not read from remote|unable to access"
)
"""What means that nobody answered, or that the answer broke off."""


def told(error: GitError, url: str, asked_for: str = "", identity: Identity = USERS_OWN) -> CheckoutError:
    """What `error` means to whoever wrote `url` into a schema, and `asked_for` as its branch."""
    where = address(url)
    words = {"url": url, "host": where.host, "known_as": where.known_as, "login": where.login}
    match error:
        case GitMissingError():
            return CheckoutError("", "git is not installed", "Debian, Ubuntu: `apt install git`; or use `directory:`")
        case GitTooOldError():
            return CheckoutError("", "git is too old", f"install version {OLDEST} or later", _last_lines(error.said))
        case GitStoppedError():
            return CheckoutError("", "it was stopped", "do it again")
        case GitTookTooLongError():
            return CheckoutError(ADDRESS, f"{where.host} took too long to answer", LATER, is_silence=True)
        case GitTookTooMuchError():
            fault = f"{url} has more to give than is taken from one repository"
            return CheckoutError(ADDRESS, fault, "keep what the component needs in a repository of its own")
    for pattern, key, fault, remedy in FAULTS if identity.is_users_own else (*FAULTS_OF_NOBODY, *FAULTS):
        if re.search(pattern, error.said):
            return CheckoutError(key, fault.format(**words), remedy.format(**words))
    for line in error.said.splitlines():
        if re.search(SILENCES, line):
            fault = f"{where.host} does not answer: {_readable(line)}"
            return CheckoutError(ADDRESS, fault, LATER, is_silence=True)
    fault = f"git cannot fetch {asked_for} from {url}" if asked_for else f"git cannot look at {url}"
    return CheckoutError(ADDRESS, fault, "its last lines may tell why", _last_lines(error.said))


def _last_lines(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()][-SHOWN_LINES:]
    return "\n".join(f"  {_readable(line)}" for line in lines)


def _readable(line: str) -> str:
    """A line in which nothing commands a terminal, without git's own preamble and without what identifies anybody."""
    plain = re.sub(r"^(fatal|error|ssh): (unable to access '[^']*': )?", "", line.strip())
    return readable(re.sub("//[^/@ ]+@", "//…@", plain))
