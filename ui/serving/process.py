"""A process without a web server: the services of an installation, until it is told to stop."""

import logging
import signal
import threading
import time

from ui.serving.server import CannotServeError
from ui.serving.services import Process, services_of
from ui.settings import Settings

log = logging.getLogger("backdraft.server")
TURN = 1.0


def run_services(settings: Settings, process: Process) -> None:
    """Run the services of `process` (`worker` or `keeper`) until SIGTERM or SIGINT.

    Raises CannotServeError where the installation cannot be used.
    """
    from composer.db import DatabaseUnusableError
    from composer.home import HomeError
    from deployer.errors import DeployerError
    from ui.installation import open_installation

    told = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda _signal, _frame: told.set())
    try:
        installation = open_installation(settings)
    except (HomeError, DatabaseUnusableError, DeployerError) as error:
        raise CannotServeError(str(error)) from error
    running = services_of(process, installation)
    running.start()
    log.info("the %s works, with the state of %s", process, settings.home)
    while not told.wait(TURN):
        pass
    begun = time.monotonic()
    log.info("stopping")
    if left := running.join(settings.stop_within):
        log.warning("stopped before its end: %s", ", ".join(left))
    installation.close()
    log.info("stopped in %.1f s", time.monotonic() - begun)
