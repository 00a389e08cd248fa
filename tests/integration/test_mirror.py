"""Images from a mirror: a real registry, which people in a closed network run beside their engines."""

from __future__ import annotations

import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from deployer.builds import base_image, base_tag
from deployer.engines.docker import connect
from deployer.errors import DeployerError
from deployer.events import PhaseChanged
from tests.integration.projects import Project

LAB = Path(__file__).parent.parent / "lab" / "registry"
TAG = "backdraft.test/registry:1"


@pytest.fixture(scope="module")
def mirror(engine: docker.APIClient) -> Iterator[str]:
    """The address of a registry that holds nothing yet."""
    base_image(engine, "trixie", print)
    events = engine.build(path=str(LAB), tag=TAG, buildargs={"BASE": base_tag("trixie")}, rm=True, decode=True)
    errors = [event["error"] for event in events if "error" in event]
    assert errors == []
    host = engine.create_host_config(port_bindings={5000: ("127.0.0.1", None)})
    made = engine.create_container(TAG, ports=[5000], host_config=host, labels={"backdraft.test": "registry"})["Id"]
    engine.start(made)
    try:
        number = engine.port(made, 5000)[0]["HostPort"]
        _until_it_answers(f"http://127.0.0.1:{number}/v2/")
        yield f"127.0.0.1:{number}"
    finally:
        engine.remove_container(made, force=True, v=True)


def test_an_image_is_pulled_from_the_mirror_by_its_full_name_with_progress(
    engine: docker.APIClient, mirror: str, project: Project, monkeypatch: pytest.MonkeyPatch
):
    name = _pushed(engine, mirror, "backdraft.local/redis:8", "library/redis", "8")
    monkeypatch.setenv("BACKDRAFT_IMAGES", f"mirror {mirror}")
    try:
        outcome = project.deploy("components: {cache: {kind: redis}}")
        assert outcome.ok, "\n".join(map(str, outcome.failures))
        pulled = [event.detail for event in project.events if isinstance(event, PhaseChanged)]
        assert any(detail.startswith(f"pulling {name}") for detail in pulled)
        [container] = [each for each in project.containers().values() if each["Config"]["Image"] == name]
        assert container["State"]["Running"]
        assert project.plan("components: {cache: {kind: redis}}").is_empty
    finally:
        project.destroy(volumes=True)
        engine.remove_image(name, force=True)


def test_an_image_named_by_its_digest_is_pulled_and_recognised(engine: docker.APIClient, mirror: str, project: Project):
    tagged = _pushed(engine, mirror, "backdraft.local/redis:8", f"team/cache-{secrets.token_hex(3)}", "1")
    digest = engine.inspect_distribution(tagged)["Descriptor"]["digest"]
    name = f"{tagged.rpartition(':')[0]}@{digest}"
    schema = f'components: {{cache: {{kind: redis, image: "{name}"}}}}'
    try:
        project.deployed(schema)
    finally:
        project.destroy(volumes=True)
        engine.remove_image(name, force=True)


def test_an_image_the_mirror_does_not_have_fails_the_deploy_before_anything_is_made(
    mirror: str, project: Project, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("BACKDRAFT_IMAGES", f"mirror {mirror}")
    with pytest.raises(DeployerError, match=f"could not pull {mirror}/library/memcached"):
        project.deploy("components: {cache: {kind: memcached}}")
    assert project.things() == ""


def test_a_component_that_names_a_registry_of_its_own_is_not_mirrored(
    engine: docker.APIClient, mirror: str, project: Project, monkeypatch: pytest.MonkeyPatch
):
    name = _pushed(engine, mirror, "backdraft.local/redis:8", f"team/cache-{secrets.token_hex(3)}", "1")
    monkeypatch.setenv("BACKDRAFT_IMAGES", "mirror mirror.invalid/hub")
    try:
        outcome = project.deploy(f'components: {{cache: {{kind: redis, image: "{name}"}}}}')
        assert outcome.ok, "\n".join(map(str, outcome.failures))
    finally:
        project.destroy(volumes=True)
        engine.remove_image(name, force=True)


def test_where_no_public_registry_answers_that_is_found_out_in_time():
    begun = time.monotonic()
    connect().reaches_registry(seconds=2.0)
    assert time.monotonic() - begun < 10


def _pushed(engine: docker.APIClient, mirror: str, image: str, repository: str, tag: str) -> str:
    """Put `image` into the registry as `repository`:`tag` and forget it here; its full name."""
    name = f"{mirror}/{repository}:{tag}"
    engine.tag(image, f"{mirror}/{repository}", tag)
    errors = [event["error"] for event in engine.push(name, stream=True, decode=True) if "error" in event]
    assert errors == []
    engine.remove_image(name)
    return name


def _until_it_answers(url: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 (an address of this test's own)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(f"{url} does not answer")
