"""The Python client against the application behind a real socket, and against servers that misbehave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from flask import Flask, Response, request

from tests.unit.api.serving import served
from ui.client import (
    Client,
    DeniedError,
    Key,
    LostUpdateError,
    NotFoundError,
    ProblemError,
    UnknownCallerError,
    UnreachableError,
)
from ui.client.signing import digest_of, now
from ui.client.streaming import Event, frames
from ui.installation import Installation

VECTORS = json.loads((Path(__file__).parent / "signatures.json").read_text())
SECRET = "bds_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"


@pytest.fixture
def ada(app: Flask, installation: Installation) -> Iterator[Client]:
    made, secret = installation.keys.make("ada", "client")
    with served(app) as url, Client(url, f"{made.id}:{secret}") as client:
        yield client


def test_the_client_signs_what_the_vectors_say():
    for each in VECTORS:
        key = Key(each["key"], each["secret"])
        url = "https://backdraft.example" + each["path"] + ("?" + each["query"] if each["query"] else "")
        digest = digest_of(each["body"].encode())
        assert key.text(each["method"], url, digest, each["date"]).split("\n") == each["text"], each["name"]
        headers = key.headers(each["method"], url, digest, each["date"])
        assert headers["Authorization"].endswith(f"signature={each['signature']}")


def test_a_key_never_shows_its_secret():
    key = Key.read(f"bdk_a:{SECRET}\n")
    assert (str(key), SECRET in repr(key)) == ("bdk_a", False)


@pytest.mark.parametrize("text", ["", "bdk_a", f"{SECRET}:bdk_a", "bdk_a:hunter2", "bdk_a:bds_\u00e9"])
def test_what_is_no_key_is_refused_before_anything_is_sent(text: str):
    with pytest.raises(ValueError, match="it is written bdk_…:bds_…"):
        Client("http://127.0.0.1:9", text)


@pytest.mark.parametrize("url", ["", "backdraft.example", "ftp://a", "http://", "https://user:word@a", "http://a?b"])
def test_what_is_no_address_is_refused(url: str):
    with pytest.raises(ValueError, match=r"write https://backdraft\.example"):
        Client(url, None)


def test_no_two_requests_have_the_same_date():
    dates = [now() for _ in range(1000)]
    assert len(set(dates)) == 1000


def test_a_project_is_drawn_with_the_client(ada: Client):
    made = ada.drawings.make("shop")
    text = "backdraft: 1\nname: shop\ncomponents:\n  db: {kind: postgres}\n"
    saved = ada.drawings.save("shop", text, base=made.version)
    assert (saved.version, saved.text, ada.drawings.schema("shop")) == (2, text, saved)
    assert [each.version for each in ada.drawings.drafts("shop")] == [2, 1]
    assert ada.drawings.draft("shop", 1).text.startswith("backdraft: 1")
    assert [each.name for each in ada.drawings.projects()] == ["shop"]
    assert ada.drawings.check(text.replace("postgres", "postgre")).problems[0].path == "components/db/kind"


def test_a_lost_update_has_the_texts_to_merge(ada: Client):
    ada.drawings.make("shop")
    ada.drawings.save("shop", "a: 1\n", base=1)
    with pytest.raises(LostUpdateError) as caught:
        ada.drawings.save("shop", "b: 1\n", base=1)
    assert caught.value.newest["text"] == "a: 1\n"
    assert caught.value.base is not None
    assert caught.value.base["version"] == 1


def test_problems_are_exceptions_with_path_and_remedy(ada: Client, app: Flask):
    with pytest.raises(NotFoundError):
        ada.drawings.project("nope")
    with pytest.raises(DeniedError, match="for people who are signed in, not for access keys"):
        ada.keys.make("more")
    with pytest.raises(ProblemError) as caught:
        ada.drawings.make("No Name")
    assert (caught.value.status, caught.value.type, caught.value.path) == (422, "bad-request", "name")
    with served(app) as url, pytest.raises(UnknownCallerError, match="check key and secret"):
        Client(url, Key("bdk_a", SECRET)).drawings.projects()


def test_keys_are_listed_and_a_key_may_end_itself(ada: Client):
    (mine,) = ada.keys.mine()
    assert (mine.name, mine.scope, ada.keys.show(mine.id).id) == ("client", None, mine.id)
    with pytest.raises(DeniedError):
        next(ada.keys.of_everybody())
    ada.keys.revoke(mine.id)
    with pytest.raises(UnknownCallerError, match="is revoked"):
        ada.drawings.projects()


class Wavering:
    """A server that answers with each of `answers` in turn."""

    def __init__(self, *answers: Response | int) -> None:
        self.app = Flask("wavering")
        self.seen: list[tuple[str, str | None]] = []
        left = list(answers)

        @self.app.route("/<path:path>", methods=["GET", "POST", "PUT", "DELETE"])
        def answer(path: str) -> Response:
            self.seen.append((request.method, request.headers.get("Authorization")))
            found = left.pop(0)
            return found if isinstance(found, Response) else Response("{}", found, content_type="application/json")


def asked(server: Wavering, method: str, **options: bool) -> tuple[list[float], int]:
    waits: list[float] = []
    with served(server.app) as url, Client(url, Key("bdk_a", SECRET), sleep=waits.append) as client:
        try:
            client._transport.ask(method, "/api/v1/anything", **options)
        except ProblemError as error:
            return waits, error.status
    return waits, 200


def test_what_is_safe_to_repeat_is_repeated_later_and_later_and_signed_anew():
    server = Wavering(503, 502, 429, 200)
    waits, status = asked(server, "GET")
    assert (len(server.seen), len({signed for _, signed in server.seen}), status) == (4, 4, 200)
    assert [0.12 < wait / 2**number <= 0.25 for number, wait in enumerate(waits)] == [True] * 3


def test_the_server_may_say_how_long_to_wait():
    busy = Response("{}", 503, {"Retry-After": "7"}, content_type="application/problem+json")
    assert asked(Wavering(busy, 200), "GET") == ([7.0], 200)


@pytest.mark.parametrize(("method", "options"), [("POST", {}), ("PUT", {}), ("DELETE", {})])
def test_what_might_be_done_twice_is_sent_once(method: str, options: dict[str, bool]):
    server = Wavering(503, 200)
    assert asked(server, method, **options) == ([], 503)
    assert len(server.seen) == 1
    assert asked(Wavering(503, 200), method, is_safe=True)[1] == 200


@pytest.mark.parametrize("status", [400, 409, 500])
def test_what_will_not_change_is_not_tried_again(status: int):
    assert asked(Wavering(Response("{}", status, content_type="application/problem+json")), "GET") == ([], status)


def test_a_server_that_is_not_there_or_not_backdraft_is_told_in_a_sentence():
    waits: list[float] = []
    client = Client("http://127.0.0.1:9", Key("bdk_a", SECRET), sleep=waits.append, tries=3)
    with pytest.raises(UnreachableError, match=r"^http://127\.0\.0\.1:9 does not answer: Connection refused$"):
        client.drawings.projects()
    assert len(waits) == 2
    for page in (Response("<html>"), Response("<html>", 404), Response("", 302, {"Location": "https://a.example"})):
        with served(Wavering(page).app) as url, pytest.raises(UnreachableError, match="what answers there is not Back"):
            Client(url, None, tries=1).drawings.projects()


def test_a_server_of_another_version_is_told():
    page = Response('{"projects": [{"name": "shop"}]}', content_type="application/json")
    with served(Wavering(page).app) as url, pytest.raises(UnreachableError, match="the answer has no made, made_by"):
        Client(url, None).drawings.projects()


EVENTS = (
    b"retry: 2000\nid: 6\n\nid: 7\n"
    b'data: {"id": 7, "project": "shop", "kind": "draft.saved", "at": 1.5, "content": {}}\n\n'
    b': still here\n\nevent: resync\nid: 9\ndata: {"reason": "x"}\n\nevent: later\ndata: \xc3\xa9\n\n'
)


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_events_are_read_however_they_are_cut(size: int):
    pieces = [EVENTS[start : start + size] for start in range(0, len(EVENTS), size)]
    assert [(name, last, data[:9]) for name, last, data in frames(iter(pieces))] == [
        ("message", "6", ""),
        ("message", "7", '{"id": 7,'),
        ("resync", "9", '{"reason"'),
        ("later", None, "é"),
    ]


def test_a_stream_that_breaks_goes_on_after_the_last_event():
    app = Flask("events")
    asked: list[str | None] = []

    @app.get("/api/v1/events")
    def events() -> Response:
        asked.append(request.headers.get("Last-Event-ID"))
        if len(asked) == 2:
            return Response("{}", 503, content_type="application/problem+json")
        entry = {"id": len(asked), "project": "shop", "kind": "draft.saved", "at": 1.0, "content": {"n": len(asked)}}
        return Response(f"id: {len(asked)}\ndata: {json.dumps(entry)}\n\n", content_type="text/event-stream")

    with (
        served(app) as url,
        Client(url, None, tries=1, sleep=lambda seconds: None) as client,
        client.events() as stream,
    ):
        found = []
        for event in stream:
            found.append(event)
            if len(found) == 2:
                break
    assert [(event.id, event.content) for event in found] == [(1, {"n": 1}), (3, {"n": 3})]
    assert asked == [None, "1", "1"]


def test_a_stream_says_when_something_was_missed():
    app = Flask("events")

    @app.get("/api/v1/events")
    def events() -> Response:
        return Response(EVENTS, content_type="text/event-stream")

    with served(app) as url, Client(url, None) as client, client.events() as stream:
        both = list(islice(stream, 2))
    assert both[0] == Event(7, "draft.saved", "shop", 1.5, {})
    assert (both[1].is_resync, stream.last) == (True, 9)
