"""What of a running container was changed by hand since it was made."""

from collections.abc import Iterator

from deployer.model import ContainerSpec, ObservedContainer

NO_NETWORK = {"none", "host"}
"""What the engine lists as the network of a container that stands in none of ours."""


def changed_by_hand(found: ObservedContainer, spec: ContainerSpec) -> tuple[str, ...]:
    """What differs from `spec` though the container was made from it, a phrase each; empty where nothing does."""
    return (*changed_limits(found, spec), *_changed_networks(found, spec))


def changed_limits(found: ObservedContainer, spec: ContainerSpec) -> tuple[str, ...]:
    """The limits that differ, a phrase each; nothing where nobody looked closely."""
    seen = found.inspected
    if seen is None:
        return ()
    pairs = (
        ("limit of memory", _size(seen.memory), _size(spec.memory)),
        ("limit of CPU", _number(seen.cpus), _number(spec.cpus)),
        ("limit of processes", _number(seen.pids), _number(spec.pids)),
        ("restart policy", seen.restart_policy, spec.restart_policy),
    )
    return tuple(f"its {name} is {now} instead of {drawn}" for name, now, drawn in pairs if now != drawn)


def _changed_networks(found: ObservedContainer, spec: ContainerSpec) -> Iterator[str]:
    drawn = {each.network for each in spec.attachments}
    for network in sorted(drawn - found.addresses.keys()):
        yield f"it was taken out of network {network}"
    for network in sorted(found.addresses.keys() - drawn - NO_NETWORK):
        yield f"it was put into network {network}"


def _size(count: int) -> str:
    return f"{count / 2**20:g} MiB" if count else "none"


def _number(count: float) -> str:
    return f"{count:g}" if count else "none"
