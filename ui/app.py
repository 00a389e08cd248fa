"""The web application, assembled: the API of every folder behind one guard."""

from collections.abc import Sequence
from importlib.metadata import version

from flask import Flask, Response
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from pydantic import ValidationError

from composer.api import drawing_routes
from composer.problem import ApiError
from ui.http.auditing import keep_audit
from ui.http.describing import ProblemDocument, description_routes
from ui.http.guard import Authenticator, stand_guard
from ui.http.headers import send_careful_headers
from ui.http.health import health_routes
from ui.http.problems import answer, tell_problems
from ui.http.requests import know_requests
from ui.installation import Installation

LARGEST_BODY = 4 * 2**20


def create_app(installation: Installation, authenticators: Sequence[Authenticator]) -> Flask:
    """The application that serves `installation` to whomever one of `authenticators` knows."""
    app = OpenAPI(
        "backdraft",
        info=Info(title="Backdraft", version=version("backdraft"), description="Draw a backend, and it runs."),
        doc_ui=False,
        security_schemes={
            "session": {"type": "apiKey", "in": "cookie", "name": "backdraft_session"},
            "key": {"type": "http", "scheme": "Backdraft-HMAC-SHA256"},
        },
        validation_error_callback=_bad_request,
        validation_error_model=ProblemDocument,
        static_folder=None,
    )
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    know_requests(app)
    tell_problems(app)
    stand_guard(app, authenticators)
    keep_audit(app, installation.audit)
    send_careful_headers(app, is_https=installation.settings.url.startswith("https://"))
    app.register_blueprint(health_routes(installation.checks))
    app.register_blueprint(description_routes(app))
    app.register_api(drawing_routes(installation.projects, installation.journal, installation.catalogue))
    return app


def _bad_request(error: ValidationError) -> Response:
    faults = [
        {"path": "/".join(map(str, each["loc"])), "fault": each["msg"]} for each in error.errors(include_url=False)
    ]
    first = faults[0]
    return answer(
        ApiError(
            422,
            "bad-request",
            "The request is not as it should be",
            first["fault"],
            first["path"],
            "compare it with /api/v1/openapi.json",
            more={"faults": faults},
        )
    )
