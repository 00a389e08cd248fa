"""What is known of every request: an id that its answer, its log line and its audit entry share."""

import json
import logging
import re
import sys
import time
import uuid

from flask import Flask, Response, g, request

HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
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
        log.info("%s %s %s", request.method, request.path, response.status_code, extra={"fields": fields})
        return response


class JsonLines(logging.Formatter):
    """Log records as JSON, a line each: time, level, logger, message, and the record's `fields`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; an exception is one string in it."""
        content = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            content["exception"] = self.formatException(record.exc_info)
        return json.dumps(content, ensure_ascii=False, default=str)


def log_to_stderr(level: str, *, as_json: bool) -> None:
    """Have everything that Backdraft logs written to stderr: as JSON for machines, or as text for people."""
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if as_json else text)
    root = logging.getLogger("backdraft")
    root.handlers = [handler]
    root.setLevel(level.upper())
    root.propagate = False
