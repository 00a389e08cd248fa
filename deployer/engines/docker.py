"""One Docker engine: plain containers through its API. Each method is one call, told in the engine's own terms."""

import errno
import io
import os
import tarfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException
from docker.utils import kwargs_from_env, parse_repository_tag

from composer.advice import Capacity
from deployer.engines import docker_payloads as payloads
from deployer.engines.docker_events import DockerHappenings
from deployer.engines.docker_exec import DockerExec
from deployer.engines.docker_logs import merged_lines
from deployer.engines.docker_observation import inspection, observed_state, readable
from deployer.engines.interface import (
    ContainerState,
    EngineError,
    Happening,
    Happenings,
    LogLine,
    SubnetTakenError,
)
from deployer.labels import COMPONENT, PROJECT, REPLICA
from deployer.model import Attachment, ContainerSpec, NetworkSpec, ObservedState, VolumeSpec

STANDARD_SOCKET = "unix:///var/run/docker.sock"
FILES_FOLDER = "/backdraft-files"
NOT_FOUND, CONFLICT = 404, 409
OVERLAPS = ("Pool overlaps", "conflicts with network", "overlapping IPv4")
"""Words of engines that refuse a network whose addresses another one has."""
MAKING_WAY = 10.0
LISTING = 2.0
UNBORN_OR_DYING = ("created", "removing", "dead")
TIMEOUT = 120
"""Seconds for one call; stopping waits for a container's grace, which the schema bounds below this."""


def connect(url: str = "") -> "DockerEngine":
    """The engine at `url`, or the one the environment names (DOCKER_HOST, else the standard socket).

    Raises EngineError, with what to do, when none answers.
    """
    try:
        where: dict[str, Any] = {"base_url": url} if url else dict(kwargs_from_env())
        client = docker.APIClient(version="auto", timeout=TIMEOUT, **where)
    except (DockerException, requests.RequestException) as error:
        address = url or os.environ.get("DOCKER_HOST") or STANDARD_SOCKET
        remedy = "start it with `scripts/engine up`, install Docker, or set DOCKER_HOST to an engine that answers"
        if (cause := _system_error(error)) and cause.errno in (errno.EACCES, errno.EPERM):
            remedy = "let your user speak to it, such as with: sudo usermod --append --groups docker $USER"
        reason = cause.strerror if cause else str(error)
        raise EngineError(f"no Docker engine answers at {address}: {reason} ({remedy})", retry=True) from error
    return DockerEngine(client)


def _system_error(error: BaseException) -> OSError | None:
    """What the system said, which the libraries wrap several times."""
    waiting: list[object] = [error]
    while waiting:
        found = waiting.pop()
        if isinstance(found, OSError) and found.strerror:
            return found
        if isinstance(found, BaseException):
            waiting += [found.__cause__, getattr(found, "reason", None), *found.args]
    return None


class DockerEngine:
    """An engine spoken to through `client`; safe to use from several threads."""

    def __init__(self, client: "docker.APIClient") -> None:
        self.client = client

    @property
    def is_local(self) -> bool:
        """Whether it runs on this host, as one does that is spoken to through a socket in the file system."""
        return str(self.client.base_url).startswith("http+docker://")

    def close(self) -> None:
        """Let go of the connections to it."""
        self.client.close()

    def observe(self, project: str) -> ObservedState:
        """See `Engine.observe`; three calls, none for each container."""
        with _told("list what runs"):
            return observed_state(
                project,
                self.client.containers(all=True),
                self.client.networks(),
                self.client.volumes().get("Volumes") or (),
            )

    def observe_closely(self, project: str) -> ObservedState:
        """See `Engine.observe_closely`."""
        observed = self.observe(project)
        found = []
        for container in observed.containers:
            with _told(f"look at {container.name}", well=(NOT_FOUND,)):
                found.append(replace(container, inspected=inspection(self.client.inspect_container(container.id))))
        return replace(observed, containers=tuple(found))

    def capacity(self) -> Capacity:
        """See `Engine.capacity`."""
        with _told("ask what there is"):
            told = self.client.info()
        return Capacity(memory=int(told["MemTotal"]), cpus=int(told["NCPU"]))

    def projects(self) -> tuple[str, ...]:
        """See `Engine.projects`."""
        with _told("list what runs"):
            labelled = {"label": PROJECT}
            found = [*self.client.containers(all=True, filters=labelled), *self.client.networks(filters=labelled)]
            found += self.client.volumes(filters=labelled).get("Volumes") or ()
        return tuple(sorted({each["Labels"][PROJECT] for each in found}))

    def happenings(self) -> Happenings:
        """See `Engine.happenings`."""
        with _told("follow what happens"):
            return _Told(DockerHappenings(self.client))

    def create_network(self, spec: NetworkSpec, labels: Mapping[str, str]) -> None:
        """See `Engine.create_network`."""
        with _told(f"create network {spec.name}"):
            try:
                self.client.create_network(**payloads.network(spec, labels))
            except APIError as error:
                overlaps = any(words in str(error.explanation) for words in OVERLAPS)
                if not (overlaps or error.status_code == CONFLICT):
                    raise
                if self._is_that_network(spec, labels):
                    return
                if not overlaps:
                    raise
                message = f"could not create network {spec.name}: {spec.subnet} was taken meanwhile"
                raise SubnetTakenError(message) from error

    def remove_network(self, name: str) -> None:
        """See `Engine.remove_network`."""
        with _told(f"remove network {name}", well=(404,)):
            self.client.remove_network(name)

    def create_volume(self, spec: VolumeSpec, labels: Mapping[str, str]) -> None:
        """See `Engine.create_volume`."""
        with _told(f"create volume {spec.name}"):
            self.client.create_volume(spec.name, labels=dict(labels))

    def remove_volume(self, name: str) -> None:
        """See `Engine.remove_volume`."""
        with _told(f"remove volume {name}", well=(404,)):
            self.client.remove_volume(name)

    def own_volume(self, spec: VolumeSpec, image: str, labels: Mapping[str, str]) -> None:
        """See `Engine.own_volume`; the engine changes the owner of a folder that an archive names."""
        with _told(f"give volume {spec.name} to {spec.owner}"):
            self._put_into_volume(spec, _folder(FILES_FOLDER, spec.owner), "/", image, labels)

    def write_files(self, spec: VolumeSpec, files: Mapping[str, bytes], image: str, labels: Mapping[str, str]) -> None:
        """See `Engine.write_files`."""
        with _told(f"write files to volume {spec.name}"):
            self._put_into_volume(spec, _archive(files), FILES_FOLDER, image, labels)

    def _put_into_volume(
        self, spec: VolumeSpec, archive: bytes, at: str, image: str, labels: Mapping[str, str]
    ) -> None:
        """Unpack `archive` through a container of `image` that is made, never started, and removed."""
        made = self._create(payloads.helper(image, spec.name, FILES_FOLDER, labels))
        try:
            self.client.put_archive(made, at, archive)
        finally:
            # an image may declare volumes of its own, which are made with the container
            self.client.remove_container(made, force=True, v=True)

    def create_container(
        self,
        name: str,
        spec: ContainerSpec,
        environment: Mapping[str, str],
        command: Sequence[str],
        labels: Mapping[str, str],
        *,
        address: str = "",
    ) -> None:
        """See `Engine.create_container`."""
        payload = payloads.container(spec, environment, command, labels, address)
        with _told(f"create container {name}"):
            try:
                made = self._create(payload, name)
            except APIError as error:
                if error.status_code != CONFLICT or not self._make_way(name, labels):
                    raise
                made = self._create(payload, name)
            if spec.image_id and self.client.inspect_container(made)["Image"] != spec.image_id:
                # a container is made by the image's name, for people to read; the name may have moved since the plan
                self.client.remove_container(made, force=True, v=True)
                raise EngineError(f"could not create {name}: {spec.image} is another image by now (deploy again)")

    def connect(self, name: str, attachment: Attachment, *, address: str = "") -> None:
        """See `Engine.connect`."""
        with _told(f"connect {name} to {attachment.network}", already="already exists in network"):
            self.client.connect_container_to_network(
                name, attachment.network, aliases=list(attachment.aliases), ipv4_address=address or None
            )

    def disconnect(self, name: str, network: str) -> None:
        """See `Engine.disconnect`."""
        with _told(f"disconnect {name} from {network}", well=(404,), already="is not connected"):
            self.client.disconnect_container_from_network(name, network)

    def limit(self, name: str, spec: ContainerSpec) -> None:
        """See `Engine.limit`; the SDK's own call knows neither cores nor processes."""
        address = f"{self.client.base_url}/v{self.client.api_version}/containers/{name}/update"
        with _told(f"limit {name}"):
            answer = self.client.post(address, json=payloads.limits(spec), timeout=TIMEOUT)
            if not answer.ok:
                raise EngineError(f"could not limit {name}: {readable(answer.text[:500])}")

    def start(self, name: str) -> None:
        """See `Engine.start`."""
        with _told(f"start {name}"):
            self.client.start(name)

    def stop(self, name: str) -> None:
        """See `Engine.stop`."""
        with _told(f"stop {name}", well=(404,)):
            self.client.stop(name)

    def remove_container(self, name: str) -> None:
        """See `Engine.remove_container`."""
        with _told(f"remove container {name}", well=(404,), already="is already in progress"):
            self.client.remove_container(name, force=True, v=True)

    def signal(self, name: str, signal: str) -> None:
        """See `Engine.signal`."""
        with _told(f"send {signal} to {name}"):
            self.client.kill(name, signal)

    def inspect(self, name: str) -> ContainerState:
        """See `Engine.inspect`."""
        with _told(f"look at {name}"):
            raw = self.client.inspect_container(name)
        state, networks = raw["State"], raw["NetworkSettings"]["Networks"]
        return ContainerState(
            state=state["Status"],
            exit_code=state["ExitCode"],
            restarts=raw["RestartCount"],
            out_of_memory=state["OOMKilled"],
            error=state["Error"],
            health=(state.get("Health") or {}).get("Status", ""),
            addresses={network: each["IPAddress"] for network, each in networks.items() if each["IPAddress"]},
        )

    def execute(self, name: str, argv: Sequence[str]) -> tuple[int, str]:
        """See `Engine.execute`."""
        with _told(f"run {argv[0]} in {name}"):
            made = self.client.exec_create(name, list(argv))["Id"]
            output = self.client.exec_start(made)
            code = self.client.exec_inspect(made)["ExitCode"]
        return (1 if code is None else code), readable(output.decode(errors="replace"))

    def begin(
        self, name: str, argv: Sequence[str], *, is_terminal: bool = False, size: tuple[int, int] = (24, 80)
    ) -> DockerExec:
        """Begin a program in a container, whose output is read as it comes; `size` in rows and columns.

        Raises EngineError where the container does not run or has no such program.
        """
        with _told(f"run {argv[0]} in {name}"):
            return DockerExec(self.client, name, argv, is_terminal=is_terminal, size=size)

    def tail(self, name: str, lines: int) -> tuple[str, ...]:
        """See `Engine.tail`."""
        with _told(f"read the logs of {name}"):
            output = self.client.logs(name, stdout=True, stderr=True, tail=lines)
        return tuple(readable(line) for line in output.decode(errors="replace").splitlines())

    def logs(
        self, project: str, component: str | None, *, follow: bool, tail: int | None, since: float | None
    ) -> Iterator[LogLine]:
        """See `Engine.logs`."""
        labels = [f"{PROJECT}={project}", *([f"{COMPONENT}={component}"] if component else [])]
        with _told(f"read the logs of {project}"):
            found = self.client.containers(all=True, filters={"label": labels})
            places = {
                raw["Id"]: (raw["Labels"].get(COMPONENT, ""), int(raw["Labels"].get(REPLICA, "0"))) for raw in found
            }
            yield from merged_lines(self.client, places, follow=follow, tail=tail, since=since)

    def image_ids(self, names: Iterable[str]) -> Mapping[str, str]:
        """See `Engine.image_ids`: a call for each name, since the engine adds up every image's size to list them."""
        ids = {}
        for name in sorted(set(names)):
            with _told(f"look at image {name}", well=(404,)):
                ids[name] = str(self.client.inspect_image(name)["Id"])  # type: ignore[no-untyped-call]
        return ids

    def named_images(self, repository: str) -> Mapping[str, str]:
        """Every name in `repository`, with the id of its image. Raises EngineError."""
        with _told(f"list the images of {repository}"):
            found = self.client.images(repository)
        return {
            name: str(image["Id"])
            for image in found
            for name in image.get("RepoTags") or ()
            if name.rpartition(":")[0] == repository
        }

    def name_image(self, id: str, name: str) -> None:  # noqa: A002 (the word for it)
        """Give an image one more name. Raises EngineError."""
        repository, _, tag = name.rpartition(":")
        with _told(f"name image {name}"):
            self.client.tag(id, repository, tag)

    def unname_image(self, name: str) -> None:
        """Take a name from an image, which ends with its last one unless a container uses it. Raises EngineError."""
        with _told(f"let go of image {name}", well=(NOT_FOUND, CONFLICT)):
            self.client.remove_image(name)

    def pull(self, reference: str, progress: Callable[[str], None]) -> None:
        """Fetch an image from its registry, telling `progress` how far it is. Raises EngineError."""
        repository, tag = parse_repository_tag(reference)
        done: dict[str, tuple[int, int]] = {}
        progress(f"pulling {reference}")
        with _told(f"pull {reference}"):
            for event in self.client.pull(repository, tag=tag, stream=True, decode=True):
                if "error" in event:
                    raise EngineError(f"could not pull {reference}: {readable(str(event['error']))}", retry=True)
                detail = event.get("progressDetail") or {}
                if event.get("status") == "Downloading" and detail.get("total"):
                    done[event.get("id", "")] = (detail["current"], detail["total"])
                    current, total = (sum(column) for column in zip(*done.values(), strict=True))
                    progress(f"pulling {reference}: {current / 1e6:.0f} of {total / 1e6:.0f} MB")

    def reaches_registry(self, seconds: float) -> bool:
        """Whether Docker's public registry answers the engine within that many seconds."""
        url = f"{self.client.base_url}/v{self.client.api_version}/distribution/hello-world/json"
        try:
            answer = self.client.get(url, timeout=seconds)
        except requests.RequestException:
            return False
        # being refused, or asked to come back later, is an answer of a registry too
        return answer.ok or any(word in answer.text.lower() for word in ("unauthorized", "toomanyrequests"))

    def _is_that_network(self, spec: NetworkSpec, labels: Mapping[str, str]) -> bool:
        """Whether a deploy that was killed has made this very network, after we looked.

        Its addresses are taken a moment before it is listed.
        """
        end = time.monotonic() + LISTING
        while time.monotonic() < end:
            for raw in self.client.networks(names=[spec.name]):
                if raw["Name"] == spec.name:
                    subnets = [each.get("Subnet") for each in raw["IPAM"]["Config"] or ()]
                    return raw["Labels"] == dict(labels) and subnets == [spec.subnet]
            time.sleep(0.05)
        return False

    def _make_way(self, name: str, labels: Mapping[str, str]) -> bool:
        """Whether the name is free again: what a killed deploy was making or removing as we looked has been removed."""
        end = time.monotonic() + MAKING_WAY
        while time.monotonic() < end:
            try:
                raw = self.client.inspect_container(name)
                is_ours = labels.items() <= (raw["Config"]["Labels"] or {}).items()
                if not is_ours or raw["State"]["Status"] not in UNBORN_OR_DYING:
                    return False
                self.client.remove_container(name, force=True, v=True)
            except APIError as error:
                if error.status_code == NOT_FOUND:
                    return True
                if error.status_code != CONFLICT:
                    raise
            time.sleep(0.05)
        return False

    def _create(self, payload: payloads.Payload, name: str | None = None) -> str:
        made = self.client.create_container_from_config(payload, name)  # type: ignore[no-untyped-call]
        return str(made["Id"])


class _Told:
    """Happenings that end with EngineError."""

    def __init__(self, happenings: Happenings) -> None:
        self._happenings = happenings

    def __iter__(self) -> Iterator[Happening]:
        with _told("follow what happens"):
            yield from self._happenings

    def close(self) -> None:
        self._happenings.close()


@contextmanager
def _told(what: str, well: tuple[int, ...] = (), already: str = "") -> Iterator[None]:
    """Turn what the SDK raises into EngineError, and let pass what is as it should be."""
    try:
        yield
    except APIError as error:
        explanation = readable(str(error.explanation or error))
        if error.status_code in well or (already and already in explanation):
            return
        raise EngineError(f"could not {what}: {explanation}", retry=(error.status_code or 0) >= 500) from error
    except (DockerException, requests.RequestException) as error:
        raise EngineError(f"could not {what}: the engine does not answer: {error}", retry=True) from error


def _folder(path: str, owner: str) -> bytes:
    """A tar of the one folder `path`, owned by `owner` (`UID:GID`)."""
    user, _, group = owner.partition(":")
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo(path.lstrip("/"))
        info.type, info.mode, info.uid, info.gid = tarfile.DIRTYPE, 0o755, int(user), int(group or user)
        archive.addfile(info)
    return buffer.getvalue()


def _archive(files: Mapping[str, bytes]) -> bytes:
    """A tar of `files` by name, owned by root and readable for all."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in sorted(files.items()):
            info = tarfile.TarInfo(name)
            info.size, info.mode, info.mtime = len(content), 0o444, int(time.time())
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()
