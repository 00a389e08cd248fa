"""CPU seconds to parse, validate and plan a large schema: python -m bench.deploy.large [COMPONENTS]"""

import sys
import time
from pathlib import Path

from bench.deploy.ours import judged
from bench.deploy.side import MeasurementError
from composer.home import home_path
from deployer.deployments import connect

COMPONENTS = 1000


def main() -> None:
    components = int(sys.argv[1]) if len(sys.argv) > 1 else COMPONENTS
    print(cpu_of_a_plan(home_path(), components))


def cpu_of_a_plan(home: Path, components: int) -> float:
    """CPU seconds to parse, validate and plan a schema of `components`, of which nothing runs yet."""
    text = large_schema(components)
    deployer = connect(home)
    begun = time.process_time()
    plan = deployer.plan(judged(text), home, lambda _event: None)
    took = time.process_time() - begun
    if len(plan.steps) < components:
        raise MeasurementError(f"the plan of {components} components has only {len(plan.steps)} steps")
    return took


def large_schema(components: int) -> str:
    """A schema of ever the same five: a proxy before two servers, which have a database and a cache."""
    lines = ["backdraft: 1", "name: bench-large", "components:"]
    lines_between = ["connections:"]
    for group in range(1, components // 5 + 1):
        server = "kind: container, image: 'registry.example/server:1', ports: {http: {protocol: http, number: 8000}}"
        lines += [
            f"  front-{group}: {{kind: nginx}}",
            f"  api-{group}: {{{server}}}",
            f"  files-{group}: {{{server}}}",
            f"  db-{group}: {{kind: postgres}}",
            f"  cache-{group}: {{kind: redis}}",
        ]
        lines_between += [
            f"  - {{from: front-{group}, to: api-{group}, path: /api}}",
            f"  - {{from: front-{group}, to: files-{group}, path: /}}",
            f"  - {{from: api-{group}, to: db-{group}}}",
            f"  - {{from: api-{group}, to: cache-{group}}}",
            f"  - {{from: files-{group}, to: db-{group}}}",
        ]
    return "\n".join([*lines, *lines_between, ""])


if __name__ == "__main__":
    main()
