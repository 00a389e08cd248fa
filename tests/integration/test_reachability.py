"""What is drawn is reachable; what is not drawn is not. Every ordered pair is tried, by name and by every address."""

from __future__ import annotations

import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest

from deployer.labels import COMPONENT
from tests.integration.projects import PYTHON, Project, free_port, get, server

pytestmark = pytest.mark.engine

DRAWN, OTHER = 8000, 9000
PARTS = {
    "front": ", publish: {main: PORT}",
    "api": ", replicas: 2",
    "worker": ", egress: true",
    "db": ", egress: false",
    "cache": "",
    "alone": "",
}
LINES = {("front", "api"), ("api", "db"), ("api", "cache"), ("worker", "cache")}

# a name that is not drawn is asked of the resolvers of this machine, which may not answer
TRY = """
import json, os, socket, sys
os.environ["RES_OPTIONS"] = "timeout:1 attempts:1"
from concurrent.futures import ThreadPoolExecutor
def opens(target):
    try:
        socket.create_connection((target[0], target[1]), timeout=1.5).close()
        return True
    except OSError:
        return False
targets = json.loads(sys.argv[1])
with ThreadPoolExecutor(100) as pool:
    print(json.dumps([target for target, answer in zip(targets, pool.map(opens, targets)) if answer]))
"""


def drawing(port: int, network: str = "") -> str:
    """Every component listens on the port that is drawn to and on another one."""
    parts = "".join(
        f"  {name}: {server(DRAWN, OTHER, more=more.replace('PORT', str(port)))}\n" for name, more in PARTS.items()
    )
    lines = "".join(f"  - {{from: {client}, to: {name}}}\n" for client, name in sorted(LINES))
    return f"{network}components:\n{parts}connections:\n{lines}"


def addresses(project: Project) -> dict[str, list[str]]:
    """Every address of every component's containers."""
    found: dict[str, list[str]] = {}
    for each in project.containers().values():
        networks = each["NetworkSettings"]["Networks"].values()
        found.setdefault(each["Config"]["Labels"][COMPONENT], []).extend(
            network["IPAddress"] for network in networks if network["IPAddress"]
        )
    return found


def reached(project: Project, client: str, targets: list[Any], replica: int = 1) -> list[Any]:
    """Those of `targets` (host, port) to which a connection can be opened from inside the client."""
    code, output = project.run(client, "python", "-c", TRY, json.dumps(targets), replica=replica)
    assert code == 0, output
    return list(json.loads(output))


def ways(project: Project) -> dict[str, set[str]]:
    """Whom each client reaches at which port, `api -> db:8000`, and by which ways: from a replica, to a host."""
    known = addresses(project)
    owner = {address: name for name, each in known.items() for address in each} | {name: name for name in PARTS}
    found: dict[str, set[str]] = {}

    def tried(client: str) -> None:
        targets = [
            (host, port)
            for name in PARTS
            if name != client
            for host, port in product([name, *known[name]], (DRAWN, OTHER))
        ]
        for replica in (1, 2) if client == "api" else (1,):
            for host, port in reached(project, client, targets, replica):
                found.setdefault(f"{client} -> {owner[host]}:{port}", set()).add(f"replica {replica} at {host}")

    with ThreadPoolExecutor() as pool:
        list(pool.map(tried, PARTS))
    return found


def assert_reaches(project: Project, lines: set[tuple[str, str]], *ports: int) -> None:
    """Every client of `lines` reaches its servers at `ports`, and nobody reaches anything else."""
    found, wanted = ways(project), {f"{client} -> {name}:{port}" for client, name in lines for port in ports}
    assert {each: found[each] for each in found.keys() - wanted} == {}
    assert found.keys() >= wanted


def servers_by_name(project: Project, client: str) -> set[str]:
    """The names at which the client reaches the port that is drawn to."""
    return {host for host, _ in reached(project, client, [(name, DRAWN) for name in PARTS if name != client])}


@contextmanager
def listener(address: str) -> Iterator[int]:
    """A port on an address of this machine that takes connections."""
    with socket.create_server((address, 0)) as opened:

        def take() -> None:
            while True:
                try:
                    opened.accept()[0].close()
                except OSError:
                    return

        threading.Thread(target=take, daemon=True).start()
        yield int(opened.getsockname()[1])
        opened.shutdown(socket.SHUT_RDWR)


def own_address() -> str:
    """The address of this machine that others know, on no bridge of an engine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("203.0.113.1", 9))  # a documentation address; nothing is sent
        return str(probe.getsockname()[0])


@pytest.fixture
def outside(project: Project) -> Iterator[str]:
    """The address of a server in a network that is not ours, which stands for the world."""
    made = project.engine.create_container(
        PYTHON,
        [
            "python",
            "-c",
            "from http.server import *; HTTPServer(('', 8000), BaseHTTPRequestHandler).serve_forever()",
        ],
        host_config=project.engine.create_host_config(init=True),
    )["Id"]
    project.engine.start(made)
    yield str(project.engine.inspect_container(made)["NetworkSettings"]["IPAddress"])
    project.engine.remove_container(made, force=True)


def test_a_client_reaches_its_servers_by_name_and_finds_every_replica(project: Project):
    project.deployed(drawing(free_port()))
    assert {client: servers_by_name(project, client) for client in PARTS} == {
        client: {name for drawn, name in LINES if drawn == client} for client in PARTS
    }
    code, output = project.run("front", "python", "-c", "import socket; print(len(socket.gethostbyname_ex('api')[2]))")
    assert (code, output) == (0, "2")


def test_every_ordered_pair_is_as_drawn(project: Project):
    """By name and by every address of every replica: the drawn port of the server, and nothing else."""
    project.deployed(drawing(free_port()))
    assert_reaches(project, LINES, DRAWN)


def test_every_ordered_pair_stays_as_drawn_after_an_update_and_after_drift(project: Project):
    port = free_port()
    project.deployed(drawing(port))
    project.deployed(drawing(port).replace("- {from: worker, to: cache}", "- {from: db, to: alone}"))
    project.engine.remove_container(project.container("api", 2)["Id"], force=True)
    project.deployed(drawing(port).replace("- {from: worker, to: cache}", "- {from: db, to: alone}"))
    assert_reaches(project, LINES - {("worker", "cache")} | {("db", "alone")}, DRAWN)


def test_every_ordered_pair_stays_as_drawn_while_the_engine_makes_networks(project: Project):
    """Then the engine takes its own rules out for a moment and puts them in again."""
    project.deployed(drawing(free_port()))
    is_over = threading.Event()

    def make_networks() -> None:
        name = f"test-{secrets.token_hex(4)}"
        while not is_over.is_set():
            made = project.engine.create_network(name, internal=True)["Id"]
            project.engine.remove_network(made)

    with ThreadPoolExecutor(2) as pool:
        makers = [pool.submit(make_networks) for _ in range(2)]
        try:
            for _ in range(3):
                assert_reaches(project, LINES, DRAWN)
        finally:
            is_over.set()
        for each in makers:
            each.result()


def test_two_projects_do_not_reach_each_other(new_project: Callable[[], Project]):
    one, two = new_project(), new_project()
    one.deployed(drawing(free_port()))
    two.deployed(drawing(free_port()))
    theirs = [(address, port) for each in addresses(two).values() for address in each for port in (DRAWN, OTHER)]
    # by the way out that is drawn, a component may reach what anybody outside reaches: published ports, and no more
    assert {client: reached(one, client, theirs) for client in PARTS} == {client: [] for client in PARTS}


def test_the_way_out_is_drawn_too(project: Project, outside: str):
    project.deployed(drawing(free_port()))
    gateways = [
        network["Gateway"]
        for each in project.containers().values()
        for network in each["NetworkSettings"]["Networks"].values()
        if network["Gateway"]
    ]
    with listener("0.0.0.0") as port:  # noqa: S104 (whoever reaches the host at all reaches this)
        targets = [(own_address(), port), *((gateway, port) for gateway in sorted(set(gateways))), (outside, 8000)]
        found = {client: reached(project, client, targets) for client in PARTS if client != "worker"}
        assert found == {client: [] for client in found}
        assert [own_address(), port] in reached(project, "worker", targets)


def test_egress_leads_to_the_world(project: Project):
    project.deployed(drawing(free_port()))
    code, output = project.run("worker", "python", "-c", "print(open('/proc/net/route').read().count('00000000'))")
    assert (code, int(output) > 0) == (0, True)
    code, output = project.run("db", "python", "-c", "import socket; socket.create_connection(('203.0.113.1', 9), 2)")
    assert code == 1, output


def test_a_published_port_answers_on_this_machine_alone(project: Project):
    port = free_port()
    project.deployed(drawing(port))
    assert get(port) == (200, "hello")
    with pytest.raises(OSError, match=r"refused|timed out"):
        socket.create_connection((own_address(), port), timeout=2)


def test_a_port_published_to_everybody_answers_everybody(project: Project):
    port = free_port()
    project.deployed(drawing(port).replace(f"publish: {{main: {port}}}", f'publish: {{main: "0.0.0.0:{port}"}}'))
    assert get(port) == (200, "hello")
    assert get(port, address=own_address()) == (200, "hello")


def test_a_shared_network_joins_all(project: Project):
    port = free_port()
    project.deployed(drawing(port, "network: shared\n"))
    assert get(port) == (200, "hello")
    for client in PARTS:
        assert servers_by_name(project, client) == set(PARTS) - {client}
    with pytest.raises(OSError, match=r"refused|timed out"):
        socket.create_connection((own_address(), port), timeout=2)


def test_pairs_without_a_filter_keep_those_apart_who_are_not_connected(project: Project):
    """But for the moments in which the engine makes a network for another test."""
    project.deployed(drawing(free_port(), "network: pairs\n"))
    both_ways = LINES | {(name, client) for client, name in LINES}
    wanted = {f"{client} -> {name}:{port}" for client, name in both_ways for port in (DRAWN, OTHER)}
    assert set.intersection(*(set(ways(project)) for _ in range(4))) == wanted


def test_two_components_drawn_to_each_other_reach_each_other_by_name(project: Project):
    project.deployed(
        f"components:\n  a: {server(DRAWN, OTHER)}\n  b: {server(DRAWN, OTHER)}\n"
        "connections:\n  - {from: a, to: b}\n  - {from: b, to: a}\n"
    )
    for client, name in (("a", "b"), ("b", "a")):
        assert reached(project, client, [[name, DRAWN], [name, OTHER]]) == [[name, DRAWN]]


def test_replicas_of_a_component_that_is_alone_do_not_reach_each_other(project: Project):
    project.deployed(f"components:\n  box: {server(DRAWN, OTHER, more=', replicas: 2')}\n")
    every = [[address, port] for address in addresses(project)["box"] for port in (DRAWN, OTHER)]
    assert all(host in own_of(project, "box") for host, _ in reached(project, "box", every))


def own_of(project: Project, component: str) -> set[str]:
    """The addresses of the first replica, which of course reaches itself."""
    [first] = [each for name, each in project.containers().items() if name.startswith(f"{project.name}.{component}.1.")]
    return {each["IPAddress"] for each in first["NetworkSettings"]["Networks"].values()}


def test_a_gate_that_was_killed_leaves_nothing_that_could_deny_what_is_drawn_later(project: Project):
    body = f"components:\n  a: {server(DRAWN)}\n  b: {{}}\nconnections:\n  - {{from: a, to: b}}\n"
    for port in (DRAWN, OTHER):
        project.deployed(body.replace("{}", server(port)))
        assert reached(project, "a", [["b", port]]) == [["b", port]]
        [gate] = [name for name in project.containers() if "._gate." in name]
        project.engine.kill(gate, "SIGKILL")
