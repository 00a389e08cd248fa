"""What goes wrong on the way to an image."""

from deployer.errors import DeployerError


class ImageError(DeployerError):
    """An image that cannot be had: its component, the fault and how to mend it; a line for each."""
