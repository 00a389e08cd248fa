"""The sources that lie in git, for as long as images are made of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from composer.catalogue import Catalogue
from composer.model import Schema, Source
from deployer.git_access import GitAccess
from deployer.images.fetching import Progress

if TYPE_CHECKING:
    from deployer.builds import Checkouts


def git_sources(schema: Schema, catalogue: Catalogue) -> Mapping[str, Source]:
    """The source of every component that is built from a git repository."""
    return {
        name: component.source
        for name, component in schema.components.items()
        if component.source and component.source.git and not component.image and catalogue[component.kind].build
    }


@contextmanager
def checked_out(
    sources: Mapping[str, Source], home: Path, progress: Progress, access: GitAccess
) -> "Iterator[Checkouts]":
    """Each of `sources` as a directory, or why it is not to be had; until the end of the block."""
    if not sources:
        yield {}
        return
    from deployer import builds

    with builds.checked_out(sources, home, progress, access) as checkouts:
        yield checkouts
