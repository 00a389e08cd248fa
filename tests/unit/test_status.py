"""How each replica is, in words."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from composer.catalogue import standard
from deployer.deployments import Deployer
from deployer.engines.docker import DockerEngine
from deployer.engines.docker_observation import observed_state
from deployer.engines.interface import ContainerState
from deployer.labels import COMPONENT, INSTALLATION, KIND, PROJECT, REPLICA
from deployer.model import ContainerSpec, DesiredState, ObservedContainer, ObservedState, PublishedPort
from deployer.status import needs_a_look, replica_status, urls
from deployer.store import ReleaseOutcome, Store
from deployer.vault import Vault
from tests.plans.planning import World


def test_every_replica_is_told_by_component_and_number():
    def container(component: str, replica: str, status: str) -> ObservedContainer:
        labels = {COMPONENT: component, REPLICA: replica, KIND: "python"}
        return ObservedContainer("1", f"shop.{component}.{replica}", labels, "running", status=status)

    seen = ObservedState(
        containers=(
            container("db", "1", "Up 2 hours (healthy)"),
            container("api", "2", "Up 1 second (health: starting)"),
            container("api", "1", "Up 3 days (unhealthy)"),
            ObservedContainer("2", "helper", {}, "created"),
        )
    )
    assert "\n".join(
        f"{each.component} {each.replica} {each.state} {each.health}" for each in replica_status(seen)
    ) == ("api 1 running unhealthy\napi 2 running starting\ndb 1 running healthy")


TEXT = """backdraft: 1
name: shop
components:
  api: {kind: python, source: {directory: api}, replicas: 2}
  db: {kind: postgres}
  nightly: {kind: job, source: {directory: jobs}, schedule: "15 3 * * *"}
connections: [{from: api, to: db}]
"""


@dataclass
class Deployed:
    """A project on an engine in memory, and the deployer that remembers it."""

    world: World
    store: Store
    deployer: Deployer

    def remove(self, *places: str) -> None:
        for place in places:
            self.world.change({"remove": f"container {place}"}, "")

    def status(self) -> str:
        found = self.deployer.status("shop")
        return "\n".join(f"{each.component} {each.replica} {each.state} {each.reason}".rstrip() for each in found)


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    world, store = World(), Store(tmp_path)
    world.deploy(TEXT)
    store.finish("shop", store.begin("shop", TEXT, "", "ada").number, "done")
    engine = cast(DockerEngine, world.engine)
    return Deployed(world, store, Deployer(engine, store, Vault(tmp_path, store), standard(), tmp_path))


def test_a_replica_of_the_last_good_release_that_has_no_container_is_missing(deployed: Deployed):
    assert deployed.status() == ("_gate 1 running\napi 1 running\napi 2 running\ndb 1 running\nnightly 1 created")
    deployed.remove("api.2", "db.1", "nightly.1", "_gate.1")
    failed = deployed.store.begin("shop", TEXT.replace("replicas: 2", "replicas: 3"), "", "ada")
    deployed.store.finish("shop", failed.number, "failed")
    assert deployed.status() == (
        "_gate 1 missing release 1 wants it\n"
        "api 1 running\n"
        "api 2 missing release 1 wants it\n"
        "db 1 missing release 1 wants it\n"
        "nightly 1 missing release 1 wants it"
    )
    assert [(each.kind, each.run, each.ports) for each in deployed.deployer.status("shop")][3:] == [
        ("postgres", "service", ()),
        ("job", "job", ()),
    ]


def test_a_project_of_which_everything_was_removed_by_hand_is_missing_and_one_that_was_destroyed_is_not(
    deployed: Deployed,
):
    deployed.world.engine.containers.clear()
    assert [each.state for each in deployed.deployer.status("shop")] == ["missing"] * 5
    assert deployed.deployer.destroy("shop", lambda event: None).ok
    assert deployed.status() == ""


def test_a_destruction_is_a_release_that_wants_nothing_and_changes_nothing_for_the_next_deploy(deployed: Deployed):
    deployed.deployer.destroy("shop", lambda event: None)
    last, deploy = deployed.store.last("shop"), deployed.store.last_deploy("shop")
    assert last
    assert deploy
    assert (last.number, last.is_end, last.outcome, last.why) == (2, True, ReleaseOutcome.DONE, "destroyed")
    assert (deploy.number, deploy.is_end) == (1, False)


def test_nothing_is_missing_where_another_state_folder_deployed(deployed: Deployed):
    deployed.remove("api.2")
    for container in deployed.world.engine.containers.values():
        container.labels = {**container.labels, INSTALLATION: "another"}
    assert "missing" not in deployed.status()


def test_a_text_that_can_be_read_no_more_wants_nothing(deployed: Deployed):
    deployed.store.finish("shop", deployed.store.begin("shop", "backdraft: 0", "", "ada").number, "done")
    deployed.remove("api.2")
    assert "missing" not in deployed.status()


@pytest.mark.parametrize(
    ("state", "status", "looks", "look", "told"),
    [
        ("running", "Up 3 hours", False, None, "Up 3 hours, 0 restarts"),
        ("running", "Up 2 seconds", True, ContainerState("running", restarts=3), "Up 2 seconds, 3 restarts"),
        ("running", "Up Less than a second (unhealthy)", True, None, "Up Less than a second (unhealthy), 0 restarts"),
        ("exited", "Exited (3) 2 days ago", False, None, "Exited (3) 2 days ago, 0 restarts"),
        (
            "exited",
            "Exited (127) 2 days ago",
            False,
            None,
            "Exited (127) 2 days ago: the command was not found in the image, 0 restarts",
        ),
        (
            "exited",
            "Exited (137) 2 days ago",
            True,
            ContainerState("exited", 137),
            "Exited (137) 2 days ago: it was killed (SIGKILL), 0 restarts",
        ),
        (
            "restarting",
            "Restarting (137) 1 second ago",
            True,
            ContainerState("restarting", 137, 2, out_of_memory=True),
            "Restarting (137) 1 second ago: it ran out of memory, 2 restarts",
        ),
        ("created", "Created", False, None, "Created, 0 restarts"),
    ],
)
def test_the_reason_says_what_an_exit_code_means(
    state: str, status: str, looks: bool, look: ContainerState | None, told: str
):
    raw = {"Id": "1", "Names": ["/shop.api.1"], "State": state, "Status": status}
    raw |= {"Labels": {PROJECT: "shop", COMPONENT: "api", REPLICA: "1"}, "NetworkSettings": {"Networks": {}}}
    seen = observed_state("shop", [raw], [], [])
    assert needs_a_look(seen.containers[0]) is looks
    [found] = replica_status(seen, {"shop.api.1": look} if look else {})
    assert f"{found.reason}, {found.restarts} restarts" == told


def test_what_was_published_is_an_address_that_a_browser_can_open():
    def spec(address: str, number: int, replica: int = 1) -> ContainerSpec:
        ports = (PublishedPort(number, address, 8080),)
        return ContainerSpec("a", replica, "k", "i", "", published=ports, http_ports=(80,))

    state = DesiredState(
        "shop",
        containers=(
            spec("127.0.0.1", 80),
            spec("0.0.0.0", 80),  # noqa: S104 (told, not bound)
            spec("::", 80),
            spec("127.0.0.1", 5432),
            spec("x", 1, 2),
        ),
    )
    assert urls(state) == ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "http://[::1]:8080", "127.0.0.1:8080")
