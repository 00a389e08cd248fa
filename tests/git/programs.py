"""The programs that tests of git need on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

PACKAGES = {"git": "git", "ssh": "openssh-client", "ssh-keygen": "openssh-client"}


def require_programs() -> None:
    """Install git and ssh where they are missing and may be installed; without them tests fail, and are not skipped."""
    missing = sorted({package for program, package in PACKAGES.items() if not shutil.which(program)})
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
        subprocess.run(["apt-get", "update"], env=environment, capture_output=True, check=False)
        subprocess.run(install, env=environment, capture_output=True, check=False)
    absent = [program for program in PACKAGES if not shutil.which(program)]
    if absent:
        pytest.fail(f"{', '.join(absent)} cannot be run; install {' and '.join(missing)}")
