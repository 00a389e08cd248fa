"""Access keys: made, used to sign requests, and ended."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from composer.access import Permission, Role
from composer.keys.signing import WINDOW, body_digest, canonical_text, claim, fits, signature
from composer.keys.store import MOST_OF_A_PERSON, Keys
from tests.unit.api.conftest import PEOPLE, As
from ui.app import create_app
from ui.http.signatures import BySignature
from ui.installation import Installation

VECTORS = json.loads((Path(__file__).parent / "signatures.json").read_text())


@dataclass
class Clock:
    """Says the time it is set to."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Machine:
    """Signs requests in the way that docs/api.md tells."""

    app: Flask
    key: str
    secret: str
    clock: Clock

    def __call__(
        self, method: str, target: str, body: bytes = b"", late: float = 0.0, sent: bytes | None = None, **also: str
    ) -> TestResponse:
        path, _, query = target.partition("?")
        date = datetime.fromtimestamp(self.clock.now - late, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"
        text = canonical_text(self.key, date, method, unquote(path, "latin-1"), query, body_digest(body))
        headers = {
            "Authorization": f"Backdraft-HMAC-SHA256 key={self.key}, date={date}, signature="
            + signature(self.secret, text),
            "Content-Digest": f"sha-256=:{body_digest(body)}:",
        }
        self.clock.now += 0.001
        return self.app.test_client().open(
            target,
            method=method,
            data=body if sent is None else sent,
            headers=headers | also,
            content_type="application/json" if body else None,
        )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(installation: Installation, clock: Clock) -> Keys:
    return Keys(installation.database, installation.vault, clock)


@pytest.fixture
def signed_app(installation: Installation, keys: Keys, clock: Clock) -> Flask:
    installation.projects.make("shop", "backdraft: 1\nname: shop\ncomponents: {}\n", "ada")
    installation.projects.make("blog", "backdraft: 1\nname: blog\ncomponents: {}\n", "ada")
    return create_app(installation, [BySignature(keys, lambda person: PEOPLE.get(person), clock)])


@pytest.fixture
def machine(signed_app: Flask, keys: Keys, clock: Clock) -> Machine:
    made, secret = keys.make("ada", "nightly")
    return Machine(signed_app, made.id, secret, clock)


def told(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, str(answer.get_json()["type"]).rpartition("/")[2]


def test_the_text_that_is_signed_is_that_of_the_vectors():
    for each in VECTORS:
        text = canonical_text(
            each["key"],
            each["date"],
            each["method"],
            unquote(each["path"], "latin-1"),
            each["query"],
            body_digest(each["body"].encode()),
        )
        assert (text.split("\n"), signature(each["secret"], text)) == (each["text"], each["signature"]), each["name"]


def test_a_signature_is_compared_as_a_whole():
    assert fits(signature("s", "text"), "s", "text")
    assert not fits(signature("s", "text")[:-1] + "x", "s", "text")


def test_a_signed_request_is_that_of_its_person(machine: Machine):
    answer = machine("GET", "/api/v1/projects")
    assert [each["name"] for each in answer.get_json()["projects"]] == ["blog", "shop"]
    answer = machine("POST", "/api/v1/projects", b'{"name": "third"}')
    assert (answer.status_code, answer.get_json()["made_by"]) == (201, f"ada (key {machine.key})")


@pytest.mark.parametrize(
    "target", ["/api/v1/projects/shop/drafts?limit=3&limit=%33", "/api/v1/projects/sh%6Fp?b&a=%2f"]
)
def test_it_does_not_matter_how_an_address_is_encoded(machine: Machine, target: str):
    assert machine("GET", target).status_code == 200


def test_an_unknown_key_and_a_wrong_secret_look_the_same(machine: Machine):
    unknown = replace(machine, key="bdk_doesnotexist")("GET", "/api/v1/projects").get_json()
    wrong = replace(machine, secret="bds_wrong")("GET", "/api/v1/projects").get_json()
    assert unknown["type"] == "/problems/wrong-signature"
    assert {**unknown, "instance": ""} == {**wrong, "instance": ""}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_signature_fits_no_other_request(machine: Machine, method: str):
    answer = machine("PUT", "/api/v1/projects/shop/schema", b'{"text": "a"}')
    header = answer.request.headers["Authorization"]
    digest = answer.request.headers["Content-Digest"]
    for target in ("/api/v1/projects/shop/schema?a=1", "/api/v1/projects/blog/schema", "/api/v1/projects/shop"):
        again = machine.app.test_client().open(
            target, method=method, headers={"Authorization": header, "Content-Digest": digest}
        )
        assert told(again) in ((401, "wrong-signature"), (405, "method-not-allowed"))


@pytest.mark.parametrize("late", [WINDOW + 1, -WINDOW - 1])
def test_a_request_of_another_time_is_refused_and_told_what_time_it_is(machine: Machine, late: float):
    answer = machine("GET", "/api/v1/projects", late=late)
    assert (told(answer), answer.get_json()["now"]) == ((401, "wrong-time"), pytest.approx(machine.clock.now, abs=1))
    assert machine("GET", "/api/v1/projects", late=late / 1.1).status_code == 200


def test_a_request_that_is_replayed_is_refused_as_long_as_its_date_is_good(
    machine: Machine, installation: Installation
):
    answer = machine("GET", "/api/v1/projects", late=-200)
    headers = {"Authorization": answer.request.headers["Authorization"], "Content-Digest": ""}
    for passed, problem in ((0, "replayed"), (400, "replayed"), (200, "wrong-time")):
        machine.clock.now += passed
        again = machine.app.test_client().get("/api/v1/projects", headers=headers)
        assert told(again) == (401, problem)
    assert machine("GET", "/api/v1/projects").status_code == 200
    with sqlite3.connect(installation.home / "backdraft.db") as database:
        assert database.execute("SELECT count(*) FROM seen_signatures").fetchone() == (1,)


def test_a_body_that_is_not_what_was_signed_is_refused_before_it_is_parsed(machine: Machine):
    for sent in (b'{"text": "b"}', b"not JSON at all"):
        answer = machine("POST", "/api/v1/check", b'{"text": "a"}', sent=sent)
        assert told(answer) == (400, "wrong-digest")
    without = machine("POST", "/api/v1/check", b'{"text": "a"}', **{"Content-Digest": ""})
    assert told(without) == (401, "wrong-signature")


def test_a_large_body_is_checked_without_being_kept_in_memory(machine: Machine):
    body = json.dumps({"text": "# " + "x" * 900_000}).encode() + b" " * 2**20
    assert machine("POST", "/api/v1/check", body).status_code == 200
    assert told(machine("POST", "/api/v1/check", body, sent=body[:-1] + b"\n")) == (400, "wrong-digest")


@pytest.mark.parametrize(
    "header",
    [
        "Backdraft-HMAC-SHA256",
        "Backdraft-HMAC-SHA256 key=bdk_a, date=yesterday, signature=" + "0" * 64,
        "Backdraft-HMAC-SHA256 key=bdk_a, date=2026-13-45T12:00:00Z, signature=" + "0" * 64,
        "Backdraft-HMAC-SHA256 key=bdk_a, date=2026-01-31T12:00:00Z, signature=" + "0" * 63,
        "Backdraft-HMAC-SHA256 key=' OR 1=1, date=2026-01-31T12:00:00Z, signature=" + "0" * 64,
        "Backdraft-HMAC-SHA256 " + "x" * 7000,
    ],
    ids=lambda text: text[22:70],
)
def test_a_header_that_cannot_be_read_says_how_to_write_it(machine: Machine, header: str):
    answer = machine.app.test_client().get("/api/v1/projects", headers={"Authorization": header})
    assert told(answer) == (401, "unreadable-signature")
    assert answer.get_json()["remedy"].startswith("write ")


def test_a_query_of_very_many_parameters_is_refused(signed_app: Flask, machine: Machine):
    header = f"Backdraft-HMAC-SHA256 key={machine.key}, date=2027-01-15T08:00:00Z, signature={'0' * 64}"
    target = "/api/v1/projects?" + "a&" * 2000
    answer = signed_app.test_client().get(target, headers={"Authorization": header})
    assert told(answer) == (401, "unreadable-signature")


def test_a_key_may_never_do_more_than_its_scope_nor_elsewhere_nor_than_its_person(signed_app: Flask, keys: Keys):
    clock = Clock()
    read = frozenset({Permission.READ})
    everything = frozenset(Permission)
    cases = {
        ("ada", read, None): [200, 403, 200],
        ("ada", everything, frozenset({"blog"})): [404, 404, 200],
        ("ada", frozenset({Permission.DRAW}), None): [404, 404, 404],
        ("vic", everything, None): [200, 403, 404],
        ("ada", None, None): [200, 428, 200],
        ("ada", frozenset(), None): [404, 404, 404],
    }
    for (person, scope, projects), expected in cases.items():
        made, secret = keys.make(person, "a", scope, projects)
        asks = Machine(signed_app, made.id, secret, clock)
        answers = [
            asks("GET", "/api/v1/projects/shop"),
            asks("PUT", "/api/v1/projects/shop/schema", b'{"text": "a"}'),
            asks("GET", "/api/v1/projects/blog"),
        ]
        assert [answer.status_code for answer in answers] == expected, (person, scope, projects)


def test_a_key_ends_at_once_when_it_is_revoked_expires_or_its_person_is_gone(
    machine: Machine, keys: Keys, installation: Installation, clock: Clock
):
    short, secret = keys.make("dan", "short", expires=clock.now + 10)
    dan = replace(machine, key=short.id, secret=secret)
    assert dan("GET", "/api/v1/projects").status_code == 200
    clock.now += 10
    assert told(dan("GET", "/api/v1/projects")) == (401, "key-ended")
    keys.revoke(machine.key)
    assert told(machine("GET", "/api/v1/projects")) == (401, "key-ended")
    # whoever does not hold the secret does not learn that it ever was a key
    assert told(replace(machine, secret="bds_wrong")("GET", "/api/v1/projects")) == (401, "wrong-signature")
    lost, secret = keys.make("nobody", "lost")
    assert told(replace(machine, key=lost.id, secret=secret)("GET", "/api/v1/projects")) == (401, "key-ended")


def test_a_right_that_its_person_loses_is_lost_to_the_key(
    installation: Installation, keys: Keys, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    installation.projects.make("shop", "backdraft: 1\nname: shop\ncomponents: {}\n", "ada")
    rights = dict(PEOPLE)
    app = create_app(installation, [BySignature(keys, rights.get, clock)])
    made, secret = keys.make("dan", "dan's")
    asks = Machine(app, made.id, secret, clock)
    assert asks("PUT", "/api/v1/projects/shop/schema", b'{"text": "a"}').status_code == 428
    rights["dan"] = replace(rights["dan"], roles={"shop": Role.VIEWER})
    assert asks("PUT", "/api/v1/projects/shop/schema", b'{"text": "a"}').status_code == 403


def test_when_it_was_used_is_written_once_a_minute(machine: Machine, keys: Keys, clock: Clock):
    used = []
    for passed in (0, 30, 31, 1):
        clock.now += passed
        machine("GET", "/api/v1/projects")
        found = keys.find(machine.key)
        assert found is not None
        assert found.last_used is not None
        used.append(round(found.last_used - 1_800_000_000))
    assert used == [0, 0, 61, 61]


def make(client: As, person: str, **content: Any) -> tuple[int, dict[str, Any]]:
    answer = client(person).post("/api/v1/me/keys", json={"name": "ci", **content})
    return answer.status_code, answer.get_json()


def test_a_person_makes_keys_sees_them_without_their_secrets_and_revokes_them(client: As):
    status, made = make(client, "dan", scope=["read", "deploy"])
    assert (status, made["secret"][:4], made["scope"], made["projects"]) == (201, "bds_", ["deploy", "read"], None)
    listed = client("dan").get("/api/v1/me/keys").get_json()["keys"]
    assert listed == [{name: value for name, value in made.items() if name != "secret"}]
    assert client("dan").get(f"/api/v1/me/keys/{made['id']}").get_json()["name"] == "ci"
    assert client("dan").delete(f"/api/v1/me/keys/{made['id']}").status_code == 204
    assert client("dan").get(f"/api/v1/me/keys/{made['id']}").get_json()["revoked"] is not None


def test_nobody_else_sees_or_revokes_a_key_but_an_administrator(client: As):
    _, made = make(client, "dan")
    for verb in ("get", "delete"):
        assert getattr(client("ada"), verb)(f"/api/v1/me/keys/{made['id']}").status_code == 404
    assert client("ada").get("/api/v1/keys").status_code == 403
    assert client("ada").delete(f"/api/v1/keys/{made['id']}").status_code == 403
    assert [each["person"] for each in client("root").get("/api/v1/keys").get_json()["keys"]] == ["dan"]
    assert client("root").delete(f"/api/v1/keys/{made['id']}").status_code == 204


def test_a_key_makes_no_keys_and_ends_no_other_than_itself(machine: Machine, keys: Keys):
    other, _ = keys.make("ada", "other")
    assert told(machine("POST", "/api/v1/me/keys", b'{"name": "more"}')) == (403, "denied")
    assert told(machine("DELETE", f"/api/v1/me/keys/{other.id}")) == (403, "denied")
    assert machine("DELETE", f"/api/v1/me/keys/{machine.key}").status_code == 204
    assert told(machine("GET", "/api/v1/projects")) == (401, "key-ended")


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"scope": []}, "scope"),
        ({"scope": ["everything"]}, "scope/0"),
        ({"projects": []}, "projects"),
        ({"projects": ["blog"]}, "projects/0"),
        ({"expires": 12.0}, "expires"),
        ({"expires": "never"}, "expires"),
    ],
)
def test_a_key_that_cannot_be_is_refused_with_the_place(client: As, content: dict[str, Any], path: str):
    status, problem = make(client, "dan", **content)
    assert (status, problem["path"]) == (422, path)


def test_nobody_has_keys_without_end(client: As, installation: Installation):
    for _ in range(MOST_OF_A_PERSON):
        last, _ = installation.keys.make("dan", "a")
    assert make(client, "dan")[0] == 409
    installation.keys.revoke(last.id)
    assert make(client, "dan")[0] == 201


def test_keys_come_in_pages(client: As, installation: Installation):
    made = [installation.keys.make("dan", str(number))[0].id for number in range(3)]
    first = client("dan").get("/api/v1/me/keys?limit=2").get_json()
    rest = client("dan").get(f"/api/v1/me/keys?limit=2&cursor={first['next']}").get_json()
    assert [each["id"] for each in first["keys"] + rest["keys"]] == made[::-1]
    assert rest["next"] is None


def test_the_secret_of_a_key_is_nowhere_in_plain(client: As, installation: Installation):
    _, made = make(client, "dan")
    client("root").get("/api/v1/keys")
    client("dan").delete(f"/api/v1/me/keys/{made['id']}")
    kept = b"".join(path.read_bytes() for path in installation.home.iterdir() if path.is_file())
    assert made["secret"].encode() not in kept
    assert made["secret"] not in str(installation.audit.deeds()) + str(installation.keys.keys())
    assert [(deed.who, deed.what, deed.target) for deed in installation.audit.deeds()] == [
        ("dan", "revoke_my_key", made["id"]),
        ("dan", "make_key", made["id"]),
    ]


def test_a_claim_says_its_moment_to_the_nanosecond():
    found = claim(f"Backdraft-HMAC-SHA256 key=bdk_a, date=2026-01-31T12:00:00.000000001Z, signature={'0' * 64}")
    assert found is not None
    assert found.moment == pytest.approx(datetime(2026, 1, 31, 12, tzinfo=UTC).timestamp())


def test_keys_go_on_when_the_key_that_seals_them_is_changed(machine: Machine, installation: Installation):
    sealed_anew = installation.vault.keyring.rotate(installation.database)
    assert sealed_anew == 2  # that of the machine, and the one under which the tokens of sessions are made
    assert machine("GET", "/api/v1/projects").status_code == 200
