"""What can go wrong while deploying, as one family: every message says path, fault and remedy."""


class DeployerError(Exception):
    """Something the deployer cannot do; its text is for the person who asked."""
