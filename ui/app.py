"""The web application, assembled: the page, and the API of every folder behind one guard."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from flask import Response, request
from flask_openapi3.models.info import Info
from pydantic import ValidationError
from werkzeug.middleware.proxy_fix import ProxyFix

from composer.api import drawing_routes
from composer.api_audit import audit_routes
from composer.api_catalogue import catalogue_routes
from composer.api_events import event_routes
from composer.api_presence import presence_routes
from composer.keys.api import key_routes
from composer.presence import Presence
from composer.problem import ApiError
from deployer.api import deploy_routes
from deployer.api_keeping import keeping_routes
from deployer.api_overview import overview_routes
from deployer.api_reading import reading_routes
from deployer.api_terminal import terminal_routes
from ui.api_settings import settings_routes
from ui.http.auditing import keep_audit
from ui.http.describing import SECURITY_SCHEMES, DescribedApi, ProblemDocument, description_routes
from ui.http.guard import Authenticator, stand_guard
from ui.http.headers import send_careful_headers
from ui.http.health import Check, health_routes
from ui.http.metrics import Metrics, measure_requests, metrics_routes
from ui.http.origins import is_ours, refuse_foreign_origins
from ui.http.page import answer_browsers_with_the_page, page_routes
from ui.http.problem_types import problem_routes
from ui.http.problems import answer, tell_problems
from ui.http.rates import limit_rates
from ui.http.requests import know_requests
from ui.http.signatures import BySignature
from ui.installation import Installation
from ui.people.api import people_routes
from ui.people.cookies import by_session, keep_cookies

LARGEST_BODY = 4 * 2**20


def create_app(
    installation: Installation, authenticators: Sequence[Authenticator], checks: Mapping[str, Check] | None = None
) -> DescribedApi:
    """The application that serves `installation` to whomever a session, a key or one of `authenticators` tells.

    `checks` are those of its process, besides those of the installation.
    """
    settings = installation.settings
    metrics = Metrics(installation.readings, installation.presence.all)
    app = DescribedApi(
        "backdraft",
        info=Info(title="Backdraft", version=version("backdraft"), description="Draw a backend, and it runs."),
        doc_ui=False,
        security_schemes=SECURITY_SCHEMES,
        validation_error_callback=_bad_request,
        validation_error_model=ProblemDocument,
        static_folder=None,
    )
    # an order that somebody chose, such as that of a kind's settings, means something
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    if settings.trusted_proxies:
        trusted = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted)  # type: ignore[method-assign]
    know_requests(app)
    measure_requests(app, metrics)
    tell_problems(app)
    refuse_foreign_origins(app, settings)
    count_caller = limit_rates(app, settings.requests_per_minute)
    by_signature = BySignature(installation.keys, installation.registry.people.principal)
    stand_guard(app, [*authenticators, by_signature, by_session(installation.registry)], count_caller)
    keep_cookies(app, is_https=installation.registry.is_https)
    keep_audit(app, installation.audit)
    send_careful_headers(app, is_https=settings.url.startswith("https://"))
    app.register_blueprint(health_routes({**installation.checks, **(checks or {})}))
    app.register_blueprint(metrics_routes(metrics, settings.metrics_token))
    app.register_blueprint(description_routes(app))
    app.register_blueprint(problem_routes())
    app.register_blueprint(page_routes())
    answer_browsers_with_the_page(app)
    app.register_api(drawing_routes(installation.projects, installation.journal, installation.catalogue))
    app.register_api(presence_routes(installation.projects, installation.journal, Presence()))
    app.register_api(catalogue_routes(installation.catalogue))
    app.register_api(key_routes(installation.keys))
    app.register_api(audit_routes(installation.audit))
    for routes in people_routes(
        settings, installation.registry, installation.projects, installation.journal, installation.audit
    ):
        app.register_api(routes)
    app.register_api(settings_routes(settings))
    app.register_api(event_routes(installation.feed, installation.streams))
    app.register_api(
        overview_routes(installation.projects, installation.queue, installation.store, installation.minding.watchbook)
    )
    app.register_api(
        deploy_routes(
            installation.projects,
            installation.journal,
            installation.catalogue,
            installation.queue,
            installation.store,
            installation.vault,
            installation.uploads,
            installation.performing,
        )
    )
    app.register_api(
        keeping_routes(
            installation.projects,
            installation.journal,
            installation.queue,
            installation.audit,
            installation.streams,
            installation.minding,
        )
    )
    app.register_api(reading_routes(installation.projects, installation.streams, installation.minding.reach))
    app.register_api(
        terminal_routes(
            installation.audit,
            installation.streams,
            installation.minding,
            lambda: is_ours(request, settings),
        )
    )
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
