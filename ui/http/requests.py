"""What is known of every request: an id that its answer, its log line and its audit entry share."""

import logging
import re
import time
import uuid

from flask import Flask, Response, g, request

HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
ASKED_ALL_THE_TIME = ("/healthz", "/readyz", "/metrics")
log = logging.getLogger("backdraft.http")


def know_requests(app: Flask) -> None:
    """Give each request of `app` an id, and log its answer."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex[:16]
        g.begun = time.monotonic()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        caller = g.get("principal")
        fields = {
            "request": g.request_id,
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "took": round(time.monotonic() - g.begun, 4),
            "address": request.remote_addr,
            "who": str(caller) if caller else None,
        }
        level = logging.DEBUG if request.path in ASKED_ALL_THE_TIME and response.status_code < 400 else logging.INFO
        log.log(level, "%s %s %s", request.method, request.path, response.status_code, extra={"fields": fields})
        return response
