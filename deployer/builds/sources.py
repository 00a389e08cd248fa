"""Images built from a user's source, by a template of templates/builds or by a Dockerfile of its own."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import docker

import templates
from deployer.builds.building import BUILD_LABEL, Progress, labelled_image, one_at_a_time, present_image, run_build
from deployer.builds.context import CA_FILE, OWN_DOCKERFILE, TEMPLATE_DOCKERFILE, directory_context, source_digest
from deployer.builds.errors import BuildError
from deployer.builds.host import host_certificates, index_arguments, proxy_arguments

NOWHERE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Instructions:
    """The Dockerfile of a build: its name in the context, its text, and what it is told."""

    name: str
    text: str
    arguments: Mapping[str, str]

    @property
    def files(self) -> Mapping[str, bytes]:
        """What lies in the context on top of the source: certificates where asked for, and a template of ours."""
        added = {CA_FILE: host_certificates(os.environ)} if CA_FILE in self.text else {}
        if self.name == TEMPLATE_DOCKERFILE:
            added[TEMPLATE_DOCKERFILE] = self.text.encode()
            added[".dockerignore"] = f".dockerignore\n{TEMPLATE_DOCKERFILE}\n".encode()
        return added


def build_source(
    engine: docker.APIClient,
    *,
    directory: Path,
    recipe: str,
    base: str,
    tag: str,
    progress: Progress,
    origin: Mapping[str, str] = NOWHERE,
) -> str:
    """The id of the image of a user's source, built unless the one at hand came from the very same source.

    `recipe` names a file in templates/builds (python, node, static); `base` is the image of its run time. A Dockerfile
    in the directory is used instead. It finds the certificates to trust in .backdraft/ca.crt, if it mentions them.
    `origin` are labels that tell where the source comes from. They do not count as content: of two commits with the
    same source, they name the one that was built.
    """
    instructions = _instructions(directory, recipe, base)
    base_id = present_image(engine, base) if instructions.arguments else ""
    source = source_digest(directory)
    digest = hashlib.sha256("\0".join([source, instructions.text, base_id]).encode()).hexdigest()
    with one_at_a_time(tag):
        if present := labelled_image(engine, tag, BUILD_LABEL, digest):
            return present
        with directory_context(directory, instructions.files) as context:
            # The name and the label promise this content: an image of anything else must not carry them.
            if source_digest(directory) != source:
                raise BuildError(f"{directory} changed while it was read; do it again when it is at rest")
            return run_build(
                engine,
                subject=tag,
                context=context,
                dockerfile=instructions.name,
                tag=tag,
                arguments={
                    **instructions.arguments,
                    **proxy_arguments(os.environ),
                    **index_arguments(os.environ, instructions.text),
                },
                labels={**origin, BUILD_LABEL: digest},
                progress=progress,
            )


def build_template(name: str) -> Path:
    """The Dockerfile that builds such a source. Raises BuildError when there is none."""
    known = sorted(path.name.removesuffix(".Dockerfile") for path in templates.BUILDS.glob("*.Dockerfile"))
    if name not in known:
        raise BuildError(f"there is no way to build {name!r} from source; it is one of {', '.join(known)}")
    return templates.BUILDS / f"{name}.Dockerfile"


def _instructions(directory: Path, recipe: str, base: str) -> Instructions:
    own = directory / OWN_DOCKERFILE
    if own.is_file():
        return Instructions(OWN_DOCKERFILE, own.read_text(encoding="utf-8", errors="replace"), {})
    return Instructions(TEMPLATE_DOCKERFILE, build_template(recipe).read_text(encoding="utf-8"), {"BASE": base})
