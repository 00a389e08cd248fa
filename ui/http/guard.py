"""The one place that says who may call what: it asks every route, and denies whatever has not been marked."""

from collections.abc import Callable, Sequence

from flask import Flask, Request, g, request

from composer.access import Principal
from composer.guarding import guard_of
from composer.problem import denied, not_found, unknown_caller

Authenticator = Callable[[Request], Principal | None]
"""Who makes a request, by one way of telling: None where it is not told that way.

Raises ApiError where it is told that way and is wrong: a session that has ended, a signature that does not fit.
"""


def stand_guard(app: Flask, authenticators: Sequence[Authenticator]) -> None:
    """Have every request of `app` pass here first."""

    @app.before_request
    def let_in() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if view is None:
            return  # no route of that address; what answers says so
        guard = guard_of(view)
        if guard is None:
            raise denied(f"{request.method} {request.path} says nothing of who may call it")
        if guard.is_open:
            return
        caller = next((found for ask in authenticators if (found := ask(request)) is not None), None)
        if caller is None:
            raise unknown_caller()
        g.principal = caller
        project = str((request.view_args or {}).get("project", ""))
        if project and not caller.sees(project):
            raise not_found(f"project '{project[:80]}'")
        if guard.permission is not None and not caller.may(guard.permission, project):
            raise denied(f"that takes the permission '{guard.permission}'" + (f" in {project}" if project else ""))
