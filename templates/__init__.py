"""The catalogue as data: kinds, stacks and image recipes, and where they lie."""

from pathlib import Path

FOLDER = Path(__file__).parent
KINDS = FOLDER / "kinds"
STACKS = FOLDER / "stacks"
IMAGES = FOLDER / "images"
BUILDS = FOLDER / "builds"
ICONS = FOLDER / "icons"
KIND_SCHEMA = FOLDER / "kind.schema.json"
