"""What a route of the API says of itself: who may call it. The front door asks, and denies whatever says nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import g

from composer.access import Permission, Principal

Renewal = Callable[[float], Principal | None]
"""Who makes a request, as it is not before that moment of the monotonic clock; None where it may do nothing more."""
View = TypeVar("View", bound=Callable[..., Any])
MARK = "guarded_by"


@dataclass(frozen=True)
class Guard:
    """Who may call a route: those with `permission`, in the project that its path names if it names one.

    Without a permission, everybody who is signed in, and with `is_personal` only a person; with `is_open`, everybody.
    """

    permission: Permission | None = None
    is_open: bool = False
    is_personal: bool = False


def needs(permission: Permission) -> Callable[[View], View]:
    """Mark a route as one that takes `permission`: in the `project` of its path, or in the installation."""
    return _marked(Guard(permission))


def for_everybody(view: View) -> View:
    """Mark a route as one that needs no sign-in."""
    return _marked(Guard(is_open=True))(view)


def for_the_signed_in(view: View) -> View:
    """Mark a route as one that is about whoever calls it."""
    return _marked(Guard())(view)


def for_people(view: View) -> View:
    """Mark a route as one that is about the account of whoever calls it: no access key may, whatever its scope."""
    return _marked(Guard(is_personal=True))(view)


def guard_of(view: Callable[..., Any]) -> Guard | None:
    """What a route says of itself, if anything."""
    return getattr(view, MARK, None)


def principal() -> Principal:
    """Who makes the request that is being answered; only in routes that need a sign-in."""
    found: Principal = g.principal
    return found


def renewal() -> Renewal:
    """What looks again who makes the request that is being answered, for answers that last."""
    found: Renewal = g.renewal
    return found


def audited(target: str = "", before: Any = None, after: Any = None, who: str = "", project: str = "") -> None:
    """Say what the request that is being answered changed, for the audit log; values that JSON can hold, no secrets.

    `who` is for routes that are open to everybody, where the guard has asked nobody; `project` for those whose address
    names none.
    """
    g.audited = {"target": target, "before": before, "after": after, "who": who, "project": project}


def unaudited() -> None:
    """Say that the request that is being answered changed nothing that anybody would look for in the audit log."""
    g.audited = None


def _marked(guard: Guard) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, MARK, guard)
        return view

    return mark
