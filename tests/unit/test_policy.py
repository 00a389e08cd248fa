"""A payload that would give a container more than a drawing can ask for is refused."""

import copy

import pytest

from deployer.engines import docker_payloads as payloads
from deployer.gate import gate
from deployer.model import Attachment, ContainerSpec, Mount

SPEC = ContainerSpec(
    "api", 1, "python", "image", "id", attachments=(Attachment("shop.net"),), mounts=(Mount("shop.api.data", "/data"),)
)


def payload() -> payloads.Payload:
    return copy.deepcopy(payloads.container(SPEC, {"A": "b"}, ["serve"], {}))


def bind(**changes: object) -> dict[str, object]:
    return {"Type": "bind", "Source": "/", "Target": "/host", "ReadOnly": True} | changes


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"Privileged": True}, "Privileged"),
        ({"Binds": ["/:/host"]}, "Binds"),
        ({"Mounts": [bind()]}, "only named volumes"),
        ({"Mounts": [bind(Source="/var/run/docker.sock")]}, "only named volumes"),
        ({"Mounts": [bind(Type="volume", Source="../../etc")]}, "only named volumes"),
        ({"Mounts": [bind(Type="volume", Source="x", BindOptions={})]}, "only named volumes"),
        ({"Mounts": [bind(Type="tmpfs", Source="")]}, "only named volumes"),
        (
            {
                "Mounts": [
                    bind(
                        Type="volume",
                        Source="x",
                        VolumeOptions={"DriverConfig": {"Options": {"type": "none", "o": "bind", "device": "/"}}},
                    )
                ]
            },
            "only named volumes",
        ),
        ({"NetworkMode": "host"}, "shared with others"),
        ({"NetworkMode": "bridge"}, "shared with others"),
        ({"NetworkMode": "container:other"}, "shared with others"),
        ({"NetworkMode": ""}, "shared with others"),
        ({"PidMode": "host"}, "PidMode"),
        ({"IpcMode": "host"}, "IpcMode"),
        ({"UTSMode": "host"}, "UTSMode"),
        ({"UsernsMode": "host"}, "UsernsMode"),
        ({"CgroupnsMode": "host"}, "CgroupnsMode"),
        ({"CgroupParent": "/"}, "CgroupParent"),
        ({"Devices": [{"PathOnHost": "/dev/sda"}]}, "Devices"),
        ({"DeviceCgroupRules": ["a *:* rwm"]}, "DeviceCgroupRules"),
        ({"Sysctls": {"net.ipv4.ip_forward": "1"}}, "Sysctls"),
        ({"VolumesFrom": ["other"]}, "VolumesFrom"),
        ({"Runtime": "other"}, "Runtime"),
        ({"ExtraHosts": ["db:1.2.3.4"]}, "ExtraHosts"),
        ({"Links": ["other"]}, "Links"),
        ({"GroupAdd": ["docker"]}, "GroupAdd"),
        ({"OomScoreAdj": -1000}, "OomScoreAdj"),
        ({"MaskedPaths": []}, "MaskedPaths"),
        ({"CapAdd": ["NET_ADMIN"]}, "NET_ADMIN"),
        ({"CapAdd": ["SYS_ADMIN"]}, "CapAdd"),
        ({"CapAdd": ["ALL"]}, "CapAdd"),
        ({"CapDrop": []}, "CapDrop"),
        ({"SecurityOpt": ["seccomp=unconfined"]}, "SecurityOpt"),
        ({"SecurityOpt": ["apparmor=unconfined"]}, "SecurityOpt"),
        ({"PidsLimit": 0}, "PidsLimit"),
        ({"Memory": 0}, "Memory"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_hostile_payload_is_refused(changes, fault):
    hostile = payload()
    hostile["HostConfig"] |= changes
    with pytest.raises(payloads.PolicyError, match=fault):
        payloads.check(hostile)


@pytest.mark.parametrize("volume", ["/", "/var/run/docker.sock", "../etc"])
def test_the_helper_that_fills_volumes_keeps_the_policy_too(volume):
    assert payloads.helper("image", "shop.api.data", "/files", {})["HostConfig"]["CapDrop"] == ["ALL"]
    with pytest.raises(payloads.PolicyError, match="only named volumes"):
        payloads.helper("image", volume, "/files", {})


def test_what_a_drawing_asks_for_is_let_pass():
    payloads.check(payload())


@pytest.mark.parametrize(
    ("changes", "host_changes"),
    [
        ({"Image": "evil"}, {}),
        ({"Cmd": ["sh"]}, {}),
        ({"Entrypoint": ["sh"]}, {}),
        ({}, {"CapAdd": ["NET_ADMIN", "SYS_ADMIN"]}),
        ({}, {"ReadonlyRootfs": False}),
        ({}, {"Mounts": [{"Type": "volume", "Source": "x", "Target": "/x"}]}),
    ],
    ids=str,
)
def test_nothing_but_the_gate_itself_stands_in_the_network_of_the_host(changes, host_changes):
    made = copy.deepcopy(payloads.container(gate("shop", (), "id"), {}, [], {}))
    payloads.check(made)
    made |= changes
    made["HostConfig"] |= host_changes
    with pytest.raises(payloads.PolicyError):
        payloads.check(made)
