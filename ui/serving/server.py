"""The web server: gunicorn with one process of threads, in which the services of the installation run as well.

Nothing that the process of threads needs is loaded by the process that watches over it, so that it stays small.
"""

import logging
import resource
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn, ThreadWorker

from ui.settings import LOOPBACK, Settings

if TYPE_CHECKING:
    from flask import Flask

    from ui.serving.running import Running

log = logging.getLogger("backdraft.server")
_LOG = logging.getLogger("backdraft.gunicorn")

HEADERS_WITHIN = 10.0
"""Seconds in which the line and the headers of a request have to come."""
BODY_WITHIN = 30.0
SLOWEST_BODY = 16_384
"""Bytes a second; a body gets BODY_WITHIN seconds, and one more for each of these."""
ANSWER_STUCK_AFTER = 30
"""Seconds after which a client that takes nothing of its answer is given up."""
LINGER = 2.0
LINGER_BYTES = 2**20
KEPT_ALIVE = 15
BEATS_WITHIN = 60
"""Seconds after which a process that shows no sign of life is replaced."""
SPARE_FILES = 1_000

Site = tuple["Flask", "Running", Callable[[], None]]
"""The application, the services beside it, and what lets go of everything."""


class CannotServeError(Exception):
    """A server cannot start or stay: a sentence for whoever started it."""


def serve(settings: Settings, make: Callable[[], Site]) -> None:
    """Answer requests until SIGTERM or SIGINT; `make` is called in the process that answers them.

    Raises CannotServeError where it cannot listen, or `make` raised one.
    """
    _refuse_taken_port(settings)
    _allow_files(settings.threads + settings.streams)
    application = _Application(settings, make)
    try:
        _Supervisor(application).run()
    except SystemExit as ending:
        if ending.code and not application.is_child:
            raise CannotServeError(application.reason() or "the server has ended; its log tells why") from None
        raise


class _Application(BaseApplication):
    """What gunicorn is told."""

    def __init__(self, settings: Settings, make: Callable[[], Site]) -> None:
        self.settings = settings
        self.make = make
        self.is_child = False
        self._reason = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the application)
        super().__init__()

    def reason(self) -> str:
        """Why the process of threads could not begin, as it said; empty where it said nothing."""
        self._reason.seek(0)
        return self._reason.read().decode()

    def load_config(self) -> None:
        """The settings of gunicorn, from ours."""
        settings = self.settings
        threads = settings.threads + settings.streams
        chosen = {
            "bind": settings.listen,
            "worker_class": f"{__name__}.Worker",
            "workers": 1,
            "threads": threads,
            "worker_connections": 2 * threads + SPARE_FILES // 2,
            "timeout": BEATS_WITHIN,
            "graceful_timeout": int(settings.stop_within) + 1,
            "keepalive": KEPT_ALIVE,
            "logger_class": f"{__name__}.Log",
            # what proxies say is believed or not by the application, in one place
            "forwarded_allow_ips": "",
            "control_socket_disable": True,
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108 (it holds nothing)
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application; called in the process of threads."""
        self.is_child = True
        try:
            app, self.running, self.close = self.make()
        except CannotServeError as error:
            self._reason.write(str(error).encode())
            self._reason.flush()
            sys.exit(Arbiter.APP_LOAD_ERROR)
        self.running.start()
        return app


class _Supervisor(Arbiter):
    """Gunicorn's own, which ends as gently by Ctrl-C as by SIGTERM, and leaves it to us to say why nothing began."""

    app: _Application

    def reap_workers(self) -> None:
        """See which processes have ended."""
        _LOG.disabled = bool(self.app.reason())
        super().reap_workers()

    def handle_int(self) -> None:
        """Ctrl-C."""
        self.handle_term()


class Log(Logger):
    """What gunicorn has to say, in the log of Backdraft."""

    def setup(self, cfg: Any) -> None:
        """Nothing of its own: its levels and handlers are those of Backdraft."""
        self.cfg = cfg
        self.error_log = _LOG
        self.access_log = logging.getLogger("backdraft.access")
        self._access_log_enabled = False
        if self.error_log.getEffectiveLevel() >= logging.INFO:
            self.error_log.setLevel(logging.WARNING)


class Worker(ThreadWorker):
    """The process of threads: when it is told to end, its services and streams are; slow clients are given up."""

    app: _Application

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stop_until = float("inf")
        self._late: dict[TConn, float] = {}
        self._late_lock = threading.Lock()

    def init_signals(self) -> None:
        """As gunicorn's; but Ctrl-C, which a terminal sends to every process, is for the one that watches over this."""
        super().init_signals()
        signal.signal(signal.SIGINT, lambda _signal, _frame: None)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take no new requests, and have everything end that goes on by itself."""
        self._stop_until = min(self._stop_until, time.monotonic() + self.app.settings.stop_within)
        self.app.running.stop.set()
        super().handle_exit(sig, frame)

    def run(self) -> None:
        """Answer until told to stop; then wait for what is under way."""
        settings: Settings = self.app.settings
        log.info("answering at %s, with the state of %s", settings.url, settings.home)
        super().run()
        log.info("stopping")
        if left := self.app.running.join(self._stop_until - time.monotonic()):
            log.warning("stopped before its end: %s", ", ".join(left))
        self.app.close()

    def handle(self, conn: TConn) -> Any:
        """Answer one request; its headers have to come in time."""
        self._expect(conn, HEADERS_WITHIN)
        _give_up_stuck_answers(conn.sock)
        try:
            goes_on = super().handle(conn)
        finally:
            self._expect(conn, None)
        if not goes_on:
            # gunicorn waits for the client to close as well, but where it takes new ones in, so that all would wait
            _linger(conn.sock, LINGER if self.alive else 0.0)
            conn.close = partial(_close, conn.sock)  # type: ignore[method-assign]
        return goes_on

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer one request whose headers came; its body has to come in time."""
        self._expect(conn, _body_within(req))
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Called every second: end those whose time is over."""
        super().murder_pending()
        now = time.monotonic()
        with self._late_lock:
            late = [conn for conn, until in self._late.items() if until < now]
            for conn in late:
                del self._late[conn]
        for conn in late:
            try:
                conn.sock.shutdown(socket.SHUT_RD)  # whoever reads from it finds its end
            except OSError:
                log.debug("a late client has gone by itself")

    def _expect(self, conn: TConn, seconds: float | None) -> None:
        with self._late_lock:
            if seconds is None:
                self._late.pop(conn, None)
            else:
                self._late[conn] = time.monotonic() + seconds


def _body_within(req: Any) -> float | None:
    """Seconds in which the body has to come; None where there is none."""
    headers = {name: value for name, value in req.headers if name in ("CONTENT-LENGTH", "TRANSFER-ENCODING")}
    if "TRANSFER-ENCODING" in headers:
        return BODY_WITHIN * 2
    length = headers.get("CONTENT-LENGTH", "0")
    return BODY_WITHIN + int(length) / SLOWEST_BODY if length.isdecimal() and int(length) else None


def _linger(sock: socket.socket, seconds: float) -> None:
    """End what we send, and take what the client still does: an end at once could cost it the end of the answer."""
    end = time.monotonic() + seconds
    taken = 0
    try:
        sock.shutdown(socket.SHUT_WR)
        while taken < LINGER_BYTES and (left := end - time.monotonic()) > 0:
            sock.settimeout(left)
            chunk = sock.recv(65536)
            if not chunk:
                return
            taken += len(chunk)
    except OSError:
        return


def _close(sock: socket.socket, graceful: bool = False) -> None:
    sock.close()


def _give_up_stuck_answers(sock: socket.socket) -> None:
    seconds = ANSWER_STUCK_AFTER.to_bytes(8, sys.byteorder) + bytes(8)  # struct timeval
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, seconds)


def _refuse_taken_port(settings: Settings) -> None:
    """Gunicorn tries for seconds, and then says it in a traceback's words."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            remedy = "listen elsewhere with --listen, or end what listens there"
            if settings.host not in (*LOOPBACK, "0.0.0.0", "::"):  # noqa: S104 (it is compared)
                remedy = "name an address of this machine with --listen"
            raise CannotServeError(f"{settings.listen}: cannot be listened on: {error.strerror}; {remedy}") from error


def _allow_files(threads: int) -> None:
    """Every connection is an open file; the usual limit of 1,024 is soft."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * threads + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
