"""A secret is told to the container that needs it and nobody else: no plan, event, failure or database holds it."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from deployer.plan import as_json, summary
from deployer.store import Store
from tests.integration.projects import PYTHON, Project, server

pytestmark = pytest.mark.engine

CANARY = "canary-7f3a91\nsecond-line-of-it"


def told(project: Project, plan_of: str, failures: tuple[object, ...]) -> str:
    """Everything that is printed, kept or sent of a deploy."""
    plan = project.plan(plan_of)
    store = Store(project.home)
    database = b"".join(path.read_bytes() for path in sorted(project.home.rglob("backdraft.db*")))
    releases = [str(asdict(release)) for release in store.releases(project.name)]
    return "\n".join(
        [
            str(plan),
            as_json(plan),
            summary(plan),
            repr(plan),
            *map(repr, project.events),
            *map(repr, failures),
            *map(str, failures),
            *releases,
            database.decode("latin-1"),
            json.dumps([each["Config"]["Labels"] for each in project.containers().values()]),
        ]
    )


def test_secrets_appear_nowhere_but_in_the_container_that_needs_them(project: Project):
    """The component prints all it is told and ends: even its last lines, in the failure, hold no secret."""
    talkative = (
        f'{{kind: container, image: "{PYTHON}", environment: {{TOKEN: "<${{secret.TOKEN}}>"}}, '
        'command: [python, -c, "import os; [print(v) for v in os.environ.values()]; raise SystemExit(1)"]}'
    )
    body = f"""components:
  api: {talkative}
  other: {server(8000)}
  db: {{kind: postgres}}
  cache: {{kind: redis}}
connections:
  - {{from: api, to: db}}
  - {{from: api, to: cache}}
"""
    project.deployer()._vault.put(project.name, "TOKEN", CANARY)
    outcome = project.deploy(body)
    assert not outcome.ok
    text = told(project, body, outcome.failures)
    assert "its last lines" in text
    assert "<***" in text
    vault = project.deployer()._vault
    secrets = [vault.value(project.name, owner, name) for owner, name in vault.versions(project.name)]
    assert len(secrets) == 3
    assert [line for secret in secrets for line in secret.splitlines() if line in text] == []
    strangers = [each for name, each in project.containers().items() if ".other." in name]
    assert [secret for secret in secrets if secret in str(strangers)] == []


def test_a_changed_secret_makes_those_anew_who_are_told_it(project: Project):
    box = server(8000, more=', environment: {WORD: "${secret.WORD}"}')
    body = f"components:\n  api: {box}\n  other: {server(8000)}\n"
    vault = project.deployer()._vault
    vault.put(project.name, "WORD", "first-word")
    project.deployed(body)
    before = project.ids()
    vault.put(project.name, "WORD", "second-word")
    project.deployed(body)
    after = project.ids()
    assert (before["api.1"] == after["api.1"], before["other.1"] == after["other.1"]) == (False, True)
    assert "WORD=second-word" in project.container("api")["Config"]["Env"]
