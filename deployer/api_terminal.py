"""The API of terminals: a ticket that works once, and the WebSocket that it opens."""

import contextlib
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from flask import Response, g, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field
from simple_websocket import ConnectionClosed, Server  # type: ignore[import-untyped]

from composer.access import Permission
from composer.audit import Audit, Deed
from composer.guarding import audited, needs, principal, renewal
from composer.problem import ApiError
from composer.streams import Streams
from deployer.api_keeping import ComponentPath, run_of_component, running_container
from deployer.commands import shown
from deployer.minding import Minding
from deployer.terminal import LOOK_EVERY, REVOKED, USUAL, Limits, attend
from deployer.tickets import SECONDS

SHELL = ("/bin/sh",)
LARGEST_MESSAGE = 65_536
SENDS_WITHIN = 3
"""Seconds after which a browser that takes nothing is given up."""
PING_EVERY = 25
_RULE = "/components/<component>/terminal"
_NORMAL, _POLICY = 1000, 1008
_TAG = Tag(name="running")


class TerminalIn(BaseModel):
    """A terminal to be opened."""

    argv: list[Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]] = Field(
        default_factory=lambda: list(SHELL), min_length=1, max_length=50, description="What runs at it."
    )
    replica: int | None = Field(None, ge=1, le=1000, description="In which replica; without it, the first that runs.")
    rows: int = Field(24, ge=1, le=1000)
    columns: int = Field(80, ge=1, le=1000)


class TicketOut(BaseModel):
    """What opens a terminal."""

    ticket: str = Field(description="It works once, for whoever asked for it.")
    url: str = Field(description="Where the WebSocket is, on this server.")
    seconds: float = Field(description="For how long it works.")


class TicketQuery(BaseModel):
    """The ticket."""

    ticket: str = Field(max_length=100)


def terminal_routes(
    audit: Audit,
    streams: Streams,
    minding: Minding,
    is_ours: Callable[[], bool],
    limits: Limits = USUAL,
) -> APIBlueprint:
    """Terminals in components. `is_ours` says whether the request comes from a page of ours."""
    api = APIBlueprint("terminals", __name__, url_prefix="/api/v1/projects/<project>", abp_tags=[_TAG])

    @api.post(_RULE, summary="A ticket for a terminal", responses={201: TicketOut})
    @needs(Permission.OPERATE)
    def give_ticket(path: ComponentPath, body: TerminalIn) -> Response:
        run_of_component(minding, path)
        container = running_container(minding, path, body.replica)
        content = body.model_dump() | {"component": path.component, "container": container.name}
        ticket = minding.tickets.give(path.project, _holder(), content)
        audited(path.component, after={"argv": shown(body.argv), "container": container.name})
        response = jsonify(
            ticket=ticket,
            url=f"/api/v1/projects/{path.project}/components/{path.component}/terminal?ticket={ticket}",
            seconds=SECONDS,
        )
        response.status_code = 201
        return response

    # requests for a WebSocket are routed apart from others, which are told what it is
    @api.get(_RULE, endpoint="open_terminal_line", websocket=True, doc_ui=False)
    @api.get(_RULE, summary="A terminal, as a WebSocket", responses={101: None})
    @needs(Permission.OPERATE)
    def open_terminal(path: ComponentPath, query: TicketQuery) -> Response:
        """Bytes both ways, as binary messages; as text, `{"rows": 24, "columns": 80}` when its size has changed."""
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise ApiError(426, "needs-websocket", "That is a WebSocket", remedy="open it with one")
        if not is_ours():
            raise ApiError(403, "foreign-origin", "The request comes from another site")
        content = minding.tickets.take(query.ticket, path.project, _holder())
        if content is None or content["component"] != path.component:
            raise ApiError(403, "bad-ticket", "That ticket opens nothing", remedy="ask for a new one: each works once")
        give_back = streams.take(principal())
        try:
            return _attended(path, content, audit, minding, limits)
        finally:
            give_back()

    return api


def _attended(
    path: ComponentPath, content: dict[str, Any] | Any, audit: Audit, minding: Minding, limits: Limits
) -> Response:
    deed = _Deeds(audit, path, content)
    renewed = renewal()

    def still_allowed() -> bool:
        caller = renewed(time.monotonic() - LOOK_EVERY / 2)
        return caller is not None and caller.may(Permission.OPERATE, path.project)

    program = minding.reach().begin(
        content["container"], content["argv"], is_terminal=True, size=(content["rows"], content["columns"])
    )
    try:
        line = _Line(request.environ)
    except BaseException:
        program.end()
        raise
    deed.record("terminal.began", None)
    begun = time.monotonic()
    reason = attend(line, program, still_allowed, limits)
    line.close(_POLICY if reason == REVOKED else _NORMAL, reason)
    deed.record("terminal.ended", {"reason": reason, "seconds": round(time.monotonic() - begun, 1)})
    return _Over(line.mode)


def _holder() -> str:
    """Whom a ticket is for: the session of whoever asks. Raises ApiError for a machine."""
    if principal().key:
        raise ApiError(
            403, "needs-session", "A terminal is for people", remedy="run a command instead: …/components/NAME/run"
        )
    session = g.get("session")
    return f"{principal().id} {session.id if session is not None else ''}"


@dataclass(frozen=True)
class _Deeds:
    """Writes what happened at one terminal."""

    audit: Audit
    path: ComponentPath
    content: Any

    def record(self, what: str, more: dict[str, Any] | None) -> None:
        self.audit.record(
            Deed(
                who=str(principal()),
                what=what,
                project=self.path.project,
                target=self.path.component,
                address=request.remote_addr or "",
                request=g.get("request_id", ""),
                after={"container": self.content["container"], "argv": shown(self.content["argv"])} | (more or {}),
            )
        )


class _Line:
    """The WebSocket of the request that is being answered."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self._server = Server(environ, ping_interval=PING_EVERY, max_message_size=LARGEST_MESSAGE)
        # only sending has an end: another thread waits for what comes as long as it takes
        self._server.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SENDS_WITHIN, 0))

    @property
    def mode(self) -> str:
        """Which server answers."""
        return str(self._server.mode)

    @property
    def waiting(self) -> int:
        """See `terminal.Line`."""
        return len(self._server.input_buffer)

    def receive(self, timeout: float | None = None) -> str | bytes | None:
        """See `terminal.Line`."""
        found: str | bytes | None = self._server.receive(timeout)
        return found

    def send(self, data: bytes) -> None:
        """See `terminal.Line`."""
        self._server.send(data)

    def close(self, code: int, reason: str) -> None:
        """Close it, with a reason that the browser shows."""
        with contextlib.suppress(ConnectionClosed, OSError):
            self._server.close(code, reason)
        with contextlib.suppress(OSError):
            self._server.sock.shutdown(socket.SHUT_RDWR)


class _Over(Response):
    """What is answered when the connection was a WebSocket and is over: nothing, in the way each server takes it."""

    def __init__(self, mode: str) -> None:
        super().__init__(status=101)
        self._mode = mode

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if self._mode == "gunicorn":
            raise StopIteration
        return []
