"""The keeper in front of an engine in memory: what it queues, and what comes of it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from composer.bus import LocalBus
from composer.catalogue import standard
from composer.db import open_database
from composer.document import parse
from composer.journal import Journal
from composer.projects import Projects
from deployer.deployments import Deployer
from deployer.engines.docker import DockerEngine
from deployer.engines.interface import EngineError
from deployer.engines.reaching import Reached
from deployer.errors import DeployerError
from deployer.keeper import Keeper
from deployer.keeping import Verdict, decide
from deployer.lease import Lease
from deployer.minding import Minding, minding
from deployer.queue import Intent, Queue, State
from deployer.store import Store
from deployer.vault import Vault
from deployer.worker import Held
from tests.fake_engine import FakeEngine

TEXT = """\
backdraft: 1
name: shop
network: shared
components:
  web: {kind: container, image: "web:1", health: {timeout: 1}}
  nightly: {kind: job, image: "job:1", schedule: "15 3 * * *"}
"""
BEFORE, AFTER = datetime(2030, 1, 1, 3, 14, tzinfo=UTC), datetime(2030, 1, 1, 3, 15, 30, tzinfo=UTC)


class World:
    """A project that is deployed on an engine in memory, and everything that minds it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.now = 1_000_000.0
        self.engine = FakeEngine(images={"web:1": "sha256:web", "job:1": "sha256:job"})
        self.is_away = False
        self.database, self.bus = open_database(home), LocalBus()
        self.store = Store(home, self.database)
        self.vault = Vault(home, self.store)
        self.journal = Journal(self.database, self.bus)
        self.queue = Queue(self.database, self.bus, self.journal)
        self.projects = Projects(self.database)
        self.minding = self.minded()
        outcome = self.deployer().deploy(parse(TEXT), TEXT, home, lambda event: None)
        assert outcome.ok, outcome.failures
        self.keeper = self.new_keeper()

    def reached(self) -> DockerEngine:
        if self.is_away:
            raise EngineError("no engine answers", retry=True)
        return cast(DockerEngine, self.engine)

    def minded(self) -> Minding:
        parts = (self.home, self.database, self.bus, self.store, self.vault, standard(), self.queue, self.projects)
        return minding(*parts, self.journal, cast(Reached, self.reached))

    def new_keeper(self) -> Keeper:
        parts = (self.minding.lookout, self.minding.watchbook, self.queue, self.projects, self.bus)
        return Keeper(*parts, 30.0, lambda: self.now, lambda: 0.5)

    def deployer(self) -> Deployer:
        engine = cast(DockerEngine, self.engine)
        return Deployer(engine, self.store, self.vault, standard(), self.home)

    def perform(self) -> State:
        """Do what is queued next."""
        intent = self.queue.claim("tester")
        assert intent is not None
        lease = Lease(self.queue, self.bus, intent, 0.0, lambda: 0.0)
        perform = self.minding.operations.performers()[intent.action]
        ending = perform(Held(intent, lease, lambda event: None))
        assert self.queue.end(intent, ending)
        return ending.state

    def kept(self) -> str:
        made = self.keeper.keep("shop")
        return f"{made.verdict}: {made.reason}" if made else "another was first"

    def told(self) -> list[str]:
        return [each.kind for each in self.journal.since(0) if not each.kind.startswith("deploy.")]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("BACKDRAFT_IMAGES", "registry")
    return World(tmp_path)


def web(world: World) -> str:
    return next(name for name in world.engine.containers if name.startswith("shop.web."))


def test_what_was_removed_is_made_again_and_told(world: World):
    assert world.kept() == "well: it is as it was deployed"
    world.engine.containers.pop(web(world))
    assert world.kept() == "wait: it may pass by itself"
    world.now += 1
    assert world.kept() == "heal: it is not as it was deployed"
    assert world.kept() == "leave: a deploy waits or runs"
    assert world.perform() is State.DONE
    assert world.engine.containers[web(world)].state == "running"
    assert world.kept() == "well: it was healed"
    assert world.told() == ["drift.found", "drift.healed"]
    assert [each.who for each in world.queue.intents("shop")] == ["keeper"]


def test_of_two_keepers_one_heals(world: World):
    world.engine.containers.pop(web(world))
    first, second = world.keeper, world.new_keeper()
    first.keep("shop")
    world.now += 1
    look = world.minding.lookout.look("shop")
    sight = world.minding.lookout.sight(look, is_paused=False)
    memory, version = world.minding.watchbook.drift("shop")
    decision = decide(sight, memory, world.now, 0.5)
    assert decision.verdict is Verdict.HEAL
    assert world.kept() == "heal: it is not as it was deployed"
    assert not world.minding.watchbook.remember("shop", version, decision)
    world.keeper = second
    assert world.kept() == "leave: a deploy waits or runs"
    assert len(world.queue.intents("shop")) == 1


def test_a_project_that_is_paused_is_told_and_left(world: World):
    world.projects.make("shop", TEXT, "ada")
    world.projects.pause("shop", True)
    world.engine.containers.pop(web(world))
    world.kept()
    world.now += 1
    assert world.kept() == "leave: the project is paused"
    assert (world.told(), world.queue.intents("shop")) == (["drift.found"], ())


def test_what_is_stopped_is_left_until_it_is_started(world: World):
    world.queue.put(Intent("shop", "stop", who="ada", component="web"))
    assert world.perform() is State.DONE
    assert world.engine.containers[web(world)].state == "exited"
    assert world.kept() == "well: it is as it was deployed"
    [status] = [each for each in world.minding.lookout.look("shop").statuses if each.component == "web"]
    assert (status.state, status.reason) == ("stopped", "by ada")
    world.queue.put(Intent("shop", "start", who="ada", component="web"))
    assert world.perform() is State.DONE
    assert world.engine.containers[web(world)].state == "running"


def test_a_deploy_starts_again_what_was_stopped(world: World):
    world.queue.put(Intent("shop", "stop", who="ada", component="web"))
    world.perform()
    assert world.deployer().deploy(parse(TEXT), TEXT, world.home, lambda event: None).ok
    assert world.engine.containers[web(world)].state == "running"
    assert world.minding.lookout.look("shop").stopped == {}


def test_an_image_that_others_gave_its_name_to_is_run_all_the_same(world: World):
    world.engine.images["web:1"] = "sha256:newer"
    world.engine.containers.pop(web(world))
    world.kept()
    world.now += 1
    world.kept()
    assert world.perform() is State.DONE
    assert world.engine.containers[web(world)].spec.image_id == "sha256:web"
    assert world.kept() == "well: it was healed"


def test_a_destroyed_project_stays_so_even_if_its_healing_was_queued_before(world: World):
    world.engine.containers.pop(web(world))
    world.kept()
    world.now += 1
    world.kept()
    assert world.deployer().destroy("shop", lambda event: None).ok
    assert world.perform() is State.DONE
    assert world.engine.containers == {}
    assert world.kept() == "leave: nothing is deployed"


def test_an_engine_that_is_away_is_nobodys_drift(world: World):
    statuses = world.minding.lookout.statuses("shop")
    world.minding.watchbook.keep("shop", statuses)
    world.is_away = True
    with pytest.raises(EngineError):
        world.keeper.keep("shop")
    assert {each.state for each in world.minding.lookout.statuses("shop")} == {"unknown"}
    assert world.minding.watchbook.drift("shop") == (None, 0)


def test_a_job_that_is_due_is_queued_once_though_two_keepers_look(world: World):
    assert world.keeper.start_due_jobs(BEFORE.replace(minute=10), BEFORE) == ()
    first = world.keeper.start_due_jobs(BEFORE, AFTER)
    second = world.new_keeper().start_due_jobs(BEFORE, AFTER)
    assert (first, second) == (("shop/nightly",), ())
    assert [(each.action, each.component, each.who) for each in world.queue.intents("shop")] == [
        ("start", "nightly", "schedule")
    ]
    assert world.perform() is State.DONE
    assert any("start shop.nightly" in call for call in world.engine.calls)


def test_a_job_that_runs_or_waits_for_its_turn_is_let_be(world: World):
    assert world.keeper.start_due_jobs(BEFORE, AFTER) == ("shop/nightly",)
    later = AFTER.replace(day=2)
    assert world.keeper.start_due_jobs(AFTER, later) == ()
    world.perform()
    running = next(each for each in world.engine.containers.values() if ".nightly." in each.name)
    running.state = "running"
    assert world.keeper.start_due_jobs(later, later.replace(day=3)) == ()


def test_a_job_is_started_once_where_a_server_and_the_command_line_watch_the_same_state_folder(world: World):
    assert world.keeper.start_due_jobs(BEFORE, AFTER) == ("shop/nightly",)
    assert world.deployer().jobs.start_due(None, BEFORE, AFTER) == ()
    later = BEFORE.replace(day=2), AFTER.replace(day=2)
    world.perform()
    for each in world.engine.containers.values():
        each.state = "exited" if ".nightly." in each.name else each.state
    calls = len(world.engine.calls)
    [job] = world.deployer().jobs.start_due("shop", *later)
    assert (job.component, len(world.engine.calls)) == ("nightly", calls + 1)
    assert world.keeper.start_due_jobs(*later) == ()
    assert world.deployer().jobs.start_due(None, *later) == ()


def test_a_turn_at_one_project_is_none_at_another(world: World):
    text = TEXT.replace("name: shop", "name: blog")
    assert world.deployer().deploy(parse(text), text, world.home, lambda event: None).ok
    assert [job.project for job in world.deployer().jobs.start_due("blog", BEFORE, AFTER)] == ["blog"]
    assert world.keeper.start_due_jobs(BEFORE, AFTER) == ("shop/nightly",)


def test_jobs_that_were_deployed_from_another_state_folder_are_that_ones_to_start(world: World, tmp_path: Path):
    (tmp_path / "other").mkdir(mode=0o700)
    store = Store(tmp_path / "other")
    other = Deployer(
        cast(DockerEngine, world.engine), store, Vault(tmp_path / "other", store), standard(), tmp_path / "other"
    )
    assert other.jobs.start_due(None, BEFORE, AFTER) == ()
    with pytest.raises(DeployerError, match="was deployed from another state folder"):
        other.jobs.start_due("shop", BEFORE, AFTER)
    store.close()


def test_it_ends_soon_after_it_is_told_to(world: World):
    stop = threading.Event()
    thread = threading.Thread(target=world.new_keeper().run, args=(stop,))
    thread.start()
    time.sleep(0.3)
    begun = time.monotonic()
    stop.set()
    thread.join(timeout=20)
    assert time.monotonic() - begun < 2
