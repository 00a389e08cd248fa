"""`backdraft images`: where the images of the kinds come from."""

import os
from typing import TYPE_CHECKING

import click

from composer.home import home_path
from composer.spelling import suggestion
from ui import completions
from ui.output import json_option, say, table, tell, tell_json
from ui.target import shown, stay_here

if TYPE_CHECKING:
    from deployer.builds import Recipe

SETTING = "images"


@click.group("images")
@click.pass_context
def command(context: click.Context) -> None:
    """Choose where images come from, or build them here.

    From a registry, from a mirror of it, or built on this machine from Debian packages (local). Unless you choose, the
    first plan or deploy looks whether a registry answers, and what it finds is kept. This is about the engine and the
    state folder of this machine: for a server, do it where that runs, with its BACKDRAFT_HOME.

    \b
    Example:
      backdraft images list
      backdraft images use local
      backdraft images build postgres redis
    """
    stay_here(context, "whoever runs a server chooses there where its images come from")


@command.command("list")
@json_option
def listed(as_json: bool) -> None:
    """List what can be built here, and where images come from.

    The first version of each is the default. BACKDRAFT_IMAGES, where it is set, goes before what was chosen.

    \b
    Example:
      backdraft images list
    """
    from deployer.builds import recipes

    source = _chosen()
    if as_json:
        found = [
            {"name": each.name, "title": each.title, "versions": list(each.versions), "default": each.default_version}
            for each in recipes()
        ]
        tell_json({"source": source, "recipes": found})
        return
    rows = [(each.name, ", ".join(each.versions), each.title) for each in recipes()]
    tell(table(("NAME", "VERSIONS", "TITLE"), rows))
    say(f"images come from: {source or 'a registry if one answers, otherwise built here'}")


@command.command("build")
@click.argument("names", nargs=-1, metavar="[NAME[:VERSION]]...", shell_complete=completions.recipes)
def build(names: tuple[str, ...]) -> None:
    """Build images from their recipes.

    Every recipe in its default version, unless some are named.

    \b
    Example:
      backdraft images build
      backdraft images build postgres:15 redis
    """
    from deployer.builds import build_recipe, recipes
    from deployer.engines.docker import connect

    wanted = _wanted(names, {recipe.name: recipe for recipe in recipes()})
    engine = connect()
    for recipe, version in wanted:
        build_recipe(engine.client, recipe, version, say)
        tell(recipe.tag(version))


@command.group("use")
def use() -> None:
    """Choose where images come from.

    \b
    Example:
      backdraft images use registry                      # Docker Hub, or what an image's name says
      backdraft images use mirror registry.example/hub   # the same images from elsewhere
      backdraft images use local                         # build them here
    """


@use.command("registry")
def registry() -> None:
    """Take images from the registry their names mean.

    \b
    Example:
      backdraft images use registry
    """
    _choose("registry")


@use.command("mirror")
@click.argument("prefix")
def mirror(prefix: str) -> None:
    """Take images from a mirror of Docker Hub.

    PREFIX stands before the names of its images; those of other registries stay as they are.

    \b
    Example:
      backdraft images use mirror registry.example/hub
    """
    import re

    if not re.fullmatch(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9._-]+)*/?", prefix):
        raise click.UsageError(f"{shown(prefix)} is no prefix of images, such as registry.example/hub (no https://)")
    _choose(f"mirror {prefix.rstrip('/')}")


@use.command("local")
def local() -> None:
    """Build images here, from their recipes.

    `backdraft images list` shows the recipes. A component's own `image:` has to be on the engine, or be pulled.

    \b
    Example:
      backdraft images use local
    """
    _choose("local")


def _choose(source: str) -> None:
    from deployer.store import Store

    Store(home_path()).put_setting(SETTING, source)
    say(f"images come from: {source}")


def _chosen() -> str | None:
    from deployer.images import source_of
    from deployer.store import Store

    if overriding := os.environ.get("BACKDRAFT_IMAGES"):
        return str(source_of(overriding))
    return Store(home_path()).setting(SETTING)


def _wanted(names: tuple[str, ...], known: "dict[str, Recipe]") -> "list[tuple[Recipe, str]]":
    wanted: dict[tuple[str, str], Recipe] = {}
    for text in names or known:
        name, colon, version = text.partition(":")
        if name not in known:
            raise click.UsageError(f"there is no recipe {shown(name)}; {suggestion(name, known)}")
        recipe = known[name]
        if colon and version not in recipe.versions:
            versions = ", ".join(recipe.versions)
            raise click.UsageError(f"{name}: there is no recipe for version {shown(version)}; it is one of {versions}")
        wanted[name, version or recipe.default_version] = recipe
    return [(recipe, version) for (_, version), recipe in wanted.items()]
