"""The contract of an engine: what the deployer relies on, kept by the real one and by the fake of the tests alike."""

import secrets
import time
from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from composer.model import Health
from deployer import labels
from deployer.builds import base_image
from deployer.drift import changed_limits
from deployer.engines.docker import connect
from deployer.engines.interface import Engine, EngineError, SubnetTakenError
from deployer.model import (
    Attachment,
    ContainerSpec,
    Mount,
    NetworkSpec,
    ObservedContainer,
    PortHolder,
    PublishedPort,
    VolumeSpec,
)
from tests.fake_engine import FakeEngine

IMAGE = "backdraft.local/base:trixie"
SUBNETS = ("10.211.255.0/26", "10.211.255.64/26")


@pytest.fixture(params=["docker", "fake"])
def engine(request):
    if request.param == "fake":
        return FakeEngine(images={IMAGE: "sha256:base"})
    real = connect()
    base_image(real.client, "trixie", print)
    return real


@pytest.fixture
def project(engine: Engine):
    name = f"contract-{secrets.token_hex(4)}"
    yield name
    observed = engine.observe(name)
    for container in observed.containers:
        engine.remove_container(container.name)
    for network in observed.networks:
        engine.remove_network(network.name)
    for volume in observed.volumes:
        engine.remove_volume(volume.name)
    assert name not in engine.projects()


def spec(*command: str, attachments: tuple[Attachment, ...] = (), mounts: tuple[Mount, ...] = (), run="service"):
    return ContainerSpec(
        "box", 1, "container", IMAGE, "", run=run, command=tuple((word,) for word in command),
        attachments=attachments, mounts=mounts, health=Health(), grace=1.0,
    )  # fmt: skip


def make(engine: Engine, project: str, made: ContainerSpec) -> str:
    name = labels.container_name(project, made)
    command = [word for text in made.command for word in text]
    engine.create_container(name, made, {"GREETING": "hello"}, command, labels.container_labels(project, made))
    return name


def test_an_image_whose_name_has_moved_since_the_plan_is_not_run(engine: Engine, project: str):
    moved = replace(spec("true"), image_id=f"sha256:{'0' * 64}")
    with pytest.raises(EngineError, match=f"{IMAGE} is another image by now"):
        make(engine, project, moved)
    assert engine.observe(project).containers == ()
    make(engine, project, replace(moved, image_id=engine.image_ids([IMAGE])[IMAGE]))


def test_an_engine_tells_what_it_has_and_refuses_a_container_that_may_use_more_cpus(engine: Engine, project: str):
    capacity = engine.capacity()
    assert capacity.memory > 64 * 2**20
    assert capacity.cpus >= 1
    with pytest.raises(EngineError, match=f"there are only {capacity.cpus} CPUs available"):
        make(engine, project, replace(spec("true"), cpus=capacity.cpus + 1))
    assert engine.observe(project).containers == ()
    make(engine, project, replace(spec("true"), cpus=float(capacity.cpus), memory=capacity.memory * 2))


def make_network(engine: Engine, project: str, name: str = "net", subnet: str = SUBNETS[0]) -> str:
    network = NetworkSpec(f"{project}.{name}", f"connection:{name}", ports=(80,), subnet=subnet)
    engine.create_network(network, labels.network_labels(project, network))
    return network.name


def eventually_exited(engine: Engine, name: str) -> int:
    for _ in range(100):
        state = engine.inspect(name)
        if state.state == "exited":
            return state.exit_code
        time.sleep(0.05)
    raise AssertionError(f"{name} still {state.state}")


def test_a_network_is_observed_with_its_labels_and_subnet_until_it_is_removed(engine, project):
    name = make_network(engine, project)
    [network] = engine.observe(project).networks
    assert (network.name, network.subnet, network.labels[labels.PURPOSE]) == (name, SUBNETS[0], "connection:net")
    assert SUBNETS[0] in engine.observe("another").subnets
    assert name in engine.observe("another").foreign_networks
    engine.remove_network(name)
    engine.remove_network(name)
    assert engine.observe(project).networks == ()


def test_a_server_has_the_address_it_is_given_and_a_client_one_of_the_other_half(engine, project):
    one, two = make_network(engine, project, "one"), make_network(engine, project, "two", SUBNETS[1])
    attachments = (Attachment(one, ("box",), serves=True), Attachment(two, ("box",)))
    made = spec("sleep", "60", attachments=attachments)
    name = labels.container_name(project, made)
    container_labels = labels.container_labels(project, made)
    engine.create_container(name, made, {}, ["sleep", "60"], container_labels, address="10.211.255.5")
    engine.connect(name, attachments[1])
    engine.start(name)
    addresses = engine.inspect(name).addresses
    assert addresses[one] == "10.211.255.5"
    assert ip_address(addresses[two]) in ip_network("10.211.255.96/27")


def test_two_networks_cannot_share_addresses(engine, project):
    make_network(engine, project, "one")
    with pytest.raises(SubnetTakenError, match=f"{SUBNETS[0]} was taken meanwhile"):
        make_network(engine, project, "two")


def test_who_publishes_a_port_is_seen_by_other_projects_while_it_runs(engine, project):
    network = NetworkSpec(f"{project}.ingress", "ingress", internal=False, subnet=SUBNETS[0])
    engine.create_network(network, labels.network_labels(project, network))
    published = (PublishedPort(80, "127.0.0.1", 18474),)
    name = make(
        engine, project, replace(spec("sleep", "60", attachments=(Attachment(network.name),)), published=published)
    )
    holder = PortHolder(name, project, ("127.0.0.1:18474->80",))
    assert holder not in engine.observe("another").port_holders
    engine.start(name)
    assert holder in engine.observe("another").port_holders
    assert engine.observe(project).containers[0].ports == holder.ports
    assert holder not in engine.observe(project).port_holders


def test_a_volume_may_be_made_and_removed_twice(engine, project):
    volume = VolumeSpec(f"{project}.box.data", "box", "data:data")
    for _ in range(2):
        engine.create_volume(volume, labels.volume_labels(project, volume))
    [seen] = engine.observe(project).volumes
    assert (seen.name, seen.labels[labels.PURPOSE]) == (volume.name, "data:data")
    for _ in range(2):
        engine.remove_volume(volume.name)
    assert engine.observe(project).volumes == ()


def test_a_container_lives_from_created_to_running_to_exited_to_gone(engine, project):
    first, second = make_network(engine, project, "one"), make_network(engine, project, "two", SUBNETS[1])
    name = make(engine, project, spec("sleep", "60", attachments=(Attachment(first, ("box",)), Attachment(second))))
    [seen] = engine.observe(project).containers
    assert (seen.name, seen.state, set(seen.addresses)) == (name, "created", {first})
    for _ in range(2):
        engine.connect(name, Attachment(second, ("box",)))
    for _ in range(2):
        engine.start(name)
    [seen] = engine.observe(project).containers
    assert seen.is_running
    assert set(seen.addresses) == {first, second}
    assert all(seen.addresses.values())
    assert engine.inspect(name).addresses == seen.addresses
    assert engine.execute(name, ["true"])[0] == 0
    assert engine.execute(name, ["false"])[0] == 1
    for _ in range(2):
        engine.stop(name)
    [seen] = engine.observe(project).containers
    assert (seen.state, seen.exit_code) == ("exited", 143)
    for _ in range(2):
        engine.remove_container(name)
    assert engine.observe(project).containers == ()


@pytest.mark.parametrize(("command", "code"), [("true", 0), ("false", 1)])
def test_a_job_ends_with_its_exit_code(engine, project, command, code):
    name = make(engine, project, spec(command, run="job"))
    engine.start(name)
    assert eventually_exited(engine, name) == code
    [seen] = engine.observe(project).containers
    assert (seen.state, seen.exit_code) == ("exited", code)


def test_files_written_into_a_volume_are_read_by_the_container_that_mounts_it(engine, project):
    volume = VolumeSpec(f"{project}.box.files.1", "box", "files:/etc/box")
    volume_labels = labels.volume_labels(project, volume)
    engine.create_volume(volume, volume_labels)
    engine.write_files(volume, {"a.conf": b"old", "b.conf": b"two"}, IMAGE, volume_labels)
    engine.write_files(volume, {"a.conf": "new é".encode()}, IMAGE, volume_labels)
    name = make(engine, project, spec("sleep", "60", mounts=(Mount(volume.name, "/etc/box", read_only=True),)))
    engine.start(name)
    assert engine.execute(name, ["cat", "/etc/box/a.conf"]) == (0, "new é")
    assert engine.execute(name, ["cat", "/etc/box/b.conf"]) == (0, "two")
    assert len(engine.observe(project).containers) == 1
    engine.stop(name)
    with pytest.raises(EngineError, match="in use"):
        engine.remove_volume(volume.name)


def test_a_name_is_given_once(engine, project):
    made = spec("sleep", "60")
    name = make(engine, project, made)
    engine.start(name)
    with pytest.raises(EngineError, match="in use"):
        make(engine, project, made)
    assert name in engine.observe("another").foreign_containers


def test_what_a_killed_deploy_was_making_does_not_stand_in_the_way(engine, project):
    for _ in range(2):
        make_network(engine, project)
    with pytest.raises(EngineError, match="exists"):
        make_network(engine, project, subnet=SUBNETS[1])
    made = spec("sleep", "60")
    name = make(engine, project, made)
    [first] = engine.observe(project).containers
    assert make(engine, project, made) == name
    [second] = engine.observe(project).containers
    assert first.id != second.id


def test_a_network_with_running_members_is_not_removed(engine, project):
    network = make_network(engine, project)
    name = make(engine, project, spec("sleep", "60", attachments=(Attachment(network, ("box",)),)))
    engine.start(name)
    with pytest.raises(EngineError, match="active endpoints"):
        engine.remove_network(network)


def test_what_is_not_there_is_an_error_to_use_and_none_to_end(engine, project):
    missing = f"{project}.nobody.1.00000000"
    for call in (
        engine.start,
        engine.inspect,
        lambda name: engine.tail(name, 5),
        lambda name: engine.signal(name, "SIGHUP"),
    ):
        with pytest.raises(EngineError, match=missing):
            call(missing)
    engine.stop(missing)
    engine.remove_container(missing)


def test_an_image_that_is_not_there_is_named_in_the_error(engine, project):
    made = ContainerSpec("box", 1, "container", "backdraft.local/nothing:1", "")
    with pytest.raises(EngineError, match=r"backdraft\.local/nothing:1"):
        make(engine, project, made)


def test_projects_are_those_that_have_something(engine, project):
    assert project not in engine.projects()
    make_network(engine, project)
    assert project in engine.projects()


def test_a_volume_is_given_to_its_owner_with_all_that_lies_in_it(engine, project):
    volume = VolumeSpec(f"{project}.box.data", "box", "data:data", owner="10001:10002")
    volume_labels = labels.volume_labels(project, volume)
    engine.create_volume(volume, volume_labels)
    engine.write_files(volume, {"kept": b"data"}, IMAGE, volume_labels)
    for _ in range(2):
        engine.own_volume(volume, IMAGE, volume_labels)
    name = make(engine, project, spec("sleep", "60", mounts=(Mount(volume.name, "/data"),)))
    engine.start(name)
    assert engine.execute(name, ["cat", "/data/kept"]) == (0, "data")
    if not isinstance(engine, FakeEngine):
        assert engine.execute(name, ["stat", "-c", "%u:%g", "/data"]) == (0, "10001:10002\n")
    assert len(engine.observe(project).containers) == 1


def test_a_close_look_tells_the_limits_and_they_can_be_given_back_while_it_runs(engine: Engine, project: str):
    made = spec("sleep", "60")
    name = make(engine, project, made)
    engine.start(name)
    assert [each.inspected for each in engine.observe(project).containers] == [None]

    def looked() -> ObservedContainer:
        (found,) = engine.observe_closely(project).containers
        return found

    assert changed_limits(looked(), made) == ()
    engine.limit(name, replace(made, memory=256 * 2**20, cpus=0.5, pids=100))
    assert changed_limits(looked(), made) == (
        "its limit of memory is 256 MiB instead of 512 MiB",
        "its limit of CPU is 0.5 instead of 1",
        "its limit of processes is 100 instead of 256",
    )
    assert looked().is_running
    engine.limit(name, made)
    assert changed_limits(looked(), made) == ()


def test_an_image_has_one_more_name_until_that_is_taken_away(engine: Engine, project: str):
    repository, image = f"backdraft.local/kept/{project}", engine.image_ids([IMAGE])[IMAGE]
    assert engine.image_ids([image]) == {image: image}
    name = f"{repository}:box-1"
    engine.name_image(image, name)
    assert engine.named_images(repository) == {name: image}
    assert engine.named_images("backdraft.local/kept/another") == {}
    engine.unname_image(name)
    engine.unname_image(name)
    assert (engine.named_images(repository), engine.image_ids([IMAGE])) == ({}, {IMAGE: image})
    with pytest.raises(EngineError):
        engine.name_image(f"sha256:{'0' * 64}", name)
