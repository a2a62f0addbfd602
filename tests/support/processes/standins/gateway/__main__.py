"""A stand-in: answers GET /healthz."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


(Path(os.environ["MATCHPOINT_DATA"]) / "gateway.pid").write_text(str(os.getpid()))
HTTPServer(("127.0.0.1", int(os.environ["MATCHPOINT_GATEWAY_PORT"])), Health).serve_forever()
