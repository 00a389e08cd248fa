"""What goes wrong while an image is built, told with the last lines of its output."""

from collections.abc import Iterable

from deployer.engines.docker_observation import readable
from deployer.errors import DeployerError


class BuildError(DeployerError):
    """An image that could not be built: what failed, a remedy, and the last lines of its output."""


def failure(what: str, output: Iterable[str], remedy: str) -> BuildError:
    """The error for `what` failed after it had printed `output`, in which nothing commands a terminal."""
    lines = "\n".join(f"  {readable(line)}" for line in output)
    return BuildError(f"{what}; {remedy}" + (f":\n{lines}" if lines else ""))
