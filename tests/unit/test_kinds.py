"""The kinds that come with Backdraft keep their promises, as far as that can be read from their files."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

import templates
from composer.catalogue import BY_DOCKERFILE, Kind, kind_faults, standard
from composer.kinds_page import kinds_page
from composer.references import Reference, references

KINDS = [standard()[name] for name in sorted(standard().kinds)]
PROXIES = {"caddy", "haproxy", "kong", "nginx"}
STORES = {
    "etcd",
    "mailpit",
    "mariadb",
    "memcached",
    "minio",
    "mongodb",
    "nats",
    "postgres",
    "rabbitmq",
    "redis",
    "smtp",
}
CODE = {"job", "node", "python", "static", "worker"}

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def test_the_catalogue_holds_these_kinds():
    assert set(standard().kinds) == PROXIES | STORES | CODE | {"container", "valkey"}


@pytest.mark.parametrize("path", sorted(templates.KINDS.glob("*.yml")), ids=lambda path: path.stem)
def test_a_kind_file_keeps_the_schema(path: Path):
    assert kind_faults(yaml.safe_load(path.read_text())) == []


def test_the_page_of_the_kinds_is_up_to_date():
    page = Path(templates.FOLDER).parent / "docs" / "kinds.md"
    assert page.read_text() == kinds_page(standard()), "run: python -m composer.kinds_page > docs/kinds.md"


def test_the_kind_that_the_page_shows_keeps_the_schema():
    shown = kinds_page(standard()).partition("```yaml\n")[2].partition("```")[0]
    assert kind_faults(yaml.safe_load(shown)) == []


@each_kind
def test_its_icon_is_a_small_picture_in_one_colour(kind: Kind):
    text = (templates.ICONS / f"{kind.icon}.svg").read_text()
    picture = ElementTree.fromstring(text)  # noqa: S314 (a file of ours)
    assert (picture.get("viewBox"), picture.get("stroke"), picture.get("fill")) == ("0 0 24 24", "currentColor", "none")
    assert len(text) < 1200


def test_no_icon_is_left_over():
    assert {path.stem for path in templates.ICONS.iterdir()} == {kind.icon for kind in KINDS}


@each_kind
def test_every_reference_leads_somewhere(kind: Kind):
    known = {
        "settings": set(kind.settings),
        "secret": set(kind.secrets),
        "port": set(kind.ports),
        "component": {"name", "project"},
    }
    offered = {**known, "server": {"host", "port"}}
    for place, text in _texts(kind):
        scope = offered if place.startswith("offers") else known
        lost = [str(found) for found in references(text) if not _leads(found, scope)]
        assert lost == [], place


@each_kind
def test_every_default_satisfies_its_own_rule_and_every_setting_is_described(kind: Kind):
    for name, rule in kind.settings.items():
        Draft202012Validator.check_schema(rule)
        assert rule.get("description", "").endswith((".", ")")), name
        faults = [error.message for error in Draft202012Validator(rule).iter_errors(rule["default"])]
        assert faults == [], name
        assert "enum" in rule or rule["type"] != "string" or rule["pattern"].startswith("^"), name


@each_kind
def test_its_recipe_and_its_build_exist_for_the_default_version(kind: Kind):
    if kind.build and kind.build != BY_DOCKERFILE:
        assert (templates.BUILDS / f"{kind.build}.Dockerfile").is_file()
    if kind.image and kind.image.recipe:
        recipe = yaml.safe_load((templates.IMAGES / kind.image.recipe / "recipe.yml").read_text())
        assert _with_defaults(kind.image.version, kind) in recipe["versions"]


def test_kinds_without_a_local_recipe_are_these():
    assert {kind.name for kind in KINDS if kind.image and not kind.image.recipe} == {
        "kong",
        "mailpit",
        "minio",
        "mongodb",
    }


@each_kind
def test_its_health_is_asked_on_ports_it_has(kind: Kind):
    asked = {kind.health.tcp, kind.health.http.port if kind.health.http else None} - {None}
    assert asked <= set(kind.ports)
    assert bool(asked) == bool(kind.ports)


@each_kind
def test_no_secret_stands_where_others_can_read_it(kind: Kind):
    for word in (*kind.entrypoint, *kind.command, *kind.health.command):
        assert [found for found in references(word) if found.words[0] == "secret"] == []


@each_kind
def test_it_runs_without_privileges(kind: Kind):
    if kind.name == "container":
        return  # whose image is a stranger's
    assert kind.user
    assert kind.user.split(":")[0] not in ("root", "0")
    assert kind.read_only
    assert set(kind.capabilities) <= ({"NET_BIND_SERVICE"} if kind.name == "caddy" else set())
    assert all(port.number >= 1024 for port in kind.ports.values() if isinstance(port.number, int))
    assert not kind.egress


@each_kind
def test_it_is_single_when_its_replicas_would_not_share_their_data(kind: Kind):
    assert kind.single == (kind.name in STORES | {"valkey"})


@each_kind
def test_its_files_lie_where_they_hide_nothing_of_the_image(kind: Kind):
    assert {str(Path(path).parent) for path in kind.files} <= {"/etc/backdraft"}


@each_kind
def test_it_is_described_in_plain_words(kind: Kind):
    assert kind.summary.endswith(".")
    assert len(kind.summary) <= 260
    assert "\n" not in kind.summary
    assert len(kind.title) <= 24


def test_only_proxies_are_given_routes():
    assert {kind.name for kind in KINDS if kind.routes} == PROXIES
    assert {kind.accepts for kind in KINDS if kind.routes} == {("http",)}


def _texts(kind: Kind) -> Iterator[tuple[str, str]]:
    if kind.image:
        yield from (("image/tag", kind.image.tag), ("image/version", kind.image.version))
    yield from ((f"environment/{name}", text) for name, text in kind.environment.items())
    for place in ("entrypoint", "command"):
        yield from ((place, word) for word in getattr(kind, place))
    yield from (("health/command", word) for word in kind.health.command)
    for port in kind.ports.values():
        yield f"ports/{port.name}/number", str(port.number)
        yield from ((f"offers/{port.name}/{key}", text) for key, text in port.offers.items())


def _leads(reference: Reference, known: dict[str, set[str]]) -> bool:
    scope, *name = reference.words
    return len(name) == 1 and name[0] in known.get(scope, set())


def _with_defaults(text: str, kind: Kind) -> str:
    for name, value in kind.defaults.items():
        text = text.replace(f"${{settings.{name}}}", str(value))
    return text
