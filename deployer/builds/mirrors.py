"""A repository as far as it was fetched: a bare one in the state folder, which holds a commit of each branch asked for.

It is a cache. Whatever broke off while it was written is thrown away and fetched anew, under another name: a git whose
process was killed may go on for a while, and must not write to what others use.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from composer.spelling import suggestion
from deployer.builds.git import Bounds, GitError, GitStoppedError, Identity, Stopped, run
from deployer.builds.git_faults import ADDRESS, BRANCH, CheckoutError, told
from deployer.locks import BusyError, held

FOLDER = "git"
LOOK_SECONDS = 30.0
FETCH_SECONDS = 600.0
LOCAL_SECONDS = 60.0
FETCHED_BYTES = 2**30
REFS_BYTES = 16 * 2**20

OBJECT_ID = re.compile("[0-9a-f]{40}")
HEAD = "HEAD"


@dataclass(frozen=True)
class Target:
    """What a schema's `branch` means now: the ref to fetch, and the commit at its tip."""

    name: str
    ref: str
    commit: str


class Mirror:
    """What was fetched of one repository. Only who holds it may use it."""

    def __init__(self, path: Path, name_file: Path, url: str, stopped: Stopped, identity: Identity) -> None:
        self.path = path
        self.url = url
        self.identity = identity
        self._name_file = name_file
        self._stopped = stopped

    def look(self, names: Collection[str | None]) -> Mapping[str | None, Target | CheckoutError]:
        """What each of `names` (a branch, a tag, a whole commit; None is the repository's own branch) means now.

        Asks the repository once, unless only commits are named.
        """
        asked_for = [name for name in names if not _is_commit(name)]
        refs: Mapping[str, str] = {}
        try:
            if asked_for:
                found = [ref for name in asked_for for ref in _refs(name)]
                refs = self._listed("--", self.url, *found, *(f"{ref}^{{}}" for ref in found))
        except CheckoutError as error:
            return {name: self._without_answer(name, error) for name in names}
        return {name: self._target(name, refs) for name in names}

    def fetch(self, target: Target) -> str:
        """The commit that `target` is at, on this machine from now on; what is here already is not fetched again.

        Where the branch moved since the look, that is the newer one. Raises CheckoutError.
        """
        mine = _mine(target.ref)
        if self._commit(mine) == target.commit or self._keeps(target, mine):
            return target.commit
        options = ["--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-auto-gc"]
        bounds = Bounds(FETCH_SECONDS, folder=self.path, stored=FETCHED_BYTES)
        self._run(["fetch", *options, "--", self.url, f"+{target.ref}:{mine}"], bounds, target.name)
        with suppress(GitError):  # it only tidies up
            self.git(["gc", "--quiet", "--auto"], Bounds(FETCH_SECONDS))
        if commit := self._commit(mine):
            return commit
        raise CheckoutError(BRANCH, f"{target.name} of {self.url} is no commit", "write a branch, or a tag of a commit")

    def git(self, arguments: Iterable[str], bounds: Bounds) -> bytes:
        """What git prints, run in this mirror. Raises GitError."""
        return run(["--git-dir", str(self.path), *arguments], bounds, self._stopped, self.identity)

    def refuse_when_stopped(self) -> None:
        """Raise GitStoppedError once nobody wants any more what is being done."""
        if self._stopped():
            raise GitStoppedError

    def _listed(self, *arguments: str) -> Mapping[str, str]:
        """Every ref that the repository names, and what it points at."""
        answer = self._run(["ls-remote", *arguments], Bounds(LOOK_SECONDS, REFS_BYTES))
        pairs = [line.split("\t", 1) for line in answer.decode(errors="replace").splitlines() if "\t" in line]
        if any(len(value) == 64 for value, _ in pairs):
            fault = f"{self.url} names its commits by SHA-256, which is not supported"
            raise CheckoutError(ADDRESS, fault, "use a repository that was made without --object-format")
        return {ref: value for value, ref in pairs if OBJECT_ID.fullmatch(value)}

    def _target(self, name: str | None, refs: Mapping[str, str]) -> Target | CheckoutError:
        if name and _is_commit(name):
            return Target(name, name, name)
        for ref in _refs(name):
            if ref in refs:
                return Target(name or HEAD, ref, refs.get(f"{ref}^{{}}", refs[ref]))
        try:
            return self._missing(name)
        except CheckoutError as error:
            return error

    def _without_answer(self, name: str | None, error: CheckoutError) -> Target | CheckoutError:
        """What a name means to who cannot ask: a whole commit is what it is, and of a branch the last one is known."""
        if name and _is_commit(name):
            return Target(name, name, name)
        last = next(filter(None, (self._commit(_mine(ref)) for ref in _refs(name))), "")
        if not last or not error.is_silence:
            return error
        remedy = f'{error.remedy}; `branch: "{last}"` deploys what was fetched last'
        return CheckoutError(error.key, error.fault, remedy, is_silence=True)

    def _missing(self, name: str | None) -> CheckoutError:
        known = [
            ref.split("/", 2)[2]
            for ref in self._listed("--heads", "--tags", "--", self.url)
            if ref.startswith("refs/") and not ref.endswith("^{}")
        ]
        if not known:
            return CheckoutError(ADDRESS, f"there is no branch in {self.url}", "check the address, or push one")
        if name is None:
            return CheckoutError(BRANCH, f"{self.url} has no branch of its own", f"name one; {suggestion('', known)}")
        remedy = suggestion(name, known)
        if re.fullmatch("[0-9a-f]{7,}", name):
            remedy = "a commit is written in full, with its 40 digits"
        return CheckoutError(BRANCH, f"{self.url} has no branch and no tag '{name}'", remedy)

    def _commit(self, ref: str) -> str:
        """The commit that a ref of this mirror points at; empty where there is none."""
        with suppress(GitError):
            arguments = ["rev-parse", "--quiet", "--verify", "--end-of-options", f"{ref}^{{commit}}"]
            return self.git(arguments, Bounds(LOCAL_SECONDS)).decode().strip()
        return ""

    def _keeps(self, target: Target, mine: str) -> bool:
        """Whether a whole commit is here already, as the tip of something else; from now on it stays, as `mine`."""
        if not _is_commit(target.ref):
            return False
        with suppress(GitError):
            tips = ["for-each-ref", "--count=1", f"--points-at={target.commit}", "refs/backdraft"]
            if self.git(tips, Bounds(LOCAL_SECONDS)):
                self.git(["update-ref", mine, target.commit], Bounds(LOCAL_SECONDS))
                return True
        return False

    def _run(self, arguments: list[str], bounds: Bounds, asked_for: str = "") -> bytes:
        self._name_file.unlink(missing_ok=True)
        try:
            answer = self.git(arguments, bounds)
        except GitError as error:
            if type(error) is GitError:  # it ended by itself, and so has tidied up
                self._name_file.write_text(self.path.name)
            raise told(error, self.url, asked_for, self.identity) from error
        self._name_file.write_text(self.path.name)
        return answer


@contextmanager
def mirror(home: Path, url: str, stopped: Stopped, identity: Identity, mark: str = "") -> Iterator[Mirror]:
    """The mirror of the repository at `url` in the state folder `home`, alone with it until the end of the block.

    There is one for each `mark`: a commit that is here is given without asking, so only to those who could have asked.
    Raises CheckoutError.
    """
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    key = hashlib.sha256(f"{mark}\n{url}".encode() if mark else url.encode()).hexdigest()[:16]
    name_file = folder / f"{key}.name"
    try:
        with held(folder / f"{key}.lock", FETCH_SECONDS, stopped):
            path = _whole(name_file) or _made(name_file, url, stopped, identity)
            yield Mirror(path, name_file, url, stopped, identity)
    except BusyError as error:
        raise CheckoutError(ADDRESS, f"another process still fetches {url}", "wait for its end") from error


def _whole(name_file: Path) -> Path | None:
    """The mirror that the file names; it names none while one is written, and for ever where that broke off."""
    name = name_file.read_text() if name_file.exists() else ""
    is_ours = re.fullmatch(rf"{name_file.stem}-[0-9a-f]{{8}}\.git", name)
    return name_file.with_name(name) if is_ours and name_file.with_name(name).is_dir() else None


def _made(name_file: Path, url: str, stopped: Stopped, identity: Identity) -> Path:
    for broken in name_file.parent.glob(f"{name_file.stem}-*.git"):
        shutil.rmtree(broken, ignore_errors=True)
    path = name_file.with_name(f"{name_file.stem}-{secrets.token_hex(4)}.git")
    path.mkdir(mode=0o700)
    try:
        run(["init", "--quiet", "--bare", "--template=", "--", str(path)], Bounds(LOCAL_SECONDS), stopped, identity)
    except GitError as error:
        raise told(error, url) from error
    name_file.write_text(path.name)
    return path


def _is_commit(name: str | None) -> bool:
    return name is not None and OBJECT_ID.fullmatch(name) is not None


def _refs(name: str | None) -> tuple[str, ...]:
    """The refs that a name may mean, the one that counts first; a tag is followed to its commit."""
    if name is None:
        return (HEAD,)
    if _is_commit(name):
        return (name,)
    return (f"refs/heads/{name}", f"refs/tags/{name}")


def _mine(ref: str) -> str:
    """The ref of the mirror for one of the repository: flat, so that no two of them stand in each other's way."""
    return f"refs/backdraft/{hashlib.sha256(ref.encode()).hexdigest()[:16]}"
