"""Images built from the recipes in templates/images, out of the distribution's packages."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import docker
import yaml

import templates
from deployer.builds.bases import base_image, base_tag
from deployer.builds.building import (
    RECIPE_LABEL,
    REPOSITORY,
    Progress,
    image_id,
    labelled_image,
    one_at_a_time,
    present_image,
    run_build,
)
from deployer.builds.context import OWN_DOCKERFILE, directory_context, source_digest
from deployer.builds.errors import BuildError
from deployer.builds.host import proxy_arguments


@dataclass(frozen=True)
class Recipe:
    """How one image is made from Debian packages, and what of the official image it keeps."""

    name: str
    title: str
    versions: Mapping[str, str]  # version as a schema writes it → Debian suite; the first is the default
    contract: str
    directory: Path

    @property
    def default_version(self) -> str:
        """The version that is built where a schema asks for none."""
        return next(iter(self.versions))

    def tag(self, version: str) -> str:
        """The name under which the engine keeps the image of this version."""
        return f"{REPOSITORY}/{self.name}:{version}"


def recipes() -> tuple[Recipe, ...]:
    """Every recipe in templates/images, by name."""
    return tuple(map(_read, _paths().values()))


def recipe_named(name: str) -> Recipe:
    """The recipe of that name. Raises BuildError when there is none."""
    known = _paths()
    if name not in known:
        raise BuildError(f"there is no recipe {name!r}; it is one of {', '.join(known)}")
    return _read(known[name])


def build_recipe(engine: docker.APIClient, recipe: Recipe, version: str, progress: Progress, base: str = "") -> str:
    """The id of the recipe's image, built unless the one at hand came from the very same recipe and base.

    `base` names a Debian image of that suite on the engine; one is bootstrapped here where it is empty.
    """
    if version not in recipe.versions:
        known = ", ".join(recipe.versions)
        raise BuildError(f"{recipe.name}: there is no recipe for version {version!r}; it is one of {known}")
    suite = recipe.versions[version]
    tag = recipe.tag(version)
    with one_at_a_time(tag):
        base_id = present_image(engine, base) if base else base_image(engine, suite, progress)
        digest = _digest(recipe, version, base_id)
        if present := labelled_image(engine, tag, RECIPE_LABEL, digest):
            return present
        with directory_context(recipe.directory) as context:
            return run_build(
                engine,
                subject=f"{recipe.name} {version}",
                context=context,
                dockerfile=OWN_DOCKERFILE,
                tag=tag,
                arguments={"BASE": base or base_tag(suite), "VERSION": version, **proxy_arguments(os.environ)},
                labels={RECIPE_LABEL: digest},
                progress=progress,
            )


def is_current(engine: docker.APIClient, recipe: Recipe, version: str, base: str = "") -> bool:
    """Whether the engine has the recipe's image, made from the files and over the base that are here now.

    Where that base is gone nothing speaks against whatever has the image's name.
    """
    base_id = image_id(engine, base or base_tag(recipe.versions[version]))
    if not base_id:
        return bool(image_id(engine, recipe.tag(version)))
    return bool(labelled_image(engine, recipe.tag(version), RECIPE_LABEL, _digest(recipe, version, base_id)))


@cache
def _paths() -> Mapping[str, Path]:
    """Where the recipe of each name is; a recipe has the name of its folder."""
    found = {path.parent.name: path for path in sorted(templates.IMAGES.glob("*/recipe.yml"))}
    return MappingProxyType(found)


@cache
def _read(path: Path) -> Recipe:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Recipe(
        name=content["name"],
        title=content["title"],
        versions=MappingProxyType(dict(content["versions"])),
        contract=content["contract"],
        directory=path.parent,
    )


def _digest(recipe: Recipe, version: str, base: str) -> str:
    """Changes with anything that goes into the image: the recipe's files, the version, the suite, the base."""
    parts = [source_digest(recipe.directory), version, recipe.versions[version], base]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
