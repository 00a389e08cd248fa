"""The labels by which we know what is ours, and the names we give; nothing without our label is ever touched."""

import hashlib
from collections.abc import Mapping
from dataclasses import MISSING, fields

from deployer.model import ContainerSpec, NetworkSpec, ObservedState, VolumeSpec

PROJECT = "backdraft.project"
COMPONENT = "backdraft.component"
REPLICA = "backdraft.replica"
KIND = "backdraft.kind"
RUN = "backdraft.run"
SCHEDULE = "backdraft.schedule"
SPEC = "backdraft.spec"
PARTS = "backdraft.parts"
PURPOSE = "backdraft.purpose"
RELOAD = "backdraft.reload"
"""The signal on which a container looks up its servers again, so that a deploy can be undone without its schema."""
INSTALLATION = "backdraft.installation"
"""Which state folder something was made from: another one has other passwords, and another history."""


def container_name(project: str, spec: ContainerSpec) -> str:
    """`shop.api.1.3f2a9c4d`: the same specification has the same name, another one never has it."""
    return f"{project}.{spec.component}.{spec.replica}.{spec_hash(spec)[:8]}"


def container_labels(project: str, spec: ContainerSpec, installation: str = "") -> dict[str, str]:
    """Every label of a container, so that the engine alone can tell what it is and what of it changed."""
    labels = {
        PROJECT: project,
        INSTALLATION: installation,
        COMPONENT: spec.component,
        REPLICA: str(spec.replica),
        KIND: spec.kind,
        RUN: spec.run,
        SPEC: spec_hash(spec),
        PARTS: " ".join(f"{name}:{digest}" for name, digest in part_hashes(spec).items()),
    }
    labels |= {SCHEDULE: spec.schedule} if spec.schedule else {}
    return labels | ({RELOAD: spec.reload} if spec.reload else {})


def network_labels(project: str, spec: NetworkSpec, installation: str = "") -> dict[str, str]:
    """Every label of a network."""
    return {PROJECT: project, INSTALLATION: installation, PURPOSE: spec.purpose}


def volume_labels(project: str, spec: VolumeSpec, installation: str = "") -> dict[str, str]:
    """Every label of a volume."""
    return {PROJECT: project, INSTALLATION: installation, COMPONENT: spec.component, PURPOSE: spec.purpose}


def other_installations(observed: ObservedState, installation: str) -> frozenset[str]:
    """The installations other than this one that something of the project was made from."""
    labelled = [*(each.labels for each in observed.containers), *(each.labels for each in observed.volumes)]
    return frozenset(labels.get(INSTALLATION, "") for labels in labelled) - {"", installation}


def spec_hash(spec: ContainerSpec) -> str:
    """SHA-256 over everything in the specification that is not a default.

    Secrets count by name and version. Attachments do not count: a container is connected and disconnected while it
    runs. Leaving defaults out keeps the hash of a running container when a later Backdraft knows a field more.
    """
    return hashlib.sha256("".join(f"{name}={text};" for name, text in _parts(spec)).encode()).hexdigest()


def part_hashes(spec: ContainerSpec) -> dict[str, str]:
    """A short hash for each field that is not a default: comparing two tells what changed."""
    return {name: hashlib.sha256(text.encode()).hexdigest()[:8] for name, text in _parts(spec)}


def helper_labels(project: str, installation: str = "") -> dict[str, str]:
    """Every label of a container that only carries files into a volume: it belongs to the project, to no component."""
    return {PROJECT: project, INSTALLATION: installation, PURPOSE: "helper"}


def changed_parts(labels: Mapping[str, str], spec: ContainerSpec) -> tuple[str, ...]:
    """The fields in which a running container, told by its labels, differs from `spec`; sorted."""
    before = dict(part.split(":", 1) for part in labels.get(PARTS, "").split() if ":" in part)
    after = part_hashes(spec)
    return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))


_DEFAULTS = {field.name: field.default for field in fields(ContainerSpec) if field.name != "attachments"}


def _parts(spec: ContainerSpec) -> list[tuple[str, str]]:
    values = [(name, getattr(spec, name), default) for name, default in _DEFAULTS.items()]
    return [(name, repr(value)) for name, value, default in values if default is MISSING or value != default]
