"""The files of a commit, laid out in an empty directory: what lies below one of its directories, and nothing else.

The content is taken byte for byte. No attribute, filter or hook has a say in it, and nothing is written through a link.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from composer.spelling import suggestion
from deployer.builds.errors import BuildError
from deployer.builds.git import Bounds, GitError, GitTookTooMuchError, output
from deployer.builds.git_faults import CheckoutError
from deployer.builds.mirrors import LOCAL_SECONDS, Mirror

FILES = 100_000
BYTES = 512 * 2**20
LISTED_BYTES = 64 * 2**20
EXPORT_SECONDS = 300.0
LINK_BYTES = 4096
CHUNK = 2**20

LARGE_FILE = b"version https://git-lfs.github.com/spec/"
LARGE_FILE_BYTES = 1024
"""Git LFS keeps a file this short in place of a large one: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md"""

ENTRY = re.compile(rb"([0-7]{6}) (blob|commit) ([0-9a-f]+) +([0-9]+|-)\t(.+)", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """A file, a link or a submodule of a commit: `size` in bytes, 0 for a submodule."""

    path: PurePosixPath
    mode: str
    id: str
    size: int

    @property
    def is_submodule(self) -> bool:
        """Whether it stands for another repository."""
        return self.mode == "160000"

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.mode == "120000"

    @property
    def is_executable(self) -> bool:
        """Whether it may be executed."""
        return bool(int(self.mode, 8) & 0o111)


def laid_out(mirror: Mirror, commit: str, directory: str, into: Path) -> dict[str, str]:
    """Put what `directory` holds at `commit` into the empty directory `into`.

    Gives the names of what could only be put there as a stand-in, and what each of them is: a submodule is an empty
    directory, a file of Git LFS its pointer. Raises BuildError where the directory is not there, or is not sane.
    """
    entries = _entries(mirror, _tree(mirror, commit, directory))
    _refuse_insane(entries)
    left_out = {str(entry.path): "a submodule, which is not fetched" for entry in entries if entry.is_submodule}
    try:
        for entry in entries:
            if entry.is_submodule:
                (into / entry.path).mkdir(parents=True, exist_ok=True)
        # links come last: while files are written, there is none that could lead them elsewhere
        contents = sorted((entry for entry in entries if not entry.is_submodule), key=lambda entry: entry.is_link)
        given = "".join(f"{entry.id}\n" for entry in contents).encode()
        with output(
            ["--git-dir", str(mirror.path), "cat-file", "--batch"], given, EXPORT_SECONDS, mirror.identity
        ) as stream:
            for entry in contents:
                mirror.refuse_when_stopped()
                if _put(entry, stream, into):
                    left_out[str(entry.path)] = "kept in Git LFS, which is not fetched"
    except GitError as error:
        raise _damaged(mirror, error) from error
    except OSError as error:
        name = _shown(error.filename2 or error.filename, into)  # a link that cannot be made has two
        raise BuildError(f"{name} cannot be written: {error.strerror or error}") from error
    return left_out


def _tree(mirror: Mirror, commit: str, directory: str) -> str:
    """The id of the tree that lies in `directory`."""
    path = str(PurePosixPath(directory))
    if path == ".":
        return f"{commit}^{{tree}}"
    listed = _listed(mirror, ["-d", commit, "--", path])
    if listed:
        return listed[0].split(b"\t")[0].split(b" ")[2].decode()
    known = sorted(os.fsdecode(name) for name in _listed(mirror, ["-d", "-r", "--name-only", commit]))
    remedy = suggestion(path, known) or "leave `directory` out"
    raise CheckoutError("directory", f"there is no directory '{path}' in {mirror.url} at {commit[:12]}", remedy)


def _entries(mirror: Mirror, tree: str) -> list[Entry]:
    found = [ENTRY.fullmatch(line) for line in _listed(mirror, ["-r", "-l", tree])]
    return [
        Entry(
            PurePosixPath(os.fsdecode(match[5])),
            match[1].decode(),
            match[3].decode(),
            0 if match[4] == b"-" else int(match[4]),
        )
        for match in found
        if match
    ]


def _listed(mirror: Mirror, arguments: Iterable[str]) -> list[bytes]:
    try:
        answer = mirror.git(["ls-tree", "-z", "--full-tree", *arguments], Bounds(LOCAL_SECONDS, LISTED_BYTES))
    except GitTookTooMuchError as error:
        raise _too_many(mirror) from error
    except GitError as error:
        raise _damaged(mirror, error) from error
    return answer.split(b"\0")[:-1]


def _refuse_insane(entries: list[Entry]) -> None:
    """Raise BuildError for what no honest commit holds, or is more than a build should be given."""
    for entry in entries:
        if ".." in entry.path.parts or entry.path.is_absolute() or not entry.path.parts:
            raise BuildError(f"{entry.path} is no name of a file (the commit was not made by git)")
        if entry.is_link and entry.size > LINK_BYTES:
            raise BuildError(f"{entry.path} is a link to a name of {entry.size} bytes (the commit was not made by git)")
    total = sum(entry.size for entry in entries)
    if len(entries) > FILES or total > BYTES:
        largest = sorted(entries, key=lambda entry: -entry.size)[:3]
        raise BuildError(
            f"it holds {len(entries):,} files of {total >> 20} MiB together, more than the {FILES:,} files and "
            f"{BYTES >> 20} MiB that are taken from a commit; name a smaller `directory` "
            f"(largest: {', '.join(str(entry.path) for entry in largest)})"
        )


def _put(entry: Entry, stream: IO[bytes], into: Path) -> bool:
    """Read an entry's content off the stream and put it there; whether it only points to a file of Git LFS."""
    head = stream.readline().split()
    if len(head) != 3 or head[0] != entry.id.encode() or head[1] != b"blob" or int(head[2]) != entry.size:
        raise GitError(f"{entry.path} is not there, or not what it should be")
    path = into / entry.path
    if entry.is_link and path.parent.resolve() != (into.resolve() / entry.path).parent:
        raise BuildError(f"{entry.path} lies behind a link (the commit was not made by git)")
    path.parent.mkdir(parents=True, exist_ok=True)
    start = b""
    if entry.is_link:
        path.symlink_to(os.fsdecode(stream.read(entry.size)))
    else:
        start = _write(entry, stream, path)
    stream.read(1)
    return entry.size < LARGE_FILE_BYTES and start.startswith(LARGE_FILE)


def _write(entry: Entry, stream: IO[bytes], path: Path) -> bytes:
    """Copy a file off the stream; its first bytes."""
    mode = 0o755 if entry.is_executable else 0o644
    start, left = b"", entry.size
    # what is there already is never written to: a commit that names a file twice ends here
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        while left:
            chunk = stream.read(min(left, CHUNK))
            if not chunk:
                raise GitError("git ended too early")
            start = start or chunk
            file.write(chunk)
            left -= len(chunk)
    return start


def _too_many(mirror: Mirror) -> BuildError:
    return BuildError(f"{mirror.url} holds too many files to list; name a smaller `directory`, or another repository")


def _damaged(mirror: Mirror, error: GitError) -> BuildError:
    return BuildError(f"what was fetched of {mirror.url} cannot be read; remove {mirror.path} and do it again: {error}")


def _shown(name: str | bytes | None, into: Path) -> str:
    return os.fsdecode(name or "").removeprefix(f"{into}/")
