"""What a base image holds besides the packages of its Debian suite: values only."""

import hashlib
from collections.abc import Mapping

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


def base_digest(suite: str, mirror: str) -> str:
    """Changes with anything that goes into the base of `suite`, but for the versions of its packages."""
    parts = [suite, mirror, *BASE_PACKAGES, *BASE_LEFT_OUT, *BASE_ENVIRONMENT]
    parts += [f"{path}={content}" for path, content in sorted(BASE_FILES.items())]
    parts += [f"{path}={mode:o}" for path, mode in sorted(BASE_MODES.items())]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
