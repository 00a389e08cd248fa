"""Jobs on the real engine: run to their end by a deploy, started again by hand, and started when they are due."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import docker
import pytest

from deployer.errors import DeployerError
from deployer.events import Event, Phase, PhaseChanged
from tests.integration.projects import Project, eventually

pytestmark = pytest.mark.engine

JOB = """\
import os, sys, time
print("ran", os.environ.get("WORD", ""), flush=True)
time.sleep(float(os.environ.get("SECONDS", "0")))
sys.exit(int(os.environ.get("CODE", "0")))
"""
DAY = timedelta(days=1)
BEFORE, AFTER = datetime(2030, 1, 1, 3, 14, tzinfo=UTC), datetime(2030, 1, 1, 3, 15, 30, tzinfo=UTC)
NIGHTLY = ', schedule: "15 3 * * *"'


@pytest.fixture
def project(new_project: Callable[[], Project], engine: docker.APIClient) -> Iterator[Project]:
    """A project with code for its jobs, whose images go with it."""
    made = new_project()
    (made.directory / "jobs").mkdir()
    (made.directory / "jobs" / "job.py").write_text(JOB)
    yield made
    made.destroy(volumes=True)
    for image in engine.images(filters={"reference": f"backdraft.local/{made.name}-*"}):
        for tag in image["RepoTags"]:
            engine.remove_image(tag)


def drawn(more: str = "", **environment: object) -> str:
    words = ", ".join(f"{name}: '{value}'" for name, value in environment.items())
    return f"components:\n  job: {{kind: job, source: {{directory: jobs}}, environment: {{{words}}}{more}}}\n"


def lines(project: Project) -> str:
    found = project.deployer().logs(project.name, "job", follow=False, tail=None, since=None)
    return "\n".join(line.text for line in found)


def state(project: Project) -> str:
    [replica] = [each for each in project.deployer().status(project.name) if each.component == "job"]
    return replica.state


def phases(events: list[Event]) -> list[Phase]:
    return [event.phase for event in events if isinstance(event, PhaseChanged) and event.component == "job"]


def backdraft(project: Project, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(Path(sys.executable).parent / "backdraft"), *words],
        env=os.environ | {"BACKDRAFT_HOME": str(project.home), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_deploy_waits_for_the_end_of_a_job_and_another_one_does_not_run_it_again(project: Project):
    project.deployed(drawn(WORD="once", SECONDS=1))
    assert phases(project.events)[-1] is Phase.READY
    assert (state(project), lines(project)) == ("exited", "ran once")
    assert project.deployed(drawn(WORD="once", SECONDS=1)).plan.is_empty
    assert lines(project) == "ran once"


def test_a_job_that_was_changed_runs_again(project: Project):
    project.deployed(drawn(WORD="one"))
    project.deployed(drawn(WORD="two"))
    assert lines(project) == "ran two"


def test_a_job_that_fails_fails_the_deploy_and_says_what_it_was_expected_to_do(project: Project):
    outcome = project.deploy(drawn(WORD="badly", CODE=3))
    assert not outcome.ok
    assert "\n".join(map(str, outcome.failures)) == (
        "job 1: it ended with exit code 3\n"
        "  expected: that the job ends with exit code 0\n"
        "  its last lines:\n    ran badly\n"
        "  what may help: its last lines tell why"
    )


def test_a_job_that_takes_longer_than_its_time_fails_the_deploy(project: Project):
    outcome = project.deploy(drawn(", health: {timeout: 1}", SECONDS=60))
    assert "\n".join(map(str, outcome.failures)) == (
        "job 1: it was not ready after 1 s\n"
        "  expected: that the job ends with exit code 0\n"
        "  its last lines:\n    ran \n"
        "  what may help: if it only needs longer, raise `health: {timeout: …}`"
    )


def test_a_job_is_started_again_by_hand_and_its_exit_code_told(project: Project):
    (project.directory / "jobs" / "job.py").write_text(
        "import pathlib, sys\nruns = pathlib.Path('/data/runs')\n"
        "count = int(runs.read_text()) + 1 if runs.exists() else 1\nruns.write_text(str(count))\n"
        "print('run', count)\nsys.exit(5 if count == 2 else 0)\n"
    )
    body = drawn(", volumes: {data: /data}")
    project.deployed(body)
    heard: list[Event] = []
    deployer = project.deployer()
    assert deployer.jobs.run(project.name, "job", heard.append) == 5
    assert phases(heard) == [Phase.STARTING, Phase.FAILED]
    assert deployer.jobs.run(project.name, "job", heard.append) == 0
    assert phases(heard)[2:] == [Phase.STARTING, Phase.READY]
    assert lines(project) == "run 1\nrun 2\nrun 3"
    assert project.deployed(body).plan.is_empty


def test_a_scheduled_job_is_started_when_it_is_due_and_let_be_while_it_runs(project: Project):
    project.deployed(drawn(NIGHTLY, WORD="nightly", SECONDS=60))
    assert (state(project), lines(project)) == ("created", "")
    deployer = project.deployer()

    def started(since: datetime, now: datetime) -> list[tuple[str, bool]]:
        return [(job.component, job.is_running) for job in deployer.jobs.start_due(project.name, since, now)]

    assert started(BEFORE.replace(minute=10), BEFORE) == []
    assert state(project) == "created"
    assert started(BEFORE, AFTER) == [("job", False)]
    eventually(lambda: lines(project) == "ran nightly")
    assert started(BEFORE, AFTER) == []  # that turn has been taken
    assert started(AFTER, AFTER + DAY) == [("job", True)]
    assert (state(project), lines(project)) == ("running", "ran nightly")
    with pytest.raises(DeployerError, match="it runs already"):
        deployer.jobs.run(project.name, "job", project.events.append)
    assert project.deployed(drawn(NIGHTLY, WORD="nightly", SECONDS=60)).plan.is_empty


def test_a_scheduled_job_that_ended_badly_is_started_again_when_it_is_due(project: Project):
    body = drawn(NIGHTLY, WORD="badly", CODE=4)
    project.deployed(body)
    deployer = project.deployer()
    for days in range(2):
        deployer.jobs.start_due(project.name, BEFORE + days * DAY, AFTER + days * DAY)
        eventually(lambda: state(project) == "exited")
    assert lines(project) == "ran badly\nran badly"
    assert project.deployed(body).plan.is_empty


def test_a_service_that_is_drawn_to_a_job_starts_when_the_job_has_ended(project: Project):
    (project.directory / "jobs" / "worker.py").write_text("import time\ntime.sleep(1000)\n")
    ports = ", ports: {done: {protocol: tcp, number: 1}}"
    rest = "  api: {kind: worker, source: {directory: jobs}}\nconnections: [{from: api, to: job}]\n"
    for word in ("one", "two"):
        project.events.clear()
        project.deployed(drawn(ports, WORD=word, SECONDS=1) + rest)
        told = [(event.component, event.phase) for event in project.events if isinstance(event, PhaseChanged)]
        assert (state(project), lines(project)) == ("exited", f"ran {word}")
        if word == "one":
            assert told.index(("job", Phase.READY)) < told.index(("api", Phase.STARTING))


def test_what_is_no_job_is_not_started(project: Project):
    project.deployed(drawn())
    for component in ("web", "_gate"):
        with pytest.raises(DeployerError, match=f"{project.name}/{component}: no such job is deployed"):
            project.deployer().jobs.run(project.name, component, project.events.append)


def test_the_command_line_runs_a_job_and_starts_what_is_due_until_it_is_stopped(project: Project):
    project.deployed(drawn(', schedule: "* * * * *"', WORD="due", CODE=6))
    name = f"{project.name}/job"

    run = backdraft(project, "run", name)
    output, talk = run.communicate(timeout=60)
    assert (run.returncode, output) == (1, "")
    assert talk.splitlines()[-1] == f"{name}: ended with exit code 6; see: backdraft logs {name}"
    assert lines(project) == "ran due"

    watch = backdraft(project, "schedule", project.name)
    assert watch.stdout is not None
    try:
        heads, row = watch.stdout.readline().split(), watch.stdout.readline().split()
        assert (heads[:2], row[:6]) == (["JOB", "SCHEDULE"], [name, *"*****"])
        words = watch.stdout.readline().split()  # a minute later at most
        assert words[1:] == [name, "started"]
        eventually(lambda: lines(project) == "ran due\nran due")
    finally:
        watch.send_signal(signal.SIGINT)
        _, talk = watch.communicate(timeout=20)
    assert (watch.returncode, talk) == (130, "watching 1 job; Ctrl-C ends it\n\nstopped\n")
