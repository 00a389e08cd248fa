"""What somebody removed by hand is told by the status, and made again by the next deploy."""

from __future__ import annotations

import pytest

from tests.integration.projects import Project, server

pytestmark = pytest.mark.engine


def test_what_was_removed_by_hand_is_missing_until_the_next_deploy(project: Project):
    body = f"components:\n  api: {server(8000, more=', replicas: 2')}\n  db: {server(5000)}\n"
    body += "connections: [{from: api, to: db}]\n"
    project.deployed(body)

    def status() -> str:
        found = project.deployer().status(project.name)
        return ", ".join(f"{each.component}.{each.replica} {each.state}" for each in found)

    assert status() == "_gate.1 running, api.1 running, api.2 running, db.1 running"
    for component, replica in (("api", 2), ("db", 1)):
        project.engine.remove_container(project.container(component, replica)["Id"], force=True)
    project.engine.stop(project.container("api")["Id"], timeout=0)
    assert status() == "_gate.1 running, api.1 exited, api.2 missing, db.1 missing"
    project.deployed(body)
    assert status() == "_gate.1 running, api.1 running, api.2 running, db.1 running"
    assert project.destroy(volumes=False) == ""
    assert status() == ""
