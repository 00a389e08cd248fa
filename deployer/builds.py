"""Images built on the spot: from recipes out of the distribution's packages, and from a user's source."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import docker
import docker.errors
import requests
import yaml
from docker.utils.build import PatternMatcher

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
REPOSITORY = "backdraft.local"
RECIPE_LABEL = "backdraft.recipe"
BUILD_LABEL = "backdraft.build"
MAX_SOURCE_BYTES = 256 * 1024 * 1024
QUIET_SECONDS = 1800  # a build step may work this long without printing a line

DEFAULT_IGNORE = (".git", "**/__pycache__", "**/*.pyc", ".venv", "node_modules")
"""Left out of a source that has no .dockerignore."""

OWN_DOCKERFILE = "Dockerfile"
TEMPLATE_DOCKERFILE = ".backdraft.Dockerfile"
CA_FILE = ".backdraft/ca.crt"
RESERVED = (".backdraft", TEMPLATE_DOCKERFILE)

HOST_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "FTP_PROXY")  # build arguments every Dockerfile has
INDEX_VARIABLES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "NPM_CONFIG_REGISTRY")

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Recipe:
    """How one image is made from Debian packages, and what of the official image it keeps."""

    name: str
    title: str
    versions: Mapping[str, str]  # version as a schema writes it → Debian suite; the first is the default
    contract: str
    directory: Path

    @property
    def default_version(self) -> str:
        """The version that is built where a schema asks for none."""
        return next(iter(self.versions))

    def tag(self, version: str) -> str:
        """The name under which the engine keeps the image of this version."""
        return f"{REPOSITORY}/{self.name}:{version}"


class BuildError(Exception):
    """An image could not be built: what failed, the last lines of its output, and a remedy."""


# --- recipes ------------------------------------------------------------------------------------


@cache
def recipes() -> tuple[Recipe, ...]:
    """Every recipe in templates/images, by name."""
    return tuple(_read_recipe(path) for path in sorted((TEMPLATES / "images").glob("*/recipe.yml")))


def _read_recipe(path: Path) -> Recipe:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Recipe(
        name=content["name"],
        title=content["title"],
        versions=MappingProxyType(dict(content["versions"])),
        contract=content["contract"],
        directory=path.parent,
    )


def build_recipe(engine: docker.APIClient, recipe: Recipe, version: str, progress: Progress, base: str = "") -> str:
    """The id of the recipe's image, built unless the one at hand came from the very same recipe and base.

    `base` names a Debian image of that suite on the engine; one is bootstrapped here where it is empty.
    """
    if version not in recipe.versions:
        known = ", ".join(recipe.versions)
        raise BuildError(f"{recipe.name}: there is no recipe for version {version!r}; it is one of {known}")
    suite = recipe.versions[version]
    tag = recipe.tag(version)
    with _one_at_a_time(tag):
        base_id = _require_image(engine, base) if base else base_image(engine, suite, progress)
        digest = _recipe_digest(recipe, version, base_id)
        present = _image_with_label(engine, tag, RECIPE_LABEL, digest)
        if present:
            return present
        with _directory_context(recipe.directory) as context:
            return _run_build(
                engine,
                subject=f"{recipe.name} {version}",
                context=context,
                dockerfile=OWN_DOCKERFILE,
                tag=tag,
                arguments={"BASE": base or base_tag(suite), "VERSION": version, **_proxy_arguments(os.environ)},
                labels={RECIPE_LABEL: digest},
                progress=progress,
            )


def _recipe_digest(recipe: Recipe, version: str, base: str) -> str:
    """Changes with anything that goes into the image: the recipe's files, the version, the suite, the base."""
    parts = [source_digest(recipe.directory), version, recipe.versions[version], base]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


# --- bases --------------------------------------------------------------------------------------

BASE_FILES: Mapping[str, str] = {
    "etc/apt/apt.conf.d/container": (
        'APT::Install-Recommends "false";\nAPT::Install-Suggests "false";\nAcquire::Languages "none";\n'
        'Acquire::Retries "3";\nDir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n'
        'DPkg::Post-Invoke {"rm -f /var/cache/apt/archives/*.deb || true";};\n'
    ),
    "etc/dpkg/dpkg.cfg.d/container": (
        "force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-include=/usr/share/doc/*/copyright\n"
        "path-exclude=/usr/share/man/*\npath-exclude=/usr/share/info/*\npath-exclude=/usr/share/lintian/*\n"
        "path-exclude=/usr/share/locale/*\npath-include=/usr/share/locale/locale.alias\n"
    ),
    "usr/sbin/policy-rc.d": "#!/bin/sh\n# Installing a package starts nothing in an image.\nexit 101\n",
}
"""Laid over every base: later installations stay small too, and start no services."""

BASE_MODES: Mapping[str, int] = {"usr/sbin/policy-rc.d": 0o755, "run": 0o1777}
"""A tmpfs takes on the mode of the directory it covers, and who writes to /run in a container is not root."""

BASE_LEFT_OUT = (
    "./var/lib/apt/lists/*",
    "./var/cache/*",
    "./var/log/*",
    "./usr/share/doc/*",
    "./usr/share/man/*",
    "./usr/share/info/*",
    "./usr/share/locale/*/*",
    "./dev/*",
    "./proc/*",
    "./sys/*",
    "./run/*",
    "./tmp/*",
)
BASE_PACKAGES = ("ca-certificates",)
BASE_ENVIRONMENT = ("DEBIAN_FRONTEND=noninteractive",)


def base_tag(suite: str) -> str:
    """The name under which the engine keeps the base of this suite."""
    return f"{REPOSITORY}/base:{suite}"


def base_image(engine: docker.APIClient, suite: str, progress: Progress) -> str:
    """The id of the minimal Debian image of this suite, bootstrapped when it is missing."""
    with _one_at_a_time(base_tag(suite)):
        digest = _base_digest(suite, _debian_mirror(os.environ))
        present = _image_with_label(engine, base_tag(suite), RECIPE_LABEL, digest)
        return present or _bootstrap(engine, suite, digest, progress)


def _base_digest(suite: str, mirror: str) -> str:
    parts = [suite, mirror, *BASE_PACKAGES, *BASE_LEFT_OUT, *BASE_ENVIRONMENT]
    parts += [f"{path}={content}" for path, content in sorted(BASE_FILES.items())]
    parts += [f"{path}={mode:o}" for path, mode in sorted(BASE_MODES.items())]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _debian_mirror(environment: Mapping[str, str]) -> str:
    """Where Debian's packages come from: BACKDRAFT_DEBIAN_MIRROR, with its -security sibling beside it."""
    return environment.get("BACKDRAFT_DEBIAN_MIRROR") or "http://deb.debian.org/debian"


def _bootstrap(engine: docker.APIClient, suite: str, digest: str, progress: Progress) -> str:
    _require_debootstrap(progress)
    mirror = _debian_mirror(os.environ)
    with _scratch_directory() as scratch:
        root = scratch / "root"
        _run_debootstrap(suite, mirror, root, progress)
        for path, content in {**BASE_FILES, "etc/apt/sources.list": _apt_sources(suite, mirror)}.items():
            (root / path).write_text(content, encoding="utf-8")
        for path, mode in BASE_MODES.items():
            (root / path).chmod(mode)
        progress(f"bootstrapping Debian {suite}: importing")
        return _import_root(engine, suite, root, digest)


def _apt_sources(suite: str, mirror: str) -> str:
    return (
        f"deb {mirror} {suite} main\ndeb {mirror} {suite}-updates main\ndeb {mirror}-security {suite}-security main\n"
    )


def _require_debootstrap(progress: Progress) -> None:
    if os.geteuid() != 0:
        raise BuildError(
            "a local base image can only be bootstrapped by root; "
            "run this once as root, or let images come from a registry"
        )
    if shutil.which("debootstrap"):
        return
    if not shutil.which("apt-get"):
        raise BuildError("debootstrap is not installed; install it, or let images come from a registry")
    progress("installing debootstrap")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["debootstrap", "debian-archive-keyring"]
    wait = ["-o", "DPkg::Lock::Timeout=300"]
    subprocess.run(["apt-get", "update", *wait], env=environment, capture_output=True, check=False)
    done = subprocess.run(
        ["apt-get", "install", "-y", "--no-install-recommends", *wait, *packages],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise _failure("debootstrap could not be installed", done.stderr.splitlines(), "install it by hand")


def _run_debootstrap(suite: str, mirror: str, root: Path, progress: Progress) -> None:
    argv = [
        "debootstrap",
        "--variant=minbase",
        f"--include={','.join(BASE_PACKAGES)}",
        suite,
        str(root),
        mirror,
    ]
    phases = {"I: Retrieving": "retrieving packages", "I: Unpacking": "unpacking", "I: Configuring": "configuring"}
    output: deque[str] = deque(maxlen=15)
    current = ""
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        for raw in process.stdout or ():
            line = raw.decode(errors="replace").rstrip()
            output.append(line)
            phase = next((phase for start, phase in phases.items() if line.startswith(start)), current)
            if phase != current:
                current = phase
                progress(f"bootstrapping Debian {suite}: {phase}")
    if process.returncode != 0:
        raise _failure(
            f"bootstrapping Debian {suite} from {mirror} failed",
            output,
            "check that the mirror is reachable, or name another one in BACKDRAFT_DEBIAN_MIRROR",
        )


def _import_root(engine: docker.APIClient, suite: str, root: Path, digest: str) -> str:
    argv = ["tar", "--directory", str(root), "--create", "--numeric-owner", "--sort=name"]
    argv += [*(f"--exclude={pattern}" for pattern in BASE_LEFT_OUT), "."]
    changes = [f"LABEL {RECIPE_LABEL}={digest}", 'CMD ["bash"]', *(f"ENV {entry}" for entry in BASE_ENVIRONMENT)]
    repository, _, tag = base_tag(suite).rpartition(":")
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as archive:
        answer = engine.import_image_from_stream(archive.stdout, repository=repository, tag=tag, changes=changes)
    if archive.returncode != 0:
        raise BuildError(f"packing Debian {suite} failed with code {archive.returncode}; is the disk full?")
    present = _image_with_label(engine, base_tag(suite), RECIPE_LABEL, digest)
    if not present:
        raise _failure(f"the engine did not take in Debian {suite}", [str(answer)], "look at the engine's log")
    return present


@contextmanager
def _scratch_directory() -> Iterator[Path]:
    """A directory to bootstrap in; removed only when nothing is mounted below it any more."""
    scratch = Path(tempfile.mkdtemp(prefix="backdraft-base-", dir="/var/tmp"))
    try:
        yield scratch
    finally:
        for mount in sorted(_mounts_below(scratch), reverse=True):
            subprocess.run(["umount", "--lazy", mount], check=False)
        if not _mounts_below(scratch):
            shutil.rmtree(scratch, ignore_errors=True)


def _mounts_below(directory: Path) -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return [line.split()[4] for line in lines if line.split()[4].startswith(f"{directory}/")]


# --- sources ------------------------------------------------------------------------------------


def build_source(
    engine: docker.APIClient, *, directory: Path, recipe: str, base: str, tag: str, progress: Progress
) -> str:
    """The id of the image of a user's source, built unless the one at hand came from the very same source.

    `recipe` names a file in templates/builds (python, node, static); `base` is the image of its run time. A Dockerfile
    in the directory is used instead. It finds the certificates to trust in .backdraft/ca.crt, if it mentions them.
    """
    own = directory / OWN_DOCKERFILE
    text = (own if own.is_file() else _build_template(recipe)).read_text(encoding="utf-8")
    base_id = "" if own.is_file() else _require_image(engine, base)
    digest = hashlib.sha256("\0".join([source_digest(directory), text, base_id]).encode()).hexdigest()
    with _one_at_a_time(tag):
        present = _image_with_label(engine, tag, BUILD_LABEL, digest)
        if present:
            return present
        extra = {CA_FILE: host_certificates(os.environ)} if CA_FILE in text else {}
        if not own.is_file():
            extra[TEMPLATE_DOCKERFILE] = text.encode()
            extra[".dockerignore"] = f".dockerignore\n{TEMPLATE_DOCKERFILE}\n".encode()
        with _directory_context(directory, extra) as context:
            return _run_build(
                engine,
                subject=tag,
                context=context,
                dockerfile=OWN_DOCKERFILE if own.is_file() else TEMPLATE_DOCKERFILE,
                tag=tag,
                arguments=({} if own.is_file() else {"BASE": base}) | _source_arguments(os.environ, text),
                labels={BUILD_LABEL: digest},
                progress=progress,
            )


def _build_template(name: str) -> Path:
    folder = TEMPLATES / "builds"
    known = sorted(path.name.removesuffix(".Dockerfile") for path in folder.glob("*.Dockerfile"))
    if name not in known:
        raise BuildError(f"there is no way to build {name!r} from source; it is one of {', '.join(known)}")
    return folder / f"{name}.Dockerfile"


def _require_image(engine: docker.APIClient, reference: str) -> str:
    try:
        return str(engine.inspect_image(reference)["Id"])  # type: ignore[no-untyped-call]
    except docker.errors.ImageNotFound:
        raise BuildError(
            f"the base image {reference} is not on this engine; pull it or build its recipe first"
        ) from None


def _source_arguments(environment: Mapping[str, str], dockerfile: str) -> dict[str, str]:
    """Build arguments that reach build steps: proxies always, package indexes where the Dockerfile asks for them."""
    indexes = {
        name: environment[name]
        for name in INDEX_VARIABLES
        if environment.get(name) and f"ARG {name}\n" in f"{dockerfile}\n"
    }
    return _proxy_arguments(environment) | indexes


def _proxy_arguments(environment: Mapping[str, str]) -> dict[str, str]:
    """The proxy variables of the host, by the names every build knows without an ARG and keeps out of its history."""
    names = [name for upper in PROXY_VARIABLES for name in (upper, upper.lower())]
    return {name: environment[name] for name in names if environment.get(name)}


def host_certificates(environment: Mapping[str, str]) -> bytes:
    """The certificates this host trusts, as PEM; empty when it has none."""
    named = [environment.get(name, "") for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")]
    for path in [*named, *HOST_BUNDLES]:
        if path and Path(path).is_file():
            return Path(path).read_bytes()
    return b""


# --- what a build is given ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Entry:
    """One file, directory or symbolic link of a source."""

    name: str
    path: Path
    kind: str  # "file", "directory" or "link"
    is_executable: bool
    size: int
    target: str


def source_digest(directory: Path) -> str:
    """The sha256 over names, contents, links and executable bits of what a build of this directory is given."""
    digest = hashlib.sha256()
    for entry in _source_entries(directory):
        content = hashlib.sha256(entry.path.read_bytes()).hexdigest() if entry.kind == "file" else entry.target
        line = [entry.name, entry.kind, "x" if entry.is_executable else "-", content]
        digest.update("\0".join(line).encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()


def _source_entries(directory: Path) -> list[_Entry]:
    """What a build of this directory is given, in order of name; refuses what must not leave the directory."""
    if not directory.is_dir():
        raise BuildError(f"{directory} is not a directory; name the directory that holds the source")
    names = sorted(PatternMatcher(_ignore_patterns(directory)).walk(str(directory)))
    entries = [_entry_at(directory, name) for name in names if name.split("/")[0] not in RESERVED]
    total = sum(entry.size for entry in entries)
    if total > MAX_SOURCE_BYTES:
        largest = sorted(entries, key=lambda entry: -entry.size)[:3]
        raise BuildError(
            f"{directory} holds {total >> 20} MiB, more than the {MAX_SOURCE_BYTES >> 20} MiB a source may have; "
            f"name what is not needed in .dockerignore (largest: {', '.join(entry.name for entry in largest)})"
        )
    return entries


def _ignore_patterns(directory: Path) -> list[str]:
    try:
        lines = (directory / ".dockerignore").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return list(DEFAULT_IGNORE)
    patterns = [line.strip() for line in lines]
    return [pattern for pattern in patterns if pattern and not pattern.startswith("#")] + [f"!{OWN_DOCKERFILE}"]


def _entry_at(directory: Path, name: str) -> _Entry:
    path = directory / name
    if path.is_symlink():
        target = path.readlink()
        inside = (path.parent.resolve() / target).resolve().is_relative_to(directory.resolve())
        if target.is_absolute() or not inside:
            raise BuildError(f"{path}: the link leads out of the source, to {target}; put a copy there instead")
        return _Entry(name, path, "link", False, 0, str(target))
    if path.is_dir():
        return _Entry(name, path, "directory", False, 0, "")
    if path.is_file():
        status = path.stat()
        return _Entry(name, path, "file", bool(status.st_mode & 0o111), status.st_size, "")
    raise BuildError(f"{path} is neither a file, a directory nor a link; name it in .dockerignore")


@contextmanager
def _directory_context(directory: Path, extra: Mapping[str, bytes] | None = None) -> Iterator[IO[bytes]]:
    """The directory as a tar archive that is the same whenever the content is; `extra` files come on top."""
    additions = extra or {}
    with tempfile.TemporaryFile(prefix="backdraft-context-") as stream:
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for entry in _source_entries(directory):
                if entry.name not in additions:
                    _add_entry(archive, entry)
            for name, content in sorted(additions.items()):
                archive.addfile(_member(name, tarfile.REGTYPE, 0o644, len(content)), io.BytesIO(content))
        stream.seek(0)
        yield stream


def _add_entry(archive: tarfile.TarFile, entry: _Entry) -> None:
    if entry.kind == "directory":
        archive.addfile(_member(entry.name, tarfile.DIRTYPE, 0o755))
    elif entry.kind == "link":
        link = _member(entry.name, tarfile.SYMTYPE, 0o777)
        link.linkname = entry.target
        archive.addfile(link)
    else:
        mode = 0o755 if entry.is_executable else 0o644
        try:
            with entry.path.open("rb") as content:
                archive.addfile(_member(entry.name, tarfile.REGTYPE, mode, entry.size), content)
        except OSError as error:
            raise BuildError(f"{entry.path} cannot be read: {error}; is it being written?") from error


def _member(name: str, kind: bytes, mode: int, size: int = 0) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.size = kind, mode, size
    return info  # owner 0 and time 0 are TarInfo's own defaults


# --- the engine ---------------------------------------------------------------------------------


def _run_build(
    engine: docker.APIClient,
    *,
    subject: str,
    context: IO[bytes],
    dockerfile: str,
    tag: str,
    arguments: Mapping[str, str],
    labels: Mapping[str, str],
    progress: Progress,
) -> str:
    """Run one build of the engine's own builder; the id of the image, which carries the tag."""
    output: deque[str] = deque(maxlen=20)
    image = ""
    try:
        events = engine.build(
            fileobj=context,
            custom_context=True,
            dockerfile=dockerfile,
            tag=tag,
            buildargs=dict(arguments),
            labels=dict(labels),
            rm=True,
            forcerm=True,
            decode=True,
            timeout=QUIET_SECONDS,
        )
        for event in events:
            if "error" in event:
                output.append(str(event["error"]).strip())
                raise _failure(f"building {subject} failed", output, "correct what the last lines complain about")
            image = str((event.get("aux") or {}).get("ID") or image)
            for line in str(event.get("stream", "")).splitlines():
                if line.strip():
                    output.append(line.rstrip())
                    sentence = _told(line)
                    if sentence:
                        progress(f"building {subject}: {sentence}")
    except (docker.errors.APIError, requests.RequestException) as error:
        raise _failure(f"building {subject} failed", [*output, str(error)], "is the engine well?") from error
    if not image:
        raise _failure(f"building {subject} gave no image", output, "look at the engine's log")
    return image


STEPS = {
    "apt-get install": "installing packages",
    "pip install": "installing Python packages",
    "npm install": "installing Node.js packages",
    "COPY": "copying files",
}


def _told(line: str) -> str:
    """A line of the builder as a person would say it; empty where it is not worth a word."""
    if not line.startswith("Step "):
        return ""
    number, _, instruction = line.removeprefix("Step ").partition(" : ")
    what = next((words for start, words in STEPS.items() if start in instruction), instruction.split(" ")[0])
    return f"{what} (step {number.replace('/', ' of ')})"


def _image_with_label(engine: docker.APIClient, tag: str, label: str, value: str) -> str:
    """The id of the image with this tag if it carries the label with this value; empty otherwise."""
    try:
        image: dict[str, Any] = engine.inspect_image(tag)  # type: ignore[no-untyped-call]
    except docker.errors.ImageNotFound:
        return ""
    labels = (image.get("Config") or {}).get("Labels") or {}
    return str(image["Id"]) if labels.get(label) == value else ""


def _failure(what: str, output: deque[str] | list[str], remedy: str) -> BuildError:
    lines = "\n".join(f"  {line}" for line in output)
    return BuildError(f"{what}; {remedy}" + (f":\n{lines}" if lines else ""))


_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


@contextmanager
def _one_at_a_time(tag: str) -> Iterator[None]:
    """Two threads never build the same image."""
    with _locks[tag]:
        yield
