"""Where requests of browsers come from: what changes something is refused when another site has it sent."""

from urllib.parse import urlsplit

from flask import Flask, Request, request

from composer.problem import ApiError
from ui.http.auditing import SAFE
from ui.settings import Settings


def refuse_foreign_origins(app: Flask, settings: Settings) -> None:
    """Have `app` refuse requests that change something and that a page of another site sends, signed in or not."""

    @app.before_request
    def judge() -> None:
        if request.method not in SAFE and not is_ours(request, settings):
            raise ApiError(
                403,
                "foreign-origin",
                "The request comes from another site",
                f"its origin is {request.headers.get('Origin', 'another one')[:100]}",
                remedy=f"use {settings.url}, or set public_url to how people reach this server",
            )


def is_ours(request: Request, settings: Settings) -> bool:
    """Whether a request comes from a page of ours, or from no page; for WebSockets too, which any page may open."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")
    return origin.lower() in _origins(request, settings)


def _origins(request: Request, settings: Settings) -> tuple[str, ...]:
    """The one that was set; where none was, whatever name the browser reached us by: cookies are bound to that too."""
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        return (f"{parts.scheme}://{parts.netloc}".lower(),)
    scheme = {"ws": "http", "wss": "https"}.get(request.scheme, request.scheme)  # as a page has it
    return (f"{scheme}://{request.host}".lower(),)
