"""The same verbs say the same and do the same, whether the engine is here or behind a server."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner, Result

from deployer.deployments import Deployer
from deployer.engines.docker import DockerEngine
from deployer.engines.interface import LogLine
from deployer.performing import Performing
from tests.fake_engine import FakeEngine
from tests.unit.api.conftest import PEOPLE
from tests.unit.api.serving import served
from ui.app import create_app
from ui.cli import cli
from ui.http.signatures import BySignature
from ui.installation import Installation

SCHEMA = """backdraft: 1
name: shop
network: shared
components:
  web: {kind: container, image: "web:1", environment: {WORD: old}, volumes: {data: /data}}
"""
Run = Callable[..., Result]
behind_a_server = pytest.mark.parametrize("run", ["behind a server"], indirect=True)


class TalkingEngine(FakeEngine):
    """One whose containers have written something."""

    def logs(
        self, project: str, component: str | None, *, follow: bool, tail: int | None, since: float | None
    ) -> Iterator[LogLine]:
        return iter(
            [LogLine("web", 1, "stdout", 1_700_000_000.5, "ready"), LogLine("web", 1, "stderr", 1_700_000_001.0, "é")]
        )


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    monkeypatch.setenv("BACKDRAFT_IMAGES", "registry")
    return TalkingEngine(images={"web:1": "sha256:web1"})


@pytest.fixture(params=["here", "behind a server"])
def run(
    request: pytest.FixtureRequest,
    installation: Installation,
    engine: FakeEngine,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Run]:
    """Runs the command line beside a backdraft.yml, on the engine or through a server that has it."""
    folder = tmp_path_factory.mktemp("work")
    monkeypatch.chdir(folder)
    (folder / "backdraft.yml").write_text(SCHEMA)
    opened = installation
    connect = lambda: cast(DockerEngine, engine)  # noqa: E731
    if request.param == "here":
        deployer = Deployer(connect(), opened.store, opened.vault, opened.catalogue, opened.home)
        yield lambda *words, **options: CliRunner().invoke(cli, list(words), obj=deployer, **options)
        return
    performing = Performing(
        opened.home,
        opened.catalogue,
        opened.projects,
        opened.store,
        opened.vault,
        opened.queue,
        opened.journal,
        opened.uploads,
        connect=connect,
        patience=0.0,
    )
    monkeypatch.setattr(opened.minding.reach, "_engine", engine)
    opened = replace(opened, performing=performing)
    made, secret = opened.keys.make("root", "contract")
    key_file = folder / "key"
    key_file.touch(mode=0o600)
    key_file.write_text(f"{made.id}:{secret}\n")
    app = create_app(opened, [BySignature(opened.keys, lambda person: PEOPLE.get(person))])
    stop = threading.Event()
    services = [threading.Thread(target=each.run, args=(stop,)) for each in (opened.worker(), opened.feed)]
    for service in services:
        service.start()
    with served(app) as url:
        monkeypatch.setenv("BACKDRAFT_SERVER", url)
        yield lambda *words, **options: CliRunner().invoke(cli, [*words, "--key-file", str(key_file)], **options)
        stop.set()
    for service in services:
        service.join(20)


def lines(text: str) -> list[str]:
    """What was said, without times and without the specification in names."""
    return [re.sub(r"[0-9.]+ s\b|(?<=\.1\.)[0-9a-f]{8}", "…", line).strip() for line in text.splitlines()]


def test_a_project_lives_its_whole_life(run: Run, engine: FakeEngine):
    deployed = run("deploy", "--why", "first")
    assert (deployed.exit_code, deployed.stdout) == (0, ""), deployed.output
    assert lines(deployed.stderr)[-2:] == ["…  web.1  ready in …", "shop: up in …"]

    again = run("deploy")
    assert (again.exit_code, lines(again.stderr)[-1]) == (0, "shop: nothing to do")

    Path("backdraft.yml").write_text(SCHEMA.replace("old", "new"))
    planned = run("plan", "--detailed-exitcode")
    assert planned.exit_code == 2, planned.output
    assert lines(planned.stdout) == [
        "~ container shop.web.1.…: environment changed (stops first: the new one needs its data)",
    ]
    assert {step["verb"] for step in json.loads(run("plan", "--json").stdout)["steps"]} >= {"CreateContainer"}
    assert run("plan", "--steps").stdout.startswith("#1 ")
    assert run("deploy", "--why", "second").exit_code == 0
    assert words(engine) == ["new"]

    releases = json.loads(run("releases", "shop", "--json").stdout)
    assert [(each["number"], each["why"], each["outcome"]) for each in releases] == [
        (2, "second", "done"),
        (1, "first", "done"),
    ]
    back = run("rollback", "shop", "1")
    assert (back.exit_code, lines(back.stderr)[-1]) == (0, "shop: back to release 1 in …"), back.output
    assert words(engine) == ["old"]

    status = json.loads(run("status", "shop", "--json").stdout)["shop"]
    assert [(each["component"], each["replica"], each["state"]) for each in status] == [("web", 1, "running")]
    assert run("projects").stdout == "shop\n"
    assert run("logs", "shop").stdout == "web.1 | ready\nweb.1 | é\n"

    refused = run("destroy", "shop", "--volumes", "--confirm", "shpo")
    assert (refused.exit_code, refused.stderr) == (1, "Error: 'shpo' is not 'shop'; nothing was done\n")
    kept = run("destroy", "shop")
    assert (kept.exit_code, lines(kept.stderr)[-1]) == (
        0,
        "its data is kept in shop.web.data (backdraft destroy shop --volumes removes it)",
    ), kept.output
    gone = run("destroy", "shop", "--volumes", "--confirm", "shop")
    assert (gone.exit_code, lines(gone.stderr)) == (
        0,
        ["- volume shop.web.data: its end was confirmed", "shop: gone in …"],
    )
    assert (engine.containers, engine.volumes) == ({}, {})


def words(engine: FakeEngine) -> list[str]:
    return [each.environment.get("WORD", "") for each in engine.containers.values() if each.state == "running"]


def test_a_failed_deploy_tells_why_and_ends_with_1(run: Run, engine: FakeEngine):
    run("deploy")
    Path("backdraft.yml").write_text(SCHEMA.replace("web:1", "web:2"))
    failed = run("deploy", "--json")
    assert failed.exit_code == 1
    assert words(engine) == ["old"]


def test_a_project_that_is_not_there_gets_the_nearest_name(run: Run):
    run("deploy")
    for verb in ("status", "logs", "destroy"):
        told = run(verb, "shpo")
        assert (told.exit_code, told.stderr) == (
            1,
            "Error: shpo: nothing of a project of that name runs here; did you mean 'shop'?\n",
        )


def test_a_deploy_is_json_for_programs(run: Run):
    told = json.loads(run("deploy", "--json").stdout)
    assert (told["ok"], told["release"], told["failures"], told["urls"]) == (True, 1, [], [])
    assert len(told["steps"]) >= 3


def test_what_stands_in_the_way_of_a_plan_is_told_in_full(run: Run):
    assert run("deploy").exit_code == 0
    broken = SCHEMA.replace("environment:", "limits: {cpus: 64}, environment:")
    Path("backdraft.yml").write_text(broken + broken.splitlines()[-1].replace("web:", "two:", 1) + "\n")
    planned = run("plan", "--json")
    assert planned.exit_code == 1
    problems = json.loads(planned.stdout)["error"]["problems"]
    assert sorted(each["path"] for each in problems) == ["components/two/limits/cpus", "components/web/limits/cpus"]
    fault = "64 CPUs are more than the 4 there are, and the engine makes no such container (write 4 or less)"
    assert sorted(planned.stderr.replace("Error: ", "").splitlines()) == [
        f"components/{name}/limits/cpus: {fault}" for name in ("two", "web")
    ]


def test_the_way_back_is_planned_and_without_a_number_leads_to_the_last_release_that_went_well(
    run: Run, engine: FakeEngine
):
    assert run("deploy").exit_code == 0
    first = run("rollback", "shop")
    assert (first.exit_code, "there is no release that went well before the one that runs" in first.stderr) == (1, True)
    Path("backdraft.yml").write_text(SCHEMA.replace("old", "new"))
    assert run("deploy").exit_code == 0
    Path("backdraft.yml").write_text(SCHEMA.replace("old", "bad").replace("volumes", 'command: ["false"], volumes'))
    assert run("deploy").exit_code == 1
    calls = list(engine.calls)
    planned = run("rollback", "shop", "--plan")
    assert (planned.exit_code, engine.calls, words(engine)) == (0, calls, ["new"]), planned.output
    assert lines(planned.stdout) == [
        "~ container shop.web.1.…: environment changed (stops first: the new one needs its data)"
    ]
    assert lines(planned.stderr)[0] == "shop: back to release 1 would be"
    assert json.loads(run("rollback", "shop", "--plan", "--json").stdout)["project"] == "shop"
    back = run("rollback", "shop")
    assert (back.exit_code, lines(back.stderr)[-1]) == (0, "shop: back to release 1 in …"), back.output
    assert words(engine) == ["old"]
    assert lines(run("rollback", "shop").stderr)[-1] == "shop: back to release 2 in …"


def test_a_destruction_cannot_be_gone_back_to_and_what_ran_before_it_can(run: Run, engine: FakeEngine):
    assert run("deploy").exit_code == 0
    assert run("destroy", "shop").exit_code == 0
    for words_ in (["rollback", "shop", "2"], ["rollback", "shop", "2", "--plan"]):
        refused = run(*words_)
        assert (refused.exit_code, refused.stderr) == (
            1,
            "Error: release 2: it is the destruction of the project, so there is nothing to go back to "
            "(choose one that was deployed: `backdraft releases shop` lists them; `backdraft destroy shop` ends the "
            "project)\n",
        )
    assert "destroyed" in run("releases", "shop").stdout
    back = run("rollback", "shop")
    assert (back.exit_code, lines(back.stderr)[-1], words(engine)) == (0, "shop: back to release 1 in …", ["old"])


@behind_a_server
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_ctrl_c_leaves_a_deploy_to_the_server_and_says_how_to_watch_and_cancel_it(
    run: Run, engine: FakeEngine, number: signal.Signals, code: int
):
    assert run("deploy").exit_code == 0
    is_starting = threading.Event()

    class Slow(TalkingEngine):
        def inspect(self, name: str) -> Any:
            is_starting.set()
            return replace(super().inspect(name), addresses={})

    def stop_watching() -> None:
        assert is_starting.wait(20)
        os.kill(os.getpid(), number)

    engine.__class__ = Slow
    new = SCHEMA.replace("WORD: old}", 'WORD: new}, health: {command: ["false"], timeout: 60}')
    Path("backdraft.yml").write_text(new)
    threading.Thread(target=stop_watching).start()
    left = run("deploy")
    assert (left.exit_code, left.stderr.splitlines()[-1]) == (
        code,
        "shop: deploy 2 goes on at the server; watch it: `backdraft deploys watch shop 2`, "
        "or end it: `backdraft deploys cancel shop 2`",
    )
    listed = json.loads(run("deploys", "list", "shop", "--json").stdout)
    assert [(each["id"], each["state"]) for each in listed] == [(2, "running"), (1, "done")]
    cancelled = run("deploys", "cancel", "shop")
    assert (cancelled.exit_code, cancelled.stderr) == (
        0,
        "shop: deploy 2 goes back to what ran before; watch it: backdraft deploys watch shop 2\n",
    )
    watched = run("deploys", "watch", "shop", "2")
    assert (watched.exit_code, words(engine)) == (130, ["old"])
    assert "cancelled" in run("deploys", "list", "shop").stdout
    nothing = run("deploys", "watch", "shop")
    assert (nothing.exit_code, "nothing waits or runs there" in nothing.stderr) == (1, True)
