"""What runs beside the requests, and in which processes: a line for each service."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from deployer.presence import Beat
from ui.serving.running import Running, Runs

if TYPE_CHECKING:
    from ui.installation import Installation


class Process(StrEnum):
    """The processes of an installation; `up` is all of them in one."""

    UP = "up"
    WEB = "web"
    WORKER = "worker"
    KEEPER = "keeper"


@dataclass(frozen=True)
class Service:
    """One service: how it is made, and which process runs it; `up` runs it too where it is `in_up`."""

    name: str
    process: Process
    make: Callable[["Installation"], Runs]
    in_up: bool = True


def _ringing(installation: "Installation") -> Runs:
    from ui.worker import Ringing, doorbell_app

    return Ringing(doorbell_app(installation.settings.redis_url), installation.queue, installation.bus)


def _answering(installation: "Installation") -> Runs:
    from ui.worker import Answering, doorbell_app

    return Answering(doorbell_app(installation.settings.redis_url), installation.bus)


SERVICES: tuple[Service, ...] = (
    Service("feed", Process.WEB, lambda installation: installation.feed),
    Service("worker", Process.WORKER, lambda installation: installation.worker()),
    Service("keeper", Process.KEEPER, lambda installation: installation.keeper()),
    # within one process nobody needs a doorbell
    Service("doorbell", Process.WEB, _ringing, in_up=False),
    Service("doorbell", Process.WORKER, _answering, in_up=False),
)


def services_of(process: Process, installation: "Installation") -> Running:
    """The services of `process`, not begun yet."""
    services = {
        service.name: service.make(installation)
        for service in SERVICES
        if process is service.process or (process is Process.UP and service.in_up)
    }
    return Running({**services, "presence": Beat(installation.presence, process.value, installation.minding.tally)})
