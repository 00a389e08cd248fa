"""Which state folder what stands on an engine was deployed from."""

from dataclasses import dataclass
from pathlib import Path

from deployer.errors import DeployerError
from deployer.labels import other_installations
from deployer.model import ObservedState


@dataclass(frozen=True)
class Owner:
    """One installation of Backdraft and its state folder: it deploys, changes and removes what it has made itself."""

    installation: str
    home: Path

    def owns(self, observed: ObservedState) -> bool:
        """Whether nothing of a project was made from another state folder."""
        return not other_installations(observed, self.installation)

    def require(self, project: str, observed: ObservedState) -> None:
        """Raise DeployerError where something was."""
        if not self.owns(observed):
            raise DeployerError(
                f"{project}: what stands on this engine was deployed from another state folder than {self.home}, "
                f"which has its passwords and its history (set BACKDRAFT_HOME to that folder, give this project "
                f"another name, or end that one: backdraft destroy {project} --of-others)"
            )
