"""Sources that lie in git: looked up, fetched where they moved, and laid out as directories to build from."""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from composer import syntax
from composer.model import Source
from composer.quoting import shown
from deployer.builds.context import source_names
from deployer.builds.errors import BuildError
from deployer.builds.git import Identity, Stopped
from deployer.builds.git_faults import CheckoutError
from deployer.builds.mirrors import Mirror, Target, mirror
from deployer.builds.trees import laid_out
from deployer.git_access import USERS_OWN, GitAccess
from deployer.scratch import scratch

PARALLEL = 4
LEAVING = 5.0
"""Seconds that git has to end after Ctrl-C."""
SHOWN = 3
KNOWN_HOSTS = "known_hosts"
"""The file of the state folder with the keys of ssh hosts that a server trusts, beside those that the machine knows."""

Progress = Callable[[str, str], None]
"""Told (component, sentence), one at a time."""
Key = TypeVar("Key", str, str | None)


@dataclass(frozen=True)
class Checkout:
    """A component's source at one commit: `root` stands for the repository, and `directory` of it is laid out.

    `branch` is what the schema names, or HEAD.
    """

    repository: str
    branch: str
    commit: str
    root: Path
    directory: str

    @property
    def folder(self) -> Path:
        """Where the source lies."""
        return self.root / self.directory

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of an image that is built from it (https://specs.opencontainers.org/image-spec/annotations/)."""
        return {
            "org.opencontainers.image.source": self.repository,
            "org.opencontainers.image.revision": self.commit,
        }

    def named(self, text: str) -> str:
        """`text`, with the repository's address for the folder that stands for it here."""
        return text.replace(str(self.root), self.repository)


Checkouts = Mapping[str, Checkout | BuildError]
"""Component -> its source, or why it is not to be had."""


@contextmanager
def checked_out(
    sources: Mapping[str, Source], home: Path, progress: Progress, access: GitAccess = USERS_OWN
) -> Iterator[Checkouts]:
    """The source of each component, until the end of the block; all of them lie in git, which asks as `access` says.

    What was fetched is kept in the state folder `home`: a commit that is there already is not fetched again. Only a
    source that names a whole commit is to be had without asking its repository.
    """
    with scratch(home) as folder:
        asking = _Asking(home, _identity(access, home, folder), access.mark)
        yield _all(sources, asking, folder, progress)


@dataclass(frozen=True)
class _Asking:
    """How repositories are asked, and where what was fetched with that identity is kept."""

    home: Path
    identity: Identity
    mark: str


def _identity(access: GitAccess, home: Path, folder: Path) -> Identity:
    if access.is_users_own:
        return Identity()
    if not access.key:
        return Identity(is_users_own=False, known_hosts=home / KNOWN_HOSTS)
    key_file = folder / "key"
    key_file.touch(mode=0o600)
    key_file.write_text(access.key)
    return Identity(is_users_own=False, key_file=key_file, known_hosts=home / KNOWN_HOSTS)


def _all(sources: Mapping[str, Source], asking: _Asking, folder: Path, progress: Progress) -> Checkouts:
    faults = {component: fault for component, source in sources.items() if (fault := _fault(source))}
    sound = {component: source for component, source in sources.items() if component not in faults}
    repositories = _grouped(sound, lambda source: source.git or "")
    found: dict[str, Checkout | BuildError] = {**faults}
    waiting = iter(enumerate(repositories.items()))
    alone, stop = threading.Lock(), threading.Event()
    ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()

    def tell(component: str, text: str) -> None:
        with alone:
            if not stop.is_set():
                progress(component, text)

    def work() -> None:
        try:
            while not stop.is_set():
                with alone:
                    number, (url, wanted) = next(waiting, (0, ("", {})))
                if not wanted:
                    break
                found.update(_of_repository(url, wanted, asking, folder / str(number), tell, stop.is_set))
            ended.put(None)
        except BaseException as error:
            stop.set()
            ended.put(error)

    workers = [threading.Thread(target=work, daemon=True) for _ in range(min(PARALLEL, len(repositories)))]
    try:
        for worker in workers:
            worker.start()
        failures = list(filter(None, [ended.get() for _ in workers]))
    except KeyboardInterrupt:
        stop.set()
        for worker in filter(threading.Thread.is_alive, workers):
            worker.join(LEAVING)
        raise KeyboardInterrupt("stopped while sources were fetched; what runs was not touched") from None
    if failures:
        raise failures[0]
    return found


def _of_repository(
    url: str, wanted: Mapping[str, Source], asking: _Asking, folder: Path, tell: Progress, stopped: Stopped
) -> Checkouts:
    for component in wanted:
        tell(component, f"fetching {url}")
    branches = _grouped(wanted, lambda source: source.branch)
    found: dict[str, Checkout | BuildError] = {}
    try:
        with mirror(asking.home, url, stopped, asking.identity, asking.mark) as held:
            targets = held.look(branches)
            for number, (branch, of_branch) in enumerate(branches.items()):
                found.update(_of_branch(held, targets[branch], of_branch, folder / str(number)))
    except CheckoutError as error:
        return dict.fromkeys(wanted, error)
    except OSError as error:
        fault = f"{error.filename or asking.home} cannot be written: {error.strerror or error}"
        return dict.fromkeys(wanted, CheckoutError("", fault, "let your user write it, and look at the free space"))
    return found


def _of_branch(held: Mirror, target: Target | CheckoutError, wanted: Mapping[str, Source], folder: Path) -> Checkouts:
    if isinstance(target, CheckoutError):
        return dict.fromkeys(wanted, target)
    try:
        commit = held.fetch(target)
    except CheckoutError as error:
        return dict.fromkeys(wanted, error)
    found: dict[str, Checkout | BuildError] = {}
    for number, (directory, of_directory) in enumerate(_grouped(wanted, lambda source: source.directory).items()):
        checkout = Checkout(held.url, target.name, commit, folder / str(number), directory)
        found.update(dict.fromkeys(of_directory, _filled(held, checkout)))
    return found


def _filled(held: Mirror, checkout: Checkout) -> Checkout | BuildError:
    """The checkout once its folder holds the source, all of it that a build is given."""
    checkout.folder.mkdir(parents=True)
    try:
        stand_ins = laid_out(held, checkout.commit, checkout.directory, checkout.folder)
        given = sorted(stand_ins.keys() & source_names(checkout.folder)) if stand_ins else []
    except CheckoutError as error:
        return error
    except BuildError as error:
        return BuildError(checkout.named(str(error)))
    if not given:
        return checkout
    more = f", and {len(given) - SHOWN} more like it" if len(given) > SHOWN else ""
    told = ", ".join(f"{name} is {stand_ins[name]}" for name in given[:SHOWN])
    return BuildError(f"{told}{more} (keep it in the repository itself, or name it in .dockerignore)")


def _fault(source: Source) -> CheckoutError | None:
    """What is wrong with the form of a source: whatever made it, git is given nothing that a schema could not say."""
    for key, pattern in (("git", syntax.GIT), ("branch", syntax.BRANCH), ("directory", syntax.DIRECTORY)):
        text = getattr(source, key)
        if text is not None and not re.fullmatch(pattern, text):
            return CheckoutError(key, f"{shown(text)} is nothing that git is given", "write it as docs/schema.md says")
    return None


def _grouped(sources: Mapping[str, Source], key: Callable[[Source], Key]) -> dict[Key, dict[str, Source]]:
    groups: dict[Key, dict[str, Source]] = {}
    for component, source in sources.items():
        groups.setdefault(key(source), {})[component] = source
    return groups
