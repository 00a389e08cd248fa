"""The catalogue: every kind of component, read from its file in `templates/kinds`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

import templates
from composer.model import Health, HttpProbe, Limits

BY_DOCKERFILE = "dockerfile"
"""The build of a kind whose sources bring the Dockerfile along."""
MEMORY_UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


class CatalogueError(Exception):
    """A kind file that cannot be used: its path, the fault and how to mend it."""


@dataclass(frozen=True)
class ImageName:
    """An image at a registry, and the local recipe that keeps the same contract (None: there is none).

    `tag` and `version` may hold references to settings; `version` is what the recipe calls it.
    """

    repository: str
    tag: str
    version: str
    recipe: str | None


@dataclass(frozen=True)
class SecretRule:
    """How to make a secret nobody typed: that many letters and digits."""

    length: int
    description: str


@dataclass(frozen=True)
class KindPort:
    """A port of a kind. `number` is an int or a reference to a setting; `offers` maps key -> text with references."""

    name: str
    protocol: str
    number: int | str
    prefix: str | None
    offers: Mapping[str, str]
    description: str = ""


@dataclass(frozen=True)
class Stop:
    """How a container is asked to end, and how many seconds it has."""

    signal: str = "SIGTERM"
    grace: float = 10.0


@dataclass(frozen=True)
class Kind:
    """An entry of the catalogue; the fields are those of `templates/kind.schema.json`, which explains them."""

    name: str
    title: str
    summary: str
    category: str
    icon: str
    image: ImageName | None
    build: str | None
    source_required: bool
    run: str
    settings: Mapping[str, Mapping[str, Any]]
    secrets: Mapping[str, SecretRule]
    ports: Mapping[str, KindPort]
    accepts: tuple[str, ...] | None
    routes: bool
    environment: Mapping[str, str]
    entrypoint: tuple[str, ...]
    command: tuple[str, ...]
    files: Mapping[str, str]
    volumes: Mapping[str, str]
    tmpfs: tuple[str, ...]
    user: str | None
    read_only: bool
    capabilities: tuple[str, ...]
    limits: Limits
    health: Health
    egress: bool
    single: bool
    stop: Stop
    reload: str | None

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """The value of every setting that has a default."""
        return {name: rule["default"] for name, rule in self.settings.items() if "default" in rule}


@dataclass(frozen=True)
class Catalogue:
    """All kinds by name."""

    kinds: Mapping[str, Kind] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Kind:
        return self.kinds[name]

    def __contains__(self, name: object) -> bool:
        return name in self.kinds

    def get(self, name: str) -> Kind | None:
        """The kind of that name, or None."""
        return self.kinds.get(name)


def load(folder: Path = templates.KINDS) -> Catalogue:
    """The catalogue of every `*.yml` in `folder`, each file read when its kind is first asked for.

    Asking raises CatalogueError for a file that breaks the rules.
    """
    return Catalogue(_Folder({path.stem: path for path in sorted(folder.glob("*.yml"))}))


@cache
def standard() -> Catalogue:
    """The catalogue that comes with Backdraft, each kind read once."""
    return load()


def kind_faults(raw: object) -> list[str]:
    """What is wrong with the content of a kind file, a line each; empty when it keeps `kind.schema.json`."""
    # jsonschema costs 0.1 s to import, and a well-formed catalogue is only judged by the tests and by `kinds --check`
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(json.loads(templates.KIND_SCHEMA.read_text()))
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(raw)]


def memory_bytes(text: str) -> int:
    """`256MiB` in bytes. Raises ValueError on anything but a whole number of KiB, MiB or GiB."""
    number, unit = text[:-3], text[-3:]
    if unit not in MEMORY_UNITS or not number.isascii() or not number.isdigit():
        raise ValueError(f"'{text}' is not a size such as 256MiB or 2GiB")
    return int(number) * MEMORY_UNITS[unit]


class _Folder(Mapping[str, Kind]):
    """Kinds that are read when they are asked for: a schema uses a few of them."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self._paths = paths
        self._read: dict[str, Kind] = {}

    def __getitem__(self, name: str) -> Kind:
        if name not in self._read:
            self._read[name] = _read(self._paths[name])
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def _read(path: Path) -> Kind:
    try:
        raw = yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both safe)
    except yaml.YAMLError as error:
        raise CatalogueError(f"{path}: not YAML: {error}") from error
    try:
        kind = _kind(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        faults = "; ".join(kind_faults(raw)) or str(error)
        raise CatalogueError(f"{path}: {faults}; see templates/kind.schema.json") from error
    if kind.name != path.stem:
        raise CatalogueError(f"{path}: kind '{kind.name}' belongs in {kind.name}.yml")
    return kind


def _kind(raw: dict[str, Any]) -> Kind:
    source = raw.get("source", {})
    limits = raw.get("limits", {"memory": "512MiB", "cpus": 1.0, "pids": 256})
    return Kind(
        name=raw["kind"],
        title=raw["title"],
        summary=raw["summary"],
        category=raw["category"],
        icon=raw["icon"],
        image=_image(raw["image"]) if "image" in raw else None,
        build=source.get("build"),
        source_required=bool(source) and source.get("required", True),
        run=raw.get("run", "service"),
        settings=raw.get("settings", {}),
        secrets={
            name: SecretRule(rule.get("length", 32), rule["description"])
            for name, rule in raw.get("secrets", {}).items()
        },
        ports={name: _port(name, port) for name, port in raw.get("ports", {}).items()},
        accepts=tuple(raw["accepts"]) if "accepts" in raw else None,
        routes=raw.get("routes", False),
        environment=raw.get("environment", {}),
        entrypoint=tuple(raw.get("entrypoint", ())),
        command=tuple(raw.get("command", ())),
        files=raw.get("files", {}),
        volumes=raw.get("volumes", {}),
        tmpfs=tuple(raw.get("tmpfs", ())),
        user=raw.get("user"),
        read_only=raw.get("read_only", True),
        capabilities=tuple(raw.get("capabilities", ())),
        limits=Limits(memory_bytes(limits["memory"]), float(limits["cpus"]), limits["pids"]),
        health=_health(raw.get("health", {})),
        egress=raw.get("egress", False),
        single=raw.get("single", False),
        stop=Stop(**raw.get("stop", {})),
        reload=raw.get("reload"),
    )


def _image(raw: dict[str, Any]) -> ImageName:
    return ImageName(raw["repository"], raw["tag"], raw.get("version", raw["tag"]), raw.get("recipe"))


def _port(name: str, raw: dict[str, Any]) -> KindPort:
    return KindPort(
        name, raw["protocol"], raw["number"], raw.get("prefix"), raw.get("offers", {}), raw.get("description", "")
    )


def _health(raw: dict[str, Any]) -> Health:
    http = raw.get("http")
    return Health(
        tcp=raw.get("tcp"),
        http=HttpProbe(http["port"], http.get("path", "/"), http.get("below", 400)) if http else None,
        command=tuple(raw.get("command", ())),
        timeout=float(raw.get("timeout", 60)),
    )
