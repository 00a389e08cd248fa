"""Minimal Debian images, which the recipes build on."""

import os

import docker

from deployer.builds.base_content import base_digest
from deployer.builds.bootstrap import bootstrap
from deployer.builds.building import RECIPE_LABEL, REPOSITORY, Progress, labelled_image, one_at_a_time
from deployer.builds.errors import BuildError
from deployer.builds.host import debian_mirror


def base_tag(suite: str) -> str:
    """The name under which the engine keeps the base of this suite."""
    return f"{REPOSITORY}/base:{suite}"


def base_image(engine: docker.APIClient, suite: str, progress: Progress) -> str:
    """The id of the minimal Debian image of this suite, bootstrapped when it is missing."""
    tag, mirror = base_tag(suite), debian_mirror(os.environ)
    digest = base_digest(suite, mirror)
    with one_at_a_time(tag):
        if present := labelled_image(engine, tag, RECIPE_LABEL, digest):
            return present
        answer = bootstrap(engine, suite, mirror, tag, f"{RECIPE_LABEL}={digest}", progress)
        if made := labelled_image(engine, tag, RECIPE_LABEL, digest):
            return made
    raise BuildError(f"the engine did not take in Debian {suite}; look at the engine's log:\n  {answer}")
