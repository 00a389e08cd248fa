"""Which image each component wants: decided from the schema, the catalogue and where images come from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import templates
from composer.catalogue import Catalogue, ImageName, Kind
from composer.model import Component, Isolation, Problem, Schema
from composer.sources import source_fault
from deployer import gate
from deployer.desired import ResolvedImage
from deployer.errors import DeployerError
from deployer.images.errors import ImageError
from deployer.images.origin import ImageSource, engine_name, mirrored
from deployer.wiring import Surroundings, kind_scope, plain

GATE_BASE = "debian:trixie-slim"


@dataclass(frozen=True)
class Pull:
    """An image of a registry."""

    reference: str


@dataclass(frozen=True)
class RecipeBuild:
    """An image built from a recipe of ours, over `base`, or over one bootstrapped here where that is empty."""

    reference: str
    recipe: str
    version: str
    base: str = ""


@dataclass(frozen=True)
class SourceBuild:
    """An image built from a component's source, over `base`, or by its own Dockerfile where that is None.

    `digest` is that of the source; the reference changes with it.
    """

    reference: str
    directory: Path
    template: str
    base: Pull | RecipeBuild | None
    digest: str


Wanted = Pull | RecipeBuild | SourceBuild


def wanted_images(schema: Schema, catalogue: Catalogue, directory: Path, source: ImageSource) -> Mapping[str, Wanted]:
    """The image each component wants. `directory` is where the schema's relative sources begin.

    Raises ImageError with every component that has none, such as a kind without a recipe while images are `local`.
    """
    wanted: dict[str, Wanted] = {}
    faults: list[Problem] = []
    for name, component in schema.components.items():
        try:
            wanted[name] = _wanted(schema, component, catalogue[component.kind], directory, source)
        except DeployerError as fault:
            faults += fault.problems or (Problem("", str(fault)),)
    if faults:
        raise ImageError.of(faults)
    if schema.network is Isolation.ISOLATED:
        wanted[gate.COMPONENT] = _gate(source)
    return wanted


def resolved_images(wanted: Mapping[str, Wanted], present: Mapping[str, str]) -> Mapping[str, ResolvedImage]:
    """Each component's image as it stands on an engine whose images are `present` (name -> id)."""
    return {
        name: ResolvedImage(image.reference, present.get(engine_name(image.reference), ""), _is_authors(image))
        for name, image in wanted.items()
    }


def _wanted(schema: Schema, component: Component, kind: Kind, directory: Path, source: ImageSource) -> Wanted:
    path = f"components/{component.name}"
    if component.image:
        return Pull(mirrored(component.image, source))
    if component.source is None or kind.build is None:
        return _of_kind(schema, component, kind, source)
    if component.source.git:
        fault = Problem(f"{path}/source/git", "building from git is not supported yet", "use `directory:`")
        raise ImageError.of([fault])
    if missing := source_fault(component, kind, directory):
        raise ImageError.of([missing])
    folder = directory / component.source.directory
    has_dockerfile = (folder / "Dockerfile").is_file()
    base = None if has_dockerfile else _of_kind(schema, component, kind, source)
    return _source_build(schema, component, folder, kind.build, base)


def _of_kind(schema: Schema, component: Component, kind: Kind, source: ImageSource) -> Pull | RecipeBuild:
    path = f"components/{component.name}"
    if kind.image is None:
        raise ImageError.of([Problem(path, f"kind '{kind.name}' names no image", "write `image:`")])
    scope = kind_scope(schema, component, kind, Surroundings())

    def text(written: str) -> str:
        return plain(written, scope)

    if source.name == "local":
        return _of_recipe(kind.image, text, path, kind)
    return Pull(mirrored(f"{kind.image.repository}:{text(kind.image.tag)}", source))


def _of_recipe(image: ImageName, text: Callable[[str], str], path: str, kind: Kind) -> RecipeBuild:
    if image.recipe is None:
        remedy = "`backdraft images use registry`, or give the component an `image:` that is on the engine"
        raise ImageError.of([Problem(path, f"images are local, and kind '{kind.name}' has no recipe", remedy)])
    from deployer.builds import recipe_named

    recipe, version = recipe_named(image.recipe), text(image.version)
    if version not in recipe.versions:
        known = ", ".join(recipe.versions)
        fault = f"images are local, and there is no recipe for {recipe.title} {version}"
        remedy = f"write one of {known}, or `backdraft images use registry`"
        raise ImageError.of([Problem(f"{path}/settings/version", fault, remedy)])
    return RecipeBuild(recipe.tag(version), recipe.name, version)


def _source_build(
    schema: Schema, component: Component, folder: Path, template: str, base: Pull | RecipeBuild | None
) -> SourceBuild:
    from deployer.builds import BuildError, source_digest

    try:
        digest = source_digest(folder)
    except BuildError as error:
        raise ImageError.of([Problem(f"components/{component.name}/source", str(error))]) from error
    recipe = (templates.BUILDS / f"{template}.Dockerfile").read_text() if base else ""
    parts = (digest, recipe, base.reference if base else "")
    tag = sha256(repr(parts).encode()).hexdigest()[:12]
    reference = f"backdraft.local/{schema.name}-{component.name}:{tag}"
    return SourceBuild(reference, folder, template, base, digest)


def _gate(source: ImageSource) -> RecipeBuild:
    """The gate's image is always made here: it is ours, and no registry has it."""
    name, _, version = gate.IMAGE.rpartition("/")[2].partition(":")
    return RecipeBuild(gate.IMAGE, name, version, "" if source.name == "local" else mirrored(GATE_BASE, source))


def _is_authors(image: Wanted) -> bool:
    return isinstance(image, SourceBuild) and image.base is None
