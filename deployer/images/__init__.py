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
from deployer.images.fetching import FetchStoppedError, Progress, fetch_missing
from deployer.images.keeping import KEPT_RELEASES, Images, keep_images, kept_images
from deployer.images.origin import ImageSource, detected_source, engine_name, source_of
from deployer.images.wanted import Wanted, commit_sentences, commits, resolved_images, wanted_images

__all__ = [
    "KEPT_RELEASES",
    "FetchStoppedError",
    "ImageError",
    "ImageSource",
    "Images",
    "Progress",
    "Wanted",
    "checked_out",
    "commit_sentences",
    "commits",
    "detected_source",
    "engine_name",
    "fetch_missing",
    "git_sources",
    "keep_images",
    "kept_images",
    "resolved_images",
    "source_of",
    "wanted_images",
]
