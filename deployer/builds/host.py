"""What builds take over from the host they run on: its proxies, package indexes, certificates and mirror."""

from collections.abc import Mapping
from pathlib import Path

PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "FTP_PROXY")  # build arguments every Dockerfile has
INDEX_VARIABLES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "NPM_CONFIG_REGISTRY")
HOST_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)


def proxy_arguments(environment: Mapping[str, str]) -> dict[str, str]:
    """The proxy variables of the host, by the names every build knows without an ARG and keeps out of its history."""
    names = [name for upper in PROXY_VARIABLES for name in (upper, upper.lower())]
    return {name: environment[name] for name in names if environment.get(name)}


def index_arguments(environment: Mapping[str, str], dockerfile: str) -> dict[str, str]:
    """The package indexes of the host, where the Dockerfile asks for them."""
    asked = [name for name in INDEX_VARIABLES if f"ARG {name}\n" in f"{dockerfile}\n"]
    return {name: environment[name] for name in asked if environment.get(name)}


def host_certificates(environment: Mapping[str, str]) -> bytes:
    """The certificates this host trusts, as PEM; empty when it has none."""
    named = [environment.get(name, "") for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")]
    for path in [*named, *HOST_BUNDLES]:
        if path and Path(path).is_file():
            return Path(path).read_bytes()
    return b""


def debian_mirror(environment: Mapping[str, str]) -> str:
    """Where Debian's packages come from: BACKDRAFT_DEBIAN_MIRROR, with its -security sibling beside it."""
    return environment.get("BACKDRAFT_DEBIAN_MIRROR") or "http://deb.debian.org/debian"
