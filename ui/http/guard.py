"""The one place that says who may call what: it asks every route, and denies whatever has not been marked."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import sha256

from flask import Flask, Request, g, request

from composer.access import Principal
from composer.guarding import Renewal, guard_of
from composer.problem import ApiError, denied, not_found, unknown_caller

Authenticator = Callable[[Request], Principal | None]
"""Who makes a request, by one way of telling: None where it is not told that way.

Raises ApiError where it is told that way and is wrong: a session that has ended, a signature that does not fit.
An answer that lasts asks it again with the same request. One whose way of telling works only once, such as a
signature, has a `renewed(principal)` beside, which is asked instead.
"""
_REMEMBERED = 10_000


def stand_guard(
    app: Flask,
    authenticators: Sequence[Authenticator],
    count: Callable[[Principal], None] = lambda caller: None,
) -> None:
    """Have every request of `app` pass here first; `count` is told each caller, and may refuse them."""
    renewals = _Renewals()

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
        found = next(((ask, who) for ask in authenticators if (who := ask(request)) is not None), None)
        if found is None:
            raise unknown_caller()
        ask, caller = found
        g.principal = caller
        count(caller)
        g.renewal = renewals.of(app, ask, caller)
        if guard.is_personal and caller.key:
            raise denied("that is for people who are signed in, not for access keys")
        project = str((request.view_args or {}).get("project", ""))
        if project and not caller.sees(project):
            raise not_found(f"project '{project[:80]}'")
        if guard.permission is not None and not caller.may(guard.permission, project):
            raise denied(f"that takes the permission '{guard.permission}'" + (f" in {project}" if project else ""))


class _Renewals:
    """Who callers are by now; those who show the same are looked up once, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, tuple[float, Principal | None]] = OrderedDict()

    def of(self, app: Flask, ask: Authenticator, caller: Principal) -> Renewal:
        """What looks again who makes the request that is being answered."""
        shown = (caller.id, caller.key, request.headers.get("Cookie", ""), request.headers.get("Authorization", ""))
        key = sha256(repr(shown).encode()).digest()
        environ = {name: value for name, value in request.environ.items() if isinstance(value, (str, bool, int, tuple))}
        renewed: Callable[[Principal], Principal | None] | None = getattr(ask, "renewed", None)

        def look() -> Principal | None:
            with app.request_context(dict(environ)):
                try:
                    return renewed(caller) if renewed else ask(request)
                except ApiError:
                    return None

        def found(not_before: float) -> Principal | None:
            with self._lock:
                at, who = self._known.get(key, (-1.0, None))
                if at < not_before:
                    at, who = time.monotonic(), look()
                    self._known[key] = (at, who)
                    self._known.move_to_end(key)
                    while len(self._known) > _REMEMBERED:
                        self._known.popitem(last=False)
            return who

        return found
