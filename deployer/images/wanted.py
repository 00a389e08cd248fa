"""Which image each component wants: decided from the schema, the catalogue and where images come from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import templates
from composer.catalogue import BY_DOCKERFILE, Catalogue, ImageName, Kind
from composer.model import Component, Isolation, Problem, Schema
from composer.sources import source_fault
from deployer import gate
from deployer.desired import ResolvedImage
from deployer.errors import DeployerError
from deployer.images.errors import ImageError
from deployer.images.origin import ImageSource, engine_name, mirrored
from deployer.wiring import Surroundings, kind_scope, plain

if TYPE_CHECKING:
    from deployer.builds import Checkout, Checkouts

GATE_BASE = "debian:trixie-slim"
COMMIT_DIGITS = 12


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

    `digest` is that of the source; the reference changes with it. `checkout` is where the source comes from, if that
    is a git repository.
    """

    reference: str
    directory: Path
    template: str
    base: Pull | RecipeBuild | None
    digest: str
    checkout: "Checkout | None" = None


Wanted = Pull | RecipeBuild | SourceBuild


def wanted_images(
    schema: Schema, catalogue: Catalogue, directory: Path, source: ImageSource, checkouts: "Checkouts | None" = None
) -> Mapping[str, Wanted]:
    """The image each component wants. `directory` is where the schema's relative sources begin.

    `checkouts` has the source of every component that is built from a git repository.

    Raises ImageError with every component that has none, such as a kind without a recipe while images are `local`.
    """
    wanted: dict[str, Wanted] = {}
    faults: list[Problem] = []
    for name, component in schema.components.items():
        try:
            wanted[name] = _wanted(schema, component, catalogue[component.kind], directory, source, checkouts or {})
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


def commits(wanted: Mapping[str, Wanted]) -> Mapping[str, str]:
    """The commit of every component that is built from a git repository."""
    return {name: checkout.commit for name, checkout in _checkouts(wanted).items()}


def commit_sentences(wanted: Mapping[str, Wanted]) -> tuple[str, ...]:
    """A sentence for each branch that something is built from: which commit it is at."""
    found = {
        f"{checkout.repository}: {checkout.branch} is at {checkout.commit[:COMMIT_DIGITS]}"
        for checkout in _checkouts(wanted).values()
        if checkout.branch != checkout.commit
    }
    return tuple(sorted(found))


def _checkouts(wanted: Mapping[str, Wanted]) -> "Mapping[str, Checkout]":
    return {name: image.checkout for name, image in wanted.items() if isinstance(image, SourceBuild) and image.checkout}


def _wanted(
    schema: Schema, component: Component, kind: Kind, directory: Path, source: ImageSource, checkouts: "Checkouts"
) -> Wanted:
    if component.image:
        return Pull(mirrored(component.image, source))
    if component.source is None or kind.build is None:
        return _of_kind(schema, component, kind, source)
    if missing := source_fault(component, kind, directory):
        raise ImageError.of([missing])
    path = f"components/{component.name}/source"
    checkout = _checkout(path, checkouts[component.name]) if component.source.git else None
    folder = checkout.folder if checkout else directory / component.source.directory
    has_dockerfile = (folder / "Dockerfile").is_file()
    if kind.build == BY_DOCKERFILE and not has_dockerfile and checkout:
        remedy = "write one, or choose a kind that builds your code, such as python"
        raise ImageError.of(
            [Problem(f"{path}/directory", f"there is no Dockerfile in {checkout.named(str(folder))}", remedy)]
        )
    base = None if has_dockerfile else _of_kind(schema, component, kind, source)
    return _source_build(schema, component, folder, kind.build, base, checkout)


def _checkout(path: str, found: "Checkout | DeployerError") -> "Checkout":
    if isinstance(found, DeployerError):
        key = getattr(found, "key", "")
        raise ImageError.of([Problem(f"{path}/{key}" if key else path, str(found))]) from found
    return found


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
    schema: Schema,
    component: Component,
    folder: Path,
    template: str,
    base: Pull | RecipeBuild | None,
    checkout: "Checkout | None",
) -> SourceBuild:
    from deployer.builds import BuildError, source_digest

    try:
        digest = source_digest(folder)
    except BuildError as error:
        told = checkout.named(str(error)) if checkout else str(error)
        raise ImageError.of([Problem(f"components/{component.name}/source", told)]) from error
    recipe = (templates.BUILDS / f"{template}.Dockerfile").read_text() if base else ""
    parts = (digest, recipe, base.reference if base else "")
    tag = sha256(repr(parts).encode()).hexdigest()[:12]
    reference = f"backdraft.local/{schema.name}-{component.name}:{tag}"
    return SourceBuild(reference, folder, template, base, digest, checkout)


def _gate(source: ImageSource) -> RecipeBuild:
    """The gate's image is always made here: it is ours, and no registry has it."""
    name, _, version = gate.IMAGE.rpartition("/")[2].partition(":")
    return RecipeBuild(gate.IMAGE, name, version, "" if source.name == "local" else mirrored(GATE_BASE, source))


def _is_authors(image: Wanted) -> bool:
    return isinstance(image, SourceBuild) and image.base is None
