"""The catalogue of the tests: a few small kinds that stay as they are, whatever becomes of the real ones."""

from pathlib import Path

from composer.catalogue import Catalogue, load

DOCUMENTS = Path(__file__).parent / "documents"


def catalogue() -> Catalogue:
    """The kinds in tests/unit/documents/kinds."""
    return load(DOCUMENTS / "kinds")
