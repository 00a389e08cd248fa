"""Each kind with a local recipe becomes ready, does its work and ends as its file says, with nothing permitted."""

from __future__ import annotations

import http.client
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest
from boxes import Box, Boxes

from composer.catalogue import Kind, standard
from composer.references import Reference, split
from composer.rendering import render
from deployer import builds

pytestmark = pytest.mark.engine
Image = Callable[..., str]

SECRET = "s3cretOfTheTest"
STORES = ["etcd", "mariadb", "memcached", "nats", "postgres", "rabbitmq", "redis", "smtp", "valkey"]
PROXIES = ["caddy", "haproxy", "nginx"]


@dataclass
class Stage:
    """Runs a kind as it is meant to be run."""

    boxes: Boxes
    image: Image
    folder: Path

    def start(self, name: str, volumes: Mapping[str, str], image: str = "", command: tuple[str, ...] = ()) -> Box:
        kind = standard()[name]
        files = self.folder / uuid.uuid4().hex
        files.mkdir()
        for parent in (files, *files.parents[:3]):
            parent.chmod(0o755)  # who reads the files inside is not root
        rendered = render(
            kind,
            settings=kind.defaults,
            ports={port: number(kind, port) for port in kind.ports},
            routes=(),
            component="it",
            project="test",
        )
        for path, text in rendered.items():
            (files / Path(path).name).write_text(filled(text, kind))
        box = self.boxes.start(
            image or self.image(kind.image.recipe, filled(kind.image.version, kind)),  # type: ignore[union-attr]
            *(command or (filled(word, kind) for word in kind.command)),
            user=kind.user or "",
            environment={name: filled(text, kind) for name, text in kind.environment.items()},
            files={"/etc/backdraft": files} if rendered else {},
            volumes={path: volumes[volume] for volume, path in kind.volumes.items()},
            tmpfs=kind.tmpfs,
            capabilities=kind.capabilities,
        )
        box.until(lambda: is_ready(box, kind), seconds=kind.health.timeout or 60)
        return box


def filled(text: str, kind: Kind) -> str:
    return "".join(_meaning(part, kind) if isinstance(part, Reference) else part for part in split(text))


def _meaning(reference: Reference, kind: Kind) -> str:
    scope, name = reference.words
    match scope:
        case "settings":
            return str(kind.defaults[name])
        case "secret":
            return SECRET
        case "port":
            return str(number(kind, name))
    return "it"


def number(kind: Kind, port: str) -> int:
    return int(filled(str(kind.ports[port].number), kind))


def is_ready(box: Box, kind: Kind) -> bool:
    health = kind.health
    if health.tcp and not box.is_open(number(kind, health.tcp)):
        return False
    if health.http and " 200 " not in box.get(number(kind, health.http.port), health.http.path).splitlines()[0]:
        return False
    return not health.command or box.attempt(*(filled(word, kind) for word in health.command))[0] == 0


@pytest.fixture
def stage(boxes: Boxes, image: Image, tmp_path: Path) -> Stage:
    return Stage(boxes, image, tmp_path)


@pytest.fixture
def source(engine: docker.APIClient, image: Image, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Builds files into an image of a kind; the image goes when the test is over."""
    made: list[str] = []

    def build(name: str, files: Mapping[str, str]) -> str:
        kind = standard()[name]
        folder = tmp_path / f"source-{len(made)}"
        folder.mkdir()
        for path, text in files.items():
            (folder / path).write_text(text)
        made.append(f"backdraft.local/test-kind-{name}:{uuid.uuid4().hex[:8]}")
        assert kind.image
        assert kind.build
        base = image(kind.image.recipe, filled(kind.image.version, kind))
        builds.build_source(engine, directory=folder, recipe=kind.build, base=base, tag=made[-1], progress=print)
        return made[-1]

    yield build
    for tag in made:
        engine.remove_image(tag, force=True)


@pytest.mark.parametrize("name", [*STORES, *PROXIES])
def test_a_kind_becomes_ready_with_nothing_permitted_and_starts_again_on_its_data(stage: Stage, name: str):
    kind = standard()[name]
    volumes = {volume: stage.boxes.volume() for volume in kind.volumes}
    box = stage.start(name, volumes)
    for process in box.run("sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '").splitlines():
        assert SECRET not in process
    assert SECRET not in box.logs()
    box.signal(kind.stop.signal)
    ended = stage.boxes.engine.wait(box.id, timeout=int(kind.stop.grace))["StatusCode"]
    assert ended in (0, 143), box.logs()  # 143: told to end by SIGTERM, and says so
    if kind.volumes:
        again = stage.start(name, volumes)
        assert SECRET not in again.logs()


@pytest.mark.parametrize("name", ["redis", "valkey"])
def test_a_key_outlives_its_container_and_is_kept_from_strangers(stage: Stage, name: str):
    volumes = {"data": stage.boxes.volume()}
    box = stage.start(name, volumes)
    assert box.run(f"{name}-cli", "set", "key", "kept") == "OK"
    assert b"NOAUTH" in box.talk(6379, b"GET key\r\n")
    box.stop()
    assert stage.start(name, volumes).run(f"{name}-cli", "get", "key") == "kept"


def test_a_database_outlives_its_container(stage: Stage):
    volumes = {"data": stage.boxes.volume()}
    client = ["mariadb", "--defaults-file=/etc/backdraft/health.cnf", "app", "-Ne"]
    box = stage.start("mariadb", volumes)
    box.run(*client, "CREATE TABLE kept (what INT); INSERT INTO kept VALUES (42)")
    box.stop()
    assert stage.start("mariadb", volumes).run(*client, "SELECT what FROM kept") == "42"


def test_a_queue_outlives_its_container(stage: Stage):
    volumes = {"data": stage.boxes.volume()}
    box = stage.start("rabbitmq", volumes)
    assert box.run("rabbitmqctl", "--quiet", "add_vhost", "kept") == ""
    box.stop()
    assert "kept" in stage.start("rabbitmq", volumes).run("rabbitmqctl", "--quiet", "list_vhosts").splitlines()


def test_nats_keeps_strangers_out_and_streams_on_disk(stage: Stage):
    box = stage.start("nats", {"data": stage.boxes.volume()})
    hello = box.talk(4222)
    assert b'"auth_required":true' in hello
    assert b'"jetstream":true' in hello
    assert b"Authorization Violation" in box.talk(4222, b"CONNECT {}\r\nPING\r\n", until=b"Violation")


PYTHON_APP = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"from gunicorn"]
"""


def test_a_python_web_application_runs_under_gunicorn(stage: Stage, source: Callable[..., str]):
    tag = source("python", {"app.py": PYTHON_APP, "requirements.txt": "gunicorn==23.0.0\n"})
    box = stage.start("python", {}, tag)
    assert box.get(8000).endswith("from gunicorn")
    box.until(lambda: '"GET / HTTP/1.0" 200' in box.logs())
    assert box.stop() == 0


def test_a_python_web_application_may_be_a_script_of_its_own(stage: Stage, source: Callable[..., str]):
    script = (
        "import http.server, os\n"
        "address = ('', int(os.environ['PORT']))\n"
        "http.server.HTTPServer(address, http.server.SimpleHTTPRequestHandler).serve_forever()\n"
    )
    box = stage.start("python", {}, source("python", {"serve.py": script}), ("python", "serve.py"))
    assert " 200 " in box.get(8000)


NODE_APP = """
const server = require('http').createServer((request, response) => response.end('from node'));
server.listen(process.env.PORT);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
"""


def test_a_node_web_application_runs_the_main_file_of_its_package(stage: Stage, source: Callable[..., str]):
    package = '{"name": "shop", "version": "1.0.0", "main": "server.js"}'
    box = stage.start("node", {}, source("node", {"package.json": package, "server.js": NODE_APP}))
    assert box.get(3000).endswith("from node")
    assert box.stop() == 0


def test_static_files_are_handed_out_but_not_the_hidden_ones(stage: Stage, source: Callable[..., str]):
    tag = source("static", {"index.html": "hello", "style.css": "a {}", ".env": "secret"})
    box = stage.start("static", {}, tag)
    assert status(box, "/") == (200, "text/html; charset=utf-8", "hello")
    assert status(box, "/style.css")[:2] == (200, "text/css; charset=utf-8")
    assert status(box, "/.env")[0] == 404
    assert status(box, "/missing")[0] == 404
    assert box.stop() == 0


@pytest.mark.parametrize(("name", "script"), [("worker", "worker.py"), ("job", "job.py")])
def test_code_without_a_port_runs_its_script_and_may_write_to_tmp(
    stage: Stage, source: Callable[..., str], name: str, script: str
):
    code = "import os\nopen('/tmp/x', 'w').close()\nprint('working as', os.getuid())\nopen('/app/x', 'w')\n"
    box = stage.start(name, {}, source(name, {script: code}))
    assert stage.boxes.engine.wait(box.id, timeout=30)["StatusCode"] == 1
    assert "working as 10001" in box.logs()
    assert "Read-only file system" in box.logs()


def status(box: Box, path: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(box.address, 8080, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type", ""), response.read().decode()
    finally:
        connection.close()


def test_every_kind_with_a_recipe_is_tested_here():
    tested = {*STORES, *PROXIES, "python", "node", "static", "worker", "job"}
    assert {kind.name for kind in standard().kinds.values() if kind.image and kind.image.recipe} == tested
