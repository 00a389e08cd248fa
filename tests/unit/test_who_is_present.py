"""Which processes live is known to all of them, and what they have counted."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from composer.db import Database, open_database
from deployer.keeper import Keeper
from deployer.presence import FORGOTTEN_AFTER, SILENT_AFTER, Beat, Presence, Present, Tally
from tests.unit.test_doctor import found
from tests.unit.test_keeper import World
from ui.http.metrics import Metrics


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def presence(database: Database, clock: Clock) -> Presence:
    return Presence(database, clock)


def begun(presence: Presence, process: str, tally: Tally) -> tuple[threading.Event, threading.Thread]:
    stop = threading.Event()
    thread = threading.Thread(target=Beat(presence, process, tally).run, args=(stop,))
    thread.start()
    for _ in range(500):
        if any(each.process == process for each in presence.all()):
            break
        stop.wait(0.01)
    return stop, thread


def test_a_process_is_there_from_its_start_to_its_end(presence: Presence):
    tally = Tally()
    tally.add("keeper_looks")
    stop, thread = begun(presence, "keeper", tally)
    [there] = presence.all()
    assert (there.process, there.counts) == ("keeper", {"keeper_looks": 1})
    assert presence.fault() == (
        "no worker has given a sign of life for 45 s: nothing is deployed (start one: backdraft worker)"
    )
    stop.set()
    thread.join(10)
    assert presence.all() == ()
    assert "nothing is healed or watched" in presence.fault()


def test_one_that_was_killed_counts_as_gone_after_a_while_and_is_forgotten_later(presence: Presence, clock: Clock):
    presence.sign(Present("a", "up", clock.now, clock.now))
    assert ([each.process for each in presence.all()], presence.fault()) == (["up"], "")
    clock.now += SILENT_AFTER + 1
    assert presence.all() == ()
    clock.now += FORGOTTEN_AFTER
    presence.sign(Present("b", "web", clock.now, clock.now))
    clock.now -= FORGOTTEN_AFTER + SILENT_AFTER
    assert [each.name for each in presence.all()] == ["b"]


def test_scrapers_are_told_of_processes_and_of_what_keepers_do(
    presence: Presence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("BACKDRAFT_IMAGES", "registry")
    world, tally = World(tmp_path), Tally()
    minding = world.minding
    parts = (minding.lookout, minding.watchbook, world.queue, world.projects, world.bus)
    keeper = Keeper(*parts, 30.0, lambda: world.now, lambda: 0.5, tally.add)
    keeper.keep("shop")
    world.engine.containers.popitem()
    for _ in range(2):
        keeper.keep("shop")
        world.now += 2.0
    stop, thread = begun(presence, "keeper", tally)
    text = Metrics({}, presence.all).text().decode()
    stop.set()
    thread.join(10)
    [lives] = [line for line in text.splitlines() if line.startswith("backdraft_process_up{")]
    assert 'process="keeper"' in lives
    for name, count in {"looks": 3, "heals": 1}.items():
        [line] = [line for line in text.splitlines() if line.startswith(f"backdraft_keeper_{name}_total{{")]
        assert line.endswith(f"}} {count}.0")


def test_the_doctor_lists_what_lives(tmp_path: Path):
    home = tmp_path / "home"
    assert found(home, "processes") == "note: none has ever run here -> start all in one with: backdraft up"
    home.mkdir(mode=0o700)
    opened = open_database(home)
    assert found(home, "processes") == "note: none lives -> start all in one with: backdraft up"
    stop, thread = begun(Presence(opened), "up", Tally())
    assert found(home, "processes").startswith("well: up ")
    stop.set()
    thread.join(10)
    opened.close()
