"""What stands in the way of a deploy: names and ports that belong to something else, and more CPUs than there are."""

from collections.abc import Iterable, Iterator

from composer.model import Problem
from deployer.labels import container_name
from deployer.model import DesiredState, ObservedState
from deployer.observed import holds_port


def conflicts(desired: DesiredState, observed: ObservedState) -> tuple[Problem, ...]:
    """Names and ports that the project would need and that something else has.

    A port that this project itself holds is none: its container makes way.
    """
    remedy = "it carries no label of ours and is left alone; rename or remove it, or rename the project"
    wanted = (
        ("container", _names(desired, observed.foreign_containers), observed.foreign_containers),
        ("network", {spec.name for spec in desired.networks}, observed.foreign_networks),
        ("volume", {spec.name for spec in desired.volumes}, observed.foreign_volumes),
    )
    names = tuple(
        Problem(f"{noun} {name}", f"a {noun} of that name exists and is not ours", remedy)
        for noun, names, foreign in wanted
        for name in sorted(names & foreign)
    )
    return (*names, *_ports(desired, observed))


def beyond(desired: DesiredState, cpus: float) -> tuple[Problem, ...]:
    """Limits that no container can be made with: the engine refuses a share of more CPU cores than there are."""
    asked = {spec.component: spec.cpus for spec in desired.containers if spec.cpus > cpus}
    return tuple(
        Problem(
            f"components/{component}/limits/cpus",
            f"{share:g} CPUs are more than the {cpus:g} there are, and the engine makes no such container",
            f"write {cpus:g} or less",
        )
        for component, share in asked.items()
    )


def _names(desired: DesiredState, foreign: Iterable[str]) -> set[str]:
    """The names of the containers to be; a name costs a hash, so only where somebody has one that begins like them."""
    if not any(name.startswith(f"{desired.project}.") for name in foreign):
        return set()
    return {container_name(desired.project, spec) for spec in desired.containers}


def _ports(desired: DesiredState, observed: ObservedState) -> Iterator[Problem]:
    for spec in desired.containers:
        for published in spec.published:
            for holder in observed.port_holders:
                if holds_port(holder.ports, published.address, published.host_port):
                    whose = f" of project {holder.project}" if holder.project else ""
                    yield Problem(
                        f"components/{spec.component}/publish",
                        f"port {published.host_port} on {published.address} is taken by container {holder.name}{whose}",
                        "publish another port, or end that container",
                    )
