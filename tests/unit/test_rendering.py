"""What kinds render: whole files as text, and what never gets into one.

Write the expected files anew, and read what changed before you commit it: python tests/unit/test_rendering.py
"""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from composer import syntax
from composer.catalogue import Kind, standard
from composer.model import Connection
from composer.references import references
from composer.rendering import RenderingError, render, shares, sites
from composer.routes import Route, Target, routes

CASES = Path(__file__).parent / "rendered"


def rendered(kind: Kind, drawn: tuple[Route, ...] = (), **settings: Any) -> dict[str, str]:
    values = {**kind.defaults, **settings}
    numbers = {name: int(port.number) for name, port in kind.ports.items()}
    return render(kind, settings=values, ports=numbers, routes=drawn, component="front", project="shop")


def case_text(case: Path) -> str:
    given = yaml.safe_load(case.read_text())
    drawn = tuple(
        Route(**{**route, "targets": tuple(Target(**target) for target in route["targets"])})
        for route in given.get("routes", ())
    )
    files = rendered(standard()[case.parent.name], drawn, **given.get("settings", {}))
    return "\n".join(f"=== {path}\n{text}" for path, text in files.items())


@pytest.mark.parametrize("case", sorted(CASES.glob("*/*.yml")), ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_a_kind_renders_the_files_that_are_expected(case: Path):
    assert case_text(case) == case.with_suffix(".conf").read_text()


def test_every_kind_with_files_has_a_case():
    assert {kind.name for kind in standard().kinds.values() if kind.files} == {path.name for path in CASES.iterdir()}


WEB = Route("", "/", "round-robin", (Target("web", 3000, 1),))

HOSTILE_ROUTES = {
    "a path that ends a directive": replace(WEB, path="/; return 200"),
    "a path that closes a block": replace(WEB, path="/x{}"),
    "a path with a quote": replace(WEB, path="/'"),
    "a path with a line break": replace(WEB, path="/a\nacl x"),
    "a path with a closing line break": replace(WEB, path="/a\n"),
    "a path with a backslash": replace(WEB, path="/a\\b"),
    "a path that begins a comment": replace(WEB, path="/#"),
    "a path that reads the environment": replace(WEB, path="/$HOME"),
    "a path that begins a reference": replace(WEB, path="/${secret.password}"),
    "a path that goes up": replace(WEB, path="/a/../b"),
    "a path without a slash": replace(WEB, path="a"),
    "a path with a double slash": replace(WEB, path="/a//b"),
    "a path that is a pattern": replace(WEB, path="/*"),
    "a host with a space": replace(WEB, host="a b"),
    "a host that ends a directive": replace(WEB, host="a;"),
    "a host that is a placeholder": replace(WEB, host="{env.HOME}"),
    "a host that begins with a hyphen": replace(WEB, host="-f.example"),
    "a host with a closing line break": replace(WEB, host="a.example\n"),
    "a server with a space": replace(WEB, targets=(Target("web max_conns=1", 3000, 1),)),
    "a server with a weight below nothing": replace(WEB, targets=(Target("web", 3000, -1),)),
    "an algorithm nobody knows": replace(WEB, algorithm="random; x"),
}


@pytest.mark.parametrize("route", HOSTILE_ROUTES.values(), ids=HOSTILE_ROUTES.keys())
@pytest.mark.parametrize("proxy", ["caddy", "haproxy", "kong", "nginx"])
def test_a_hostile_route_is_refused(proxy: str, route: Route):
    with pytest.raises(RenderingError):
        rendered(standard()[proxy], (route,))


@pytest.mark.parametrize("path", ["/", "/api/", "/v1.0/~user", "/.well-known/x", "/a//b", "/a/../b", "/..", "/a/."])
def test_the_paths_a_schema_may_hold_are_those_that_can_be_rendered(path: str):
    try:
        can_be_rendered = bool(rendered(standard()["nginx"], (replace(WEB, path=path),)))
    except RenderingError:
        can_be_rendered = False
    assert can_be_rendered == bool(re.search(syntax.ROUTE, path))


def test_a_hostile_setting_is_refused_with_its_place():
    with pytest.raises(RenderingError) as caught:
        rendered(standard()["nats"], user="app\npassword: x")
    assert str(caught.value) == (
        "kind 'nats', file /etc/backdraft/nats.conf: "
        "'app\\npassword: x' holds characters that may not be put into a file"
    )


def test_a_value_nobody_gave_is_an_error_with_its_place():
    kind = replace(standard()["nats"], files={"/etc/x": "{{ settings.missing }}"})
    with pytest.raises(RenderingError, match=r"^kind 'nats', file /etc/x: 'dict object' has no attribute 'missing'$"):
        rendered(kind)


@pytest.mark.parametrize("template", ["{{ settings }}", "{{ settings.stored > 1 }}", "{{ none }}"])
def test_only_text_and_numbers_are_put_in(template: str):
    with pytest.raises(RenderingError, match="is neither text nor a number"):
        rendered(replace(standard()["nats"], files={"/etc/x": template}))


def test_a_template_cannot_reach_into_python():
    kind = replace(standard()["nats"], files={"/etc/x": "{{ ''.__class__.__mro__ }}"})
    with pytest.raises(RenderingError):
        rendered(kind)


def test_a_secret_stays_a_reference():
    text = rendered(standard()["redis"])["/etc/backdraft/redis.conf"]
    assert [str(reference) for reference in references(text)] == ["${secret.password}"]


@pytest.mark.parametrize("kind", [kind for kind in standard().kinds.values() if kind.files], ids=lambda kind: kind.name)
def test_the_only_references_in_files_are_secrets_of_the_kind(kind: Kind):
    for text in rendered(kind, (WEB,) if kind.routes else ()).values():
        assert {reference.words for reference in references(text)} <= {("secret", name) for name in kind.secrets}


def test_rendering_is_imported_without_the_template_engine():
    code = "import sys, composer.rendering; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ("", ""),
        ("a*1/1", "a=1"),
        ("a*90/1 b*10/1", "a=9 b=1"),
        ("a*50/3 b*50/1", "a=1 b=3"),
        ("a*1/1 b*0/1", "a=1 b=0"),
        ("a*0/1 b*0/2", "a=0 b=0"),
        ("a*999/1 b*1/1", "a=256 b=1"),
    ],
)
def test_shares_are_for_each_replica(targets: str, expected: str):
    drawn = []
    for word in targets.split():
        name, numbers = word.split("*")
        weight, replicas = numbers.split("/")
        drawn.append(Target(name, 80, int(weight), int(replicas)))
    assert " ".join(f"{target.name}={weight}" for target, weight in shares(drawn)) == expected


def test_a_route_of_a_host_hides_the_common_ones_it_covers():
    drawn = [
        replace(WEB, host="a.example", path="/api"),
        replace(WEB, host="b.example"),
        replace(WEB, path="/api/deep"),
        replace(WEB, path="/apix"),
        WEB,
    ]
    told = [(host, [f"{route.host}{route.path}" for route in counting]) for host, counting in sites(drawn)]
    assert told == [
        ("a.example", ["/apix", "a.example/api", "/"]),
        ("b.example", ["b.example/"]),
        ("", ["/api/deep", "/apix", "/"]),
    ]


def test_connections_with_the_same_host_and_path_are_one_route():
    drawn = [
        Connection("front", "a", path="/api/", host="Shop.Example", weight=90),
        Connection("front", "b", path="/api", host="shop.example", algorithm="source"),
        Connection("front", "c"),
    ]
    assert routes(drawn, {("a", None): 1, ("b", None): 2, ("c", None): 3}, {"a": 4}) == (
        Route("shop.example", "/api", "source", (Target("a", 1, 90, 4), Target("b", 2, 1, 1))),
        Route("", "/", "round-robin", (Target("c", 3, 1, 1),)),
    )


def test_kong_is_given_its_declarative_format():
    text = rendered(
        standard()["kong"],
        (replace(WEB, host="shop.example"), replace(WEB, path="/api", algorithm="source")),
    )["/etc/backdraft/kong.yml"]
    content = yaml.safe_load(text)
    assert content["_format_version"] == "3.0"
    assert set(content) == {"_format_version", "_transform", "plugins", "upstreams", "services", "routes"}
    upstreams = {upstream["name"] for upstream in content["upstreams"]}
    assert [service["host"] in upstreams for service in content["services"]] == [True, True]
    assert [route["paths"] for service in content["services"] for route in service["routes"]] == [
        ["/"],
        ["~/api(?:/|$)"],
    ]
    assert content["routes"][0]["plugins"][0]["config"]["status_code"] == 404


if __name__ == "__main__":
    for path in sorted(CASES.glob("*/*.yml")):
        path.with_suffix(".conf").write_text(case_text(path))
