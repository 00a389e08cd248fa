"""A git server of real git (`git http-backend`) behind https on a port of 127.0.0.1."""

from __future__ import annotations

import base64
import contextlib
import os
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.git.repositories import AUTHOR

PRIVATE = "/private/"
"""Below this only USER with PASSWORD is let in."""
USER, PASSWORD = "ada", "correct-horse"
SILENT = "/silent/"
"""Below this nothing is ever answered."""
BROKEN = "/broken/"
"""Below this every answer is that the server is broken."""
FORBIDDEN = "/forbidden/"
"""Below this everybody is told to stay out."""
ELSEWHERE = "/elsewhere/"
"""Below this people are sent to an address that is no https."""
WEBSITE = "/website/"
"""Below this there are pages for people."""


@dataclass
class HttpsServer:
    """A server of the repositories below `root`; `requests` is what it was asked, and `delay` seconds pass first.

    Unless it `answers`, it says that it is broken. Its `page` is what people read there.
    """

    root: Path
    port: int = 0
    requests: list[str] = field(default_factory=list)
    delay: float = 0.0
    answers: bool = True
    page: str = "<p>hello"

    def url(self, name: str = "shop.git") -> str:
        return f"https://127.0.0.1:{self.port}/{name}"

    def fetches(self) -> int:
        """How often content was fetched; a look at the branches is none."""
        return sum("git-upload-pack" in each and "fetch" in each for each in self.requests)


@contextmanager
def https_server(root: Path, certificate: Path) -> Iterator[HttpsServer]:
    """A running server of the repositories below `root`."""
    told = HttpsServer(root)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        ended = threading.Event()

        def finish_request(self, request: object, client_address: object) -> None:
            with contextlib.suppress(OSError):  # who asks may hang up at any time
                secured = context.wrap_socket(request, server_side=True)  # type: ignore[arg-type]
                Handler(secured, client_address, self)  # type: ignore[arg-type]
                secured.close()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer(b"")

        def do_POST(self) -> None:
            if self.headers.get("Transfer-Encoding") == "chunked":
                body = b"".join(iter(self.chunk, b""))
            else:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.answer(body)

        def chunk(self) -> bytes:
            size = int(self.rfile.readline(), 16)
            content = self.rfile.read(size)
            self.rfile.readline()
            return content

        def answer(self, body: bytes) -> None:
            command = "fetch" if b"command=fetch" in body else "ls-refs" if b"command=ls-refs" in body else ""
            told.requests.append(f"{self.command} {self.path} {command}".strip())
            time.sleep(told.delay)
            if self.path.startswith(SILENT):
                self.server.ended.wait(60)  # type: ignore[attr-defined]
            elif self.path.startswith(BROKEN) or not told.answers:
                self.send_error(503)
            elif self.path.startswith(FORBIDDEN):
                self.send_error(403)
            elif self.path.startswith(ELSEWHERE):
                self.send(301, {"Location": f"http://127.0.0.1:{told.port}/shop.git/info/refs"}, b"")
            elif self.path.startswith(WEBSITE):
                self.send(200, {"Content-Type": "text/html"}, told.page.encode())
            elif self.path.startswith(PRIVATE) and not self.is_known():
                self.send(401, {"WWW-Authenticate": 'Basic realm="tests"'}, b"")
            else:
                self.backend(body)

        def is_known(self) -> bool:
            expected = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            return self.headers.get("Authorization") == f"Basic {expected}"

        def backend(self, body: bytes) -> None:
            path, _, query = self.path.partition("?")
            environment = {
                **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
                **AUTHOR,
                "GIT_PROJECT_ROOT": str(told.root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "REMOTE_ADDR": "127.0.0.1",
            }
            done = subprocess.run(
                ["git", "http-backend"], input=body, env=environment, capture_output=True, check=False
            )
            head, _, content = done.stdout.partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
            self.send(int(fields.pop("Status", "200").split()[0]), fields, content)

        def send(self, status: int, fields: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in fields.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *words: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
