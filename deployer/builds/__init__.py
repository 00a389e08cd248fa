"""Images built on the spot: from recipes out of the distribution's packages, and from a user's source.

| room | its story |
|---|---|
| `recipes` | an image of templates/images, over a base |
| `bases`, `base_content`, `bootstrap` | the minimal Debian below it |
| `sources` | an image of a user's source |
| `context` | what a build is given of a directory |
| `host` | what it takes over from the host |
| `building` | one run of the engine's builder |
"""

from deployer.builds.bases import base_image, base_tag
from deployer.builds.context import source_digest
from deployer.builds.errors import BuildError
from deployer.builds.host import host_certificates
from deployer.builds.recipes import Recipe, build_recipe, is_current, recipe_named, recipes
from deployer.builds.sources import build_source

__all__ = [
    "BuildError",
    "Recipe",
    "base_image",
    "base_tag",
    "build_recipe",
    "build_source",
    "host_certificates",
    "is_current",
    "recipe_named",
    "recipes",
    "source_digest",
]
