"""kill -9 of workers at random moments: every deploy ends once, and what runs is wholly old or wholly new."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable

import pytest

from composer.document import parse
from deployer.queue import Intent, State
from tests.integration.projects import PYTHON, Project, eventually, free_port, get, server
from ui.installation import Installation

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]
SEED = 20_260_714
KILLS = 50
A_ROUND = 10
"""Kills after which everything must come to its end."""
TO_THE_END = 30.0
"""Seconds from the start of a worker until every deploy has ended."""


class Site:
    """A project that is deployed again and again, well or badly."""

    def __init__(self, project: Project, installation: Installation, choice: random.Random) -> None:
        self.project = project
        self.installation = installation
        self.choice = choice
        self.port = free_port()
        self.count = 0

    def body(self, word: str, *, is_bad: bool = False) -> str:
        """A published port (what has it must stop first), data, and what works beside it; or what never answers."""
        more = f", environment: {{WORD: {word}}}"
        front = server(8000, more=f"{more}, publish: {{main: {self.port}}}, volumes: {{data: /data}}")
        bad = (
            f'{{kind: container, image: "{PYTHON}", command: [python, -c, "import time; time.sleep(99)"], '
            "ports: {main: {protocol: http, number: 8000}}, health: {tcp: main, timeout: 2}}"
        )
        api = server(8000, more=f"{more}, replicas: 2")
        text = f"components:\n  front: {front}\n  api: {api}\n" + (f"  bad: {bad}\n" if is_bad else "")
        return text + "connections:\n  - {from: front, to: api}\n"

    def text(self, word: str, *, is_bad: bool = False) -> str:
        return self.project.text(self.body(word, is_bad=is_bad))

    def put_another(self) -> None:
        """Queue a deploy where nothing waits or runs; one in four fails, and one in four is cancelled some time."""
        open_ones = self.installation.queue.unfinished(self.project.name)
        if open_ones:
            if self.choice.random() < 0.1 and not open_ones[0].cancelled_by:
                self.installation.queue.cancel(open_ones[0].id, "test")
            return
        self.put(is_bad=self.choice.random() < 0.25)

    def put(self, *, is_bad: bool = False) -> None:
        """Queue a deploy of another word."""
        self.count += 1
        text = self.text(f"w{self.count}", is_bad=is_bad)
        self.installation.queue.put(Intent(self.project.name, "deploy", "test", schema_text=text))

    def intents(self) -> tuple[Intent, ...]:
        return tuple(reversed(self.installation.queue.intents(self.project.name, limit=200)))

    def check(self) -> str:
        """That all is as it should be; how the deploys ended, in a word."""
        intents = self.intents()
        assert [each for each in intents if not each.is_over] == []
        assert [(each.id, each.failures) for each in intents if each.state is State.INTERRUPTED] == []
        entries = self.installation.journal.since(0, limit=50_000)
        ends = Counter(each.content["deploy"] for each in entries if each.kind == "deploy.ended")
        assert {each.id: ends[each.id] for each in intents} == {each.id: 1 for each in intents}
        for each in intents:
            release = self.installation.store.release(each.project, each.release) if each.release else None
            expected = {State.DONE: "done", State.FAILED: "failed", State.CANCELLED: "interrupted"}[each.state]
            told = "\n".join(map(str, each.failures))
            assert release is None or release.outcome == expected, f"{each.id} {each.state} {release.outcome}: {told}"
        releases = [each.release for each in intents if each.release]
        assert releases == sorted(set(releases))
        done = [each for each in intents if each.state is State.DONE]
        if done:
            self.is_wholly(done[-1])
        return " ".join(f"{count} {state}" for state, count in Counter(each.state for each in intents).items())

    def is_wholly(self, intent: Intent) -> None:
        """What stands on the engine is that deploy and nothing else, and it answers."""
        schema = parse(intent.schema_text)
        plan = self.project.deployer().plan(schema, self.project.directory, print)
        awaits_only = [step for step in plan.steps if type(step.operation).__name__ != "AwaitReady"]
        assert awaits_only == [], f"{intent.id}\n{plan}"
        assert sorted(self.project.ids()) == ["_gate.1", "api.1", "api.2", "front.1"]
        assert len(self.project.containers()) == 4
        assert eventually(lambda: get(self.port)) == (200, schema.components["front"].environment["WORD"])


def test_workers_killed_at_random_moments_leave_each_deploy_one_end_and_the_engine_whole(
    new_project: Callable[[], Project],
    start: Callable[[], int],
    installation: Installation,
    tell: Callable[[str], None],
):
    choice = random.Random(SEED)
    sites = [Site(new_project(), installation, choice) for _ in range(2)]
    for kill in range(1, KILLS + 1):
        for site in sites:
            site.put_another()
        worker = start()
        time.sleep(choice.uniform(0.05, 3.0))  # the moment is what is tested
        os.kill(worker, signal.SIGKILL)
        if kill % A_ROUND:
            continue
        begun = time.monotonic()
        worker = start()
        eventually(lambda: not installation.queue.unfinished(), TO_THE_END)
        took = time.monotonic() - begun
        os.kill(worker, signal.SIGKILL)
        for site in sites:
            tell(f"{kill} kills: all ended {took:.1f} s after the start of a worker: {site.check()}")


def test_a_worker_takes_over_from_one_that_is_silent_which_then_does_nothing_more(
    project: Project, start: Callable[[], int], installation: Installation
):
    site = Site(project, installation, random.Random(SEED))
    site.put()
    first = start()
    eventually(lambda: [each for each in installation.queue.unfinished() if each.release])
    os.kill(first, signal.SIGSTOP)
    second = start()
    eventually(lambda: not installation.queue.unfinished(), TO_THE_END)
    before = project.things()
    os.kill(first, signal.SIGCONT)
    time.sleep(2.0)  # what it would do, it does at once
    os.kill(first, signal.SIGKILL)
    os.kill(second, signal.SIGKILL)
    assert project.things() == before
    [intent] = site.intents()
    assert (intent.fence, site.check()) == (2, "1 done")
