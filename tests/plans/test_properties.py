"""What holds for every plan, whatever is drawn and whatever happened."""

import random
from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from composer.document import dump
from composer.model import Component, Connection, Publication, Replicas, Schema
from deployer.labels import COMPONENT, REPLICA
from deployer.model import ObservedContainer, ObservedNetwork, ObservedState, ObservedVolume
from deployer.plan import AwaitReady, Plan, RemoveContainer, RemoveVolume
from deployer.reconcile import destruction, reconcile
from deployer.recovery import is_committed, recovery
from tests.plans.planning import World

SERVERS = ("python", "postgres", "redis", "static")
KINDS = (*SERVERS, "worker", "job", "nginx")
ACCEPTED = {"nginx": ("python", "static")}
relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    names = [f"part-{index}" for index in range(draw(st.integers(1, 5)))]
    components = {}
    for index, name in enumerate(names):
        kind = draw(st.sampled_from(KINDS))
        many = kind in ("python", "worker") and draw(st.booleans())
        components[name] = Component(
            name,
            kind,
            environment=draw(st.sampled_from([{}, {"LEVEL": "debug"}])),
            command=("true",) if kind == "job" else (),
            replicas=Replicas(2, 2) if many else Replicas(),
            publish={"http": Publication(8000 + index)} if kind == "nginx" else {},
            egress=draw(st.sampled_from([None, True])) if kind != "nginx" else None,
        )
    lines = [
        Connection(client, server)
        for client in names
        for server in names
        if client != server
        and components[server].kind in ACCEPTED.get(components[client].kind, SERVERS)
        and components[client].kind != "static"
        and draw(st.booleans())
    ]
    return Schema("shop", components, tuple(lines))


@st.composite
def steps_taken(draw: st.DrawFn, plan: Plan) -> tuple[int, ...]:
    """The numbers of the steps that were done when something broke the plan off: any set that its order allows."""
    chosen = draw(st.sets(st.integers(1, max(1, len(plan.steps)))))
    done: set[int] = set()
    for step in plan.steps:
        if step.number in chosen and done.issuperset(step.after):
            done.add(step.number)
    return tuple(sorted(done))


def shuffled(observed: ObservedState, chance: random.Random) -> ObservedState:
    def mixed(things):
        return tuple(chance.sample(things, len(things)))

    return replace(
        observed,
        containers=mixed(observed.containers),
        networks=mixed(observed.networks),
        volumes=mixed(observed.volumes),
        subnets=mixed(observed.subnets),
    )


@relaxed
@given(schemas(), schemas(), st.randoms())
def test_the_same_input_gives_the_same_plan_whatever_the_order_in_which_it_was_seen(before, after, chance):
    world = World()
    world.deploy(dump(before))
    wanted, observed = world.wanted(dump(after)), world.observed
    assert str(reconcile(wanted, shuffled(observed, chance))) == str(reconcile(wanted, observed))
    gone = destruction("shop", observed, volumes=True)
    assert str(destruction("shop", shuffled(observed, chance), volumes=True)) == str(gone)


@relaxed
@given(schemas(), schemas())
def test_a_plan_carried_out_leaves_nothing_to_do(before, after):
    world = World()
    world.deploy(dump(before))
    world.deploy(dump(after))
    assert str(reconcile(world.wanted(dump(after)), world.observed)) == ""


@relaxed
@given(schemas(), st.randoms())
def test_the_order_in_the_text_changes_nothing_that_runs(schema, chance):
    given_names = [(line.client, schema.components[line.server].kind) for line in schema.connections]
    assume(len(set(given_names)) == len(given_names))  # two that give the same names are refused before
    world = World()
    world.deploy(dump(schema))
    names = chance.sample([*schema.components], len(schema.components))
    lines = chance.sample(schema.connections, len(schema.connections))
    mixed = replace(schema, components={name: schema.components[name] for name in names}, connections=tuple(lines))
    assert str(reconcile(world.wanted(dump(mixed)), world.observed)) == ""


@relaxed
@given(schemas(), schemas())
def test_a_step_waits_only_for_steps_before_it(before, after):
    world = World()
    plans = [world.deploy(dump(before)), world.deploy(dump(after)), destruction("shop", world.observed, volumes=True)]
    for plan in plans:
        assert [step.number for step in plan.steps] == list(range(1, len(plan.steps) + 1))
        assert all(number < step.number for step in plan.steps for number in step.after)


@relaxed
@given(schemas(), schemas())
def test_what_ran_is_removed_only_when_all_that_is_new_is_ready(before, after):
    world = World()
    world.deploy(dump(before))
    ran = {each.name for each in world.observed.containers if each.is_running}
    plan = world.deploy(dump(after))
    waited = {step.number for step in plan.steps if isinstance(step.operation, AwaitReady)}
    earlier: dict[int, set[int]] = {}
    for step in plan.steps:
        earlier[step.number] = set(step.after).union(*(earlier[number] for number in step.after))
        if isinstance(step.operation, RemoveContainer) and step.operation.name in ran:
            assert waited <= earlier[step.number], step


@relaxed
@given(schemas(), schemas())
def test_nothing_of_others_is_touched(before, after):
    world = World()
    world.engine.networks["theirs"] = ObservedNetwork("1", "theirs", {}, "10.208.0.0/24")
    world.engine.volumes["theirs"] = ObservedVolume("theirs", {})
    other = World("other")
    other.engine = world.engine
    quiet = {name: replace(component, publish={}) for name, component in before.components.items()}
    other.deploy(dump(replace(before, name="other", components=quiet)))
    theirs = other.observed
    world.deploy(dump(before))
    world.deploy(dump(after))
    world.apply(destruction("shop", world.observed, volumes=True))
    still = other.observed
    assert (still.containers, still.networks, still.volumes) == (theirs.containers, theirs.networks, theirs.volumes)
    assert {each for each in world.engine.networks if not each.startswith("other.")} == {"theirs"}
    assert {each for each in world.engine.volumes if not each.startswith("other.")} == {"theirs"}
    assert world.engine.projects() == ("other",)


@settings(relaxed, max_examples=100)
@given(schemas(), schemas(), st.data())
def test_a_deploy_that_was_killed_anywhere_is_completed_by_the_next(before, after, data):
    world = World()
    world.deploy(dump(before))
    volumes = {each.name for each in world.observed.volumes if "files" not in each.name}
    plan = reconcile(world.wanted(dump(after)), world.observed)
    done = data.draw(steps_taken(plan))
    world.apply(plan, [step for step in plan.steps if step.number in done])
    world.deploy(dump(after), unfinished=True)
    assert str(reconcile(world.wanted(dump(after)), world.observed)) == ""
    assert volumes <= {each.name for each in world.observed.volumes}


@settings(relaxed, max_examples=100)
@given(schemas(), schemas(), st.data())
def test_a_deploy_that_failed_anywhere_ends_wholly_old_or_wholly_new(before, after, data):
    world = World()
    world.deploy(dump(before))
    old = world.observed
    ran = {each.id for each in old.containers if each.is_running}
    plan = reconcile(world.wanted(dump(after)), old)
    done = data.draw(steps_taken(plan))
    world.apply(plan, [step for step in plan.steps if step.number in done])
    if is_committed(plan, done):
        return
    world.apply(recovery(old, world.observed, "shop"))
    places = {_place(each) for each in old.containers if each.is_running}
    for container in world.observed.containers:
        assert not container.is_running or container.id in ran or _place(container) not in places, container.name
    assert ran <= {each.id for each in world.observed.containers if each.is_running}


@relaxed
@given(schemas(), st.booleans())
def test_destruction_leaves_nothing_but_data_and_that_only_when_asked(schema, volumes):
    world = World()
    world.deploy(dump(schema))
    data = {each.name for each in world.observed.volumes if "files" not in each.name}
    plan = destruction("shop", world.observed, volumes=volumes)
    world.apply(plan)
    assert (world.observed.containers, world.observed.networks) == ((), ())
    assert {each.name for each in world.observed.volumes} == (set() if volumes else data)
    assert volumes or not any(
        isinstance(step.operation, RemoveVolume) and step.operation.name in data for step in plan.steps
    )


def _place(container: ObservedContainer) -> tuple[str, str]:
    return container.labels[COMPONENT], container.labels[REPLICA]
