"""Routes whose lines contradict each other."""

from collections.abc import Iterator

from composer.routes import ALGORITHMS
from composer.validation.trial import Found, Trial


def route_problems(trial: Trial) -> Iterator[Found]:
    """Routes whose connections contradict each other: two algorithms, or no weight at all."""
    schema, gaps = trial.schema, trial.gaps
    routes: dict[tuple[str, str, str], list[int]] = {}
    for index, connection in enumerate(schema.connections):
        route = (connection.client, connection.host or "", connection.path or "/")
        routes.setdefault(route, []).append(index)
    for (client, host, path), indexes in routes.items():
        lines = [schema.connections[index] for index in indexes]
        algorithms = sorted({line.algorithm for line in lines if line.algorithm}, key=ALGORITHMS.index)
        if len(algorithms) > 1:
            last = next(index for index in reversed(indexes) if schema.connections[index].algorithm)
            fault = f"the route {host}{path} of '{client}' is given {' and '.join(algorithms)}"
            yield f"connections/{gaps.index(last)}/algorithm", fault, "name one algorithm for a route"
        if all(line.weight == 0 for line in lines) and not gaps.may_connect(client):
            fault = f"the route {host}{path} of '{client}' leads nowhere: every weight is 0"
            yield f"connections/{gaps.index(indexes[0])}/weight", fault, "give one of them a weight"
