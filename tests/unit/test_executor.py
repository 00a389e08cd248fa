"""The hand that acts: each step one call, told as it goes, with secrets resolved at the last moment."""

from deployer.events import Phase, PhaseChanged, StepDone
from deployer.executor import execute
from deployer.model import ContainerSpec, NetworkSpec, Secret
from deployer.plan import CreateContainer, CreateNetwork, Plan, StartContainer, Step
from tests.fake_engine import FakeEngine

TOKEN = Secret("", "TOKEN")
NET = NetworkSpec("shop.net", "x", subnet="10.208.0.0/24")
SPEC = ContainerSpec("api", 1, "python", "image", "id", environment=(("A", ("<", TOKEN, ">")),), command=((TOKEN,),))
PLAN = Plan(
    "shop",
    (
        Step(1, CreateNetwork(NET), "no such network"),
        Step(2, CreateContainer("shop.api.1", SPEC), "no such container", (1,), "api", 1),
        Step(3, StartContainer("shop.api.1"), "no such container", (2,), "api", 1),
    ),
)


def test_the_steps_are_done_in_their_order_and_told():
    engine, events = FakeEngine(images={"image": "id"}), []
    run = execute(PLAN, engine, lambda secret: "s3cret", events.append, "here")
    assert (run.ok, run.done) == (True, [1, 2, 3])
    assert engine.calls == ["create network shop.net", "create container shop.api.1", "start shop.api.1"]
    assert [event.text for event in events if isinstance(event, StepDone)] == list(map(str, PLAN.steps))
    assert [event.phase for event in events if isinstance(event, PhaseChanged)] == [Phase.STARTING]
    made = engine.containers["shop.api.1"]
    assert (made.environment, made.command) == ({"A": "<s3cret>"}, ("s3cret",))
    assert "s3cret" not in repr(events)


def test_a_step_that_the_engine_refuses_ends_the_run_with_a_failure():
    engine, events = FakeEngine(), []
    run = execute(PLAN, engine, lambda secret: "s3cret", events.append)
    assert (run.ok, run.done, list(map(str, run.failures))) == (
        False,
        [1],
        [
            "api 1: no such image: image\n  what may help: check the image's name and tag; "
            "one that is private takes `docker login` where the engine runs"
        ],
    )
    assert [(event.phase, event.detail) for event in events if isinstance(event, PhaseChanged)] == [
        (Phase.FAILED, "no such image: image")
    ]


def test_whatever_goes_wrong_is_a_failure_that_holds_no_secret():
    class Broken(FakeEngine):
        def create_container(self, name, spec, environment, command, labels, *, address=""):
            raise RuntimeError(f"bad {environment}")

    run = execute(PLAN, Broken(), lambda secret: "s3cret", lambda event: None)
    assert str(run.failures[0]) == (
        "api 1: #2 + container shop.api.1 (no such container) after #1: RuntimeError: bad {'A': '<***>'}"
    )


def test_a_listener_that_raises_is_told_no_more_and_the_run_goes_on():
    told = []

    def listener(event):
        told.append(event)
        raise BrokenPipeError

    engine = FakeEngine(images={"image": "id"})
    run = execute(PLAN, engine, lambda secret: "s3cret", listener)
    assert (run.ok, run.done, len(told)) == (True, [1, 2, 3], 1)
