"""What the API servers of both sides run: each answer is an errand to the database and to the cache."""

import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SERVERS = (
    (os.environ["DATABASE_HOST"], int(os.environ["DATABASE_PORT"])),
    (os.environ["REDIS_HOST"], int(os.environ["REDIS_PORT"])),
)


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        for server in SERVERS:
            socket.create_connection(server, timeout=2).close()
        body = f"release {os.environ['RELEASE']}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("", 8000), Answer).serve_forever()
