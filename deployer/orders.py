"""In whose name something is deployed or destroyed, and how it ended."""

import getpass
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from signal import Signals

from deployer.errors import DeployerError
from deployer.events import Listener, Message
from deployer.failures import Failure
from deployer.lease import Lease
from deployer.plan import Plan, summary
from deployer.queue import Intent
from deployer.store import Release


@dataclass(frozen=True)
class Outcome:
    """How a deploy or a destruction ended. `seconds` from its begin to its end; `urls` are what was published.

    `stopped_by` is the signal that broke it off, if one did.
    `commits` maps each component that is built from a git repository to its commit there.
    """

    ok: bool
    plan: Plan
    failures: tuple[Failure, ...] = ()
    seconds: float = 0.0
    urls: tuple[str, ...] = ()
    stopped_by: Signals | None = None
    release: int | None = None
    commits: Mapping[str, str] = field(default_factory=dict)


class PlanChangedError(DeployerError):
    """The plan is no longer the one that was approved; `plan` is what would be done now."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("the plan that was approved is no longer the plan (look at it anew):\n" + summary(plan))
        self.plan = plan


@dataclass(frozen=True)
class Order:
    """In whose name something is done, and within which bounds.

    `approved` is the digest of the plan that somebody agreed to (`plan.digest`). `release` is one to go back to: its
    very images run, nothing is built. `source` is the tree of uploaded sources. With a `lease`, the deploy is that
    of its intent: it goes on from where another left it, stops when it is asked to, and writes nothing once it is lost.
    """

    who: str = field(default_factory=lambda: _who())
    why: str = ""
    approved: str = ""
    release: Release | None = None
    source: str = ""
    lease: Lease | None = None

    @property
    def intent(self) -> Intent | None:
        """The intent it carries out, if it does."""
        return self.lease.intent if self.lease else None

    def is_to_stop(self) -> bool:
        """Whether to begin nothing new."""
        return self.lease is not None and self.lease.is_to_stop()

    def require(self) -> None:
        """Raise LeaseLostError where it is no longer ours to carry out."""
        if self.lease is not None:
            self.lease.require()


def patience(order: Order, listener: Listener) -> Callable[[str], bool]:
    """Whether to wait while another process holds the project: a worker does, and says so once."""
    told: list[str] = []

    def waits(holder: str) -> bool:
        if order.lease is None or order.is_to_stop():
            return False
        if not told:
            listener(Message(f"waiting for process {holder}, which is deploying or destroying it"))
            told.append(holder)
        return True

    return waits


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
