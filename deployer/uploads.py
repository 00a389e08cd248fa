"""Sources that were sent to a server: unpacked with care into trees that are named after what is in them.

An archive is hostile until proven otherwise. It is a plain tar, so nothing in it can unpack to more than was sent; and
of what a tar can hold only files, directories and links that stay inside are taken.
"""

import hashlib
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from deployer.builds.context import MAX_SOURCE_BYTES
from deployer.errors import DeployerError
from deployer.scratch import scratch

MOST_MEMBERS = 20_000
LONGEST_NAME = 1_000
DEEPEST = 40
KEPT_TREES = 8
"""How many trees of a project are kept, the newest; a release needs none, its images are kept."""
_CHUNK = 64 * 1024
_TREE = re.compile(r"[0-9a-f]{64}")


class UploadError(DeployerError):
    """An archive of sources that is not taken: the member, the fault and the remedy."""


class UploadTooLargeError(UploadError):
    """More than a source may hold."""


class Uploads:
    """The trees of sources in one state folder, for each project apart."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / "sources"

    def put(self, project: str, stream: IO[bytes], most: int = MAX_SOURCE_BYTES) -> str:
        """Unpack a tar of at most `most` bytes: the name of its tree; the same content has the same name.

        Raises UploadError, and then nothing is kept.
        """
        folder = self._folder / project
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with scratch(self._home) as made, tempfile.TemporaryFile(dir=folder) as archive:
            _received(stream, archive, most)
            tree = made / "tree"
            tree.mkdir(mode=0o700)
            digest = _unpacked(archive, tree)
            with suppress(OSError):  # it is there already: the very same
                tree.rename(folder / digest)
            os.utime(folder / digest)
        self._clear_away(folder)
        return digest

    def directory(self, project: str, tree: str) -> Path:
        """Where a tree lies. Raises UploadError where the project has none of that name."""
        found = self._folder / project / tree
        if not _TREE.fullmatch(tree) or not found.is_dir():
            raise UploadError(f"{project}: there are no sources '{tree[:64]}' (upload them again)")
        return found

    def newest(self, project: str) -> tuple[str, float] | None:
        """The tree that was sent last, and when, in seconds since 1970; None where there is none."""
        found = self._newest_first(self._folder / project)
        return (found[0].name, found[0].stat().st_mtime) if found else None

    @contextmanager
    def nothing(self) -> Iterator[Path]:
        """A directory with nothing in it, for schemas that have no sources."""
        with scratch(self._home) as made:
            yield made

    def forget(self, project: str) -> None:
        """Remove every tree of a project."""
        shutil.rmtree(self._folder / project, ignore_errors=True)

    def _clear_away(self, folder: Path) -> None:
        for path in self._newest_first(folder)[KEPT_TREES:]:
            shutil.rmtree(path, ignore_errors=True)

    def _newest_first(self, folder: Path) -> list[Path]:
        return sorted(folder.glob("[0-9a-f]*"), key=lambda path: path.stat().st_mtime, reverse=True)


def _received(stream: IO[bytes], archive: BinaryIO, most: int) -> None:
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > most:
            raise UploadTooLargeError(
                f"the archive is larger than the {most >> 20} MiB that sources may have "
                "(leave out what a build does not need, as .dockerignore does)"
            )
        archive.write(chunk)
    archive.seek(0)


class _Sips:
    """A file that gives no more than a sip at once: a header may claim to be longer than any memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _CHUNK:
            raise tarfile.ReadError("a header of it is too long")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _unpacked(archive: BinaryIO, tree: Path) -> str:
    """Unpack `archive` into the empty directory `tree`: the digest of names, contents, links and executable bits."""
    entries: dict[str, tuple[str, str]] = {"": ("directory", "")}
    links: dict[str, str] = {}
    try:
        with tarfile.open(fileobj=_Sips(archive), mode="r:") as tar:  # type: ignore[call-overload]
            for count, member in enumerate(tar):
                if count >= MOST_MEMBERS:
                    raise UploadTooLargeError(f"the archive has more than {MOST_MEMBERS} members (leave some out)")
                name = _safe_name(member)
                if not name:
                    continue
                _make_parents(tree, name, entries)
                if member.isdir():
                    _take(entries, name, "directory")
                    (tree / name).mkdir(mode=0o755, exist_ok=True)
                elif member.issym():
                    _take(entries, name, "link", _safe_target(name, member.linkname))
                    links[name] = member.linkname
                elif member.isreg() and not member.issparse():
                    mode = 0o755 if member.mode & 0o111 else 0o644
                    _take(entries, name, "file", f"{mode:o} {_written(tar, member, tree / name, mode)}")
                else:
                    raise UploadError(
                        f"{_shown(member.name)}: is neither a file, a directory nor a symbolic link (leave it out)"
                    )
    except (tarfile.TarError, ValueError, OverflowError, EOFError, UnicodeError) as error:
        raise UploadError(f"that is no tar archive: {error} (send an uncompressed tar)") from error
    for name, target in links.items():
        (tree / name).symlink_to(target)
    for name in links:
        if not (tree / name).resolve().is_relative_to(tree.resolve()):
            raise UploadError(f"{_shown(name)}: the link leads out of the sources (put a copy there instead)")
    lines = ["\0".join([name, *entry]) for name, entry in sorted(entries.items())]
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _safe_name(member: tarfile.TarInfo) -> str:
    """The member's name without `./`; empty for the top itself."""
    parts = [part for part in member.name.split("/") if part not in ("", ".")]
    name = "/".join(parts)
    is_unsafe = (
        member.name.startswith("/")
        or ".." in parts
        or any(not character.isprintable() for character in name)
        or any(len(part.encode("utf-8", "surrogateescape")) > 255 for part in parts)
    )
    if is_unsafe or len(name) > LONGEST_NAME or len(parts) > DEEPEST or member.size < 0:
        raise UploadError(f"{_shown(member.name)}: is no name within the sources (use plain relative paths)")
    return name


def _safe_target(name: str, target: str) -> str:
    depth = len(PurePosixPath(name).parts) - 1
    for part in target.split("/"):
        depth += -1 if part == ".." else 0 if part in ("", ".") else 1
        if depth < 0 or target.startswith("/") or not target.isprintable() or len(target) > LONGEST_NAME:
            raise UploadError(f"{_shown(name)}: the link leads out of the sources (put a copy there instead)")
    return target


def _make_parents(tree: Path, name: str, entries: dict[str, tuple[str, str]]) -> None:
    """Every folder above is one of ours: nothing is ever written through a link."""
    for parent in reversed(PurePosixPath(name).parents):
        above = "" if str(parent) == "." else str(parent)
        kind = entries.setdefault(above, ("directory", ""))[0]
        if kind != "directory":
            raise UploadError(f"{_shown(name)}: lies below {_shown(above)}, which is a {kind} (leave one out)")
        (tree / above).mkdir(mode=0o755, exist_ok=True)


def _take(entries: dict[str, tuple[str, str]], name: str, kind: str, content: str = "") -> None:
    if name in entries and not entries[name][0] == kind == "directory":
        raise UploadError(f"{_shown(name)}: is in the archive twice (leave one out)")
    entries[name] = (kind, content)


def _written(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path, mode: int) -> str:
    """The digest of a file's content, once it is written; one that is there is never written over."""
    digest = hashlib.sha256()
    content = tar.extractfile(member)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    except FileExistsError:
        raise UploadError(f"{_shown(member.name)}: is in the archive twice (leave one out)") from None
    with os.fdopen(descriptor, "wb") as file:
        left = member.size
        while content is not None and left > 0 and (chunk := content.read(min(_CHUNK, left))):
            left -= len(chunk)
            digest.update(chunk)
            file.write(chunk)
        if left:
            raise tarfile.ReadError("it ends too soon")
    path.chmod(mode)
    return digest.hexdigest()


def _shown(name: str) -> str:
    return repr(name if len(name) <= 80 else f"{name[:77]}...")
