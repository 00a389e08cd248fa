"""Bootstrapping Debian with debootstrap, and handing it to the engine as an image."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker

from deployer.builds.base_content import BASE_ENVIRONMENT, BASE_FILES, BASE_LEFT_OUT, BASE_MODES, BASE_PACKAGES
from deployer.builds.building import Progress
from deployer.builds.errors import BuildError, failure

USE_REGISTRY = "take images from a registry (`backdraft images use registry`)"
PHASES = {"I: Retrieving": "retrieving packages", "I: Unpacking": "unpacking", "I: Configuring": "configuring"}
"""How a line of debootstrap begins → what it is doing."""


def bootstrap(engine: docker.APIClient, suite: str, mirror: str, tag: str, label: str, progress: Progress) -> str:
    """The engine's answer to a fresh Debian `suite` of `mirror`, given to it as `tag` with `label`. Needs root."""
    _require_debootstrap(progress)
    with _scratch_directory() as scratch:
        root = scratch / "root"
        _run_debootstrap(suite, mirror, root, progress)
        for path, content in {**BASE_FILES, "etc/apt/sources.list": _apt_sources(suite, mirror)}.items():
            (root / path).write_text(content, encoding="utf-8")
        for path, mode in BASE_MODES.items():
            (root / path).chmod(mode)
        progress(f"bootstrapping Debian {suite}: importing")
        return _import_root(engine, root, tag, label)


def _require_debootstrap(progress: Progress) -> None:
    """Install debootstrap if it is missing. Raises BuildError where that cannot be."""
    if os.geteuid() != 0:
        raise BuildError(f"only root can bootstrap a local base image; run this once as root, or {USE_REGISTRY}")
    if shutil.which("debootstrap"):
        return
    if not shutil.which("apt-get"):
        raise BuildError(f"debootstrap is not installed; install it, or {USE_REGISTRY}")
    progress("installing debootstrap")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt_get = ["apt-get", "-o", "DPkg::Lock::Timeout=300"]
    install = [*apt_get, "install", "-y", "--no-install-recommends", "debootstrap", "debian-archive-keyring"]
    subprocess.run([*apt_get, "update"], env=environment, capture_output=True, check=False)
    done = subprocess.run(install, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise failure("debootstrap could not be installed", done.stderr.splitlines(), "install it by hand")


def _apt_sources(suite: str, mirror: str) -> str:
    return (
        f"deb {mirror} {suite} main\ndeb {mirror} {suite}-updates main\ndeb {mirror}-security {suite}-security main\n"
    )


def _run_debootstrap(suite: str, mirror: str, root: Path, progress: Progress) -> None:
    argv = ["debootstrap", "--variant=minbase", f"--include={','.join(BASE_PACKAGES)}", suite, str(root), mirror]
    output: deque[str] = deque(maxlen=15)
    current = ""
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        for raw in process.stdout or ():
            line = raw.decode(errors="replace").rstrip()
            output.append(line)
            phase = next((phase for start, phase in PHASES.items() if line.startswith(start)), current)
            if phase != current:
                current = phase
                progress(f"bootstrapping Debian {suite}: {phase}")
    if process.returncode != 0:
        raise failure(
            f"bootstrapping Debian {suite} from {mirror} failed",
            output,
            "check that the mirror is reachable, or name another one in BACKDRAFT_DEBIAN_MIRROR",
        )


def _import_root(engine: docker.APIClient, root: Path, tag: str, label: str) -> str:
    argv = ["tar", "--directory", str(root), "--create", "--numeric-owner", "--sort=name"]
    argv += [*(f"--exclude={pattern}" for pattern in BASE_LEFT_OUT), "."]
    changes = [f"LABEL {label}", 'CMD ["bash"]', *(f"ENV {entry}" for entry in BASE_ENVIRONMENT)]
    repository, _, version = tag.rpartition(":")
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as archive:
        answer = engine.import_image_from_stream(archive.stdout, repository=repository, tag=version, changes=changes)
    if archive.returncode != 0:
        raise BuildError(f"packing {tag} failed with code {archive.returncode}; is the disk full?")
    return str(answer)


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
