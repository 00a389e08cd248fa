"""Whether the server lives, and whether it can do its work; for supervisors and load balancers."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, jsonify

from composer.guarding import for_everybody

Check = Callable[[], str]
"""Empty where all is well, otherwise one sentence on what is not."""


def health_routes(checks: Mapping[str, Check]) -> Blueprint:
    """`/healthz` (this process answers) and `/readyz` (what it needs answers as well: 503 with reasons if not)."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    @for_everybody
    def lives() -> Response:
        return jsonify(status="ok")

    @routes.get("/readyz")
    @for_everybody
    def is_ready() -> Response:
        faults = {name: fault for name, check in checks.items() if (fault := check())}
        response = jsonify(status="not ready" if faults else "ok", faults=faults)
        response.status_code = 503 if faults else 200
        return response

    return routes
