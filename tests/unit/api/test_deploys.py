"""Plans, deploys, releases, rollbacks, sources, secrets, the end of a project: over the API, on an engine in memory."""

from __future__ import annotations

import io
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient

from composer.access import Principal
from deployer.engines.docker import DockerEngine
from deployer.engines.interface import EngineError
from deployer.performing import Performing
from tests.fake_engine import FakeEngine
from tests.unit.api.conftest import PEOPLE, As
from ui.app import create_app
from ui.installation import Installation

OLD = """backdraft: 1
name: shop
network: shared
components:
  web: {kind: container, image: "web:1", environment: {WORD: old}}
"""
NEW = OLD.replace("old", "new") + '  extra: {kind: container, image: "extra:1", volumes: {data: /data}}\n'
SHOP = "/api/v1/projects/shop"


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    monkeypatch.setenv("BACKDRAFT_IMAGES", "registry")
    return FakeEngine(images={"web:1": "sha256:web1", "extra:1": "sha256:extra1"})


@pytest.fixture
def installation(installation: Installation, engine: FakeEngine) -> Installation:
    opened = installation
    performing = Performing(
        opened.home,
        opened.catalogue,
        opened.projects,
        opened.store,
        opened.vault,
        opened.queue,
        opened.journal,
        opened.uploads,
        connect=lambda: cast(DockerEngine, engine),
        patience=0.0,
    )
    return replace(opened, performing=performing)


@pytest.fixture
def app(installation: Installation) -> Flask:
    def told_by_name(request: Request) -> Principal | None:
        return PEOPLE.get(request.headers.get("Test-Person", ""))

    return create_app(installation, [told_by_name])


@pytest.fixture(autouse=True)
def shop(client: As) -> None:
    assert client("ada").post("/api/v1/projects", json={"name": "shop", "text": OLD}).status_code == 201


@contextmanager
def working(installation: Installation) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=installation.worker().run, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture
def at_work(installation: Installation) -> Iterator[None]:
    with working(installation):
        yield


def ended(client: FlaskClient, answer: Any) -> dict[str, Any]:
    """What a deploy that was queued came to."""
    assert answer.status_code == 202, answer.get_json()
    for _ in range(400):
        found: dict[str, Any] = client.get(answer.headers["Location"]).get_json()
        if found["state"] not in ("waiting", "running"):
            return found
        threading.Event().wait(0.02)
    raise AssertionError(f"it does not end: {found}")


def draw(client: FlaskClient, text: str) -> None:
    tag = client.get(f"{SHOP}/schema").headers["ETag"]
    assert client.put(f"{SHOP}/schema", json={"text": text}, headers={"If-Match": tag}).status_code == 200


def deployed(client: FlaskClient, **body: Any) -> dict[str, Any]:
    found = ended(client, client.post(f"{SHOP}/deploys", json=body))
    assert found["state"] == "done", found
    return found


def words(engine: FakeEngine) -> list[str]:
    return [each.environment.get("WORD", "") for each in engine.containers.values() if each.state == "running"]


@pytest.mark.usefixtures("at_work")
def test_what_is_planned_is_deployed_and_becomes_a_release(client: As, engine: FakeEngine):
    dan = client("dan")
    plan = dan.post(f"{SHOP}/plan", json={}).get_json()
    assert [line.split(":")[0].rpartition(".")[0] for line in plan["summary"]] == [
        "+ network shop",
        "+ container shop.web.1",
    ]
    assert engine.calls == []
    done = deployed(dan, plan=plan["digest"], why="first")
    assert (done["release"], done["attempts"], done["who"], words(engine)) == (1, 1, "dan", ["old"])
    release = client("vic").get(f"{SHOP}/releases/1").get_json()
    assert (release["text"], release["who"], release["why"], release["outcome"]) == (OLD, "dan", "first", "done")
    assert release["images"] == [{"component": "web", "name": "web:1", "digest": "sha256:web1"}]
    assert [each["verb"] for each in release["steps"]] == [
        "CreateNetwork",
        "CreateContainer",
        "StartContainer",
        "AwaitReady",
    ]
    assert [each["phase"] for each in release["events"] if each["kind"] == "phase"] == ["starting", "ready"]
    again = deployed(dan)
    assert (again["release"], len(client("vic").get(f"{SHOP}/releases").get_json()["releases"])) == (None, 1)


@pytest.mark.usefixtures("at_work")
def test_the_journal_tells_a_deploy_from_its_begin_to_its_end(client: As, installation: Installation):
    deployed(client("dan"))
    kinds = [each.kind for each in installation.journal.since(0) if each.kind.startswith("deploy.")]
    assert (kinds[:2], kinds[-1]) == (["deploy.queued", "deploy.began"], "deploy.ended")
    assert {"deploy.phase", "deploy.step"} <= set(kinds[2:-1])
    assert kinds.count("deploy.ended") == 1


@pytest.mark.usefixtures("at_work")
def test_whoever_comes_in_the_middle_of_a_deploy_is_told_what_was_told_of_it(client: As):
    first, second = deployed(client("dan")), deployed(draw(client("dan"), NEW) or client("dan"))
    for deploy in (first, second):
        events = client("vic").get(f"{SHOP}/deploys/{deploy['id']}/events").get_json()["events"]
        assert {each["content"]["deploy"] for each in events} == {deploy["id"]}
        assert (events[0]["kind"], events[-1]["kind"]) == ("deploy.queued", "deploy.ended")
        assert "ready" in [each["content"].get("phase") for each in events]


@pytest.mark.usefixtures("at_work")
def test_a_plan_that_is_no_longer_that_one_is_refused_with_the_new_one(client: As):
    dan = client("dan")
    agreed = dan.post(f"{SHOP}/plan", json={}).get_json()["digest"]
    draw(dan, NEW)
    answer = dan.post(f"{SHOP}/deploys", json={"plan": agreed})
    assert (answer.status_code, answer.get_json()["type"]) == (409, "/problems/another-plan")
    deployed(dan, plan=answer.get_json()["plan"]["digest"])
    assert client("vic").get(f"{SHOP}/deploys").get_json()["deploys"][0]["id"] == 1


def test_a_plan_that_changed_while_the_deploy_waited_is_refused_by_the_worker(
    client: As, installation: Installation, engine: FakeEngine
):
    dan = client("dan")
    agreed = dan.post(f"{SHOP}/plan", json={}).get_json()["digest"]
    first, second = (dan.post(f"{SHOP}/deploys", json={"plan": digest}) for digest in ("", agreed))
    with working(installation):
        assert ended(dan, first)["state"] == "done"
        found = ended(dan, second)
    assert found["state"] == "failed"
    assert found["failures"][0]["what"].startswith("the plan that was approved is no longer the plan")


@pytest.mark.usefixtures("at_work")
def test_two_releases_are_compared_and_any_is_gone_back_to_with_its_very_images(client: As, engine: FakeEngine):
    dan = client("dan")
    deployed(dan)
    draw(dan, NEW)
    deployed(dan)
    compared = client("vic").get(f"{SHOP}/releases/1/compare/2").get_json()
    assert compared["components"] == [
        {"component": "extra", "change": "added", "what": []},
        {"component": "web", "change": "changed", "what": ["environment"]},
    ]
    assert '-  web: {kind: container, image: "web:1", environment: {WORD: old}}' in compared["schema_difference"]
    engine.images["web:1"] = "sha256:web2"
    plan = client("vic").post(f"{SHOP}/releases/1/plan").get_json()
    back = ended(dan, dan.post(f"{SHOP}/releases/1/rollback", json={"plan": plan["digest"]}))
    assert (back["state"], back["release"], back["base"], back["why"]) == ("done", 3, 1, "back to release 1")
    assert words(engine) == ["old"]
    [web] = [each for each in engine.containers.values() if each.spec.component == "web"]
    assert (web.spec.image_id, web.spec.image) == ("sha256:web1", "backdraft.local/kept/shop:web-web1")
    releases = client("vic").get(f"{SHOP}/releases?limit=2").get_json()
    assert ([each["number"] for each in releases["releases"]], releases["next"]) == ([3, 2], "2")


@pytest.mark.usefixtures("at_work")
def test_a_release_whose_images_are_gone_cannot_be_gone_back_to(client: As, engine: FakeEngine):
    dan = client("dan")
    deployed(dan)
    draw(dan, NEW.replace("web:1", "extra:1"))
    deployed(dan)
    engine.images = {name: image for name, image in engine.images.items() if image != "sha256:web1"}
    answer = dan.post(f"{SHOP}/releases/1/plan")
    problem = answer.get_json()
    assert (answer.status_code, problem["path"], problem["detail"]) == (
        422,
        "components/web",
        "the image of release 1 is no longer on the engine",
    )
    assert dan.post(f"{SHOP}/releases/9/rollback", json={}).status_code == 404


@pytest.mark.usefixtures("at_work")
def test_a_release_that_is_a_destruction_cannot_be_gone_back_to(client: As):
    ada = client("ada")
    draw(ada, NEW)
    deployed(ada)
    assert ended(ada, ada.delete(SHOP))["release"] == 2
    assert [each["is_end"] for each in ada.get(f"{SHOP}/releases").get_json()["releases"]] == [True, False]
    for path in ("plan", "rollback"):
        problem = ada.post(f"{SHOP}/releases/2/{path}", json={}).get_json()
        assert (problem["status"], problem["type"], problem["path"]) == (422, "/problems/cannot-be-done", "release 2")
        assert "choose one that was deployed" in problem["remedy"]
    assert [each["action"] for each in ada.get(f"{SHOP}/deploys").get_json()["deploys"]] == ["destroy", "deploy"]


def test_the_same_key_is_the_same_deploy_even_when_the_drawing_changed_since(client: As):
    dan = client("dan")
    headers = {"Idempotency-Key": "k-1"}
    first = dan.post(f"{SHOP}/deploys", json={"why": "a"}, headers=headers).get_json()
    draw(dan, NEW)
    assert dan.post(f"{SHOP}/deploys", json={"why": "a"}, headers=headers).get_json() == first
    other = dan.post(f"{SHOP}/deploys", json={"why": "b"}, headers=headers)
    assert (other.status_code, other.get_json()["path"]) == (422, "Idempotency-Key")
    assert dan.post(f"{SHOP}/deploys", json={}, headers={"Idempotency-Key": "x" * 101}).status_code == 422
    assert client("ada").post(f"{SHOP}/deploys", json={"why": "a"}, headers=headers).get_json()["id"] == 2


def test_what_waits_is_replaced_or_cancelled(client: As):
    dan = client("dan")
    for _ in range(2):
        dan.post(f"{SHOP}/deploys", json={})
    third = dan.post(f"{SHOP}/deploys", json={"replace": True}).get_json()
    states = [each["state"] for each in dan.get(f"{SHOP}/deploys").get_json()["deploys"]]
    assert (third["id"], states) == (3, ["waiting", "replaced", "replaced"])
    assert dan.post(f"{SHOP}/deploys/3/cancel").get_json()["state"] == "cancelled"
    assert dan.post(f"{SHOP}/deploys/2/cancel").status_code == 409
    assert dan.post(f"{SHOP}/deploys/9/cancel").status_code == 404


@pytest.mark.usefixtures("at_work")
def test_one_that_runs_is_cancelled_and_what_ran_before_runs_again(
    client: As, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    dan = client("dan")
    deployed(dan)
    is_starting = threading.Event()

    class Slow(FakeEngine):
        def inspect(self, name: str) -> Any:
            is_starting.set()
            return replace(super().inspect(name), addresses={})

    engine.__class__ = Slow
    draw(dan, OLD.replace("WORD: old}", 'WORD: new}, health: {command: ["false"], timeout: 60}'))
    answer = dan.post(f"{SHOP}/deploys", json={})
    assert is_starting.wait(10)
    assert dan.post(f"{answer.headers['Location']}/cancel").status_code == 202
    found = ended(dan, answer)
    assert (found["state"], found["cancelled_by"], words(engine)) == ("cancelled", "dan", ["old"])
    assert client("vic").get(f"{SHOP}/releases/2").get_json()["outcome"] == "interrupted"


def test_an_engine_that_is_away_fails_the_deploy_with_a_message_and_not_the_worker(
    client: As, installation: Installation, engine: FakeEngine
):
    dan = client("dan")

    def away() -> DockerEngine:
        if is_away:
            raise EngineError("no Docker engine answers at unix:///x (start it)", retry=True)
        return cast(DockerEngine, engine)

    is_away = True
    installation.performing._connect = away
    assert dan.post(f"{SHOP}/plan", json={}).status_code == 503
    with working(installation):
        found = ended(dan, dan.post(f"{SHOP}/deploys", json={"plan": "0" * 24}))
        assert (found["state"], found["failures"][0]["what"]) == (
            "failed",
            "no Docker engine answers at unix:///x (start it)",
        )
        is_away = False
        deployed(dan)


def test_a_schema_with_problems_is_not_queued(client: As):
    dan = client("dan")
    draw(dan, OLD.replace("kind: container", "kind: contaner"))
    for path in ("plan", "deploys"):
        problem = dan.post(f"{SHOP}/{path}", json={}).get_json()
        assert (problem["status"], problem["type"], problem["path"]) == (
            422,
            "/problems/schema-problems",
            "components/web/kind",
        )
        assert problem["problems"][0]["line"] == 5
    assert dan.get(f"{SHOP}/deploys").get_json()["deploys"] == []
    assert dan.post(f"{SHOP}/deploys", json={"version": 1}).status_code == 202


def test_everything_that_stands_in_the_way_is_told_one_by_one(client: As, installation: Installation):
    dan = client("dan")
    text = OLD.replace("{WORD: old}", '{WORD: "${secret.ONE}"}, limits: {cpus: 64}')
    draw(dan, text + '  extra: {kind: container, image: "extra:1", limits: {cpus: 65}}\n')
    fault = "CPUs are more than the 4 there are, and the engine makes no such container"
    beyond = [
        ("web", "components/web/limits/cpus", f"64 {fault}", "write 4 or less"),
        ("extra", "components/extra/limits/cpus", f"65 {fault}", "write 4 or less"),
    ]
    answer = dan.post(f"{SHOP}/plan", json={})
    problem = answer.get_json()
    assert (answer.status_code, problem["type"], problem["path"]) == (422, "/problems/cannot-be-done", beyond[0][1])
    told = [(each["component"], each["path"], each["fault"], each["remedy"]) for each in problem["problems"]]
    assert sorted(told) == sorted(beyond)
    with working(installation):
        missing = ended(dan, dan.post(f"{SHOP}/deploys", json={}))
        client("ada").put(f"{SHOP}/secrets/ONE", json={"value": "x"})
        found = ended(dan, dan.post(f"{SHOP}/deploys", json={}))
    told = [(each["component"], each["path"], each["what"], each["remedy"]) for each in missing["failures"]]
    assert told == [("", "${secret.ONE}", "no such secret", "`backdraft secrets set shop ONE`")]
    told = [(each["component"], each["path"], each["what"], each["remedy"]) for each in found["failures"]]
    assert (found["state"], sorted(told)) == ("failed", sorted(beyond))


def test_a_port_of_another_project_is_told_without_its_name_to_whoever_may_not_see_that(
    client: As, installation: Installation, engine: FakeEngine
):
    publishing = OLD.replace(
        "container,", "container, ports: {main: {protocol: http, number: 80}}, publish: {main: 8080},"
    )
    ada, dan = client("ada"), client("dan")
    ada.post("/api/v1/projects", json={"name": "blog", "text": publishing.replace("name: shop", "name: blog")})
    draw(dan, publishing)
    with working(installation):
        assert ended(ada, ada.post("/api/v1/projects/blog/deploys", json={}))["state"] == "done"
        found = ended(dan, dan.post(f"{SHOP}/deploys", json={}))
    hidden = "port 8080 on 127.0.0.1 is taken by another project of this installation"
    remedy = "publish another port, or ask whoever runs this server"
    assert [(each["path"], each["what"], each["remedy"]) for each in found["failures"]] == [
        ("components/web/publish", hidden, remedy)
    ]
    problem = dan.post(f"{SHOP}/plan", json={}).get_json()
    assert (problem["detail"], problem["remedy"]) == (hidden, remedy)
    [blog] = list(engine.containers)
    for person in ("ada", "root"):
        told = client(person).post(f"{SHOP}/plan", json={}).get_json()["detail"]
        assert told == f"port 8080 on 127.0.0.1 is taken by container {blog} of project blog"
    for path in ("/deploys", "/releases", "/status", "/plan"):
        answer = dan.get(SHOP + path) if path != "/plan" else dan.post(SHOP + path, json={})
        assert "blog" not in answer.get_data(as_text=True)
    assert not [each for each in installation.journal.since(0) if each.project == "shop" and "blog" in str(each)]


def test_a_variable_of_the_server_is_for_no_schema_to_read(
    client: As, installation: Installation, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("BACKDRAFT_DATABASE_URL", "postgresql://ada:hush@db/x")
    dan = client("dan")
    draw(dan, OLD.replace("WORD: old", 'WORD: "${env.BACKDRAFT_DATABASE_URL}"'))
    with working(installation):
        found = ended(dan, dan.post(f"{SHOP}/deploys", json={}))
    assert (found["state"], "is not set here" in found["failures"][0]["what"]) == ("failed", True)
    assert "hush" not in str(found)


def archive(**files: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name.replace("__", "/"))
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def test_sources_are_sent_and_a_deploy_that_needs_them_says_so(client: As):
    dan = client("dan")
    draw(dan, "backdraft: 1\nname: shop\ncomponents:\n  api: {kind: python, source: {directory: api}}\n")
    problem = dan.post(f"{SHOP}/deploys", json={}).get_json()
    assert (problem["status"], "PUT /api/v1/projects/shop/sources" in problem["remedy"]) == (422, True)
    sent = dan.put(f"{SHOP}/sources", data=archive(api__app="app = 1"), content_type="application/x-tar")
    again = dan.put(f"{SHOP}/sources", data=archive(api__app="app = 1"), content_type="application/x-tar")
    assert (sent.status_code, sent.get_json()) == (200, again.get_json())
    assert dan.post(f"{SHOP}/deploys", json={"source": sent.get_json()["tree"]}).status_code == 202
    assert dan.post(f"{SHOP}/deploys", json={"source": "0" * 64}).status_code == 422
    assert dan.put(f"{SHOP}/sources", data=b"x" * 2000, content_type="application/x-tar").status_code == 422
    assert dan.put(f"{SHOP}/sources", data=b"", content_type="application/zip").status_code == 415
    assert client("vic").put(f"{SHOP}/sources", data=b"", content_type="application/x-tar").status_code == 403


def test_a_secret_is_written_and_never_read(client: As, installation: Installation):
    dan = client("dan")
    assert dan.put(f"{SHOP}/secrets/TOKEN", json={"value": "hunter2-canary"}).status_code == 204
    assert dan.put(f"{SHOP}/secrets/no%20name", json={"value": "x"}).status_code == 422
    told = client("vic").get(f"{SHOP}/secrets")
    assert told.get_json() == {"secrets": [{"name": "TOKEN", "component": "", "version": 1}]}
    deeds, entries = installation.audit.deeds("shop"), installation.journal.since(0)
    assert (deeds[0].what, deeds[0].target, entries[-1].kind) == ("put_secret", "TOKEN", "secret.set")
    assert "canary" not in f"{deeds}{entries}"
    assert client("vic").put(f"{SHOP}/secrets/TOKEN", json={"value": "x"}).status_code == 403
    assert dan.delete(f"{SHOP}/secrets/TOKEN").status_code == 204
    assert dan.delete(f"{SHOP}/secrets/TOKEN").status_code == 404


@pytest.mark.usefixtures("at_work")
def test_a_project_ends_with_its_data_only_when_its_name_is_given(client: As, engine: FakeEngine):
    dan, ada, root = client("dan"), client("ada"), client("root")
    draw(dan, NEW)
    deployed(dan)
    ada.put(f"{SHOP}/secrets/TOKEN", json={"value": "x"})
    assert dan.delete(SHOP).status_code == 403
    assert ada.delete(f"{SHOP}?confirm=shpo").get_json()["path"] == "confirm"
    assert ended(root, ada.delete(SHOP))["state"] == "done"
    assert (list(engine.volumes), engine.containers, ada.get(SHOP).status_code) == (["shop.extra.data"], {}, 200)
    ada.delete(f"{SHOP}?confirm=shop")
    for _ in range(400):
        if root.get(SHOP).status_code == 404:
            break
        threading.Event().wait(0.02)
    assert (engine.volumes, root.get(SHOP).status_code) == ({}, 404)
    assert [name for name in engine.images if "kept" in name] == []
    assert ada.post("/api/v1/projects", json={"name": "shop"}).status_code == 201
    assert ada.get(f"{SHOP}/releases").get_json()["releases"] == []
    assert ada.get(f"{SHOP}/secrets").get_json()["secrets"] == []
    assert [each["action"] for each in ada.get(f"{SHOP}/deploys").get_json()["deploys"]] == ["destroy"]


def test_whose_a_project_is_not_finds_no_route_of_it(client: As):
    calls: dict[str, Callable[[str], Any]] = {
        "POST": client("eve").post,
        "GET": client("eve").get,
        "PUT": client("eve").put,
        "DELETE": client("eve").delete,
    }
    for method, path in (
        ("POST", "/plan"),
        ("POST", "/deploys"),
        ("GET", "/deploys"),
        ("GET", "/deploys/1"),
        ("POST", "/deploys/1/cancel"),
        ("GET", "/releases"),
        ("GET", "/releases/1"),
        ("GET", "/releases/1/compare/2"),
        ("POST", "/releases/1/plan"),
        ("POST", "/releases/1/rollback"),
        ("DELETE", ""),
        ("PUT", "/sources"),
        ("GET", "/secrets"),
        ("PUT", "/secrets/TOKEN"),
        ("DELETE", "/secrets/TOKEN"),
    ):
        assert calls[method](f"{SHOP}{path}").status_code == 404, (method, path)
    blog = client("ada").post("/api/v1/projects", json={"name": "blog", "text": OLD.replace("shop", "blog")})
    assert blog.status_code == 201
    assert client("ada").post("/api/v1/projects/blog/deploys", json={}).status_code == 202
    assert client("dan").get(f"{SHOP}/deploys/1").status_code == 404
