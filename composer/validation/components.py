"""What keeps a component from running, apart from its settings, its references and its lines."""

import re
from collections.abc import Iterator
from posixpath import normpath

from composer import syntax
from composer.catalogue import Kind
from composer.model import Component
from composer.quoting import shown
from composer.validation.trial import Found, Trial

# the engine refuses a container with less of either
LEAST_MEMORY = 6 * 2**20
LEAST_CPUS = 0.01
KERNEL_FOLDERS = ("/proc", "/sys", "/dev")

_IMAGE = re.compile(syntax.IMAGE)
_IMAGE_ID = re.compile("[0-9a-f]{64}")


def limit_problems(component: Component, path: str) -> Iterator[Found]:
    """Less than any container can be made with, whatever its kind."""
    if component.limits.memory is not None and component.limits.memory < LEAST_MEMORY:
        yield f"{path}/limits/memory", "no container runs in so little memory", f"at least {LEAST_MEMORY // 2**20}MiB"
    if component.limits.cpus is not None and component.limits.cpus < LEAST_CPUS:
        yield f"{path}/limits/cpus", "no container is given so little CPU", f"at least {LEAST_CPUS}"


def component_problems(trial: Trial, component: Component, kind: Kind, path: str) -> Iterator[Found]:
    """What is wrong with its image, its ports, its volumes and the way it is to run."""
    yield from _image_problems(component, kind, path)
    yield from _port_problems(trial, component, path)
    yield from _volume_problems(component, kind, path)
    yield from _running_problems(component, kind, path)


def _image_problems(component: Component, kind: Kind, path: str) -> Iterator[Found]:
    if component.image is not None:
        name = component.image
        if len(name) > syntax.IMAGE_LENGTH or not _IMAGE.fullmatch(name) or _IMAGE_ID.fullmatch(name):
            remedy = "write [registry/]repository[:tag][@sha256:…], in lower case up to the tag"
            yield f"{path}/image", f"{shown(name)} is not the name of an image", remedy
        if component.source is not None:
            yield f"{path}/source", "both an image and a source are given", "keep one of them"
        return
    if component.source is not None and kind.build is None:
        remedy = "remove it, or choose a kind that does, such as python"
        yield f"{path}/source", f"'{kind.name}' runs no code of yours", remedy
    if component.source is None and kind.source_required:
        yield path, f"'{kind.name}' runs your code, and no source is given", "write `source: {directory: …}`"
    if component.source is None and kind.image is None and not kind.source_required:
        yield path, f"'{kind.name}' needs an image or a source", "write `image: …` or `source: {directory: …}`"


def _port_problems(trial: Trial, component: Component, path: str) -> Iterator[Found]:
    if not component.publish and not component.health:
        return
    known = trial.drawing.ports(component.name)
    for name in component.publish:
        if name not in known:
            yield f"{path}/publish/{name}", f"'{component.name}' has no port '{name}'", trial.meant(name, known)
    health = component.health
    if health and health.tcp and health.tcp not in known:
        yield f"{path}/health/tcp", f"'{component.name}' has no port '{health.tcp}'", trial.meant(health.tcp, known)
    if health and health.http and health.http.port not in known:
        name = health.http.port
        yield f"{path}/health/http", f"'{component.name}' has no port '{name}'", trial.meant(name, known)


def _volume_problems(component: Component, kind: Kind, path: str) -> Iterator[Found]:
    mounted = {normpath(place): f"the volume '{name}' of its kind" for name, place in kind.volumes.items()}
    mounted |= {normpath(place): "a folder in memory of its kind" for place in kind.tmpfs}
    for name in component.volumes:
        if name in kind.volumes:
            mounted.pop(normpath(kind.volumes[name]), None)
    for name, written in component.volumes.items():
        where = f"{path}/volumes/{name}"
        mount = "/" + normpath(written).lstrip("/")
        if not written.startswith("/") or ".." in written.split("/"):
            yield where, f"{shown(written)} is not an absolute path", "begin it with `/` and write no `..`"
        elif mount == "/":
            yield where, "a volume cannot cover the whole file system", "name a folder inside it"
        elif any(mount == folder or mount.startswith(folder + "/") for folder in KERNEL_FOLDERS):
            yield where, f"{mount} belongs to the kernel", "choose a folder outside /proc, /sys and /dev"
        elif mount in mounted:
            yield where, f"{mount} is taken by {mounted[mount]}", "choose another path"
        mounted.setdefault(mount, f"the volume '{name}'")


def _running_problems(component: Component, kind: Kind, path: str) -> Iterator[Found]:
    if component.replicas.max > 1:
        where = f"{path}/replicas"
        if kind.single:
            yield where, f"'{kind.name}' runs as one replica: two would not share their data", "write `replicas: 1`"
        elif component.publish:
            remedy = "publish a proxy, and draw it to this component"
            yield where, "replicas cannot share one published port of the host", remedy
    if component.schedule is not None and kind.run != "job":
        remedy = "schedules are for jobs: use a kind that runs to completion, such as job"
        yield f"{path}/schedule", f"'{kind.name}' is a service that stays up", remedy
