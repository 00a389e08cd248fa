"""A real mail server on this machine, which keeps what it is handed (RFC 5321, as much of it as clients speak)."""

from __future__ import annotations

import queue
import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import cast


class MailServer:
    """Listens from `with` on; `letters` is what arrived. It refuses the first `failures` connections."""

    def __init__(self, failures: int = 0) -> None:
        self.letters: queue.Queue[EmailMessage] = queue.Queue()
        self.failures = failures
        self.gate = threading.Event()
        self.gate.set()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer.serve(self)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"smtp://127.0.0.1:{self._server.server_address[1]}"

    def serve(self, client: socketserver.StreamRequestHandler) -> None:
        """One connection."""

        def say(text: str) -> None:
            client.wfile.write(f"{text}\r\n".encode())

        self.gate.wait(30)
        if self.failures > 0:
            self.failures -= 1
            say("421 not now")
            return
        say("220 mail.test")
        for line in client.rfile:
            verb = line.split()[0].upper() if line.split() else b""
            if verb == b"DATA":
                say("354 go on")
                lines = []
                while (part := client.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(part.removeprefix(b".") if part.startswith(b"..") else part)
                self.letters.put(cast(EmailMessage, message_from_bytes(b"".join(lines), policy=policy.default)))
                say("250 kept")
            elif verb == b"RCPT" and b"refused@" in line:
                say("550 nobody of that name")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 mail.test")

    def __enter__(self) -> MailServer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
