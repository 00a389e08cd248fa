"""Whether the server lives, and whether it can do its work; for supervisors and load balancers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify

from composer.guarding import for_everybody


@dataclass(frozen=True)
class Check:
    """One thing that the server works with.

    `fault` is empty where all is well, otherwise one sentence. Without what `is_needed`, no request can be answered;
    without the rest, most can.
    """

    fault: Callable[[], str]
    is_needed: bool = False


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
        faults = {name: fault for name, check in checks.items() if (fault := check.fault())}
        is_ready = not any(checks[name].is_needed for name in faults)
        status = "ok" if not faults else "impaired" if is_ready else "not ready"
        response = jsonify(status=status, faults=faults)
        response.status_code = 200 if is_ready else 503
        return response

    return routes
