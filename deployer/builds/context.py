"""What a build is given of a directory: its entries, their digest, and a tar archive of them."""

from __future__ import annotations

import hashlib
import io
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from docker.utils.build import PatternMatcher

from deployer.builds.errors import BuildError

MAX_SOURCE_BYTES = 256 * 1024 * 1024

DEFAULT_IGNORE = (".git", "**/.env", "**/__pycache__", "**/*.pyc", ".venv", "node_modules")
"""Left out of a source that has no .dockerignore."""

OWN_DOCKERFILE = "Dockerfile"
TEMPLATE_DOCKERFILE = ".backdraft.Dockerfile"
CA_FILE = ".backdraft/ca.crt"
RESERVED = (".backdraft", TEMPLATE_DOCKERFILE)
"""Names at the top of a source that are ours."""


def source_digest(directory: Path) -> str:
    """The sha256 over names, contents, links and executable bits of what a build of this directory is given."""
    digest = hashlib.sha256()
    for entry in _source_entries(directory):
        content = hashlib.sha256(_content(entry.path)).hexdigest() if entry.kind == "file" else entry.target
        line = [entry.name, entry.kind, "x" if entry.is_executable else "-", content]
        digest.update("\0".join(line).encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()


def source_names(directory: Path) -> frozenset[str]:
    """The names of everything that a build of this directory is given, relative to it."""
    return frozenset(entry.name for entry in _source_entries(directory))


@contextmanager
def directory_context(directory: Path, extra: Mapping[str, bytes] | None = None) -> Iterator[IO[bytes]]:
    """The directory as a tar archive that is the same whenever the content is; `extra` files come on top."""
    additions = extra or {}
    with tempfile.TemporaryFile(prefix="backdraft-context-") as stream:
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for entry in _source_entries(directory):
                if entry.name not in additions:
                    _add_entry(archive, entry)
            for name, content in sorted(additions.items()):
                archive.addfile(_member(name, tarfile.REGTYPE, 0o644, len(content)), io.BytesIO(content))
        stream.seek(0)
        yield stream


@contextmanager
def sources_archive(directory: Path, sources: Iterable[str]) -> Iterator[IO[bytes]]:
    """The folders `sources` of `directory`, each as a build is given it, in one tar archive. Raises BuildError."""
    entries = {}
    for source in sorted(set(sources)):
        prefix = "" if source in ("", ".") else f"{source.strip('/')}/"
        for entry in _source_entries(directory / source):
            entries[prefix + entry.name] = replace(entry, name=prefix + entry.name)
    with tempfile.TemporaryFile(prefix="backdraft-sources-") as stream:
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for _, entry in sorted(entries.items()):
                _add_entry(archive, entry)
        stream.seek(0)
        yield stream


@dataclass(frozen=True)
class Entry:
    """One file, directory or symbolic link of a source."""

    name: str
    path: Path
    kind: str  # "file", "directory" or "link"
    is_executable: bool
    size: int
    target: str


def _source_entries(directory: Path) -> list[Entry]:
    """What a build of this directory is given, in order of name; refuses what must not leave the directory."""
    if not directory.is_dir():
        raise BuildError(f"{directory} is not a directory; name the directory that holds the source")
    try:
        names = sorted(PatternMatcher(_ignore_patterns(directory)).walk(str(directory)))
        entries = [_entry_at(directory, name) for name in names if name.split("/")[0] not in RESERVED]
    except OSError as error:
        raise _unreadable(error.filename or directory, error) from error
    total = sum(entry.size for entry in entries)
    if total > MAX_SOURCE_BYTES:
        largest = sorted(entries, key=lambda entry: -entry.size)[:3]
        raise BuildError(
            f"{directory} holds {total >> 20} MiB, more than the {MAX_SOURCE_BYTES >> 20} MiB a source may have; "
            f"name what is not needed in .dockerignore (largest: {', '.join(entry.name for entry in largest)})"
        )
    return entries


def _ignore_patterns(directory: Path) -> list[str]:
    if not (directory / ".dockerignore").is_file():
        return list(DEFAULT_IGNORE)
    _entry_at(directory, ".dockerignore")  # before it is read: it may be a link that leads out
    try:
        lines = (directory / ".dockerignore").read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise BuildError(f"{directory / '.dockerignore'} is not UTF-8; save it as UTF-8") from error
    patterns = [line.strip() for line in lines]
    return [pattern for pattern in patterns if pattern and not pattern.startswith("#")] + [f"!{OWN_DOCKERFILE}"]


def _entry_at(directory: Path, name: str) -> Entry:
    path = directory / name
    if path.is_symlink():
        target = path.readlink()
        inside = (path.parent.resolve() / target).resolve().is_relative_to(directory.resolve())
        if target.is_absolute() or not inside:
            raise BuildError(f"{path}: the link leads out of the source, to {target}; put a copy there instead")
        return Entry(name, path, "link", False, 0, str(target))
    if path.is_dir():
        return Entry(name, path, "directory", False, 0, "")
    if path.is_file():
        status = path.stat()
        return Entry(name, path, "file", bool(status.st_mode & 0o111), status.st_size, "")
    raise BuildError(f"{path} is neither a file, a directory nor a link; name it in .dockerignore")


def _add_entry(archive: tarfile.TarFile, entry: Entry) -> None:
    if entry.kind == "directory":
        archive.addfile(_member(entry.name, tarfile.DIRTYPE, 0o755))
    elif entry.kind == "link":
        link = _member(entry.name, tarfile.SYMTYPE, 0o777)
        link.linkname = entry.target
        archive.addfile(link)
    else:
        mode = 0o755 if entry.is_executable else 0o644
        try:
            with entry.path.open("rb") as content:
                archive.addfile(_member(entry.name, tarfile.REGTYPE, mode, entry.size), content)
        except OSError as error:
            raise _unreadable(entry.path, error) from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path | str, error: OSError) -> BuildError:
    reason = error.strerror or error
    return BuildError(f"{path} cannot be read: {reason}; let your user read it, or name it in .dockerignore")


def _member(name: str, kind: bytes, mode: int, size: int = 0) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.size = kind, mode, size
    return info  # owner 0 and time 0 are TarInfo's own defaults
