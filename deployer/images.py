"""Which image each component runs, and getting it onto the engine: pulled, or built from a recipe or from source.

Where images come from is a setting:

| source | what `postgres:17` becomes |
|---|---|
| `registry` | `postgres:17` |
| `mirror PREFIX` | `PREFIX/library/postgres:17` |
| `local` | `backdraft.local/postgres:17`, built from `templates/images/postgres` |
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import templates
from composer.catalogue import Catalogue, ImageName, Kind
from composer.model import Component, Isolation, Schema
from deployer import gate
from deployer.desired import ResolvedImage
from deployer.engines.docker import DockerEngine
from deployer.engines.interface import EngineError
from deployer.errors import DeployerError
from deployer.failures import remedy_for
from deployer.wiring import Surroundings, kind_scope, plain

DETECTION_SECONDS = 4.0
PARALLEL = 2
GATE_BASE = "debian:trixie-slim"

Progress = Callable[[str, str], None]
"""Told (component, sentence)."""


class ImageError(DeployerError):
    """An image that cannot be had: its component, the fault and how to mend it."""


@dataclass(frozen=True)
class ImageSource:
    """Where images come from: `registry`, `mirror` (with a prefix) or `local`."""

    name: str
    prefix: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.prefix}".rstrip()


@dataclass(frozen=True)
class Pull:
    """An image of a registry."""

    reference: str


@dataclass(frozen=True)
class Recipe:
    """An image built from a recipe of ours, over `base`, or over one bootstrapped here where that is empty."""

    reference: str
    name: str
    version: str
    base: str = ""


@dataclass(frozen=True)
class Build:
    """An image built from a component's source, over `base`; the reference changes with the content."""

    reference: str
    directory: Path
    template: str
    base: "Pull | Recipe | None"


Wanted = Pull | Recipe | Build


def source_of(text: str) -> ImageSource:
    """The source that a setting names: `registry`, `local`, `mirror PREFIX`. Raises ImageError on anything else."""
    name, _, prefix = text.strip().partition(" ")
    if name in ("registry", "local") and not prefix:
        return ImageSource(name)
    if name == "mirror" and prefix.strip():
        return ImageSource(name, prefix.strip().rstrip("/"))
    raise ImageError(f"images: '{text}' is no source of images (write registry, local, or mirror PREFIX)")


def detected_source(engine: DockerEngine) -> ImageSource:
    """`registry` when one answers the engine within a few seconds, else `local`."""
    return ImageSource("registry" if engine.reaches_registry(DETECTION_SECONDS) else "local")


def wanted_images(schema: Schema, catalogue: Catalogue, directory: Path, source: ImageSource) -> Mapping[str, Wanted]:
    """The image each component wants. `directory` is where the schema's relative sources begin.

    Raises ImageError where there is none, such as a kind without a recipe while images are `local`.
    """
    wanted = {
        name: _wanted(schema, component, catalogue[component.kind], directory, source)
        for name, component in schema.components.items()
    }
    if schema.network is Isolation.ISOLATED:
        wanted[gate.COMPONENT] = _gate(source)
    return wanted


def resolved_images(wanted: Mapping[str, Wanted], present: Mapping[str, str]) -> Mapping[str, ResolvedImage]:
    """Each component's image as it stands on an engine whose images are `present` (name -> id)."""
    return {
        name: ResolvedImage(image.reference, present.get(_tagged(image.reference), ""), _is_authors(image))
        for name, image in wanted.items()
    }


def fetch_missing(wanted: Mapping[str, Wanted], engine: DockerEngine, progress: Progress) -> None:
    """Pull or build what is not on the engine, two at a time. Raises ImageError or BuildError for one that fails."""
    present = engine.image_ids()
    missing: dict[str, tuple[str, Wanted]] = {}
    bases: dict[str, tuple[str, Wanted]] = {}
    for component, image in wanted.items():
        if _tagged(image.reference) in present:
            continue
        missing.setdefault(image.reference, (component, image))
        if isinstance(image, Build) and image.base and _tagged(image.base.reference) not in present:
            bases.setdefault(image.base.reference, (component, image.base))
    for group in (
        {**bases, **{name: each for name, each in missing.items() if not isinstance(each[1], Build)}},
        {name: each for name, each in missing.items() if isinstance(each[1], Build)},
    ):
        with ThreadPoolExecutor(PARALLEL) as pool:
            jobs = [pool.submit(_fetch, image, component, engine, progress) for component, image in group.values()]
        for job in jobs:
            job.result()


def _wanted(schema: Schema, component: Component, kind: Kind, directory: Path, source: ImageSource) -> Wanted:
    path = f"components/{component.name}"
    if component.image:
        return Pull(_mirrored(component.image, source))
    scope = kind_scope(schema, component, kind, Surroundings())
    base = _of_kind(kind.image, lambda text: plain(text, scope), source, path, kind) if kind.image else None
    if component.source is None or kind.build is None:
        if base is None:
            raise ImageError(f"{path}: kind '{kind.name}' names no image (write `image:` or `source:`)")
        return base
    if component.source.git:
        raise ImageError(f"{path}/source/git: building from git is not supported yet (use `directory:`)")
    folder = directory / component.source.directory
    if not folder.is_dir():
        raise ImageError(f"{path}/source/directory: there is no directory {folder} (check the path)")
    base = None if (folder / "Dockerfile").is_file() else base
    return Build(_build_reference(schema, component, folder, kind.build, base), folder, kind.build, base)


def _gate(source: ImageSource) -> Recipe:
    """The gate's image is always made here: it is ours, and no registry has it."""
    name, _, version = gate.IMAGE.rpartition("/")[2].partition(":")
    return Recipe(gate.IMAGE, name, version, "" if source.name == "local" else _mirrored(GATE_BASE, source))


def _of_kind(image: ImageName, text: Callable[[str], str], source: ImageSource, path: str, kind: Kind) -> Pull | Recipe:
    if source.name != "local":
        return Pull(_mirrored(f"{image.repository}:{text(image.tag)}", source))
    if image.recipe is None:
        raise ImageError(
            f"{path}: kind '{kind.name}' has no local recipe (use `backdraft images use registry`, or a mirror)"
        )
    version = text(image.version)
    from deployer.builds import recipes

    recipe = next(each for each in recipes() if each.name == image.recipe)
    if version not in recipe.versions:
        known = ", ".join(recipe.versions)
        raise ImageError(f"{path}: there is no local recipe for {recipe.title} {version} (versions with one: {known})")
    return Recipe(recipe.tag(version), recipe.name, version)


def _mirrored(reference: str, source: ImageSource) -> str:
    if source.name != "mirror":
        return reference
    first, slash, _ = reference.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return reference
    return f"{source.prefix}/{reference if slash else f'library/{reference}'}"


def _build_reference(schema: Schema, component: Component, folder: Path, template: str, base: Wanted | None) -> str:
    from deployer.builds import source_digest

    recipe = (templates.BUILDS / f"{template}.Dockerfile").read_text() if base else ""
    parts = (source_digest(folder), recipe, base.reference if base else "")
    return f"backdraft.local/{schema.name}-{component.name}:{sha256(repr(parts).encode()).hexdigest()[:12]}"


def _is_authors(image: Wanted) -> bool:
    return isinstance(image, Build) and image.base is None


def _tagged(reference: str) -> str:
    return reference if ":" in reference.rpartition("/")[2] or "@" in reference else f"{reference}:latest"


def _fetch(image: Wanted, component: str, engine: DockerEngine, progress: Progress) -> None:
    try:
        _pull_or_build(image, component, engine, progress)
    except EngineError as error:
        remedy = remedy_for(str(error)) or "check the image's name, and that its registry answers"
        raise ImageError(f"components/{component}: {error} ({remedy})") from error


def _pull_or_build(image: Wanted, component: str, engine: DockerEngine, progress: Progress) -> None:
    from deployer.builds import build_recipe, build_source, recipes

    def tell(text: str) -> None:
        progress(component, text)

    match image:
        case Pull(reference):
            engine.pull(_tagged(reference), tell)
        case Recipe(_, name, version, base):
            recipe = next(each for each in recipes() if each.name == name)
            if base:
                engine.pull(base, tell)
            build_recipe(engine.client, recipe, version, tell, base=base)
        case Build(reference, directory, template, base):
            below = base.reference if base else ""
            build_source(engine.client, directory=directory, recipe=template, base=below, tag=reference, progress=tell)
