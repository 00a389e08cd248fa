"""A deploy that is taken up again, on an engine in memory: it goes on, or back to what ran before its first attempt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from composer.bus import LocalBus
from composer.catalogue import standard
from composer.db import open_database
from composer.journal import Journal
from composer.projects import Projects
from deployer import tables
from deployer.engines.docker import DockerEngine
from deployer.engines.interface import EngineError
from deployer.events import Event
from deployer.lease import Lease
from deployer.model import ObservedState
from deployer.performing import Performing
from deployer.queue import Ending, Intent, LeaseLostError, Queue, State
from deployer.store import ReleaseOutcome, Store
from deployer.uploads import Uploads
from deployer.vault import Vault
from deployer.worker import Held
from tests.fake_engine import FakeEngine

TEXT = """backdraft: 1
name: shop
network: shared
components:
  a: {kind: container, image: "web:1", environment: {WORD: old}, health: {command: ["true"]}}
  b:
    kind: container
    image: "web:1"
    environment: {WORD: old}
    health: {command: ["true"]}
    ports: {main: {protocol: http, number: 80}}
    publish: {main: 8080}
"""
NEW = TEXT.replace("old", "new")


class Died(BaseException):
    """The process ends here."""


@dataclass
class Mortal(FakeEngine):
    """An engine whose caller dies before its next changing call, and at which what is called `bad` ends at once."""

    lives: int = 1_000_000
    bad: str = ""
    is_away: bool = False

    def _call(self, what: str, name: str) -> None:
        if self.lives == 0:
            raise Died
        self.lives -= 1
        super()._call(what, name)

    def observe(self, project: str) -> ObservedState:
        if self.lives == 0:
            raise Died
        if self.is_away:
            raise EngineError("the engine does not answer", retry=True)
        return super().observe(project)

    def inspect(self, name: str) -> Any:
        state = super().inspect(name)
        return replace(state, state="exited", exit_code=1) if self.bad and self.bad in name else state


class Hold(Lease):
    """A lease that is asked by nobody any more once its holder has died."""

    engine: Mortal

    def require(self) -> None:
        if self.engine.lives == 0:
            raise Died
        super().require()


@dataclass
class Site:
    engine: Mortal
    home: Path
    told: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = open_database(self.home)
        bus = LocalBus()
        journal = Journal(self.database, bus)
        self.bus = bus
        self.queue = Queue(self.database, bus, journal, is_dead=lambda holder: True)
        self.store = Store(self.home, self.database)
        self.vault = Vault(self.home, self.store)
        self.projects = Projects(self.database)
        self.performing = Performing(
            self.home,
            standard(),
            self.projects,
            self.store,
            self.vault,
            self.queue,
            journal,
            Uploads(self.home),
            connect=lambda: cast(DockerEngine, self.engine),
            patience=0.0,
        )

    def put(self, text: str, source: str = "") -> Intent:
        return self.queue.put(Intent("shop", "deploy", "ada", schema_text=text, source=source))

    def destroy(self, **options: bool) -> Intent:
        return self.queue.put(Intent("shop", "destroy", "ada", why="moved away", options=options))

    def attempt(self, lives: int = 1_000_000) -> Ending:
        """Claim what is to be done, and do it until the engine was asked that often."""
        self.engine.lives = lives
        intent = self.queue.claim("worker")
        assert intent
        lease = Hold(self.queue, self.bus, intent, 10.0**9)
        lease.engine = self.engine
        ending = self.performing.performers[intent.action](Held(intent, lease, self.told.append))
        assert self.queue.end(intent, ending)
        return ending

    def killed(self, lives: int) -> bool:
        """Whether it died within so many calls."""
        try:
            self.attempt(lives)
        except Died:
            return True
        return False

    def words(self) -> list[str]:
        return [
            f"{each.spec.component} {each.environment['WORD']} {each.state}"
            for each in sorted(self.engine.containers.values(), key=lambda each: each.name)
        ]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("BACKDRAFT_IMAGES", "registry")
    made = Site(Mortal(images={"web:1": "sha256:web"}), tmp_path)
    made.put(TEXT)
    assert made.attempt().state is State.DONE
    yield made
    made.database.close()


CALLS = range(1, 9)
"""The whole deploy makes eight changing calls."""


@pytest.mark.parametrize("lives", CALLS)
def test_one_that_died_anywhere_is_completed_with_the_release_it_had_begun(site: Site, lives: int):
    site.put(NEW)
    assert site.killed(lives)
    ending = site.attempt()
    assert (ending.state, ending.release, site.words()) == (State.DONE, 2, ["a new running", "b new running"])
    assert [each.outcome for each in site.store.releases("shop")] == [ReleaseOutcome.DONE] * 2


@pytest.mark.parametrize("lives", CALLS)
def test_one_that_died_anywhere_and_then_fails_leaves_what_ran_before_its_first_attempt(site: Site, lives: int):
    before = sorted((each.id, each.state) for each in site.engine.containers.values())
    site.put(NEW + '  c: {kind: container, image: "web:1", environment: {WORD: new}, health: {command: ["false"]}}\n')
    site.engine.bad = ".c."
    assert site.killed(lives)
    ending = site.attempt()
    assert (ending.state, ending.release) == (State.FAILED, 2)
    assert sorted((each.id, each.state) for each in site.engine.containers.values()) == before
    assert sorted(site.engine.networks) == ["shop.shared"]
    assert [each.outcome for each in site.store.releases("shop")] == [ReleaseOutcome.DONE, ReleaseOutcome.FAILED]


@pytest.mark.parametrize("lives", CALLS)
def test_one_that_died_anywhere_and_was_cancelled_meanwhile_goes_wholly_back_or_on(site: Site, lives: int):
    intent = site.put(NEW)
    assert site.killed(lives)
    site.queue.cancel(intent.id, "dan")
    ending = site.attempt()
    assert (ending.state, set(site.words())) in (
        (State.CANCELLED, {"a old running", "b old running"}),
        (State.DONE, {"a new running", "b new running"}),
    )


@pytest.mark.parametrize("lives", CALLS)
def test_one_that_cannot_be_planned_any_more_goes_back_unless_everything_new_was_ready(site: Site, lives: int):
    site.vault.put("shop", "TOKEN", "x")
    site.put(NEW.replace("WORD: new}", 'WORD: new, TOKEN: "${secret.TOKEN}"}'))
    assert site.killed(lives)
    site.vault.remove("shop", "TOKEN")
    ending = site.attempt()
    assert (ending.state, str(ending.failures[0]).partition("\n")[0]) == (
        State.FAILED,
        "${secret.TOKEN}: no such secret",
    )
    assert [each for each in site.words() if each.endswith("running")] in (
        ["a old running", "b old running"],
        ["a new running", "b new running"],
    )
    assert [each.outcome for each in site.store.releases("shop")] == [ReleaseOutcome.DONE, ReleaseOutcome.FAILED]


@pytest.mark.parametrize("lives", CALLS)
def test_one_that_died_anywhere_goes_on_with_the_images_it_began_with_whatever_their_names_stand_for_by_now(
    site: Site, lives: int
):
    site.put(NEW)
    assert site.killed(lives)
    site.engine.images = {"web:1": "sha256:other", "kept:1": "sha256:web"}
    assert site.attempt().state is State.DONE
    made = {each.spec.component: each.spec.image_id for each in site.engine.containers.values()}
    assert made == {"a": "sha256:web", "b": "sha256:web"}
    assert site.words() == ["a new running", "b new running"]
    release = site.store.release("shop", 2)
    assert release
    assert {image.id for image in release.images.values()} == {"sha256:web"}


@pytest.mark.parametrize("lives", CALLS)
def test_one_whose_images_are_gone_goes_back_unless_everything_new_was_ready(site: Site, lives: int):
    site.put(NEW)
    assert site.killed(lives)
    site.engine.images = {"web:1": "sha256:other"}
    ending = site.attempt()
    assert (ending.state, ending.release) == (State.FAILED, 2)
    assert [(each.component, each.path, each.what) for each in ending.failures] == [
        (name, f"components/{name}", "the image of release 2 is no longer on the engine") for name in ("a", "b")
    ]
    assert [each for each in site.words() if each.endswith("running")] in (
        ["a old running", "b old running"],
        ["a new running", "b new running"],
    )


def test_one_that_had_begun_needs_the_sources_that_were_sent_for_it_no_more(site: Site):
    tree = site.home / "sources" / "shop" / ("a" * 64)
    tree.mkdir(parents=True)
    site.put(NEW, source=tree.name)
    assert site.killed(1)
    tree.rmdir()
    assert site.attempt().state is State.DONE


ENDING_CALLS = range(1, 6)
"""A destruction makes five changing calls."""


@pytest.mark.parametrize("lives", ENDING_CALLS)
def test_a_destruction_that_died_anywhere_goes_on_with_its_own_record(site: Site, lives: int):
    site.destroy()
    assert site.killed(lives)
    ending = site.attempt()
    assert (ending.state, ending.release, site.words(), site.engine.networks) == (State.DONE, 2, [], {})
    assert [(each.outcome, each.why) for each in site.store.releases("shop")] == [
        (ReleaseOutcome.DONE, ""),
        (ReleaseOutcome.DONE, "moved away"),
    ]


@pytest.mark.parametrize("lives", ENDING_CALLS)
def test_a_destruction_that_died_anywhere_and_was_cancelled_ends_its_own_record_once(site: Site, lives: int):
    intent = site.destroy()
    assert site.killed(lives)
    site.queue.cancel(intent.id, "dan")
    assert site.attempt().state is State.CANCELLED
    assert [each.outcome for each in site.store.releases("shop")] == [ReleaseOutcome.DONE, ReleaseOutcome.INTERRUPTED]


@pytest.mark.parametrize("lives", range(1, 4))
def test_a_destruction_that_died_and_cannot_go_on_ends_its_own_record_as_failed(site: Site, lives: int):
    site.destroy()
    assert site.killed(lives)
    # what stands there is another state folder's by now
    with site.database.writing() as connection:
        connection.execute(tables.settings.update().where(tables.settings.c.name == "installation").values(value="x"))
    ending = site.attempt()
    assert (ending.state, ending.release) == (State.FAILED, 2)
    assert [each.outcome for each in site.store.releases("shop")] == [ReleaseOutcome.DONE, ReleaseOutcome.FAILED]


def test_a_destruction_that_died_and_finds_no_engine_any_more_ends_its_own_record_as_failed(site: Site):
    site.destroy()
    assert site.killed(3)
    site.engine.is_away = True
    with pytest.raises(EngineError):
        site.attempt()
    assert [each.outcome for each in site.store.releases("shop")] == [ReleaseOutcome.DONE, ReleaseOutcome.FAILED]


def test_a_destruction_whose_end_was_written_before_its_worker_died_is_not_done_again(site: Site):
    site.destroy()
    intent = site.queue.claim("worker")
    assert intent
    lease = Lease(site.queue, site.bus, intent, 10.0**9)
    assert site.performing.destroy(Held(intent, lease, site.told.append)).state is State.DONE
    calls = list(site.engine.calls)
    ending = site.attempt()
    assert (ending.state, ending.release, site.engine.calls) == (State.DONE, 2, calls)
    assert [each.outcome for each in site.store.releases("shop")] == [ReleaseOutcome.DONE] * 2


def test_a_destruction_that_takes_the_data_along_forgets_its_secrets_though_it_died_in_between(site: Site):
    site.vault.put("shop", "TOKEN", "x")
    site.destroy(volumes=True)
    assert site.killed(3)
    assert site.attempt().state is State.DONE
    assert site.vault.versions("shop") == {}


def test_a_destruction_that_had_forgotten_its_project_leaves_a_new_one_of_that_name_alone(site: Site):
    site.projects.make("shop", TEXT, "ada")
    site.destroy(volumes=True, forget=True)
    intent = site.queue.claim("worker")
    assert intent
    lease = Lease(site.queue, site.bus, intent, 10.0**9)
    assert site.performing.destroy(Held(intent, lease, site.told.append)).state is State.DONE
    assert site.projects.find("shop") is None
    site.projects.make("shop", TEXT, "eve")
    site.vault.put("shop", "TOKEN", "eve's")
    assert site.attempt().state is State.DONE
    assert site.projects.find("shop")
    assert site.vault.value("shop", "", "TOKEN") == "eve's"


@pytest.mark.parametrize("is_half", [False, True])
def test_a_destruction_that_died_while_it_forgot_its_project_forgets_the_rest(site: Site, is_half: bool):
    site.projects.make("shop", TEXT, "ada")
    site.destroy(volumes=True, forget=True)
    assert site.killed(3)
    if is_half:
        site.store.forget("shop")
    assert site.attempt().state is State.DONE
    assert site.projects.find("shop") is None


def test_whoever_lost_its_lease_changes_nothing_and_ends_nothing(site: Site):
    site.put(NEW)
    intent = site.queue.claim("worker")
    assert intent
    lease = Lease(site.queue, site.bus, intent, 10.0**9)
    again = site.queue.claim("another")
    assert again
    lease.renew()
    calls = list(site.engine.calls)
    with pytest.raises(LeaseLostError):
        site.performing.deploy(Held(intent, lease, site.told.append))
    assert site.engine.calls == calls
    with pytest.raises(LeaseLostError):
        site.store.begin("shop", NEW, "", "ada", intent=intent)
    assert len(site.store.releases("shop")) == 1
