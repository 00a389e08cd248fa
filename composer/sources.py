"""Whether the sources that a schema names lie beside it: what no text can tell, and the file system must be asked."""

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePath

from composer.catalogue import BY_DOCKERFILE, Catalogue, Kind
from composer.model import Component, Problem, Schema
from composer.spelling import suggestion

PROBLEMS = 200
LISTED = 1_000
"""Of how many entries of a folder one may be suggested."""


def source_problems(schema: Schema, catalogue: Catalogue, directory: Path) -> tuple[Problem, ...]:
    """What is wrong with the directories that `schema` builds from, which begin in `directory`, the schema's own.

    At most the first 200 problems, in the order of the components. Looks, and reads no file.
    """
    faults = (source_fault(each, catalogue.get(each.kind), directory) for each in schema.components.values())
    found = islice(filter(None, faults), PROBLEMS)
    return tuple(replace(problem, place=schema.place(problem.path)) for problem in found)


def source_fault(component: Component, kind: Kind | None, directory: Path) -> Problem | None:
    """What keeps the source of `component` from being built, without its place in the text; None when nothing does.

    `kind` is None where nobody knows it. A git repository is not looked at, nor what is not built from a source.
    """
    source = component.source
    if source is None or source.git or component.image or (kind is not None and kind.build is None):
        return None
    path = f"components/{component.name}/source/directory"
    try:
        fault, remedy = next(_faults(source.directory, directory, kind), ("", ""))
    except OSError as error:
        fault, remedy = (
            f"'{source.directory}' cannot be read: {error.strerror}",
            "check the path, and that your user may look there",
        )
    return Problem(path, fault, remedy) if fault else None


def _faults(name: str, directory: Path, kind: Kind | None) -> Iterator[tuple[str, str]]:
    folder = directory
    for part in PurePath(name).parts:
        parent, folder = folder, folder / part
        if folder.exists() and not folder.is_dir():
            yield f"'{name}' is no directory", "write the directory that your code lies in"
        if not folder.exists():
            where = "beside the schema" if parent == directory else f"in '{parent.relative_to(directory)}'"
            yield f"there is no directory '{part}' {where}", suggestion(part, _folders(parent)) or _MAKE_IT
        if not folder.resolve().is_relative_to(directory.resolve()):
            fault = f"'{name}' leads out of the schema's folder, to {folder.resolve()}"
            yield fault, "put the source into that folder instead"
    if kind is not None and kind.build == BY_DOCKERFILE and not (folder / "Dockerfile").is_file():
        remedy = "write one, or choose a kind that builds your code, such as python"
        yield f"there is no Dockerfile in '{name}'", remedy


_MAKE_IT = "make it, or write where your code lies, as seen from the folder of the schema"


def _folders(parent: Path) -> list[str]:
    """The folders in `parent` that may hold code: no hidden ones, and no links; sorted."""
    with os.scandir(parent) as entries:
        first = islice(entries, LISTED)
        return sorted(each.name for each in first if each.name[0] not in "._" and each.is_dir(follow_symlinks=False))
