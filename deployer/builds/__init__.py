"""Images built on the spot: from recipes out of the distribution's packages, and from a user's source.

| room | its story |
|---|---|
| `recipes` | an image of templates/images, over a base |
| `bases`, `base_content`, `bootstrap` | the minimal Debian below it |
| `sources` | an image of a user's source |
| `context` | what a build is given of a directory |
| `checkouts` | sources that lie in git, as directories |
| `mirrors`, `trees` | what was fetched of a repository; the files of a commit |
| `git`, `git_faults` | one run of git, and what it complains of |
| `host` | what it takes over from the host |
| `building` | one run of the engine's builder |
"""

from deployer.builds.bases import base_image, base_tag
from deployer.builds.checkouts import Checkout, Checkouts, checked_out
from deployer.builds.context import source_digest
from deployer.builds.errors import BuildError
from deployer.builds.git_faults import CheckoutError
from deployer.builds.host import host_certificates
from deployer.builds.recipes import Recipe, build_recipe, is_current, recipe_named, recipes
from deployer.builds.sources import build_source

__all__ = [
    "BuildError",
    "Checkout",
    "CheckoutError",
    "Checkouts",
    "Recipe",
    "base_image",
    "base_tag",
    "build_recipe",
    "build_source",
    "checked_out",
    "host_certificates",
    "is_current",
    "recipe_named",
    "recipes",
    "source_digest",
]
