"""The images of kept releases: named by us, so that clearing away what nothing names leaves them on the engine."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from composer.model import Problem
from deployer import gate
from deployer.desired import ResolvedImage
from deployer.images.errors import ImageError
from deployer.images.origin import engine_name

KEPT_RELEASES = 20
"""Of how many releases of a project, the newest that went well, the images are kept."""
REPOSITORY = "backdraft.local/kept"


class Shelf(Protocol):
    """What this asks of an engine."""

    def image_ids(self, names: Iterable[str]) -> Mapping[str, str]:
        """Those of `names` that stand for an image on the engine, each with its id; an id stands for itself."""

    def named_images(self, repository: str) -> Mapping[str, str]:
        """Every name in `repository`, with the id of its image."""

    def name_image(self, id: str, name: str) -> None:  # noqa: A002 (the word for it)
        """Give an image one more name."""

    def unname_image(self, name: str) -> None:
        """Take a name from an image, which ends with its last one unless a container uses it."""


Images = Mapping[str, ResolvedImage]
"""Component -> its image."""


def kept_name(project: str, component: str, id: str) -> str:  # noqa: A002 (the word for it)
    """The name under which an image is kept: `backdraft.local/kept/shop:api-3f2a9c4d5e6f`."""
    return f"{REPOSITORY}/{project}:{component}-{id.removeprefix('sha256:')[:12]}"


def keep_images(engine: Shelf, project: str, releases: Iterable[Images]) -> None:
    """Keep the images of `releases` of a project, and let go of all its others. Raises EngineError."""
    wanted = {
        kept_name(project, component, image.id): image.id
        for images in releases
        for component, image in images.items()
        if component != gate.COMPONENT and image.id
    }
    there = engine.named_images(f"{REPOSITORY}/{project}")
    for name in sorted(wanted.keys() - there.keys()):
        if engine.image_ids([wanted[name]]):
            engine.name_image(wanted[name], name)
    for name in sorted(there.keys() - wanted.keys()):
        engine.unname_image(name)


def kept_images(engine: Shelf, project: str, release: int, images: Images) -> Images:
    """The images of a release, as they stand on the engine now: the very same, by a name that still stands for each.

    The gate is left out: it is made by the Backdraft that deploys. Raises ImageError with each that is gone.
    """
    drawn = {component: image for component, image in images.items() if component != gate.COMPONENT}
    names = {component: engine_name(image.reference) for component, image in drawn.items()}
    present = engine.image_ids([*names.values(), *(image.id for image in drawn.values())])
    remedy = f"the images of the newest {KEPT_RELEASES} releases are kept; deploy its schema anew instead"
    gone = [
        Problem(f"components/{component}", f"the image of release {release} is no longer on the engine", remedy)
        for component, image in drawn.items()
        if image.id not in present
    ]
    if gone:
        raise ImageError.of(gone)
    found = {}
    for component, image in drawn.items():
        reference = image.reference
        if present.get(names[component]) != image.id:
            # the name stands for another image by now; one that runs by its old name is replaced by one of the same id
            reference = kept_name(project, component, image.id)
            engine.name_image(image.id, reference)
        found[component] = ResolvedImage(reference, image.id, image.users_own)
    return found
