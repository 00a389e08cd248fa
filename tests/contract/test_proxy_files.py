"""What the proxy kinds render does in the real programs what the drawing says."""

from __future__ import annotations

import http.client
import json
import socket
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest
from boxes import LABEL, Box, Boxes

from composer.catalogue import Kind, standard
from composer.rendering import render
from composer.routes import Route, Target
from deployer import builds

pytestmark = pytest.mark.engine
Image = Callable[..., str]

PROXIES = ("caddy", "haproxy", "nginx")
RENDERED = Path(__file__).parent.parent / "unit" / "rendered"
ECHO_SERVER = Path(__file__).parent / "echo_server.py"

DRAWN = (
    Route("shop.example", "/", "round-robin", (Target("shop", 8000, 1),)),
    Route("", "/api/deep", "source", (Target("api", 8000, 1, 2), Target("next", 8000, 1))),
    Route("", "/busy", "least-connections", (Target("api", 8000, 1, 2),)),
    Route("", "/gone", "round-robin", (Target("gone", 8000, 0), Target("next", 8000, 1))),
    Route("", "/api", "round-robin", (Target("api", 8000, 90, 2), Target("next", 8000, 10))),
)


@dataclass(frozen=True)
class Answer:
    """What a client of the proxy sees."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def told(self) -> dict[str, Any]:
        assert self.status == 200, self
        return dict(json.loads(self.body))


@dataclass
class Town:
    """A network with servers in it that answer to names."""

    boxes: Boxes
    image: Image
    folder: Path
    servers: dict[str, Box] = field(default_factory=dict)
    network: str = field(default_factory=lambda: f"backdraft-test-{uuid.uuid4().hex[:12]}")

    def server(self, name: str) -> Box:
        box = self.boxes.start(
            self.image("python"), "python", "/echo.py", environment={"NAME": name}, files={"/echo.py": ECHO_SERVER}
        )
        self.boxes.engine.connect_container_to_network(box.id, self.network, aliases=[name])
        box.until(lambda: box.is_open(8000))
        self.servers[name] = box
        return box

    def address(self, box: Box) -> str:
        return str(
            self.boxes.engine.inspect_container(box.id)["NetworkSettings"]["Networks"][self.network]["IPAddress"]
        )

    def proxy(self, name: str, routes: tuple[Route, ...], **settings: object) -> Box:
        kind = standard()[name]
        folder = self.folder / uuid.uuid4().hex
        folder.mkdir(parents=True)
        for path, text in rendered(kind, routes, **settings).items():
            (folder / Path(path).name).write_text(text)
        box = self.boxes.start(
            self.image(name),
            *kind.command,
            user=kind.user or "",
            environment=kind.environment,
            files={"/etc/backdraft": folder},
            tmpfs=kind.tmpfs,
            capabilities=kind.capabilities,
            network=self.network,
        )
        box.until(lambda: box.is_open(kind.ports["http"].number))  # type: ignore[arg-type]
        return box


def rendered(kind: Kind, routes: tuple[Route, ...], **settings: object) -> dict[str, str]:
    return render(
        kind,
        settings={**kind.defaults, **settings},
        ports={name: int(port.number) for name, port in kind.ports.items()},
        routes=routes,
        component="front",
        project="shop",
    )


def ask(proxy: Box, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    connection = http.client.HTTPConnection(proxy.address, 8080, timeout=15)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers={"Host": "any.example", **named})
        response = connection.getresponse()
        return Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, response.read().decode()
        )
    finally:
        connection.close()


@pytest.fixture(scope="module")
def town(engine: docker.APIClient, image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("proxies")
    for parent in (folder, *folder.parents[:2]):
        parent.chmod(0o755)  # who reads the files inside is not root
    town = Town(Boxes(engine), image, folder)
    engine.create_network(town.network, driver="bridge", labels={LABEL: "1"})
    try:
        for name in ("shop", "api", "api", "next"):
            town.server(name)
        yield town
    finally:
        town.boxes.remove_all()
        engine.remove_network(town.network)


@pytest.fixture(scope="module", params=PROXIES)
def proxy(town: Town, request: pytest.FixtureRequest) -> Box:
    routes = DRAWN
    if request.param == "nginx":  # which begins only where every name can be looked up
        routes = tuple(route for route in DRAWN if route.path != "/gone")
    box = town.proxy(request.param, routes)
    box.until(lambda: {ask(box, "/api").status for _ in range(10)} == {200})
    return box


@pytest.mark.parametrize(
    ("path", "servers"),
    [
        ("/api", {"api", "next"}),
        ("/api?q=a%20b", {"api", "next"}),
        ("/api/users/1", {"api", "next"}),
        ("/api/deep", {"api", "next"}),
        ("/api/deeper", {"api", "next"}),
        ("/busy/x", {"api"}),
    ],
)
def test_a_path_chooses_the_server_and_reaches_it_unchanged(proxy: Box, path: str, servers: set[str]):
    told = ask(proxy, path).told
    assert told["path"] == path
    assert told["name"] in servers


def test_a_host_chooses_the_server_for_all_its_paths(proxy: Box):
    assert ask(proxy, "/api", Host="shop.example").told["name"] == "shop"
    assert ask(proxy, "/anything", Host="Shop.Example:8080").told["name"] == "shop"


@pytest.mark.parametrize("path", ["/", "/nowhere", "/apix", "/busy.html"])
def test_a_request_without_a_route_is_told_so(proxy: Box, path: str):
    answer = ask(proxy, path)
    assert (answer.status, answer.body.strip()) == (404, "No route leads from here.")
    assert answer.headers["content-type"].startswith("text/plain")


def test_weights_are_shares_of_all_replicas_together(proxy: Box):
    told = [ask(proxy, "/api").told for _ in range(200)]
    names = Counter(answer["name"] for answer in told)
    # 20 are expected; a fair coin of one in ten strays beyond these bounds less than once in a million times
    assert 2 <= names["next"] <= 45, names
    assert names["next"] + names["api"] == 200
    replicas = Counter(answer["replica"] for answer in told if answer["name"] == "api")
    assert len(replicas) == 2
    assert min(replicas.values()) > 45, replicas


def test_a_client_stays_with_its_server_where_the_algorithm_is_source(proxy: Box):
    assert len({ask(proxy, "/api/deep").told["name"] for _ in range(20)}) == 1


def test_the_server_is_told_who_asked_and_the_client_cannot_pretend(proxy: Box):
    headers = ask(
        proxy, "/api", X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="https", X_Forwarded_Host="evil.example"
    ).told["headers"]
    assert "6.6.6.6" not in headers["x-forwarded-for"]
    assert headers["x-forwarded-proto"] == "http"
    assert headers["x-forwarded-host"] == "any.example"
    assert headers["host"] == "any.example"


def test_every_request_has_a_number_which_is_kept_told_and_logged(proxy: Box):
    given = ask(proxy, "/api", X_Request_Id="my-number.1")
    assert given.told["headers"]["x-request-id"] == "my-number.1"
    assert given.headers["x-request-id"] == "my-number.1"
    made = ask(proxy, "/api", X_Request_Id='"; evil').told["headers"]["x-request-id"]
    assert len(made) >= 32
    assert "evil" not in made
    proxy.until(lambda: "my-number.1" in proxy.logs() and made in proxy.logs())
    line = next(line for line in proxy.logs().splitlines() if "my-number.1" in line)
    assert json.loads(line)["status"] == 200


def test_the_log_stays_one_line_of_json_whatever_is_asked(proxy: Box):
    ask(proxy, "/api/%22quote%22?x=%5C%22", User_Agent='say "hello"\\', X_Request_Id="hostile")
    proxy.until(lambda: "hostile" in proxy.logs())
    assert "quote" in json.dumps(json.loads(next(line for line in proxy.logs().splitlines() if "hostile" in line)))


def test_a_web_socket_passes(proxy: Box):
    request = (
        "GET /busy HTTP/1.1\r\nHost: any.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with socket.create_connection((proxy.address, 8080), timeout=10) as connection, connection.makefile("rwb") as talk:
        talk.write(request.encode())
        talk.flush()
        assert talk.readline().startswith(b"HTTP/1.1 101 ")
        while talk.readline().strip():
            pass
        talk.write(b"hello there\n")
        talk.flush()
        assert talk.readline() == b"hello there\n"


def test_a_body_passes_and_one_that_is_too_large_is_refused(proxy: Box, request: pytest.FixtureRequest):
    assert ask(proxy, "/api", "POST", b"x" * 100_000).told["name"] in ("api", "next")
    if "haproxy" not in request.node.name:  # which passes on what comes and holds nothing
        assert ask(proxy, "/api", "POST", b"x" * (11 << 20)).status in (413, 502)


@pytest.mark.parametrize("name", PROXIES)
def test_a_proxy_from_which_nothing_is_drawn_says_what_to_do(town: Town, name: str):
    answer = ask(town.proxy(name, ()), "/")
    assert answer.status == 404
    assert answer.body.strip() == "Nothing is drawn from front yet. Draw a line from it to a server."


@pytest.mark.parametrize("name", PROXIES)
def test_a_proxy_behind_another_believes_what_it_says(town: Town, name: str):
    box = town.proxy(name, (Route("", "/", "round-robin", (Target("shop", 8000, 1),)),), behind_proxy=True)
    box.until(lambda: ask(box, "/").status == 200)
    headers = ask(box, "/", X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="https", X_Forwarded_Host="shop.test").told[
        "headers"
    ]
    assert headers["x-forwarded-for"].startswith("6.6.6.6")
    assert headers["x-forwarded-proto"] == "https"
    assert headers["x-forwarded-host"] == "shop.test"


@pytest.mark.parametrize("name", PROXIES)
def test_a_server_that_comes_back_elsewhere_is_found(town: Town, name: str):
    moving = f"moving-{name}"
    before = town.server(moving)
    routes = (
        Route("", "/moving", "round-robin", (Target(moving, 8000, 1),)),
        Route("", "/", "round-robin", (Target("shop", 8000, 1),)),
    )
    box = town.proxy(name, routes)
    first = box.until(lambda: ask(box, "/moving").told["replica"])
    old = town.address(before)
    town.boxes.engine.remove_container(before.id, force=True)
    town.boxes.made.remove(before.id)
    reload = standard()[name].reload
    if reload:
        box.signal(reload)  # with a name that leads nowhere it goes on as it was
    assert box.until(lambda: ask(box, "/").status == 200)
    town.server(f"in-the-way-of-{name}")  # takes the address that has become free
    after = town.server(moving)
    assert town.address(after) != old
    if reload:
        box.signal(reload)
    assert box.until(lambda: ask(box, "/moving").told["replica"], seconds=20) != first


@pytest.mark.parametrize("name", ["caddy", "haproxy"])
def test_a_server_that_is_not_there_yet_keeps_no_other_from_being_reached(town: Town, name: str):
    routes = (
        Route("", "/absent", "round-robin", (Target("absent", 8000, 1),)),
        Route("", "/", "round-robin", (Target("shop", 8000, 1),)),
    )
    box = town.proxy(name, routes)
    assert box.until(lambda: ask(box, "/").told["name"]) == "shop"
    assert ask(box, "/absent").status in (502, 503)


@pytest.mark.parametrize("name", PROXIES)
def test_a_proxy_that_is_asked_to_end_answers_what_it_has_begun(town: Town, name: str):
    box = town.proxy(name, (Route("", "/", "round-robin", (Target("shop", 8000, 1),)),))
    box.until(lambda: ask(box, "/").status == 200)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ask, box, f"/{name}/slow")
        box.until(lambda: f"began /{name}/slow" in town.servers["shop"].logs())
        box.signal(standard()[name].stop.signal)
        assert waiting.result().told["path"] == f"/{name}/slow"
    assert town.boxes.engine.wait(box.id, timeout=30)["StatusCode"] == 0


JUDGES = {
    "caddy": ["caddy", "validate", "--adapter", "caddyfile", "--config"],
    "haproxy": ["haproxy", "-c", "-f"],
    "nginx": ["nginx", "-t", "-e", "stderr", "-c"],
    "static": ["nginx", "-t", "-e", "stderr", "-c"],
}
VERSIONS = {recipe.name: recipe.versions for recipe in builds.recipes()}
CASES = [
    pytest.param(case, version, id=f"{kind}-{version}/{case.stem}")
    for kind in JUDGES
    for version in VERSIONS["nginx" if kind == "static" else kind]
    for case in sorted((RENDERED / kind).glob("*.conf"))
]


@pytest.mark.parametrize(("case", "version"), CASES)
def test_the_program_itself_finds_no_fault_in_the_expected_file(
    boxes: Boxes, image: Image, tmp_path: Path, case: Path, version: str
):
    kind = standard()[case.parent.name]
    heading, _, text = case.read_text().partition("\n")
    assert kind.image
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    (tmp_path / "file").write_text(text)
    names = ("api", "api-next", "api-old", "files", "old-files", "web")
    (tmp_path / "hosts").write_text("".join(f"127.0.0.1 {name}\n" for name in names))
    box = boxes.start(
        image(kind.image.recipe, version),
        *JUDGES[kind.name],
        heading.removeprefix("=== "),
        user=kind.user or "",
        environment=kind.environment,
        files={heading.removeprefix("=== "): tmp_path / "file", "/etc/hosts": tmp_path / "hosts"},
        tmpfs=kind.tmpfs,
        capabilities=kind.capabilities,
    )
    assert boxes.engine.wait(box.id, timeout=30)["StatusCode"] == 0, box.logs()
    assert "[warn]" not in box.logs()
    assert "[WARNING]" not in box.logs()
