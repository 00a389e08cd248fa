"""The board of a deploy."""

import pytest

from deployer.events import Phase, PhaseChanged, StepDone
from ui.output import duration
from ui.progress import Board


def board(*events: PhaseChanged | StepDone, over: bool = False) -> str:
    drawn = Board(("front", "api"))
    for event in events:
        drawn.hear(event)
    drawn.is_over = over
    return "\n".join(f"{name}: {text}" for name, _, text in drawn.rows())


def at(component: str, replica: int, phase: Phase, took: float | None = None, detail: str = "") -> PhaseChanged:
    return PhaseChanged(component, replica, phase, 0.0, took, detail)


def test_components_stand_in_the_order_of_the_schema_and_others_follow():
    assert board(at("old", 1, Phase.STOPPING)) == "front: waiting\napi: waiting\nold: stopping replica 1"


def test_a_component_of_which_nothing_was_told_had_nothing_done_in_the_end():
    assert board(at("api", 1, Phase.READY, 1.0), over=True) == "front: nothing done\napi: ready in 1.0 s"


def test_a_component_whose_source_was_only_looked_at_had_nothing_done_in_the_end():
    looked = at("api", 0, Phase.FETCHING, detail="fetching https://git.example/shop.git")
    assert board(looked) == "front: waiting\napi: fetching https://git.example/shop.git"
    assert board(looked, over=True) == "front: nothing done\napi: nothing done"
    assert board(looked, at("api", 1, Phase.READY, 1.0), over=True) == "front: nothing done\napi: ready in 1.0 s"


@pytest.mark.parametrize(
    ("events", "text"),
    [
        ([at("api", 0, Phase.PULLING, detail="pulling python:3.13 12 %")], "pulling python:3.13 12 %"),
        ([at("api", 0, Phase.BUILDING, detail="two\n lines\x1b[31m")], "building two lines[31m"),
        ([at("api", 0, Phase.BUILDING), at("api", 1, Phase.STARTING)], "starting"),
        ([at("api", 1, Phase.READY, 1.0), at("api", 2, Phase.STARTING)], "starting (1 of 2 ready)"),
        ([at("api", 1, Phase.READY, 1.0), at("api", 2, Phase.READY, 2.34)], "ready in 2.3 s (2 replicas)"),
        (
            [at("api", 1, Phase.READY, 1.0), at("api", 2, Phase.FAILED, detail="it ended")],
            "failed it ended (1 of 2 ready)",
        ),
        ([at("api", 1, Phase.READY, 1.0), at("api", 1, Phase.STOPPING), at("api", 1, Phase.REMOVED)], "ready in 1.0 s"),
        ([at("api", 1, Phase.STOPPING), at("api", 1, Phase.REMOVED)], "removed replica 1"),
        ([StepDone(1, "#1", 0.1)], "waiting"),
        ([at("_gate", 1, Phase.STARTING)], "waiting"),
    ],
)
def test_a_component_shows_the_phase_that_most_needs_eyes(events: list[PhaseChanged], text: str):
    assert board(*events) == f"front: waiting\napi: {text}"


def test_durations_are_as_exact_as_people_need():
    assert [duration(seconds) for seconds in (0.04, 1.25, 9.96, 59.4, 125)] == [
        "0.0 s",
        "1.2 s",
        "10.0 s",
        "59 s",
        "2 min 5 s",
    ]
