"""The stream of events: what happens in every project that the caller may see, and nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from composer import api_events
from composer.access import Principal, Role
from tests.unit.api.conftest import As
from ui.installation import Installation


@pytest.fixture(autouse=True)
def feeding(installation: Installation) -> Iterator[threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=installation.feed.run, args=(stop,))
    thread.start()
    yield stop
    stop.set()
    thread.join(5)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_events, "RIGHTS_HOLD", 0.2)


class Stream:
    """The events that one client is sent."""

    def __init__(self, client: FlaskClient, path: str = "/api/v1/events", **headers: str) -> None:
        self.answer = client.get(path, headers=headers, buffered=False)
        assert self.answer.status_code == 200, self.answer.data
        self._texts = self.answer.iter_encoded()
        self._events: list[str] = []

    def next(self) -> str:
        """The next event as it was sent, without its end."""
        while not self._events:
            self._events = next(self._texts).decode().split("\n\n")[:-1]
        return self._events.pop(0)

    def entry(self) -> dict[str, Any]:
        """The next event's content, with its id checked."""
        number, _, data = self.next().partition("\ndata: ")
        content: dict[str, Any] = json.loads(data)
        assert number == f"id: {content['id']}"
        return content

    def close(self) -> None:
        self.answer.close()


@pytest.fixture
def stream(client: As) -> Iterator[Callable[..., Stream]]:
    made: list[Stream] = []

    def begin(person: str, *given: str, **headers: str) -> Stream:
        made.append(Stream(client(person), *given, **headers))
        return made[-1]

    yield begin
    for each in made:
        each.close()


def test_it_begins_now_and_says_where(stream: Callable[..., Stream], installation: Installation):
    installation.journal.write("shop", "draft.saved", {})
    begun = stream("vic")
    assert (begun.answer.mimetype, begun.answer.headers["X-Accel-Buffering"]) == ("text/event-stream", "no")
    assert begun.next() == "retry: 2000\nid: 1"
    installation.journal.write("shop", "deploy.phase", {"component": "api", "text": "grün\n"})
    entry = begun.entry()
    assert (entry["id"], entry["project"], entry["kind"]) == (2, "shop", "deploy.phase")
    assert entry["content"] == {"component": "api", "text": "grün\n"}


def test_everybody_sees_what_happens_in_projects_of_theirs_only(
    stream: Callable[..., Stream], installation: Installation
):
    streams = {person: stream(person) for person in ("ada", "vic", "eve", "root")}
    for project in ("blog", "", "shop", "other", "shop"):
        installation.journal.write(project, "draft.saved", {})
    seen = {"ada": [1, 3, 5], "vic": [3, 5], "root": [1, 2, 3, 4, 5]}
    for person, ids in seen.items():
        streams[person].next()
        assert [streams[person].entry()["id"] for _ in ids] == ids


@pytest.mark.parametrize("how", ["header", "query"])
def test_one_who_comes_back_is_told_what_was_missed(
    stream: Callable[..., Stream], installation: Installation, how: str
):
    for _ in range(4):
        installation.journal.write("shop", "draft.saved", {})
    begun = stream("vic", **{"Last-Event-ID": "2"}) if how == "header" else stream("vic", "/api/v1/events?after=2")
    assert begun.next() == "retry: 2000"
    assert [begun.entry()["id"] for _ in range(2)] == [3, 4]


def test_one_who_missed_too_much_is_told_to_look_anew(stream: Callable[..., Stream], installation: Installation):
    installation.journal.write("shop", "draft.saved", {})
    begun = stream("vic", **{"Last-Event-ID": "7"})
    begun.next()
    assert begun.next() == 'event: resync\nid: 1\ndata: {"reason": "too much was missed"}'


def test_the_stream_of_whoever_lost_every_right_ends(stream: Callable[..., Stream], people: dict[str, Principal]):
    begun = stream("vic")
    begun.next()
    del people["vic"]
    assert begun.next() == 'event: end\ndata: {"reason": "you are no longer signed in"}'
    with pytest.raises(StopIteration):
        begun.next()


def test_rights_count_as_they_are_when_something_happens(
    stream: Callable[..., Stream], installation: Installation, people: dict[str, Principal]
):
    begun = stream("vic")
    begun.next()
    people["vic"] = Principal("vic", "vic", {"blog": Role.VIEWER})
    installation.journal.write("shop", "draft.saved", {})
    installation.journal.write("blog", "draft.saved", {})
    assert begun.entry()["project"] == "blog"


def test_where_nothing_happens_a_heartbeat_is_sent(stream: Callable[..., Stream], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(api_events, "HEARTBEAT", 0.3)
    begun = stream("vic")
    begun.next()
    assert begun.next() == ": still here"


def test_a_stop_of_the_server_ends_it_with_a_reason(stream: Callable[..., Stream], feeding: threading.Event):
    begun = stream("vic")
    begun.next()
    feeding.set()
    assert begun.next() == 'event: end\ndata: {"reason": "the server is stopping"}'


def test_beyond_the_cap_one_is_told_when_to_come_back(app: Flask, client: As, installation: Installation):
    limit = installation.streams.limit
    held = [installation.streams.take(Principal(str(number), "")) for number in range(limit)]
    refused = client("vic").get("/api/v1/events")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert refused.get_json()["detail"] == "200 are open"
    held[0]()
    held[0]()
    assert installation.streams.taken == limit - 1
    Stream(client("vic")).close()
    assert (installation.streams.taken, installation.feed.watchers) == (limit - 1, 0)


def test_one_caller_takes_at_most_half_of_the_places(
    client: As, installation: Installation, people: dict[str, Principal]
):
    for _ in range(installation.streams.limit // 2):
        installation.streams.take(people["vic"])
    assert client("vic").get("/api/v1/events").status_code == 429
    Stream(client("dan")).close()


@pytest.mark.parametrize("given", ["x", "-1", "1" * 19, "1;2"])
def test_an_id_that_is_none_is_refused(client: As, given: str):
    answer = client("vic").get("/api/v1/events", headers={"Last-Event-ID": given})
    assert (answer.status_code, answer.get_json()["path"]) == (400, "Last-Event-ID")
