"""What stands in the way of a deploy: names and ports that belong to something else, and more CPUs than there are."""

from collections.abc import Callable, Iterable, Iterator

from composer.model import Problem
from deployer.labels import container_name
from deployer.model import DesiredState, ObservedState, PortHolder
from deployer.observed import holds_port

Sees = Callable[[str], bool]
"""Whether whoever is told may know of a project of that name."""


def everybody_may_know(project: str) -> bool:
    """On one's own machine nothing is hidden."""
    return True


def nobody_may_know(project: str) -> bool:
    """What is written into records is read by everybody who sees the project that they are of."""
    return False


def conflicts(desired: DesiredState, observed: ObservedState, sees: Sees = everybody_may_know) -> tuple[Problem, ...]:
    """Names and ports that the project would need and that something else has; of projects that `sees` hides, no name.

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
    return (*names, *_ports(desired, observed, sees))


def whose_port(holder: PortHolder, sees: Sees) -> tuple[str, str]:
    """Who has a port, and what helps against that; `sees` says which projects may be named."""
    if not holder.project:
        return f"container {holder.name}", "publish another port, or end that container"
    if sees(holder.project):
        return f"container {holder.name} of project {holder.project}", "publish another port, or end that container"
    return "another project of this installation", "publish another port, or ask whoever runs this server"


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


def _ports(desired: DesiredState, observed: ObservedState, sees: Sees) -> Iterator[Problem]:
    for spec in desired.containers:
        for published in spec.published:
            for holder in observed.port_holders:
                if holds_port(holder.ports, published.address, published.host_port):
                    whose, remedy = whose_port(holder, sees)
                    yield Problem(
                        f"components/{spec.component}/publish",
                        f"port {published.host_port} on {published.address} is taken by {whose}",
                        remedy,
                    )
