"""The cookie of a session: what it is called, who it says is there, and when it is sent anew."""

import hmac

from flask import Flask, Request, Response, g, request

from composer.access import Principal
from composer.problem import ApiError
from ui.http.auditing import SAFE
from ui.http.guard import Authenticator
from ui.people.model import Session
from ui.people.registry import Registry
from ui.people.sessions import LONGEST, Opened

NAME = "backdraft_session"
CSRF_HEADER = "X-CSRF-Token"


def cookie_name(*, is_https: bool) -> str:
    """With `__Host-` where that is possible: browsers then take it from nobody but this very host, over HTTPS."""
    return f"__Host-{NAME}" if is_https else NAME


def by_session(registry: Registry) -> Authenticator:
    """Knows people by the cookie of their session; what changes something must bring the session's token as well."""
    name = cookie_name(is_https=registry.is_https)

    def told(request: Request) -> Principal | None:
        token = request.cookies.get(name)
        if not token:
            return None
        opened = registry.sessions.open(token)
        caller = registry.people.principal(opened.session.person) if opened else None
        if opened is None or caller is None:
            g.session_token = ""
            raise ApiError(401, "session-over", "The session is over", remedy="sign in again")
        g.session = opened.session
        if opened.token:
            g.session_token = opened.token
        if request.method not in SAFE:
            _hold_to_csrf(request, registry.csrf_token(opened.session.id))
        return caller

    return told


def keep_cookies(app: Flask, *, is_https: bool) -> None:
    """Have the answers of `app` bring the cookie wherever a session began, was rotated or ended."""
    name = cookie_name(is_https=is_https)

    @app.after_request
    def send(response: Response) -> Response:
        token = g.get("session_token")
        if token is None:
            return response
        if token:
            response.set_cookie(
                name, token, max_age=int(LONGEST), path="/", secure=is_https, httponly=True, samesite="Lax"
            )
        else:
            response.delete_cookie(name, path="/", secure=is_https, httponly=True, samesite="Lax")
        return response


def signed_in(registry: Registry, opened: Opened) -> None:
    """Have the answer bring the cookie of a new session; one that the browser had before is over."""
    if token := request.cookies.get(cookie_name(is_https=registry.is_https)):
        before = registry.sessions.open(token)
        if before is not None:
            registry.sessions.end(before.session.person, before.session.id)
    g.session = opened.session
    g.session_token = opened.token


def signed_out() -> None:
    """Have the answer take the cookie away."""
    g.session_token = ""


def own_session() -> Session:
    """The session of the request. Raises ApiError for a machine: keys change nothing of their person."""
    found: Session | None = g.get("session")
    if found is None:
        raise ApiError(403, "needs-session", "Only a person may do that", remedy="sign in with a browser")
    return found


def _hold_to_csrf(request: Request, expected: str) -> None:
    given = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise ApiError(
            403,
            "csrf",
            "The request does not prove that it comes from our page",
            f"the header {CSRF_HEADER} is missing or wrong",
            remedy="send what GET /api/v1/me gives as csrf_token",
        )
