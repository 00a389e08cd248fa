"""How much one caller may ask, and what the server tells of itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Request

from composer.access import Principal
from tests.unit.api.conftest import As
from ui.app import create_app
from ui.http.health import Check
from ui.http.rates import Rates
from ui.installation import Installation, open_installation
from ui.settings import load


def test_a_bucket_gives_what_ten_seconds_give_at_once_and_then_one_at_a_time():
    now = [0.0]
    rates = Rates(2.0, lambda: now[0])
    assert [rates.take("ada") for _ in range(20)] == [0.0] * 20
    assert rates.take("ada") == pytest.approx(0.5)
    assert rates.take("bob") == 0
    now[0] += 0.5
    assert [rates.take("ada"), rates.take("ada")] == [0.0, pytest.approx(0.5)]


def test_a_caller_who_asks_too_much_is_told_when_to_come_back_and_nobody_else_pays(tmp_path: Path):
    installation = open_installation(load(tmp_path, {"BACKDRAFT_REQUESTS_PER_MINUTE": "12"}))

    def told_by_name(request: Request) -> Principal:
        return Principal(request.headers["Test-Person"], "")

    client = create_app(installation, [told_by_name]).test_client()

    def status(person: str) -> int:
        return client.get("/api/v1/projects", headers={"Test-Person": person}).status_code

    assert [status("ada") for _ in range(3)] == [200, 200, 429]
    assert status("bob") == 200
    refused = client.get("/api/v1/projects", headers={"Test-Person": "ada"})
    assert (refused.get_json()["type"], int(refused.headers["Retry-After"]) in range(1, 6)) == (
        "/problems/too-many-requests",
        True,
    )
    # five callers' share for the address they come from, whoever they say they are
    assert [status(str(number)) for number in range(8)].count(429) >= 2
    installation.close()


def test_a_proxy_is_believed_only_where_there_is_one(tmp_path: Path, installation: Installation):
    def told_by_address(request: Request) -> Principal:
        return Principal("ada", str(request.remote_addr), makes_projects=True)

    for trusted, found in ((0, "127.0.0.1"), (1, "192.0.2.7"), (2, "192.0.2.6")):
        behind = replace(installation, settings=replace(installation.settings, trusted_proxies=trusted))
        client = create_app(behind, [told_by_address]).test_client()
        headers = {"X-Forwarded-For": "192.0.2.6, 192.0.2.7"}
        client.post("/api/v1/projects", json={"name": f"shop-{trusted}"}, headers=headers)
        assert installation.audit.deeds(limit=1)[0].address == found


def test_requests_are_measured_by_route_and_never_by_address(client: As):
    client("ada").post("/api/v1/projects", json={"name": "shop"})
    client("ada").get("/api/v1/projects/shop")
    client("eve").get("/api/v1/projects/shop")
    client("eve").get("/nothing/secret-word")
    client("eve").open("/nothing", method="SECRET-WORD")
    text = client("").get("/metrics").get_data(as_text=True)
    route = 'route="/api/v1/projects/<project>"'
    assert f'backdraft_requests_total{{method="GET",{route},status="200"}} 1.0' in text
    assert f'backdraft_requests_total{{method="GET",{route},status="404"}} 1.0' in text
    assert "backdraft_streams_limit 200.0" in text
    assert "backdraft_events_written 1.0" in text
    assert "secret" not in text.lower()
    assert "shop" not in text


@pytest.mark.parametrize(
    ("token", "address", "headers", "status"),
    [
        ("", "127.0.0.1", {}, 200),
        ("", "192.0.2.7", {}, 403),
        ("", "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 403),
        ("0123456789abcdef", "127.0.0.1", {}, 403),
        ("0123456789abcdef", "192.0.2.7", {"Authorization": "Bearer 0123456789abcdef"}, 200),
        ("0123456789abcdef", "192.0.2.7", {"Authorization": "Bearer 0123456789abcdeF"}, 403),
    ],
)
def test_measures_are_for_this_machine_or_for_whoever_shows_the_token(
    installation: Installation, token: str, address: str, headers: dict[str, str], status: int
):
    behind = replace(installation, settings=replace(installation.settings, metrics_token=token))
    client = create_app(behind, []).test_client()
    assert client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address}).status_code == status


def test_it_is_ready_while_what_it_needs_is_there_and_tells_what_is_not(installation: Installation):
    faults = {"services": "", "vital": ""}
    checks = {
        "services": Check(lambda: faults["services"]),
        "vital": Check(lambda: faults["vital"], is_needed=True),
        "engine": Check(lambda: ""),
    }
    client = create_app(installation, [], checks).test_client()
    seen = []
    for change in ({}, {"services": "feed: has ended"}, {"vital": "is gone"}):
        faults.update(change)
        answer = client.get("/readyz")
        seen.append((answer.status_code, answer.get_json()))
    assert seen == [
        (200, {"status": "ok", "faults": {}}),
        (200, {"status": "impaired", "faults": {"services": "feed: has ended"}}),
        (503, {"status": "not ready", "faults": {"services": "feed: has ended", "vital": "is gone"}}),
    ]
