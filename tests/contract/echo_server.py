"""A server that answers with what it was asked, as JSON, and echoes what follows an upgrade."""

import json
import os
import time
from base64 import b64encode
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = os.environ["NAME"]


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("Upgrade") == "websocket":
            self.upgrade()
            return
        if self.path.endswith("/slow"):
            print(f"began {self.path}", flush=True)
            time.sleep(1)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = {"name": NAME, "path": self.path, "headers": headers, "replica": os.uname().nodename}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 (the name http.server looks for)

    def upgrade(self):
        self.send_response(101)
        self.send_header("Connection", "Upgrade")
        self.send_header("Upgrade", "websocket")
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 4.2.2
        self.send_header("Sec-WebSocket-Accept", b64encode(sha1(key.encode()).digest()).decode())  # noqa: S324
        self.end_headers()
        self.wfile.flush()
        self.wfile.write(self.rfile.readline())
        self.close_connection = True

    def log_message(self, *words):
        pass


ThreadingHTTPServer(("", 8000), Echo).serve_forever()
