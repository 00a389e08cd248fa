"""The API of what happens: one stream of events for each client, over every project that it may see."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from composer.access import Permission, Principal
from composer.feed import Feed, Watcher
from composer.guarding import Renewal, for_the_signed_in, principal, renewal
from composer.journal import Entry
from composer.problem import ApiError
from composer.streams import Streams

HEARTBEAT = 15.0
"""Seconds after which something is sent where nothing happened, so that neither end nor a proxy gives up."""
RIGHTS_HOLD = 3.0
"""Seconds for which rights are believed; the stream of whoever lost them ends a second later at the latest."""
RECONNECT = 2_000
"""Milliseconds after which a browser should come back when the stream broke."""
_TAG = Tag(name="events", description="What happens, as it happens.")


class EventsQuery(BaseModel):
    """Where the stream begins."""

    after: int | None = Field(
        None,
        ge=0,
        description="The id of the last event that is known; Last-Event-ID says the same, and wins. "
        "Without either, the stream begins now.",
    )


def event_routes(feed: Feed, streams: Streams, clock: Callable[[], float] = time.monotonic) -> APIBlueprint:
    """`/api/v1/events`."""
    api = APIBlueprint("events", __name__, url_prefix="/api/v1", abp_tags=[_TAG])

    @api.get(
        "/events",
        summary="Everything that happens, as server-sent events",
        description="Each event is a JSON object with `id`, `project`, `kind`, `at` and `content`; its `id` is that of "
        "the server-sent event too, for Last-Event-ID. An event named `resync` says that something was missed and that "
        "what is known has to be looked up anew; one named `end`, that the stream ended and why.",
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )
    @for_the_signed_in
    def events(query: EventsQuery) -> Response:
        after = _last_event_id() if "Last-Event-ID" in request.headers else query.after
        give_back = streams.take(principal())
        try:
            watcher = feed.watch(after)
        except BaseException:
            give_back()
            raise
        response = Response(
            _events(watcher, renewal(), clock),
            mimetype="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        response.call_on_close(give_back)
        response.call_on_close(watcher.leave)
        return response

    return api


def _last_event_id() -> int | None:
    given = request.headers["Last-Event-ID"].strip()
    if not given:
        return None
    if not given.isdecimal() or len(given) > 18:
        raise ApiError(
            400,
            "bad-event-id",
            "That is no id of an event",
            given[:40],
            "Last-Event-ID",
            "send the id of the last event that you know, or none",
        )
    return int(given)


def _events(watcher: Watcher, renewed: Renewal, clock: Callable[[], float]) -> Iterator[str]:
    """The stream as text. Rights are looked at again for every batch, and where nothing happens every few seconds."""
    batch = watcher.take(0)
    begins = "" if batch.entries or batch.is_torn else f"id: {batch.newest}\n"
    yield f"retry: {RECONNECT}\n{begins}\n"
    spoke = clock()
    while True:
        caller = renewed(batch.at if batch.entries else clock() - RIGHTS_HOLD / 2)
        if caller is None:
            yield _named("end", {"reason": "you are no longer signed in"})
            return
        text = _named("resync", {"reason": "too much was missed"}, batch.newest) if batch.is_torn else ""
        text += "".join(_event(entry) for entry in batch.entries if _may_know(caller, entry))
        if batch.is_last:
            yield text + _named("end", {"reason": "the server is stopping"})
            return
        if not text and clock() - spoke >= HEARTBEAT:
            text = ": still here\n\n"
        if text:
            yield text
            spoke = clock()
        batch = watcher.take(RIGHTS_HOLD)


def _may_know(caller: Principal, entry: Entry) -> bool:
    if entry.project:
        return caller.sees(entry.project)
    return caller.may(Permission.ADMINISTER)


def _event(entry: Entry) -> str:
    return f"id: {entry.id}\ndata: {json.dumps(asdict(entry), ensure_ascii=False)}\n\n"


def _named(name: str, content: dict[str, str], id: int | None = None) -> str:  # noqa: A002 (the word for it)
    numbered = "" if id is None else f"id: {id}\n"
    return f"event: {name}\n{numbered}data: {json.dumps(content)}\n\n"
