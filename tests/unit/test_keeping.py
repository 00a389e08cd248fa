"""What the keeper decides: cases in a table, and a simulation of drift that does not hold."""

from dataclasses import replace
from itertools import pairwise

import pytest

from deployer.keeping import (
    Drift,
    Sight,
    Verdict,
    as_released,
    at_rest,
    decide,
    drift_of,
    pause,
    with_real_names,
)
from deployer.labels import container_labels, container_name
from deployer.model import ContainerSpec, DesiredState, ObservedContainer, ObservedState
from deployer.reconcile import reconcile

API = ContainerSpec("api", 1, "python", "python:3", "sha256:1")
DB = replace(API, component="db")
AT_API, AT_DB = frozenset({("api", 1)}), frozenset({("db", 1)})
GONE = Sight(("+ container shop.api.1: no such container",), AT_API)
DB_GONE_TOO = replace(GONE, places=AT_API | AT_DB)
SEEN = Drift(GONE.causes, AT_API, found=100.0, retry_at=101.0)
TRIED = replace(SEEN, tries=1, retry_at=105.0, told=True)
HEALED = replace(TRIED, tries=3, retry_at=125.0, healed=110.0)


@pytest.mark.parametrize(
    ("sight", "memory", "now", "expected"),
    [
        (Sight(is_deployed=False), None, 100.0, "leave: nothing is deployed"),
        (replace(GONE, is_busy=True), None, 100.0, "leave: a deploy waits or runs"),
        (replace(GONE, is_busy=True), TRIED, 200.0, "leave: a deploy waits or runs"),
        (Sight(fault="no release tells its images"), None, 100.0, "leave: no release tells its images"),
        (Sight(), None, 100.0, "well: it is as it was deployed"),
        (Sight(), SEEN, 100.5, "well: it passed by itself"),
        (Sight(), TRIED, 103.0, "well: it was healed, tells drift.healed"),
        (Sight(), HEALED, 160.0, "well: it was healed lately"),
        (Sight(), HEALED, 170.0, "well: it was healed, and that held"),
        (GONE, None, 100.0, "wait: it may pass by itself, looks at 101"),
        (GONE, SEEN, 100.5, "wait: it may pass by itself, looks at 101"),
        (GONE, SEEN, 101.0, "heal: it is not as it was deployed, tells drift.found, looks at 106"),
        (GONE, TRIED, 104.0, "wait: it was tried once, looks at 105"),
        (GONE, TRIED, 105.0, "heal: it did not hold; try 2, tells drift.persists, looks at 115"),
        (GONE, HEALED, 120.0, "wait: it was tried 3 times, looks at 125"),
        (GONE, HEALED, 150.0, "wait: it was tried 3 times, looks at 151"),
        (DB_GONE_TOO, replace(TRIED, retry_at=500.0), 200.0, "wait: it was tried once, looks at 201"),
        (replace(GONE, is_paused=True), None, 100.0, "wait: it may pass by itself, looks at 101"),
        (replace(GONE, is_paused=True), SEEN, 101.0, "leave: the project is paused, tells drift.found"),
        (replace(GONE, is_paused=True), replace(SEEN, told=True), 130.0, "leave: the project is paused"),
        (replace(DB_GONE_TOO, is_paused=True), TRIED, 130.0, "leave: the project is paused, tells drift.found"),
        (Sight(is_paused=True), replace(SEEN, told=True), 130.0, "well: it passed by itself, tells drift.healed"),
        (GONE, replace(SEEN, told=True), 130.0, "heal: it is not as it was deployed, looks at 135"),
    ],
)
def test_a_decision_has_its_reason(sight: Sight, memory: Drift | None, now: float, expected: str):
    made = decide(sight, memory, now, 0.5)
    text = f"{made.verdict}: {made.reason}"
    text += f", tells {made.event}" if made.event else ""
    assert text + (f", looks at {made.look_at:g}" if made.look_at else "") == expected


def test_drift_that_does_not_hold_is_healed_ever_more_rarely_and_never_given_up():
    memory, now, healings = None, 0.0, []
    while now < 7200:
        made = decide(GONE, memory, now, 0.5)
        memory = made.memory
        if made.verdict is Verdict.HEAL:
            healings.append(round(now))
        now = max(now + 0.1, made.look_at)
    gaps = [after - before for before, after in pairwise(healings)]
    assert gaps == [5, 10, 20, 40, 80, 160, 320, *[600] * (len(gaps) - 7)]
    assert len(gaps) > 10


def test_what_falls_over_a_while_after_each_healing_is_backed_off_from_as_well():
    memory, now, healings, broken_since = None, 0.0, [], 0.0
    while now < 7200:
        is_well = now < broken_since
        made = decide(Sight() if is_well else GONE, memory, now, 0.5)
        memory = made.memory
        if made.verdict is Verdict.HEAL:
            healings.append(now)
            broken_since = now + 30  # it stays up for half a minute
        now += 1.0
    gaps = [after - before for before, after in pairwise(healings)]
    assert gaps == sorted(gaps)
    assert gaps[0] < 40
    assert gaps[-1] == 600


def test_what_held_long_enough_is_healed_at_once_when_it_breaks_again():
    assert decide(Sight(), HEALED, HEALED.healed + 60, 0.5).memory is None


def test_pauses_are_bounded_and_spread_by_a_fifth():
    assert [pause(tries) for tries in (1, 2, 3, 8, 1000)] == [5, 10, 20, 600, 600]
    looks = [decide(GONE, SEEN, 101.0, jitter).look_at for jitter in (0.0, 1.0)]
    assert looks == [105.0, 107.0]


def seen(spec: ContainerSpec, state: str = "running", created: float = 0.0, code: int = 0) -> ObservedContainer:
    name = container_name("shop", spec)
    return ObservedContainer("1", name, container_labels("shop", spec), state, created=created, exit_code=code)


def causes(desired: DesiredState, observed: ObservedState, *stopped: str, ended: float = 0.0) -> str:
    known, real = as_released(desired, observed, ended)
    plan = with_real_names(reconcile(*at_rest(desired, known, stopped)), real)
    return "\n".join(sorted(drift_of(plan)[0]))


SHOP = DesiredState("shop", containers=(API, DB))


def test_what_is_gone_has_ended_or_is_paused_is_drift():
    assert causes(SHOP, ObservedState(containers=(seen(API, "exited", code=137),))).splitlines() == [
        f"+ container {container_name('shop', DB)}: it is gone",
        f"~ container {container_name('shop', API)}: it ended with exit code 137",
    ]
    paused = ObservedState(containers=(seen(API, "paused"), seen(DB)))
    assert "it is paused" in causes(SHOP, paused)


@pytest.mark.parametrize("containers", [(seen(API, "exited"), seen(DB)), (seen(DB),)], ids=["stopped", "removed"])
def test_what_somebody_stopped_on_purpose_is_no_drift(containers: tuple[ObservedContainer, ...]):
    assert causes(SHOP, ObservedState(containers=containers)) != ""
    assert causes(SHOP, ObservedState(containers=containers), "api") == ""


def test_what_the_engine_is_starting_again_is_the_engines():
    assert causes(SHOP, ObservedState(containers=(seen(API, "restarting"), seen(DB)))) == ""


def test_what_the_release_made_is_what_it_wanted_though_it_would_be_called_otherwise_today():
    older = replace(API, environment=(("WORD", ("then",)),))
    there = ObservedState(containers=(seen(older, created=50.0), seen(DB)))
    assert causes(SHOP, there, ended=60.0) == ""
    assert "environment changed" in causes(SHOP, there, ended=40.0)


def test_a_job_of_the_release_is_not_run_again_by_a_healing():
    job = replace(API, component="job", run="job")
    wanted = DesiredState("shop", containers=(replace(job, memory=2**20),))
    assert causes(wanted, ObservedState(containers=(seen(job, "exited", created=50.0),)), ended=60.0) == ""


def test_a_plan_for_what_goes_by_another_name_speaks_of_the_real_one():
    older = replace(API, environment=(("WORD", ("then",)),))
    there = replace(seen(older, created=50.0), addresses={"office": "10.0.0.2"})
    text = causes(SHOP, ObservedState(containers=(there, seen(DB))), ended=60.0)
    assert text == f"- attachment {container_name('shop', older)} from office: nobody has drawn that"
