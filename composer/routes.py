"""What a proxy passes where: the connections drawn from it, gathered into routes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from composer.model import Connection

ALGORITHMS = ("round-robin", "least-connections", "source")


@dataclass(frozen=True)
class Target:
    """One server of a route: its name on the network, its port, its share of the traffic, its number of replicas."""

    name: str
    port: int
    weight: int
    replicas: int = 1


@dataclass(frozen=True)
class Route:
    """Requests for `host` (empty: any) under `path` go to `targets`, chosen by `algorithm`."""

    host: str
    path: str
    algorithm: str
    targets: tuple[Target, ...]

    @property
    def id(self) -> str:
        """A name for this route that is the same on every rendering: letters, digits and `_` only."""
        text = self.host + self.path  # a path begins with the first slash, so this is unambiguous
        return "route_" + "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}_" for c in text)


def routes(
    connections: Iterable[Connection], ports: Mapping[tuple[str, str | None], int], replicas: Mapping[str, int]
) -> tuple[Route, ...]:
    """The routes drawn by `connections` of one proxy: those with a host before those for any, long paths before short.

    A host is written in small letters and `/api/` is the same path as `/api`.
    `ports` gives the number of (server, port name) and `replicas` how many replicas of a server run.
    """
    gathered: dict[tuple[str, str], list[Connection]] = {}
    for connection in connections:
        host, path = (connection.host or "").lower(), (connection.path or "").rstrip("/") or "/"
        gathered.setdefault((host, path), []).append(connection)
    made = [
        Route(
            host,
            path,
            next((line.algorithm for line in lines if line.algorithm), ALGORITHMS[0]),
            tuple(
                Target(line.server, ports[line.server, line.port], _weight(line), replicas.get(line.server, 1))
                for line in lines
            ),
        )
        for (host, path), lines in gathered.items()
    ]
    return tuple(sorted(made, key=lambda route: (route.host == "", -len(route.path), route.host, route.path)))


def _weight(connection: Connection) -> int:
    return 1 if connection.weight is None else connection.weight
