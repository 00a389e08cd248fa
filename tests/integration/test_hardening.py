"""Every container that runs is as closed as the CIS Docker Benchmark 1.6 asks, unless its schema says otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from composer.catalogue import standard
from deployer.labels import COMPONENT, KIND
from tests.integration.projects import Project, free_port, server

pytestmark = pytest.mark.engine

GATE = "_gate"


def findings(container: dict[str, Any]) -> list[str]:
    """What the benchmark would say of a container; its numbers first."""
    config, host = container["Config"], container["HostConfig"]
    kind, is_gate = config["Labels"][KIND], config["Labels"][COMPONENT] == GATE
    claims = {
        "4.1 it runs as root": kind != "container" and not is_gate and config["User"] in ("", "0", "root", "0:0"),
        "4.6 it has a command to check its health and no health check": bool(
            not is_gate and standard()[kind].health.command and not config.get("Healthcheck")
        ),
        "5.2 its security options are not only no-new-privileges": host["SecurityOpt"] != ["no-new-privileges:true"],
        "5.3 it has capabilities": host["CapDrop"] != ["ALL"] or (host["CapAdd"] not in (None, []) and not is_gate),
        "5.4 it is privileged": host["Privileged"],
        "5.5 it mounts something of the host": bool(host["Binds"])
        or any(mount["Type"] != "volume" for mount in container["Mounts"]),
        "5.9 it shares the host's network": host["NetworkMode"] in ("host", "default", "bridge") and not is_gate,
        "5.10 its memory has no limit": host["Memory"] <= 0 or host["MemorySwap"] != host["Memory"],
        "5.11 its CPU has no limit": host["NanoCpus"] <= 0,
        "5.12 its root can be written": not host["ReadonlyRootfs"] and (is_gate or standard()[kind].read_only),
        "5.13 it publishes on every address": any(
            binding["HostIp"] != "127.0.0.1" for each in (host["PortBindings"] or {}).values() for binding in each
        ),
        "5.14 it restarts in another way than wanted": host["RestartPolicy"]["Name"] != "unless-stopped",
        "5.15 it shares the host's processes": host["PidMode"] != "",
        "5.16 it shares the host's IPC": host["IpcMode"] not in ("private", "none"),
        "5.17 it has devices": bool(host["Devices"]) or bool(host["DeviceCgroupRules"]),
        "5.20 it shares the host's names": host["UTSMode"] != "",
        "5.21 its calls are not filtered": any("unconfined" in each for each in host["SecurityOpt"]),
        "5.24 it has a group of resources of its own choice": host["CgroupParent"] != "",
        "5.28 its processes have no limit": not host["PidsLimit"] or host["PidsLimit"] <= 0,
        "5.30 it shares the host's users": host["UsernsMode"] != "",
        "5.31 it holds the engine's socket": "docker.sock" in str(container["Mounts"]) + str(host["Binds"]),
        "its log grows without end": host["LogConfig"]["Config"] != {"max-size": "10m", "max-file": "3"},
        "it has no first process that reaps": not host["Init"],
    }
    return [claim for claim, holds in claims.items() if holds]


def test_every_container_of_a_shop_is_hardened(project: Project):
    port = free_port()
    project.deployed(f"""components:
  front: {{kind: nginx, publish: {{http: {port}}}}}
  api: {server(8000, more=", replicas: 2")}
  db: {{kind: postgres}}
  cache: {{kind: redis}}
connections:
  - {{from: front, to: api}}
  - {{from: api, to: db}}
  - {{from: api, to: cache}}
""")
    found = {name: findings(container) for name, container in project.containers().items()}
    assert found == {name: [] for name in found}
    assert len(found) == 6
    gate = project.container(GATE)["HostConfig"]
    assert (gate["CapAdd"], gate["NetworkMode"], gate["ReadonlyRootfs"]) == (["NET_ADMIN"], "host", True)
    # as the kernel sees it: no capability in any set, and no new ones to be had
    code, status = project.run("db", "cat", "/proc/1/status")
    told = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert (code, told["CapEff"], told["CapBnd"], told["NoNewPrivs"]) == (0, "0" * 16, "0" * 16, "1")
    assert told["Uid"].split()[0] != "0"
    assert project.run("db", "sh", "-c", "echo x > /etc/x")[0] != 0
    assert project.run("api", "sh", "-c", "ls /var/run/docker.sock")[0] != 0


def test_what_is_relaxed_is_relaxed_and_no_more(project: Project):
    project.deployed(
        "components:\n  box: "
        + server(8000, more=', relax: {NET_BIND_SERVICE: "a test", new_privileges: "a test"}')
        + "\n"
    )
    box = project.container("box")
    assert findings(box) == [
        "5.2 its security options are not only no-new-privileges",
        "5.3 it has capabilities",
    ]
    assert (box["HostConfig"]["CapAdd"], box["HostConfig"]["CapDrop"]) == (["NET_BIND_SERVICE"], ["ALL"])


def test_a_container_that_wants_more_memory_than_its_limit_is_told_so(project: Project):
    body = "import time; x = bytearray(300 * 2**20); time.sleep(99)"
    outcome = project.deploy(
        "components:\n  box: {kind: container, image: backdraft.local/python:3.13, limits: {memory: 64MiB}, "
        f'command: [python, -c, "{body}"], health: {{command: [test, -e, /nothing], timeout: 20}}}}\n'
    )
    assert not outcome.ok
    text = "\n".join(map(str, outcome.failures))
    assert "raise `limits: {memory: …}`" in text, text
