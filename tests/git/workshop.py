"""Sources checked out as a deploy does it, for tests to look at."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from composer.model import Source
from deployer.builds import BuildError, Checkout, checked_out
from deployer.git_access import USERS_OWN, GitAccess


class Workshop:
    """Checks sources out as a deploy does, and remembers what it was told."""

    def __init__(self, home: Path, access: GitAccess = USERS_OWN) -> None:
        self.home = home
        self.access = access
        self.told: list[str] = []

    @contextlib.contextmanager
    def checked_out(self, **sources: Source) -> Iterator[Mapping[str, Checkout | BuildError]]:
        self.home.mkdir(mode=0o700, exist_ok=True)

        def tell(component: str, text: str) -> None:
            self.told.append(f"{component}: {text}")

        with checked_out(sources, self.home, tell, self.access) as found:
            yield found

    def files(self, source: Source) -> dict[str, str]:
        """Everything that is laid out of a source: name -> mode and content, or where a link leads."""
        with self.checked_out(api=source) as found:
            checkout = found["api"]
            assert isinstance(checkout, Checkout), checkout
            return {str(path.relative_to(checkout.folder)): _described(path) for path in _below(checkout.folder)}

    def commit(self, source: Source) -> str:
        """The commit that a source is at."""
        with self.checked_out(api=source) as found:
            checkout = found["api"]
            assert isinstance(checkout, Checkout), checkout
            return checkout.commit

    def fault(self, source: Source) -> str:
        """Why a source is not to be had, with the key that it is about."""
        with self.checked_out(api=source) as found:
            error = found["api"]
            assert isinstance(error, BuildError), error
            return f"{getattr(error, 'key', '')}: {error}"

    def mirrors(self) -> list[Path]:
        """What is kept of repositories."""
        return sorted((self.home / "git").glob("*.git"))


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file())


def _described(path: Path) -> str:
    if path.is_symlink():
        return f"-> {path.readlink()}"
    return f"{path.stat().st_mode & 0o777:o} {path.read_text()}"
