"""What the Docker engine tells as it happens, of what is ours."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import docker
from docker.types.daemon import CancellableStream

from deployer.engines.interface import Happening
from deployer.labels import COMPONENT, PROJECT

Raw = Mapping[str, Any]

OF_CONTAINERS = (
    "create",
    "start",
    "die",
    "oom",
    "stop",
    "pause",
    "unpause",
    "restart",
    "rename",
    "update",
    "destroy",
    "health_status",
)
OF_NETWORKS = ("connect", "disconnect")
"""The engine tells these with the names of network and container, and without our labels, so it cannot filter them."""


class DockerHappenings:
    """The events of an engine from now on; iterating waits for the next, until `close`, from any thread, ends it."""

    def __init__(self, client: "docker.APIClient") -> None:
        filters = {"type": ["container", "network"], "event": [*OF_CONTAINERS, *OF_NETWORKS]}
        self._stream: CancellableStream[Raw] = client.events(decode=True, filters=filters)
        # listed after the stream began, so that nothing comes between
        listed = client.containers(all=True, filters={"label": PROJECT})
        self._places = {raw["Id"]: _place(raw["Labels"]) for raw in listed}

    def __iter__(self) -> Iterator[Happening]:
        return happenings(self._stream, self._places)

    def close(self) -> None:
        """End the iteration."""
        self._stream.close()


def happenings(raw_events: Iterable[Raw], places: dict[str, tuple[str, str]]) -> Iterator[Happening]:
    """Those of `raw_events` that are about us. `places` maps container id -> project and component, and grows."""
    for raw in raw_events:
        actor = raw.get("Actor") or {}
        labels = actor.get("Attributes") or {}
        if raw.get("Type") == "container" and PROJECT in labels:
            places[actor["ID"]] = _place(labels)
            place = places[actor["ID"]]
        elif raw.get("Type") == "network" and labels.get("container") in places:
            place = places[labels["container"]]
        else:
            continue
        yield Happening(*place, str(raw.get("Action", "")), raw.get("timeNano", 0) / 1e9)


def _place(labels: Mapping[str, str]) -> tuple[str, str]:
    return labels[PROJECT], labels.get(COMPONENT, "")
