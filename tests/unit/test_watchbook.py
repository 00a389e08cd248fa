"""What the keeper knows is kept, and told once."""

from dataclasses import replace
from pathlib import Path

import pytest

from composer.bus import LocalBus
from composer.db import open_database
from composer.journal import Journal
from deployer.keeping import Sight, decide
from deployer.status import ReplicaStatus
from deployer.tickets import SECONDS, Tickets
from deployer.watchbook import Watchbook

API = ReplicaStatus("api", "python", 1, "shop.api.1.aa", "running", "", "", "python:3", 5.0, ("127.0.0.1:1->2",))
GONE = Sight(("+ container shop.api.1.aa: no such container",), frozenset({("api", 1)}))


class World:
    def __init__(self, home: Path) -> None:
        self.now = 100.0
        self.database = open_database(home)
        self.journal = Journal(self.database, LocalBus(), self.clock)
        self.book = Watchbook(self.database, self.journal, self.clock)

    def clock(self) -> float:
        return self.now

    def told(self) -> list[str]:
        found = self.journal.since(0)
        return [f"{each.kind} {each.content.get('was', '')}->{each.content.get('state', '')}" for each in found]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_status_is_told_when_it_changes_and_not_when_it_does_not(world: World):
    for status in (API, API, replace(API, health="healthy"), replace(API, state="exited", reason="code 1")):
        world.book.keep("shop", [status])
    assert world.told() == ["status.changed ->running", "status.changed running->exited"]
    assert world.book.statuses("shop")[0].reason == "code 1"


def test_what_is_kept_is_what_was_seen(world: World):
    seen = replace(API, image_id="sha256:1", started=7.5, restarts=2, exit_code=3)
    world.book.keep("shop", [seen])
    assert world.book.statuses("shop") == (seen,)
    assert world.book.projects() == ("shop",)


def test_a_container_that_makes_way_for_another_is_gone(world: World):
    world.book.keep("shop", [API])
    world.book.keep("shop", [replace(API, name="", state="missing")])
    assert world.told()[1:] == ["status.changed ->missing", "status.changed running->gone"]


def test_of_two_keepers_one_decides_and_tells(world: World):
    paused = replace(GONE, is_paused=True)
    first = decide(paused, None, 100.0, 0.5)
    assert world.book.remember("shop", 0, first)
    assert not world.book.remember("shop", 0, first)
    memory, version = world.book.drift("shop")
    assert (memory, version) == (first.memory, 1)
    second = decide(paused, memory, 102.0, 0.5)
    assert [world.book.remember("shop", version, second) for _ in range(2)] == [True, False]
    (entry,) = world.journal.since(0)
    assert (entry.kind, entry.content["causes"]) == ("drift.found", list(GONE.causes))


def test_a_stop_lasts_until_a_start_or_a_deploy_that_began_later(world: World):
    world.book.stop("shop", "api", "ada")
    world.book.stop("shop", "api", "dan")
    assert world.book.stopped("shop", since=99.0) == {"api": "dan"}
    assert world.book.stopped("shop", since=101.0) == {}
    world.book.start("shop", "api")
    assert world.book.stopped("shop", since=0.0) == {}


def test_a_ticket_works_once_and_for_its_session_and_project_only(world: World):
    tickets = Tickets(world.database, world.clock)

    def taken(ticket: str, project: str = "shop", session: str = "s1") -> bool:
        return tickets.take(ticket, project, session) is not None

    once = tickets.give("shop", "s1", {"component": "api"})
    assert [taken(once), taken(once)] == [True, False]
    for others in ({"project": "blog"}, {"session": "s2"}):
        ticket = tickets.give("shop", "s1", {})
        assert [taken(ticket, **others), taken(ticket)] == [False, False]
    late = tickets.give("shop", "s1", {})
    world.now += SECONDS + 1
    assert not taken(late)
    assert not taken("never given")


def test_what_is_kept_of_a_ticket_opens_nothing(world: World, tmp_path: Path):
    ticket = Tickets(world.database).give("shop", "s1", {})
    assert all(ticket.encode() not in path.read_bytes() for path in tmp_path.glob("backdraft.db*"))
