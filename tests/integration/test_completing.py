"""What stands on the engine is offered by a shell, whoever deployed it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from tests.integration.projects import PYTHON, Project, eventually
from ui.cli import cli

pytestmark = pytest.mark.engine


def test_projects_components_and_jobs_that_stand_on_the_engine_are_offered(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    word = f'{{kind: container, image: "{PYTHON}", command: [sleep, "99"]}}'
    job = f'{{kind: job, image: "{PYTHON}", command: ["true"], schedule: "15 3 * * *"}}'
    project.deployed(f"components:\n  api: {word}\n  nightly: {job}\n")
    monkeypatch.setenv("BACKDRAFT_HOME", str(tmp_path / "another"))

    def offered(verb: str, typed: str) -> str:
        found = BashComplete(cli, {}, "backdraft", "_BACKDRAFT_COMPLETE").get_completions([verb], typed)
        return " ".join(each.value.replace(project.name, "NAME") for each in found)

    # a busy machine may be too late once
    assert eventually(lambda: offered("status", project.name[:-1])) == "NAME"
    assert eventually(lambda: offered("logs", project.name)) == "NAME NAME/_gate NAME/api NAME/nightly"
    assert eventually(lambda: offered("logs", f"{project.name}/a")) == "NAME/api"
    assert eventually(lambda: offered("run", project.name)) == "NAME/nightly"
