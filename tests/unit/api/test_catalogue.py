"""What the catalogue tells a canvas: kinds with what holds of them, and the sample code of stacks."""

from __future__ import annotations

import tarfile
from io import BytesIO

from tests.unit.api.conftest import As
from ui.installation import Installation


def test_a_kind_tells_what_holds_unless_a_schema_says_otherwise(client: As):
    kinds = {each["kind"]: each for each in client("vic").get("/api/v1/kinds").get_json()["kinds"]}
    front, web, db, other = (kinds[name] for name in ("nginx", "python", "postgres", "container"))
    assert (front["accepts"], front["routes"], web["accepts"], db["accepts"]) == (["http"], True, None, None)
    assert (web["takes_source"], web["needs_source"], db["needs_source"], other["needs_source"]) == (
        True,
        True,
        False,
        True,
    )
    assert (db["single"], db["volumes"], db["secrets"]) == (
        True,
        {"data": "/var/lib/postgresql/data"},
        {"password": "Password of the owner."},
    )
    assert list(db["settings"]) == ["version", "database", "user"]
    assert db["limits"] == {"memory": 2**30, "cpus": 2.0, "pids": 256}
    assert web["health"] == {"tcp": "http", "http": "http/", "command": [], "timeout": 60.0}
    assert web["ports"]["http"]["number"] == "${settings.port}"
    assert (web["image"], other["image"]) == ("python:${settings.version}-slim", None)


def test_the_sample_code_of_a_stack_is_a_tar_that_a_project_takes_as_its_sources(
    client: As, installation: Installation
):
    answer = client("vic").get("/api/v1/stacks/shop/sources")
    with tarfile.open(fileobj=BytesIO(answer.data), mode="r:") as tar:
        assert {"api/app.py", "worker/worker.py"} <= set(tar.getnames())
        assert not {"stack.yml", "backdraft.yml"} & set(tar.getnames())
    installation.projects.make("shop", "backdraft: 1\nname: shop\n", "ada")
    assert client("vic").get("/api/v1/projects/shop/sources").get_json() == {"tree": None, "at": None}
    sent = client("dan").put("/api/v1/projects/shop/sources", data=answer.data, content_type="application/x-tar")
    newest = client("vic").get("/api/v1/projects/shop/sources").get_json()
    assert newest["tree"] == sent.get_json()["tree"]
    assert newest["at"] > 1.7e9


def test_a_stack_that_is_not_there_has_no_sample_code(client: As):
    assert client("vic").get("/api/v1/stacks/none/sources").status_code == 404
    assert client("vic").get("/api/v1/stacks/..%2Fkinds/sources").status_code == 404
