"""What should run: networks, doors, files and the hash that tells whether it already does."""

from composer.model import Health
from deployer import labels
from deployer.model import (
    Attachment,
    ContainerSpec,
    DesiredState,
    Mount,
    ObservedState,
    PublishedPort,
    Secret,
)
from tests.plans.planning import desired

HEAD = "backdraft: 1\nname: shop\n"
SHOP = (
    HEAD
    + """components:
  front: {kind: nginx, publish: {http: 8080}}
  api: {kind: python, source: {directory: api}, replicas: 2}
  mailer: {kind: worker, source: {directory: mailer}, egress: true}
  db: {kind: postgres}
  alone: {kind: smtp}
connections:
  - {from: front, to: api}
  - {from: api, to: db}
"""
)


def wanted(text: str) -> DesiredState:
    return desired(text, ObservedState())


def standing(state: DesiredState) -> str:
    """Who stands in which network, and as what."""
    return "\n".join(
        f"{spec.component}.{spec.replica}: "
        + ", ".join(f"{each.network}{' (serves)' if each.serves else ''}" for each in spec.attachments)
        for spec in state.containers
    )


def test_each_connection_is_a_network_and_each_door_another():
    assert standing(wanted(SHOP)) == (
        "front.1: shop.front.api.8000, shop.ingress\n"
        "api.1: shop.front.api.8000 (serves), shop.api.db.5432\n"
        "api.2: shop.front.api.8000 (serves), shop.api.db.5432\n"
        "mailer.1: shop.egress\n"
        "db.1: shop.api.db.5432 (serves)\n"
        "alone.1: shop.alone.alone\n"
        "_gate.1: "
    )
    assert "\n".join(
        f"{each.name} internal={each.internal} peers={each.peers} masquerade={each.masquerade} {each.ports}"
        for each in wanted(SHOP).networks
    ) == (
        "shop.front.api.8000 internal=True peers=True masquerade=False (8000,)\n"
        "shop.api.db.5432 internal=True peers=True masquerade=False (5432,)\n"
        "shop.alone.alone internal=True peers=False masquerade=False ()\n"
        "shop.ingress internal=False peers=False masquerade=False ()\n"
        "shop.egress internal=False peers=False masquerade=True ()"
    )


def test_a_shared_network_joins_all_and_needs_no_gate():
    assert standing(wanted(SHOP.replace("name: shop", "name: shop\nnetwork: shared"))) == (
        "front.1: shop.shared\napi.1: shop.shared\napi.2: shop.shared\nmailer.1: shop.shared, shop.egress\n"
        "db.1: shop.shared\nalone.1: shop.shared"
    )


def test_no_two_networks_and_no_two_volumes_have_one_name():
    """Whatever components are called: a door, a way to draw networks, a word of ours."""
    names = ("ingress", "egress", "shared", "files", "data", "gate", "alone")
    text = HEAD + "components:\n" + "".join(f"  {name}: {{kind: postgres}}\n" for name in names)
    text += "  front: {kind: nginx, publish: {http: 8080}}\n  out: {kind: smtp, egress: true}\n"
    state = wanted(text)
    assert len({each.name for each in state.networks}) == len(state.networks)
    assert len({each.name for each in state.volumes}) == len(state.volumes)


def test_files_bear_a_new_name_when_what_stands_in_them_changes():
    def files(text: str) -> str:
        return next(each.name for each in wanted(text).volumes if not each.is_data)

    assert files(SHOP) == files(SHOP.replace("replicas: 2", "replicas: 2, environment: {A: b}"))
    assert files(SHOP) != files(SHOP.replace("to: api}", "to: api, path: /v1}"))


def test_a_proxy_shares_among_the_replicas_that_run_not_those_that_might():
    def file(replicas: str) -> str:
        drawn = SHOP.replace("kind: nginx", "kind: haproxy").replace("replicas: 2", f"replicas: {replicas}")
        return "".join(str(part) for each in wanted(drawn).volumes for _, text in each.files for part in text)

    assert file("{min: 2, max: 6, cpu: 70}") == file("2")
    assert "api_8000_ 2-2 api:8000" in file("2")


def test_moving_a_box_writing_a_note_or_changing_the_order_of_keys_changes_nothing_that_runs():
    noted = SHOP.replace("{kind: postgres}", "{note: the truth, group: Stores, kind: postgres}")
    noted += "notes: {why: {text: Two for Mondays, at: [0, 0]}}\nlayout: {db: [1, 2]}\n"
    assert wanted(noted) == wanted(SHOP)


def test_a_circle_orders_all_but_the_line_that_closes_it():
    parts = "".join(f"  {name}: {{kind: python, source: {{directory: x}}}}\n" for name in "abc")
    lines = "".join(f"  - {{from: {client}, to: {server}}}\n" for client, server in ("ab", "bc", "ca"))
    state = wanted(f"{HEAD}components:\n{parts}connections:\n{lines}")
    assert dict(state.after) == {"a": ("b",), "b": ("c",), "c": ()}
    assert dict(state.servers) == {"a": ("b",), "b": ("c",), "c": ("a",)}


def test_what_a_schema_says_wins_over_its_kind():
    text = HEAD + (
        "components:\n  db: {kind: postgres, limits: {cpus: 0.5, pids: 9}, health: {tcp: primary, timeout: 7},"
        ' relax: {writable_root: "x", root_user: "x", CHOWN: "x"}}\n'
    )
    spec = wanted(text).containers[0]
    assert (spec.cpus, spec.pids, spec.memory) == (0.5, 9, 2**30)
    assert spec.health == Health(tcp="primary", timeout=7.0)
    assert (spec.read_only, spec.user, spec.capabilities) == (False, "0:0", ("CHOWN",))


def test_a_kind_takes_no_more_cpus_than_the_host_has_and_a_schema_what_it_says():
    def shares(cpus: float) -> list[float]:
        text = "backdraft: 1\nname: shop\ncomponents: {db: {kind: postgres}, web: {kind: nginx, limits: {cpus: 3}}}"
        return [spec.cpus for spec in desired(text, ObservedState(), cpus=cpus).containers if spec.component != "_gate"]

    assert (shares(16), shares(1)) == ([2, 3], [1, 3])


def test_the_hash_of_a_specification_stays_what_it_was():
    """Another hash would make every container of every project anew with the next Backdraft."""
    spec = ContainerSpec(
        component="api",
        replica=1,
        kind="python",
        image="python:3.13",
        image_id="sha256:0123",
        command=(("serve",), ("--token=", Secret("", "TOKEN", 2))),
        environment=(("A", ("b",)), ("URL", ("redis://:", Secret("cache", "password"), "@cache"))),
        user="10001:10001",
        tmpfs=("/tmp",),  # noqa: S108 (inside the container)
        mounts=(Mount("shop.api.data", "/data"),),
        attachments=(Attachment("shop.front.api", ("api",), serves=True), Attachment("shop.api.db", ("api",))),
        published=(PublishedPort(8000, "127.0.0.1", 8080),),
        health=Health(tcp="http", timeout=60.0),
        ports=(("http", 8000),),
    )
    assert labels.container_name("shop", spec) == "shop.api.1.348e7449"


def test_a_default_takes_no_part_in_the_hash_and_a_secret_counts_by_its_version():
    spec = ContainerSpec("api", 1, "python", "image", "id")
    assert set(labels.part_hashes(spec)) == {"component", "replica", "kind", "image", "image_id"}
    told = [ContainerSpec("api", 1, "python", "i", "id", command=((Secret("", "T", number),),)) for number in (1, 2)]
    assert labels.spec_hash(told[0]) != labels.spec_hash(told[1])
    assert labels.changed_parts(labels.container_labels("shop", told[0]), told[1]) == ("command",)
