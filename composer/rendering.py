"""The files of a kind as text: its templates, filled in for one component.

Every value that is put in must be made of harmless characters, whatever let it come this far: a path or a host can
never close a quote, end a directive or begin a reference. `${secret.…}` in a template stays a reference.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, reduce
from math import gcd, lcm
from typing import TYPE_CHECKING, Any

from composer.catalogue import Kind
from composer.routes import ALGORITHMS, Route, Target

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

HARMLESS = re.compile(r"[A-Za-z0-9._~@:,=+/-]*")
ROUTE_PATH = re.compile(r"/([A-Za-z0-9._~@:,=+-]+/)*([A-Za-z0-9._~@:,=+-]+)?")
ROUTE_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)?")
MOST_WEIGHT = 256
"""The largest weight HAProxy takes (its configuration manual, 5.2, `weight`); nginx and Kong take more."""


class RenderingError(Exception):
    """A file of a kind cannot be made: what is wrong with its template or its values. Retrying does not help."""


def render(
    kind: Kind,
    *,
    settings: Mapping[str, Any],
    ports: Mapping[str, int],
    routes: Iterable[Route],
    component: str,
    project: str,
) -> dict[str, str]:
    """The files of a component: absolute path -> text, in which `${secret.…}` is still a reference.

    Raises RenderingError when a template is faulty or a value holds characters that no file may take in.
    """
    from jinja2 import TemplateError

    checked = [_checked(route) for route in routes]
    values = {"settings": settings, "ports": ports, "routes": checked, "component": component, "project": project}
    files = {}
    for path, template in kind.files.items():
        try:
            files[path] = _template(template).render(values)
        except (TemplateError, TypeError) as error:
            raise RenderingError(f"kind '{kind.name}', file {path}: {error}") from error
        except RenderingError as error:
            raise RenderingError(f"kind '{kind.name}', file {path}: {error}") from error
    return files


def shares(targets: Iterable[Target], most: int = MOST_WEIGHT) -> list[tuple[Target, int]]:
    """Each target with the weight of one of its replicas, in the smallest whole numbers and at most `most`.

    A target's weight is for all its replicas together, while a proxy counts each address behind a name.
    """
    drawn = list(targets)
    common = lcm(*(target.replicas for target in drawn))
    weights = [target.weight * common // target.replicas for target in drawn]
    divisor = reduce(gcd, weights, 0) or 1
    weights = [weight // divisor for weight in weights]
    largest = max(weights, default=0)
    if largest > most:
        weights = [max(1, round(weight * most / largest)) if weight else 0 for weight in weights]
    return list(zip(drawn, weights, strict=True))


def sites(routes: Iterable[Route]) -> list[tuple[str, list[Route]]]:
    """Each host, any other (empty) as the last, with every route that counts for it, long paths before short.

    A route for any host counts for a named one too, unless a route of that host covers its path.
    """
    drawn = list(routes)
    hosts = sorted({route.host for route in drawn} - {""})
    return [(host, _counting(drawn, host)) for host in [*hosts, ""]]


def under(path: str) -> str:
    """What the longer paths begin with that belong to `path`: `/api` -> `/api/`, `/` -> `/`."""
    return path.rstrip("/") + "/"


def pattern(path: str) -> str:
    """A regular expression for `path` and nothing else: `/v1.0` -> `/v1[.]0`."""
    _harmless(path)
    return _Made(re.sub(r"[.+]", r"[\g<0>]", path))


def _counting(routes: list[Route], host: str) -> list[Route]:
    own = [route for route in routes if route.host == host]
    common = [
        route
        for route in routes
        if host and not route.host and not any(under(route.path).startswith(under(each.path)) for each in own)
    ]
    return sorted(own + common, key=lambda route: (-len(route.path), route.path))


def _checked(route: Route) -> Route:
    """The route, its host in small letters and its path without a closing slash."""
    route = replace(route, host=route.host.lower(), path=route.path.rstrip("/") or "/")
    if not ROUTE_HOST.fullmatch(route.host):
        raise RenderingError(f"'{route.host}' is no host name (write it in letters, digits, '-' and '.')")
    if not ROUTE_PATH.fullmatch(route.path) or {".", ".."} & set(route.path.split("/")):
        raise RenderingError(f"'{route.path}' is no path of a route (write '/', or words that are joined by '/')")
    if route.algorithm not in ALGORITHMS:
        raise RenderingError(f"'{route.algorithm}' is not one of {', '.join(ALGORITHMS)}")
    for target in route.targets:
        if target.weight < 0 or target.replicas < 1:
            raise RenderingError(f"route to '{target.name}': a weight is 0 or more, and replicas are 1 or more")
    return route


class _Made(str):
    """Text that a filter of ours made from harmless text."""


@cache
def _environment() -> "SandboxedEnvironment":
    # jinja2 costs 0.1 s to import, and most commands render nothing
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(
        autoescape=False,  # nothing here is HTML; `_harmless` refuses what would need escaping
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"shares": shares, "sites": sites, "under": under, "pattern": pattern}
    return environment


@cache
def _template(text: str) -> "Template":
    """Compiled once: that takes 20 times as long as filling it in."""
    return _environment().from_string(text)


def _harmless(value: object) -> object:
    if isinstance(value, _Made):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        # StrictUndefined gets here too, and says for itself what is missing
        raise RenderingError(f"{str(value)!r} is neither text nor a number, and cannot be put into a file")
    if not HARMLESS.fullmatch(str(value)):
        raise RenderingError(f"{str(value)!r} holds characters that may not be put into a file")
    return value
