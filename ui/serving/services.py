"""What runs beside the requests, and in which processes: a line for each service."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

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
    """One service: how it is made, and which processes run it besides `up`."""

    name: str
    process: Process
    make: Callable[["Installation"], Runs]


SERVICES: tuple[Service, ...] = (
    Service("feed", Process.WEB, lambda installation: installation.feed),
    Service("worker", Process.WORKER, lambda installation: installation.worker()),
    Service("keeper", Process.KEEPER, lambda installation: installation.keeper()),
)


def services_of(process: Process, installation: "Installation") -> Running:
    """The services of `process`, not begun yet."""
    return Running(
        {service.name: service.make(installation) for service in SERVICES if process in (Process.UP, service.process)}
    )
