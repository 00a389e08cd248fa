"""Where images come from: a registry, a mirror of it, or this machine."""

from dataclasses import dataclass

from deployer.engines.docker import DockerEngine
from deployer.images.errors import ImageError

DETECTION_SECONDS = 4.0


@dataclass(frozen=True)
class ImageSource:
    """Where images come from: `registry`, `mirror` (with a prefix) or `local`."""

    name: str
    prefix: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.prefix}".rstrip()


def source_of(text: str) -> ImageSource:
    """The source that a setting names: `registry`, `local`, `mirror PREFIX`. Raises ImageError on anything else."""
    match text.split():
        case ["registry" | "local" as name]:
            return ImageSource(name)
        case ["mirror", prefix] if prefix.strip("/"):
            return ImageSource("mirror", prefix.rstrip("/"))
    raise ImageError(f"images: '{text}' is no source of images (write registry, local, or mirror PREFIX)")


def detected_source(engine: DockerEngine) -> ImageSource:
    """`registry` when one answers the engine within a few seconds, else `local`."""
    return ImageSource("registry" if engine.reaches_registry(DETECTION_SECONDS) else "local")


def mirrored(reference: str, source: ImageSource) -> str:
    """The name under which `source` has an image. A mirror stands in for Docker Hub, never for other registries."""
    if source.name != "mirror":
        return reference
    name = short_name(reference)
    first, slash, _ = name.partition("/")
    if slash and _is_registry(first):
        return reference
    return f"{source.prefix}/{name if slash else f'library/{name}'}"


def engine_name(reference: str) -> str:
    """The name an engine lists an image under: short, with a tag, or with a digest and then without a tag."""
    name = short_name(reference)
    name, at, digest = name.partition("@")
    if at:
        folder, slash, last = name.rpartition("/")
        return f"{folder}{slash}{last.partition(':')[0]}@{digest}"
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


def short_name(reference: str) -> str:
    """`nginx` for `docker.io/library/nginx`; names of other registries stay as they are."""
    for hub in ("docker.io/", "index.docker.io/"):
        if reference.startswith(hub):
            reference = reference.removeprefix(hub)
            break
    official = reference.removeprefix("library/")
    return reference if "/" in official else official


def _is_registry(first: str) -> bool:
    return "." in first or ":" in first or first == "localhost"
