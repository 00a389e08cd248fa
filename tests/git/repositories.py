"""Repositories to fetch from, made by git itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

AUTHOR = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@shop.example",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@shop.example",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(*words: str, given: bytes | None = None) -> str:
    """What git prints, whatever the configuration of this machine says."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(["git", *words], env={**own, **AUTHOR}, input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode(errors="surrogateescape").strip()


@dataclass(frozen=True)
class Repository:
    """A bare repository that a server hands out, and the working tree from which a test pushes into it."""

    bare: Path
    work: Path

    def commit(self, files: Mapping[str, str | bytes | None], branch: str = "main") -> str:
        """Commit `files` (None removes one) to `branch` and push it: the id of the commit."""
        if branch in git("-C", str(self.work), "branch", "--format=%(refname:short)").splitlines():
            git("-C", str(self.work), "checkout", "--quiet", branch)
        else:
            git("-C", str(self.work), "checkout", "--quiet", "-B", branch)
        for name, content in files.items():
            path = self.work / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.push(branch)

    def push(self, branch: str = "main") -> str:
        """Commit whatever the working tree holds and push it: the id of the commit."""
        git("-C", str(self.work), "add", "--all", ".")
        git("-C", str(self.work), "commit", "--quiet", "--allow-empty", "--message", "change")
        git("-C", str(self.work), "push", "--quiet", "--force", str(self.bare), branch)
        return git("-C", str(self.work), "rev-parse", "HEAD")

    def plant(self, entries: Sequence[tuple[str, str, str]], branch: str = "main") -> str:
        """Push a commit of a tree of these (mode, name, id), which need not be sane: the id of the commit."""
        commit = git("-C", str(self.bare), "commit-tree", "-m", "planted", self.tree(entries))
        git("-C", str(self.bare), "update-ref", f"refs/heads/{branch}", commit)
        return commit

    def tree(self, entries: Sequence[tuple[str, str, str]]) -> str:
        """The id of a tree of these (mode, name, id), kept in the repository as it is."""
        raw = b"".join(f"{mode} {name}".encode() + b"\0" + bytes.fromhex(id_) for mode, name, id_ in entries)
        return git("-C", str(self.bare), "hash-object", "-t", "tree", "-w", "--literally", "--stdin", given=raw)

    def blob(self, content: bytes) -> str:
        """The id of a blob of this content, kept in the repository."""
        return git("-C", str(self.bare), "hash-object", "-w", "--stdin", given=content)

    def remove(self) -> None:
        """Take it off the server."""
        shutil.rmtree(self.bare)


def made_repository(folder: Path, name: str = "shop.git", object_format: str = "sha1") -> Repository:
    """An empty repository below `folder`, the root of a server."""
    bare, work = folder / name, folder.parent / f"work-{name}"
    form = f"--object-format={object_format}"
    git("init", "--quiet", "--bare", form, "--initial-branch=main", str(bare))
    git("init", "--quiet", form, "--initial-branch=main", str(work))
    return Repository(bare, work)
