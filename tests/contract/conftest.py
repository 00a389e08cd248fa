"""What contract tests share: containers that go away, and images made from recipes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import docker
import pytest
from boxes import Boxes

from deployer.builds import build_recipe, recipe_named


@pytest.fixture
def boxes(engine: docker.APIClient) -> Iterator[Boxes]:
    made = Boxes(engine)
    yield made
    made.remove_all()


@pytest.fixture(scope="session")
def image(engine: docker.APIClient) -> Callable[..., str]:
    """Gives the image of a recipe, built when it has to be; the default version unless another one is named."""

    def built(name: str, version: str = "") -> str:
        recipe = recipe_named(name)
        build_recipe(engine, recipe, version or recipe.default_version, print)
        return recipe.tag(version or recipe.default_version)

    return built
