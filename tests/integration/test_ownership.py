"""What carries no label of ours is never touched, and what is another project's neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import docker
import pytest

from deployer.errors import DeployerError
from tests.integration.projects import PYTHON, Project, free_port, get, server

pytestmark = pytest.mark.engine

BODY = f"""components:
  api: {server(8000, more=", volumes: {data: /data}")}
  db: {server(8000)}
connections:
  - {{from: api, to: db}}
"""


@pytest.fixture
def strangers(engine: docker.APIClient) -> Iterator[Callable[[str, str], Any]]:
    """Makes things of others, and removes them."""
    made: list[Callable[[], Any]] = []

    def make(noun: str, name: str) -> Any:
        if noun == "network":
            found = engine.create_network(name)["Id"]
            made.append(lambda: engine.remove_network(found))
        elif noun == "volume":
            found = engine.create_volume(name)["Name"]
            made.append(lambda: engine.remove_volume(found))
        else:
            found = engine.create_container(PYTHON, ["sleep", "600"], name=name)["Id"]
            made.append(lambda: engine.remove_container(found, force=True))
        return found

    yield make
    for remove in made:
        remove()


@pytest.mark.parametrize(("noun", "suffix"), [("network", "api.db.8000"), ("volume", "api.data"), ("container", "")])
def test_a_name_that_another_took_is_a_clear_error_and_nothing_is_changed(
    project: Project, strangers: Callable[[str, str], Any], noun: str, suffix: str
):
    name = f"{project.name}.{suffix}"
    if noun == "container":
        plan = project.plan(BODY)
        name = next(
            step.operation.name
            for step in plan.steps
            if step.component == "api" and step.operation.sign == "+" and step.operation.noun == "container"
        )
    strangers(noun, name)
    with pytest.raises(DeployerError) as caught:
        project.deploy(BODY)
    assert str(caught.value) == (
        f"{noun} {name}: a {noun} of that name exists and is not ours (it carries no label of ours and is left alone; "
        "rename or remove it, or rename the project)"
    )
    assert project.things() == ""


def test_things_of_others_with_names_like_ours_survive_a_destruction(
    project: Project, strangers: Callable[[str, str], Any], engine: docker.APIClient
):
    project.deployed(BODY)
    network = strangers("network", f"{project.name}.theirs")
    volume = strangers("volume", f"{project.name}.theirs")
    container = strangers("container", f"{project.name}.theirs.1.00000000")
    engine.connect_container_to_network(container, f"{project.name}.api.db.8000")
    assert project.destroy(volumes=True) == ""
    assert engine.inspect_network(network)["Name"] == f"{project.name}.theirs"
    assert engine.inspect_volume(volume)["Name"] == f"{project.name}.theirs"
    assert engine.inspect_container(container)["State"]["Status"] == "created"


def test_another_project_is_untouched_by_a_deploy_and_a_destruction(new_project: Callable[[], Project]):
    one, two, port = new_project(), new_project(), free_port()
    published = BODY.replace("volumes: {data: /data}", f"volumes: {{data: /data}}, publish: {{main: {port}}}")
    two.deployed(published)
    before, ids = two.things(), two.ids()
    one.deployed(BODY)
    one.deployed(BODY.replace("connections:\n  - {from: api, to: db}\n", ""))
    one.destroy(volumes=True)
    assert (two.things(), two.ids()) == (before, ids)
    assert get(port) == (200, "hello")
    assert str(two.plan(published)) == ""


def test_a_destruction_keeps_data_and_a_new_deploy_finds_it_with_its_password(project: Project):
    body = """components:
  api: API
  db: {kind: postgres}
connections:
  - {from: api, to: db}
""".replace("API", server(8000))
    project.deployed(body)
    ask = ("sh", "-c", 'PGPASSWORD="$POSTGRES_PASSWORD" psql -h 127.0.0.1 -U app -d app -tAc "$0"')
    assert project.run("db", *ask, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('kept')")[0] == 0
    password = project.container("api")["Config"]["Env"]
    assert project.destroy(volumes=False) == ""
    assert project.things() == f"volume {project.name}.db.data"
    project.deployed(body)
    assert project.run("db", *ask, "SELECT word FROM kept") == (0, "kept")
    assert sorted(project.container("api")["Config"]["Env"]) == sorted(password)
    assert project.destroy(volumes=True) == ""
    assert project.deployer()._vault.versions(project.name) == {}
    project.deployed(body)
    assert sorted(project.container("api")["Config"]["Env"]) != sorted(password)


def test_a_destruction_of_nothing_is_well(project: Project):
    assert project.destroy(volumes=True) == ""


def test_a_project_of_another_state_folder_is_neither_changed_nor_destroyed_unless_that_is_meant(
    project: Project, tmp_path: Path
):
    body = f"components: {{api: {server(8000)}}}"
    project.deployed(body)
    before = project.things()
    stranger = replace(project, home=tmp_path / "another")
    for act in (lambda: stranger.deploy(body), lambda: stranger.destroy(volumes=True)):
        with pytest.raises(DeployerError, match="deployed from another state folder"):
            act()
    assert project.things() == before
    outcome = stranger.deployer().destroy(project.name, stranger.events.append, volumes=True, of_others=True)
    assert outcome.ok
    assert project.things() == ""
