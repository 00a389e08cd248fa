"""Which image each component runs, and getting it onto the engine.

Where images come from is a setting:

| source | what `postgres:17` becomes |
|---|---|
| `registry` | `postgres:17` |
| `mirror PREFIX` | `PREFIX/library/postgres:17` |
| `local` | `backdraft.local/postgres:17`, built from `templates/images/postgres` |
"""

from deployer.images.checkouts import checked_out, git_sources
from deployer.images.errors import ImageError
from deployer.images.fetching import Progress, fetch_missing
from deployer.images.origin import ImageSource, detected_source, engine_name, source_of
from deployer.images.wanted import Wanted, commit_sentences, commits, resolved_images, wanted_images

__all__ = [
    "ImageError",
    "ImageSource",
    "Progress",
    "Wanted",
    "checked_out",
    "commit_sentences",
    "commits",
    "detected_source",
    "engine_name",
    "fetch_missing",
    "git_sources",
    "resolved_images",
    "source_of",
    "wanted_images",
]
